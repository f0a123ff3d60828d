"""Per-token scores of given texts from one forward pass, for measures of memorisation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cltool.lm.batches import IGNORED, by_length, collate
from cltool.lm.scoring import score

if TYPE_CHECKING:
    from cltool.lm.coder import Encoded
    from cltool.lm.language_model import LanguageModel

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class TokenScores:
    """Scores of a text's label tokens, in order, each predicted from the tokens before it.

    Attributes:
        logps: (tokens,), natural-log probability of each token.
        hits: (tokens,), bool: whether it was the most probable token.
        means: (tokens,), mean of log p under the model's prediction at this position, which is the
            negative entropy, in nats.
        stds: (tokens,), standard deviation of log p under that prediction.
        ends: whether the last token is the end token.
    """

    logps: Floats
    hits: NDArray[np.bool_]
    means: Floats
    stds: Floats
    ends: bool

    def __len__(self) -> int:
        return len(self.logps)

    def answer(self) -> TokenScores:
        """Return the scores without the end token, as some measures are defined."""
        if not self.ends:
            return self
        return TokenScores(
            self.logps[:-1], self.hits[:-1], self.means[:-1], self.stds[:-1], ends=False
        )


def token_scores(
    lm: LanguageModel,
    examples: Sequence[Encoded],
    *,
    batch_size: int = 128,
    whole: bool = False,
) -> list[TokenScores]:
    """Score the label tokens of each example: its completion and the end token.

    The model runs in evaluation mode and in its own precision. The batch size and the other
    examples change a score only by rounding.

    Args:
        lm: the model.
        examples: texts as tokens; an example with only a prompt has no label tokens.
        batch_size: number of texts in one forward pass.
        whole: score every token except the first, including the prompt.

    Returns:
        The scores of each example, in order.
    """
    was_training = lm.model.training
    lm.model.eval()
    found = [_nothing() for _ in examples]
    # The first token of a text is not predicted.
    first = [1 if whole else max(example.start, 1) for example in examples]
    some = [n for n, example in enumerate(examples) if len(example) > first[n]]
    lengths = [len(examples[number]) for number in some]
    for places in by_length(lengths, batch_size):
        numbers = [some[place] for place in places]
        chosen = [examples[number] for number in numbers]
        for number, one in zip(numbers, _score(lm, chosen, whole), strict=True):
            found[number] = one
    lm.model.train(was_training)
    return found


def _nothing() -> TokenScores:
    none = np.zeros(0)
    return TokenScores(none, np.zeros(0, dtype=bool), none, none, ends=False)


@torch.no_grad()
def _score(lm: LanguageModel, examples: Sequence[Encoded], whole: bool) -> list[TokenScores]:
    batch = collate(examples, lm.coder.pad, whole=whole)
    with lm.precision.autocast():
        scored = score(lm.model, {name: tensor.to(lm.device) for name, tensor in batch.items()})
    counted = scored.labels != IGNORED
    labels = scored.labels[counted]
    logits = scored.logits[counted].float()
    table = logits.log_softmax(-1)
    logps = table.gather(-1, labels.unsqueeze(-1)).squeeze(-1)
    means, stds = _moments(table)
    hits = logits.max(-1).indices == labels
    sizes = counted.sum(1).tolist()
    columns = [_cut(column.double().cpu(), sizes) for column in (logps, means, stds, hits)]
    return [
        TokenScores(logp, hit.astype(bool), mean, std, example.end)
        for example, logp, mean, std, hit in zip(examples, *columns, strict=True)
    ]


def _moments(table: Tensor) -> tuple[Tensor, Tensor]:
    """Return mean and standard deviation of log p under p, for each row of log-probabilities."""
    weights = table.exp()
    # A token of probability 0 contributes nothing, although its logarithm is -inf.
    finite = table.masked_fill(weights == 0, 0.0)
    means = (weights * finite).sum(-1)
    spread = (finite - means.unsqueeze(-1)).square()
    return means, (weights * spread).sum(-1).sqrt()


def _cut(column: Tensor, sizes: Sequence[int]) -> list[Floats]:
    return [part.numpy() for part in torch.split(column, list(sizes))]
