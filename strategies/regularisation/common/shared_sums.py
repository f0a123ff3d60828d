"""Sums over sentences, of which each process computes a share; alone, a process computes them all.

The processes take batches in turn, and add up what they found. So all of them hold the same sums,
and the tokens that any of them read count for all.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch

from cltool.strategies.regularisation.common.kronecker import Factors, kronecker_factors
from cltool.strategies.regularisation.common.per_sample import squared_gradients

if TYPE_CHECKING:
    from torch import Tensor

    from cltool.lm.batches import Batch
    from cltool.training.learner import Learner

Sums = tuple[dict[str, "Tensor"], int]
"""name → sum, and the number of sentences."""


def shared_sums(
    learner: Learner, batches: Sequence[Batch], compute: Callable[[Sequence[Batch]], Sums]
) -> Sums:
    """Return the sums over all ``batches``, and the number of sentences.

    Args:
        learner: its processes share the work.
        batches: the same in all processes.
        compute: returns sums over batches, with the same names and shapes even for none.
    """
    team = learner.team
    if team.size == 1:
        return compute(batches)
    own = batches[team.rank :: team.size]
    with _tokens_of_all(learner, own):
        sums, count = compute(own)
    team.add_up([sums[name] for name in sorted(sums)])
    return sums, sum(team.gather(count))


def shared_squares(
    learner: Learner, batches: Sequence[Batch], names: Collection[str] | None = None
) -> dict[str, Tensor]:
    """Return the sums of `squared_gradients` over all ``batches``, by parameter.

    Args:
        learner: its model is differentiated; its processes share the work.
        batches: the same in all processes.
        names: parameters to include; all if None.
    """
    model, score = learner.model, learner.score
    return shared_sums(learner, batches, lambda own: squared_gradients(model, score, own, names))[0]


def shared_factors(learner: Learner, batches: Sequence[Batch], widest: int) -> dict[str, Factors]:
    """Return the Kronecker factors of all ``batches``, as `kronecker_factors` does.

    Args:
        learner: its model is differentiated; its processes share the work.
        batches: the same in all processes.
        widest: longest side of a layer whose factor is a full matrix.
    """
    team = learner.team
    if team.size == 1:
        return kronecker_factors(learner.model, learner.score, batches, widest)
    own = batches[team.rank :: team.size]
    with _tokens_of_all(learner, own):
        found = kronecker_factors(learner.model, learner.score, own, widest)
    sentences = sum(len(batch["labels"]) for batch in own)
    for factors in found.values():
        factors.inputs *= factors.tokens
        factors.outputs *= sentences
    _fill(found, team.gather({name: _shape(factors) for name, factors in found.items()}), learner)
    names = sorted(found)
    team.add_up([tensor for name in names for tensor in (found[name].inputs, found[name].outputs)])
    tokens = team.gather({name: found[name].tokens for name in names})
    every = sum(team.gather(sentences))
    for name, factors in found.items():
        factors.tokens = sum(share[name] for share in tokens)
        factors.inputs /= factors.tokens
        factors.outputs /= every
    return found


Shape = tuple[tuple[int, ...], tuple[int, ...], bool]
"""The shapes of A and G, and whether the weight is (in, out)."""


def _shape(factors: Factors) -> Shape:
    return tuple(factors.inputs.shape), tuple(factors.outputs.shape), factors.by_input


def _fill(
    found: dict[str, Factors], shapes: Sequence[Mapping[str, Shape]], learner: Learner
) -> None:
    """Add factors of zero for the layers that only other processes have found."""
    for share in shapes:
        for name, (inputs, outputs, by_input) in share.items():
            if name not in found:
                zeros = [torch.zeros(size, device=learner.device) for size in (inputs, outputs)]
                found[name] = Factors(zeros[0], zeros[1], by_input)


@contextmanager
def _tokens_of_all(learner: Learner, own: Sequence[Batch]) -> Iterator[None]:
    """Count what all processes read inside, as if one process had read it.

    The gradients of the first batch are checked against a sample that is read alone
    (`cltool.strategies.regularisation.common.per_sample`). Each process does this; it counts once.
    """
    begun = learner.tokens
    yield
    counted = learner.tokens - begun
    if counted and not learner.team.first:
        counted = sum(int(batch["attention_mask"].sum()) for batch in own)
    learner.tokens = begun + sum(learner.team.gather(counted))
