"""Next-token distributions of the model before the stream, and how far a model is from them.

A summary of each distribution is kept: the probabilities of the most probable tokens, and one for
all other tokens together. The divergence from such a summary is never larger than that from the
whole distribution. The two are equal if the vocabulary has at most `KEPT` tokens.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from cltool.lm.batches import IGNORED, by_length, collate
from cltool.lm.coder import Coder, Encoded
from cltool.lm.language_model import LanguageModel
from cltool.lm.scoring import score

KEPT = 128
"""Tokens of each distribution whose probabilities are kept."""

WINDOW = 256
"""Most tokens of a text that are read together; a longer text is divided."""

NUMBERS = 1 << 25
"""Most log-probabilities that are computed at once; a single window may have more."""

MOST_NATS = 700.0
"""Above this loss, exp(loss) is too large for a float."""


@dataclass(frozen=True)
class Distributions:
    """Summaries of next-token distributions, one for each predicted token of some texts.

    Attributes:
        tokens: (positions, kept), int32: the most probable tokens, the most probable first.
        logps: (positions, kept), float32: their natural-log probabilities.
        rest: (positions,), float32: the natural-log probability of all other tokens together.
        loss: mean negative natural-log probability of the tokens that the texts have, in nats.
    """

    tokens: Tensor
    logps: Tensor
    rest: Tensor
    loss: float

    @property
    def perplexity(self) -> float:
        """exp of the loss."""
        return perplexity(self.loss)

    def save(self, file: Path) -> None:
        """Write the summaries as safetensors."""
        from safetensors.torch import save_file

        loss = torch.tensor([self.loss], dtype=torch.float64)
        tensors = {"tokens": self.tokens, "logps": self.logps, "rest": self.rest, "loss": loss}
        save_file({name: one.contiguous() for name, one in tensors.items()}, str(file))

    @classmethod
    def load(cls, file: Path) -> Distributions:
        """Read what `save` wrote."""
        from safetensors.torch import load_file

        found = load_file(str(file))
        return cls(found["tokens"], found["logps"], found["rest"], float(found["loss"][0]))


def perplexity(loss: float) -> float:
    """Return exp of a loss in nats; infinity if that is too large for a float."""
    return math.exp(loss) if loss < MOST_NATS or math.isnan(loss) else math.inf


def text_examples(coder: Coder, texts: Sequence[str], context: int) -> list[Encoded]:
    """Return texts as examples of which every token but the first is predicted.

    A text that is longer than `WINDOW` or ``context`` tokens is divided into several examples.
    """
    found = []
    context = min(context, WINDOW)
    for ids in coder.documents(texts):
        for begin in range(0, len(ids), context):
            part = tuple(ids[begin : begin + context])
            if len(part) > 1:
                found.append(Encoded(part, 1, False))
    return found


def distributions(lm: LanguageModel, examples: Sequence[Encoded]) -> Distributions:
    """Return the model's distributions for every token of the examples' completions."""
    tokens, logps, rests, losses = [], [], [], 0.0
    for table, labels in _predictions(lm, examples):
        kept = min(KEPT, table.shape[-1])
        best, places = table.topk(kept, -1)
        tokens.append(places.int().cpu())
        logps.append(best.float().cpu())
        rests.append(_others(table, places).float().cpu())
        losses -= float(table.gather(-1, labels.unsqueeze(-1)).double().sum())
    if not tokens:
        none = torch.zeros(0, 0)
        return Distributions(none.int(), none, torch.zeros(0), math.nan)
    rest = torch.cat(rests)
    return Distributions(torch.cat(tokens), torch.cat(logps), rest, losses / len(rest))


@dataclass(frozen=True, slots=True)
class Distance:
    """How far a model is from the distributions before.

    Attributes:
        loss: mean negative natural-log probability of the texts' tokens, in nats.
        divergence: mean Kullback–Leibler divergence of the model from the one before, in nats:
            the expectation, under the distribution before, of the drop of a token's
            log-probability.
    """

    loss: float
    divergence: float


def distance(lm: LanguageModel, examples: Sequence[Encoded], before: Distributions) -> Distance:
    """Return how far the model is from ``before``, which was computed from the same examples."""
    losses = total = 0.0
    place = 0
    for table, labels in _predictions(lm, examples):
        end = place + len(table)
        tokens = before.tokens[place:end].to(table.device, torch.long)
        logps = before.logps[place:end].to(table.device).double()
        rest = before.rest[place:end].to(table.device).double()
        now = table.gather(-1, tokens).double()
        terms = (logps.exp() * (logps - now)).sum(-1)
        others = _others(table, tokens).double()
        # Where nothing is left, 0 · log 0 is 0.
        share = rest.exp()
        terms += torch.where(share > 0, share * (rest - others), torch.zeros_like(rest))
        total += float(terms.sum())
        losses -= float(table.gather(-1, labels.unsqueeze(-1)).double().sum())
        place = end
    if place != len(before.rest):
        raise ValueError(f"{place} predictions are compared with {len(before.rest)}")
    if not place:
        return Distance(math.nan, math.nan)
    return Distance(losses / place, max(0.0, total / place))


def _others(table: Tensor, tokens: Tensor) -> Tensor:
    """Return the log-probability of all tokens except ``tokens``, for each row of ``table``."""
    return table.scatter(-1, tokens.long(), -math.inf).logsumexp(-1)


def _predictions(lm: LanguageModel, examples: Sequence[Encoded]) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield (log-probabilities, labels) of the completions, with a row for each predicted token.

    The order of the rows depends on the examples' lengths, never on the model.
    """
    was_training = lm.model.training
    lm.model.eval()
    try:
        lengths = [len(one) for one in examples]
        size = NUMBERS // (len(lm.coder.tokenizer) * max(lengths, default=1))
        for numbers in by_length(lengths, max(1, size)):
            yield _predict(lm, [examples[number] for number in numbers])
    finally:
        lm.model.train(was_training)


@torch.no_grad()
def _predict(lm: LanguageModel, examples: Sequence[Encoded]) -> tuple[Tensor, Tensor]:
    batch = collate(examples, lm.coder.pad)
    with lm.precision.autocast():
        scored = score(lm.model, {name: one.to(lm.device) for name, one in batch.items()})
    counted = scored.labels != IGNORED
    return scored.logits[counted].float().log_softmax(-1), scored.labels[counted]
