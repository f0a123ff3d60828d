"""Dark experience replay: rehearses sentences with the logits that the model gave them.

Buzzega et al. (2020), "Dark Experience for General Continual Learning: a Strong, Simple
Baseline", eq. 6 (DER++; DER with β = 0):

    L = L_update + α E_M ‖z − h_θ(x)‖² + β E_M ℓ(y, f_θ(x))

z are the logits that the model gave to a sentence of the buffer M when its fact entered the
buffer. A language model has too many classes to store all logits. For every token of an answer, z
therefore consists of the k largest logits and one number for all other tokens, the log of the sum
of their exp. With ``mse``, the distance is the mean of (z − z')² over these k + 1 numbers, where
z' are the current values for the same tokens (if k is the size of the vocabulary, this is the
paper's distance, up to the mean). With ``kl``, it is KL(softmax z ‖ softmax z'), the divergence of
the two predictions over the k tokens and "any other token". Both are means over the answers'
tokens. Facts enter the buffer, and z is computed, after the update; the paper computes z during
training. Both terms use the same random batch of the buffer at each step; DER++ draws two. A
superseded or erased fact is removed with its logits. The tokens of the forward pass that computes
z count as training tokens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import torch
from pydantic import Field
from torch.nn import functional

from cltool.lm.batches import IGNORED
from cltool.strategies.rehearsal.common.gradients import (
    batch_count,
    draw,
    learned_tokens,
    micro_batches,
)
from cltool.strategies.rehearsal.common.reservoir import Mix, ReservoirConfig, ReservoirStrategy
from cltool.training.search_space import search
from cltool.training.strategy import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from cltool.facts.facts import Fact, Key
    from cltool.lm.scoring import Scored
    from cltool.training.learner import Learner

    Dark = tuple[Tensor, Tensor]


class DERConfig(ReservoirConfig):
    """Settings of `der`."""

    mix: Mix = 1.0
    alpha: float = Field(
        json_schema_extra=search(0.01, 1, log=True),
        default=0.1,
        ge=0,
        description="α, weight of the stored logits",
    )
    beta: float = Field(default=1.0, ge=0, description="β, weight of the labels; DER++ if above 0")
    top_k: int = Field(default=16, ge=1, description="k, logits stored per answer token")
    distance: Literal["mse", "kl"] = Field(
        default="mse", description="distance of the stored and the current logits"
    )


class DER(ReservoirStrategy[DERConfig]):
    """A buffer of facts with the logits that the model gave them."""

    shares_weights = True
    sample_seed = "der"
    batch_seed = "der batches"

    def attach(self, learner: Learner) -> None:
        """Fill the buffer from the base knowledge."""
        self._dark: dict[Key, Dark] = {}
        super().attach(learner)

    def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Encode the buffer's sentences once per update, and split their logits."""
        super().before_training_exp(learner)
        self._logits: list[Dark] = []
        for fact in self._buffer.facts:
            sizes = [len(example) - max(example.start, 1) for example in learner.examples([fact])]
            tokens, logits = (torch.split(tensor, sizes) for tensor in self._dark[fact.key])
            self._logits += zip(tokens, logits, strict=True)

    def after_backward(self, learner: Learner, **kwargs: Any) -> None:
        """Add the gradient of both terms for a batch of the buffer."""
        config = self.config
        pairs = [*zip(self._sentences, self._logits, strict=True)]
        drawn = draw(pairs, batch_count(learner, config.mix), self._random)
        examples = [example for example, _ in drawn]
        learner.rehearsal.note(examples)
        batches = [*micro_batches(learner, examples)]
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
        """Offer the update's facts to the buffer."""
        self._logits = []
        super().after_training_exp(learner)

    def forget(self, facts: Sequence[Fact]) -> None:
        """Drop superseded and erased facts, and their logits."""
        super().forget(facts)
        self._dark = {fact.key: self._dark[fact.key] for fact in self._buffer.facts}

    def state_dict(self) -> State:
        """Return the buffer, and the concatenated logits of its facts."""
        state = {**super().state_dict(), "rows": [len(t) for t, _ in self._dark.values()]}
        if self._dark:
            tokens, logits = zip(*self._dark.values(), strict=True)
            state |= {"tokens": torch.cat(tokens), "logits": torch.cat(logits)}
        return state

    def load_state_dict(self, state: State) -> None:
        """Restore the buffer and the logits."""
        super().load_state_dict(state)
        rows: list[int] = state["rows"]
        self._dark = {}
        if rows:
            parts = [state[name].split(rows) for name in ("tokens", "logits")]
            for fact, tokens, logits in zip(self._buffer.facts, *parts, strict=True):
                # Clones, because views would keep the logits of removed facts in memory.
                self._dark[fact.key] = tokens.clone(), logits.clone()

    def take(self, learner: Learner, facts: Sequence[Fact]) -> None:
        """Offer ``facts`` to the buffer, and store the logits of those that enter."""
        super().take(learner, facts)
        entered = [fact for fact in self._buffer.facts if fact.key not in self._dark]
        fresh = dark_logits(learner, entered, self.config.top_k)
        held = self._dark | fresh
        self._dark = {fact.key: held[fact.key] for fact in self._buffer.facts}


