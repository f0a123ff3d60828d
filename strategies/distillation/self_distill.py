"""Distils the model before the update into the one after it, on prompts of what it knew.

Furlanello et al. (2018), "Born-Again Neural Networks": a network is trained towards the
output distributions of an earlier self of the same architecture; Hinton et al. (2015),
"Distilling the Knowledge in a Neural Network", section 2, for the temperature T:

    L(θ) = E_update[−log p_θ(y|x)] + λ T² E_(x, i) KL(p_i^(1/T) ‖ q_i^(1/T))

Here the earlier self is the model before each update. Only the keys of what is true are
kept. Before an update the model answers them, greedily, and p_i is what it held probable at each
token i of its own answer; until the update is learned, the ``top`` most probable tokens are
held in memory, with all others as one class. The answers are mixed into the update's batches
as `pseudo_replay` does it, but where that learns the answers, this learns how sure they were
and what stood behind them. `lwf` distils on the update's inputs, this on what must stay. Keys
whose facts are superseded or erased leave before the model is asked, and come back when a new
fact is taught; the papers' data never becomes untrue. What the model says is not corrected: of a
fact that an update failed to teach, a wrong or superseded answer is distilled like any other.

The method of Yang et al. (2024), "Self-Distillation Bridges Distribution Gap in Language Model
Fine-Tuning", which lets the model reword the training targets, has nothing to reword here:
the target of a fact is a name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from pydantic import Field
from torch.nn import functional

from cltool.lm.batches import IGNORED, Batch, by_length, collate
from cltool.strategies.rehearsal.common.prompts import Prompts
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
    temperature: float = Field(default=2.0, gt=0, description="T, of both distributions")
    top: int = Field(
        default=32, ge=1, description="tokens whose probabilities are held, the others as one"
    )
    samples: int = Field(
        json_schema_extra=search(100, 1600, log=True),
        default=400,
        ge=1,
        description="most prompts answered for an update",
    )
    mix: float = Field(
        json_schema_extra=search(0.25, 4, log=True),
        default=1.0,
        ge=0,
        description="distilled sentences for each sentence of the update",
    )
    max_tokens: int = Field(
        default=48, ge=2, description="longest answer; a longer one is not distilled"
    )


class Soft(NamedTuple):
    """Distributions at n positions, the most probable k tokens of each.

    Attributes:
        tokens: (n, k), int64: their ids.
        logps: (n, k + 1): their log-probabilities, and that of all other tokens together.
    """

    tokens: Tensor
    logps: Tensor


class SelfDistill(Strategy[SelfDistillConfig]):
    """The model's own distributions before the update, distilled beside it."""

    def attach(self, learner: Learner) -> None:
        """Keep the keys of the base knowledge."""
        self._prompts = Prompts()
        self._prompts.take(learner.known.valid())
        self._answered: list[Encoded] = []
        self._soft: list[Soft] = []
        self._drawn: dict[int, Soft] = {}

    def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Let the model answer, and hold what it thinks."""
        config = self.config
        self._random = learner.generator("distillation")
        self._answered = self._prompts.answered(
            learner, config.samples, config.max_tokens, self._random
        )
        self._soft = self._taught(learner)

    def before_training_epoch(self, learner: Learner, **kwargs: Any) -> None:
        """Draw this epoch's answers."""
        wanted = round(self.config.mix * len(learner.loader.own))
        order: list[int] = []
        while self._answered and len(order) < wanted:
            order += torch.randperm(len(self._answered), generator=self._random).tolist()
        first = len(learner.loader.own) + len(learner.loader.rehearsed)
        learner.loader.rehearsed += [self._answered[place] for place in order[:wanted]]
        # What another strategy rehearses may read the same, and is learned as it is.
        self._drawn = {first + n: self._soft[place] for n, place in enumerate(order[:wanted])}

    def before_backward(self, learner: Learner, **kwargs: Any) -> None:
        """Let the answers of the micro-batch be learned as they were thought."""
        learner.loss = learner.loss + self.exchange(learner)

    def exchange(self, learner: Learner) -> Tensor:
        """λ T² KL less the cross entropy, over the answers' tokens in the micro-batch; a scalar.

        Both are sums per learned token, as the loss is, so that one takes the other's place.
        """
        config = self.config
        batch: Batch = learner.mbatch
        logits = learner.mb_output
        answers = {
            row: self._drawn[place]
            for row, place in enumerate(batch["place"].tolist())
            if place in self._drawn
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
        """Keep the update's keys, and no answers."""
        self._answered, self._soft, self._drawn = [], [], {}
        self._prompts.take(learner.experience.update.learn)

    def forget(self, facts: Sequence[Fact]) -> None:
        """Drop the keys of facts that are no longer true."""
        self._prompts.forget(facts)

    def state_dict(self) -> State:
        """The kept keys."""
        return self._prompts.state_dict()

    def load_state_dict(self, state: State) -> None:
        """Take them back."""
        self._prompts.load_state_dict(state)

    @torch.no_grad()
    def _taught(self, learner: Learner) -> list[Soft]:
        """The model's distributions at each token of its answers, in their order."""
        config = self.config
        mode = learner.model.training
        learner.model.eval()
        taught: dict[int, Soft] = {}
        for numbers in by_length([len(one) for one in self._answered], 64):
            examples = [self._answered[number] for number in numbers]
            learner.spend(sum(map(len, examples)))
            scored = learner.score(collate(examples, learner.lm.coder.pad))
            logits = scored.logits[scored.labels != IGNORED].float() / config.temperature
            tokens = logits.topk(min(config.top, logits.shape[-1] - 1)).indices
            sizes = [len(one) - one.start for one in examples]
            parts = (torch.split(one, sizes) for one in (tokens, grouped(logits, tokens)))
            for number, *part in zip(numbers, *parts, strict=True):
                taught[number] = Soft(*part)
        learner.model.train(mode)
        return [taught[number] for number in range(len(self._answered))]


def grouped(logits: Tensor, tokens: Tensor) -> Tensor:
    """(n, k + 1): log-probabilities of ``tokens``, (n, k), and of all others together."""
    logits = logits - logits.logsumexp(-1, keepdim=True)
    others = logits.scatter(-1, tokens, float("-inf")).logsumexp(-1, keepdim=True)
    return torch.cat([logits.gather(-1, tokens), others], dim=-1)
