"""Distils the model before the update into the one after it, on prompts of what it knew.

Furlanello et al. (2018), "Born-Again Neural Networks": a network is trained towards
the output distributions of an earlier self of the same architecture; Hinton et al. (2015),
"Distilling the Knowledge in a Neural Network", section 2, for the temperature T:

    L(θ) = L_update(θ) + λ T² E_(x, i) KL(p_i^(1/T) ‖ q_i^(1/T))

Here the earlier self is the model before each update. Only the keys of what is true are
kept. Before an update the model answers them, greedily, and p_i is what it held probable at each
token i of its own answer; until the update is learned, the ``top`` most probable tokens are
held in memory, with all others as one class. While `lwf` distils on the update's inputs,
this distils on what must stay, and where `pseudo_replay` rehearses the answers alone, this also
teaches how sure they were and what stood behind them. Keys whose facts are superseded or
erased leave, so that no untrue answer is taught; the papers' data never becomes untrue.

The method of Yang et al. (2024), "Self-Distillation Bridges Distribution Gap in Language Model
Fine-Tuning", which lets the model reword the training targets, has nothing to reword here:
the target of a fact is a name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

import torch
from pydantic import Field
from torch.nn import functional

from cltool.lm.batches import IGNORED, Batch, by_length, collate
from cltool.prompts import Prompts
from cltool.rehearsal import batch_count
from cltool.strategy import State, Strategy, StrategyConfig

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from cltool.facts import Fact
    from cltool.learner import Learner
    from cltool.lm.coder import Encoded


class SelfDistillConfig(StrategyConfig):
    """Settings of `self_distill`."""

    strength: float = Field(
        default=1.0, ge=0, alias="lambda", description="λ, weight of the distillation"
    )
    temperature: float = Field(default=2.0, gt=0, description="T, of both distributions")
    top: int = Field(
        default=32, ge=1, description="tokens whose probabilities are held, the others as one"
    )
    samples: int = Field(default=1000, ge=1, description="most prompts answered for an update")
    mix: float = Field(
        default=1.0, ge=0, description="distilled sentences for each sentence of the update"
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


class SelfDistill(Strategy):
    """The model's own distributions before the update, distilled beside it."""

    Config = SelfDistillConfig

    def attach(self, learner: Learner) -> None:
        """Keep the keys of the base knowledge."""
        self._prompts = Prompts()
        self._prompts.take(learner.known.valid())
        self._answered: list[Encoded] = []
        self._soft: list[Soft] = []

    def before_training_exp(self, strategy: Any, **kwargs: Any) -> None:
        """Let the model answer, and hold what it thinks."""
        learner: Learner = strategy
        config = cast(SelfDistillConfig, self.config)
        self._random = learner.generator("distillation")
        self._order: list[int] = []
        self._answered = self._prompts.answered(
            learner, config.samples, config.max_tokens, self._random
        )
        self._soft = self._taught(learner)

    def after_backward(self, strategy: Any, **kwargs: Any) -> None:
        """Add the distillation's gradient to that of the update."""
        learner: Learner = strategy
        config = cast(SelfDistillConfig, self.config)
        chosen = self._draw(batch_count(learner, config.mix))
        if not chosen:
            return
        total = sum(len(self._soft[number].tokens) for number in chosen)
        size = learner.settings.micro_batch_size or len(chosen)
        for begin in range(0, len(chosen), size):
            loss = self.distillation(learner, chosen[begin : begin + size])
            torch.autograd.backward(loss * (config.strength / total))

    def distillation(self, learner: Learner, numbers: Sequence[int]) -> Tensor:
        """T² KL, summed over the answers' tokens of the sentences of ``numbers``; a scalar."""
        temperature = cast(SelfDistillConfig, self.config).temperature
        logits = answer_logits(learner, [self._answered[number] for number in numbers])
        tokens = torch.cat([self._soft[number].tokens for number in numbers])
        was = torch.cat([self._soft[number].logps for number in numbers])
        now = grouped(logits / temperature, tokens)
        return temperature**2 * functional.kl_div(now, was, reduction="sum", log_target=True)

    def after_training_exp(self, strategy: Any, **kwargs: Any) -> None:
        """Keep the update's keys, and no answers."""
        self._answered, self._soft = [], []
        self._prompts.take(strategy.experience.update.learn)

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
        """The model's distributions at each token of its answers."""
        config = cast(SelfDistillConfig, self.config)
        mode = learner.model.training
        learner.model.eval()
        soft: dict[int, Soft] = {}
        for numbers in by_length([len(one) for one in self._answered], 64):
            examples = [self._answered[number] for number in numbers]
            learner.spend(sum(map(len, examples)))
            logits = answer_logits(learner, examples) / config.temperature
            tokens = logits.topk(min(config.top, logits.shape[-1] - 1)).indices
            sizes = [len(one) - one.start for one in examples]
            parts = zip(
                *(torch.split(one, sizes) for one in (tokens, grouped(logits, tokens))), strict=True
            )
            soft |= zip(numbers, (Soft(*part) for part in parts), strict=True)
        learner.model.train(mode)
        return [soft[number] for number in range(len(self._answered))]

    def _draw(self, count: int) -> list[int]:
        """The next ``count`` sentences; none a second time before all had their turn."""
        while self._answered and len(self._order) < count:
            self._order += torch.randperm(len(self._answered), generator=self._random).tolist()
        chosen, self._order = self._order[:count], self._order[count:]
        return chosen


def answer_logits(learner: Learner, examples: Sequence[Encoded]) -> Tensor:
    """(tokens of all answers, vocabulary): the predictions of each of them, row by row."""
    batch: Batch = collate(examples, learner.lm.coder.pad)
    scored = learner.score(batch)
    return scored.logits[scored.labels != IGNORED].float()


def grouped(logits: Tensor, tokens: Tensor) -> Tensor:
    """(n, k + 1): log-probabilities of ``tokens``, (n, k), and of all others together."""
    logits = logits - logits.logsumexp(-1, keepdim=True)
    others = logits.scatter(-1, tokens, float("-inf")).logsumexp(-1, keepdim=True)
    return torch.cat([logits.gather(-1, tokens), others], dim=-1)