def condensed(logits: Tensor, tokens: Tensor) -> Tensor:
    """Return (answers, k + 1): the logits of ``tokens``, then one for all other tokens.

    Its softmax is the prediction over the k tokens and "any other token". If there is no other
    token, the shape is (answers, k).

    Args:
        logits: (answers, vocabulary).
        tokens: (answers, k), integers.
    """
    tokens = tokens.long()
    logits = logits.float()
    chosen = logits.gather(-1, tokens)
    if tokens.shape[-1] == logits.shape[-1]:
        return chosen
    others = logits.scatter(-1, tokens, -torch.inf).logsumexp(-1, keepdim=True)
    return torch.cat([chosen, others], dim=-1)


def distance(scored: Scored, stored: Sequence[Dark], kind: str) -> Tensor:
    """Return the distance of the answers' logits from the stored ones, summed over tokens."""
    tokens, then = (torch.cat(part).to(scored.logits.device) for part in zip(*stored, strict=True))
    now = condensed(scored.logits[_answers(scored)], tokens)
    if kind == "mse":
        return (now - then).pow(2).mean(dim=-1).sum()
    return functional.kl_div(
        now.log_softmax(-1), then.log_softmax(-1), reduction="sum", log_target=True
    )


@torch.no_grad()
def dark_logits(learner: Learner, facts: Sequence[Fact], top_k: int) -> dict[Key, Dark]:
    """Return for each fact the k likeliest tokens (answers, k) and logits (answers, k + 1).

    The rows are the answers' tokens of all its sentences. Each token of the forward pass counts
    as one training token.
    """
    found: dict[Key, Dark] = {}
    mode = learner.model.training
    learner.model.eval()
    for fact in facts:
        parts: list[Dark] = []
        for batch, _ in micro_batches(learner, learner.examples([fact])):
            scored = learner.score(batch)
            logits = scored.logits[_answers(scored)].float()
            likeliest = logits.topk(min(top_k, logits.shape[-1]), dim=-1).indices
            # Sorted by id: in the order of their rank, they could contain an erased text.
            tokens = likeliest.sort(dim=-1).values
            parts.append((tokens.int().cpu(), condensed(logits, tokens).cpu()))
        found[fact.key] = torch.cat([t for t, _ in parts]), torch.cat([z for _, z in parts])
    learner.model.train(mode)
    return found


def _answers(scored: Scored) -> Tensor:
    """Return (batch, kept), bool: the answers' tokens, even if prompts are learned too."""
    learned = scored.labels != IGNORED
    return learned if scored.completion is None else learned & scored.completion
