"""Dark experience replay: rehearses what the model answered, with how sure it was.

Buzzega et al. (2020), "Dark Experience for General Continual Learning: a Strong, Simple
Baseline", eq. 6 (DER++; DER with β = 0):

    L = L_update + α E_M ‖z − h_θ(x)‖² + β E_M ℓ(y, f_θ(x))

with z the logits that the model gave to a sentence of the buffer M when its fact entered it.
A language model has too many classes to store all, so z is, for every token of an answer, the
k largest logits and one more for the rest: the log of the sum of exp of all others. With
``mse`` the distance is the mean of (z − z')² over these k + 1 numbers, with z' the same
tokens' logits now and the rest's (with k as large as the vocabulary, the paper's, up to the
mean); with ``kl`` it is KL(softmax z ‖ softmax z'), the divergence of the two predictions
over the k tokens and "any other". Both are means over the answers' tokens. Facts enter the
buffer, and z is taken, when the update is over; the paper takes z in the midst of training.
Both terms use one random batch of the buffer a step, where DER++ draws two. A superseded or
erased fact leaves with its logits. The forward pass that takes z counts its tokens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import torch
from pydantic import Field
from torch.nn import functional

from cltool.lm.batches import IGNORED
from cltool.strategies.rehearsal.common.buffer import Buffer
from cltool.strategies.rehearsal.common.gradients import (
    batch_count,
    draw,
    learned_tokens,
    micro_batches,
)
from cltool.training.search_space import search
from cltool.training.strategy import State, Strategy, StrategyConfig

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from cltool.facts.facts import Fact, Key
    from cltool.lm.coder import Encoded
    from cltool.lm.scoring import Scored
    from cltool.training.learner import Learner

    Dark = tuple[Tensor, Tensor]
    Sentence = tuple[Encoded, Dark]


class DERConfig(StrategyConfig):
    """Settings of `der`."""

    share: float = Field(
        default=0.5, gt=0, le=1, description="most facts kept, as a share of the base knowledge"
    )
    capacity: int | None = Field(
        default=None, ge=1, description="most facts kept, as a number; goes before the share"
    )
    mix: float = Field(
        json_schema_extra=search(0.25, 4, log=True),
        default=1.0,
        ge=0,
        description="rehearsed sentences for each sentence of the update",
    )
    alpha: float = Field(
        json_schema_extra=search(0.01, 1, log=True),
        default=0.1,
        ge=0,
        description="α, the weight of the stored logits",
    )
    beta: float = Field(
        default=1.0, ge=0, description="β, the weight of the labels: above 0 it is DER++"
    )
    top_k: int = Field(default=16, ge=1, description="k, logits stored of each answer token")
    distance: Literal["mse", "kl"] = Field(
        default="mse", description="between the stored logits and those of now"
    )


class DER(Strategy[DERConfig]):
    """A buffer of facts with the logits that they had."""

    def attach(self, learner: Learner) -> None:
        """Fill the buffer from the base knowledge."""
        config = self.config
        base = learner.known.valid()
        self._buffer = Buffer(config.capacity or max(1, round(config.share * len(base))))
        self._dark: dict[Key, Dark] = {}
        self._take(learner, base)

    def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Word the buffer once for the update, each sentence with its part of the logits."""
        self._random = learner.generator("der batches")
        self._sentences: list[Sentence] = []
        for fact in self._buffer.facts:
            examples = learner.examples([fact])
            sizes = [len(example) - max(example.start, 1) for example in examples]
            tokens, logits = (torch.split(tensor, sizes) for tensor in self._dark[fact.key])
            self._sentences += zip(examples, zip(tokens, logits, strict=True), strict=True)

    def after_backward(self, learner: Learner, **kwargs: Any) -> None:
        """Add the gradient of both terms on a batch of the buffer."""
        config = self.config
        drawn = draw(self._sentences, batch_count(learner, config.mix), self._random)
        batches = [*micro_batches(learner, [example for example, _ in drawn])]
        stored = sum(len(tokens) for _, (tokens, _) in drawn)
        learned = sum(learned_tokens(batch) for batch, _ in batches)
        for batch, begin in batches:
            scored = learner.score(batch)
            dark = [dark for _, dark in drawn[begin : begin + len(batch["labels"])]]
            loss = config.alpha / stored * distance(scored, dark, config.distance)
            if config.beta:
                loss = loss + config.beta / learned * scored.loss_sum()
            loss.backward()  # type: ignore[no-untyped-call]

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Offer the update's facts to the reservoir."""
        self._sentences = []
        self._take(learner, learner.experience.update.learn)

    def forget(self, facts: Sequence[Fact]) -> None:
        """Drop facts that are no longer true, and their logits."""
        self._buffer.forget(facts)
        self._dark = {fact.key: self._dark[fact.key] for fact in self._buffer.facts}

    def state_dict(self) -> State:
        """The buffer, and its facts' logits one below the other."""
        state = {**self._buffer.state_dict(), "rows": [len(t) for t, _ in self._dark.values()]}
        if self._dark:
            tokens, logits = zip(*self._dark.values(), strict=True)
            state |= {"tokens": torch.cat(tokens), "logits": torch.cat(logits)}
        return state

    def load_state_dict(self, state: State) -> None:
        """Take both back."""
        self._buffer.load_state_dict(state)
        rows: list[int] = state["rows"]
        self._dark = {}
        if rows:
            parts = [state[name].split(rows) for name in ("tokens", "logits")]
            for fact, tokens, logits in zip(self._buffer.facts, *parts, strict=True):
                # Clones, so that nothing of a fact stays when it leaves.
                self._dark[fact.key] = tokens.clone(), logits.clone()

    def _take(self, learner: Learner, facts: Sequence[Fact]) -> None:
        """Offer ``facts`` to the buffer, and keep the logits of those that enter."""
        self._buffer.take(facts, learner.generator("der"))
        entered = [fact for fact in self._buffer.facts if fact.key not in self._dark]
        fresh = dark_logits(learner, entered, self.config.top_k)
        held = self._dark | fresh
        self._dark = {fact.key: held[fact.key] for fact in self._buffer.facts}


