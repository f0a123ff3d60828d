"""Distils the model before the update on prompts about the facts that it knew.

Furlanello et al. (2018), "Born-Again Neural Networks": a network is trained towards the
output distributions of an earlier network of the same architecture; Hinton et al. (2015),
"Distilling the Knowledge in a Neural Network", section 2, for the temperature T:

    L(θ) = E_update[−log p_θ(y|x)] + λ T² E_(x, i) KL(p_i^(1/T) ‖ q_i^(1/T))

Here the earlier network is the model before each update. Only the keys of valid facts are stored.
Before an update the model answers prompts about them greedily, and p_i is its distribution at
each token i of its own answer. Until the update is learned, the probabilities of the ``top`` most
probable tokens are kept in memory, with all other tokens as one class. The answers are mixed into
the update's batches as in `pseudo_replay`, which trains on the answers; here the model is trained
on its whole distribution over them. `lwf` distils on the update's inputs; this strategy distils
on the facts to retain. The keys of superseded and erased facts are removed before the model
answers, and return when a new fact is taught; in the papers, data never becomes untrue. The
model's answers are not corrected: if an update failed to teach a fact, a wrong or superseded
answer is distilled like any other.

The method of Yang et al. (2024), "Self-Distillation Bridges Distribution Gap in Language Model
Fine-Tuning" lets the model reword the training targets. It does not apply here, because the
target of a fact is a name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import torch
from pydantic import Field
from torch.nn import functional

from cltool.lm.batches import IGNORED, Batch, by_length, collate
from cltool.strategies.rehearsal.common.gradients import draw_rounds
from cltool.strategies.rehearsal.common.prompts import Prompts
from cltool.strategies.rehearsal.common.reservoir import Mix
from cltool.training.longest import answer_limit
from cltool.training.search_space import search
from cltool.training.strategy import State, Strategy, StrategyConfig

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from cltool.facts.facts import Fact
    from cltool.lm.coder import Encoded
    from cltool.training.learner import Learner


class SelfDistillConfig(StrategyConfig):
    """Settings of `self_distill`."""

    strength: float = Field(
        json_schema_extra=search(0.1, 10, log=True),
        default=1.0,
        ge=0,
        alias="lambda",
        description="λ, weight of the distillation",
    )
    temperature: float = Field(
        default=2.0, gt=0, description="T, temperature of both distributions"
    )
    top: int = Field(
        default=32, ge=1, description="tokens with their own probability; all others are one class"
    )
    samples: int = Field(
        json_schema_extra=search(100, 1600, log=True),
        default=400,
        ge=1,
        description="most prompts answered per update",
    )
    mix: Annotated[
        Mix, Field(description="number of distilled sentences per sentence of the update")
    ] = 1.0
    max_tokens: int | None = Field(
        default=None,
        ge=2,
        description="most tokens of an answer; longer answers are not distilled; none: 48, or those"
        " of the longest known object",
    )


class Soft(NamedTuple):
    """Distributions at n positions, with the k most probable tokens of each.

    Attributes:
        tokens: (n, k), int64: their ids.
        logps: (n, k + 1): their log-probabilities, and that of all other tokens together.
    """

    tokens: Tensor
    logps: Tensor


class SelfDistill(Strategy[SelfDistillConfig]):
    """Distils the model's own distributions before the update."""

    shares_batches = True

    def attach(self, learner: Learner) -> None:
        """Store the keys of the base knowledge."""
        self._prompts = Prompts()
        self._prompts.take(learner.known.valid())
        self._answered: list[Encoded] = []
        self._targets: list[Soft] = []
        self._drawn: dict[int, Soft] = {}

    def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Let the model answer, and store its distributions."""
        config = self.config
        self._random = learner.generator("distillation")
        self._answered = self._prompts.answered(
            learner,
            config.samples,
            answer_limit(learner, 48, config.max_tokens, "self_distill"),
            self._random,
        )
        self._targets = self._distributions(learner)

    def before_training_epoch(self, learner: Learner, **kwargs: Any) -> None:
        """Draw the answers of this epoch."""
        wanted = round(self.config.mix * len(learner.loader.own))
        drawn = draw_rounds(len(self._answered), wanted, self._random)
        # Positions tell them from equal sentences of other strategies, which have no target.
        first = len(learner.loader.own) + len(learner.loader.rehearsed)
        learner.loader.rehearsed += [self._answered[index] for index in drawn]
        self._drawn = {first + n: self._targets[index] for n, index in enumerate(drawn)}

    def before_backward(self, learner: Learner, **kwargs: Any) -> None:
        """Replace the cross entropy of the micro-batch's answers by the divergence."""
        learner.loss = learner.loss + self.exchange(learner)

    def exchange(self, learner: Learner) -> Tensor:
        """Return λ T² KL minus the cross entropy, over the answers' tokens in the micro-batch.

        Both are sums per learned token, like the loss, so the KL replaces the cross entropy.
        """
        config = self.config
        batch: Batch = learner.mbatch
        logits = learner.mb_output
        answers = {
            row: self._drawn[position]
            for row, position in enumerate(batch["place"].tolist())
            if position in self._drawn
        }
        if not answers:
            return torch.zeros((), device=learner.device)
        rows = list(answers)
        labels = batch["labels"][rows]
        if "completion" in batch:
            labels = labels.masked_fill(~batch["completion"][rows], IGNORED)
        labels = labels[:, labels.shape[1] - logits.shape[1] :]
        chosen = logits[rows][labels != IGNORED].float()
        hard = functional.cross_entropy(chosen, labels[labels != IGNORED], reduction="sum")
        tokens = torch.cat([soft.tokens for soft in answers.values()])
        was = torch.cat([soft.logps for soft in answers.values()])
        now = grouped(chosen / config.temperature, tokens)
        soft = functional.kl_div(now, was, reduction="sum", log_target=True)
        learned = (batch["labels"] != IGNORED).sum()
        return (config.strength * config.temperature**2 * soft - hard) / learned

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Store the update's keys, and delete the answers."""
        self._answered, self._targets, self._drawn = [], [], {}
        self._prompts.take(learner.experience.update.learn)

    def forget(self, facts: Sequence[Fact]) -> None:
        """Drop the keys of superseded and erased facts."""
        self._prompts.forget(facts)

    def state_dict(self) -> State:
        """Return the keys."""
        return self._prompts.state_dict()

    def load_state_dict(self, state: State) -> None:
        """Restore the keys."""
        self._prompts.load_state_dict(state)

    @torch.no_grad()
    def _distributions(self, learner: Learner) -> list[Soft]:
        """Return the model's distributions at each token of its answers, in their order."""
        config = self.config
        mode = learner.model.training
        learner.model.eval()
        found: dict[int, Soft] = {}
        for numbers in by_length([len(one) for one in self._answered], 64):
            examples = [self._answered[number] for number in numbers]
            scored = learner.score(collate(examples, learner.lm.coder.pad))
            logits = scored.logits[scored.labels != IGNORED].float() / config.temperature
            tokens = logits.topk(min(config.top, logits.shape[-1] - 1)).indices
            sizes = [len(one) - one.start for one in examples]
            parts = (torch.split(one, sizes) for one in (tokens, grouped(logits, tokens)))
            for number, *part in zip(numbers, *parts, strict=True):
                found[number] = Soft(*part)
        learner.model.train(mode)
        return [found[number] for number in range(len(self._answered))]


def grouped(logits: Tensor, tokens: Tensor) -> Tensor:
    """Return (n, k + 1): log-probabilities of ``tokens``, (n, k), and of all others together."""
    logits = logits - logits.logsumexp(-1, keepdim=True)
    others = logits.scatter(-1, tokens, float("-inf")).logsumexp(-1, keepdim=True)
    return torch.cat([logits.gather(-1, tokens), others], dim=-1)