def condensed(logits: Tensor, tokens: Tensor) -> Tensor:
    """(answers, k + 1): the logits of ``tokens``, then that of all others together.

    Its softmax is the prediction over the k tokens and "any other". Where no other is left,
    (answers, k).

    Args:
        logits: (answers, vocabulary).
        tokens: (answers, k), whole numbers.
    """
    tokens = tokens.long()
    logits = logits.float()
    chosen = logits.gather(-1, tokens)
    if tokens.shape[-1] == logits.shape[-1]:
        return chosen
    others = logits.scatter(-1, tokens, -torch.inf).logsumexp(-1, keepdim=True)
    return torch.cat([chosen, others], dim=-1)


def distance(scored: Scored, stored: Sequence[Dark], kind: str) -> Tensor:
    """How far the logits of the answers' tokens are from the stored ones, summed over tokens."""
    tokens, then = (torch.cat(part).to(scored.logits.device) for part in zip(*stored, strict=True))
    now = condensed(scored.logits[_answers(scored)], tokens)
    if kind == "mse":
        return (now - then).pow(2).mean(dim=-1).sum()
    return functional.kl_div(
        now.log_softmax(-1), then.log_softmax(-1), reduction="sum", log_target=True
    )


@torch.no_grad()
def dark_logits(learner: Learner, facts: Sequence[Fact], top_k: int) -> dict[Key, Dark]:
    """For each fact the k likeliest tokens (answers, k) and their logits (answers, k + 1).

    The rows are the answers' tokens of all its sentences. The forward pass is counted.
    """
    found: dict[Key, Dark] = {}
    mode = learner.model.training
    learner.model.eval()
    for fact in facts:
        parts: list[Dark] = []
        for batch, _ in micro_batches(learner, learner.examples([fact])):
            scored = learner.score(batch)
            learner.spend(int(batch["attention_mask"].sum()))
            logits = scored.logits[_answers(scored)].float()
            likeliest = logits.topk(min(top_k, logits.shape[-1]), dim=-1).indices
            # In the order of their numbers: in that of their rank they may read as a text.
            tokens = likeliest.sort(dim=-1).values
            parts.append((tokens.int().cpu(), condensed(logits, tokens).cpu()))
        found[fact.key] = torch.cat([t for t, _ in parts]), torch.cat([z for _, z in parts])
    learner.model.train(mode)
    return found


def _answers(scored: Scored) -> Tensor:
    """(batch, kept), bool: the answers' tokens, also where prompts are learned."""
    learned = scored.labels != IGNORED
    return learned if scored.completion is None else learned & scored.completion
