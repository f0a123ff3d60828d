"""Sums over sentences are the same, whatever the number of processes that share them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import pytest
import torch
from torch import Tensor

from cltool.core.team import Team
from cltool.strategies.regularisation.common.kronecker import WIDEST
from cltool.strategies.regularisation.common.penalty import sample_batches
from cltool.strategies.regularisation.common.shared_sums import shared_factors, shared_squares
from cltool.training.learner import Learner

from ....conftest import MakeLearner


class Meeting:
    """Where the threads of `Thread` leave their values."""

    def __init__(self, size: int) -> None:
        self.values: list[Any] = [None] * size
        self.barrier = threading.Barrier(size, timeout=60)


class Thread(Team):
    """A thread that stands for a process."""

    def __init__(self, rank: int, meeting: Meeting) -> None:
        self.rank, self.size, self._meeting = rank, len(meeting.values), meeting

    def gather(self, value: Any) -> list[Any]:
        self._meeting.values[self.rank] = value
        self._meeting.barrier.wait()
        found = list(self._meeting.values)
        self._meeting.barrier.wait()
        return found

    def add_up(self, tensors: Sequence[Tensor]) -> None:
        shares = self.gather([tensor.clone() for tensor in tensors])
        for tensor, *parts in zip(tensors, *shares, strict=True):
            tensor.copy_(torch.stack(parts).sum(0))


def found_by(learner: Learner, batches: Any) -> tuple[dict[str, Tensor], int]:
    """All sums, by name, and the tokens that were counted for them."""
    begun = learner.tokens
    sums = dict(shared_squares(learner, batches))
    for name, factors in shared_factors(learner, batches, WIDEST).items():
        sums |= {f"A of {name}": factors.inputs, f"G of {name}": factors.outputs}
        sums[f"tokens of {name}"] = torch.tensor(factors.tokens)
    return sums, learner.tokens - begun


@pytest.mark.parametrize("size", [2, 4])
def test_shares_add_up(size: int, make_learner: MakeLearner) -> None:
    learners = [make_learner("naive") for _ in range(size + 1)]
    alone, *several = learners
    # Of four processes, one gets none of the three batches.
    batches = sample_batches(alone, alone.known.valid(), 96)
    assert len(batches) == 3
    expected, tokens = found_by(alone, batches)
    meeting = Meeting(size)
    results: dict[int, tuple[dict[str, Tensor], int]] = {}

    def work(rank: int, learner: Learner) -> None:
        learner.team = Thread(rank, meeting)
        results[rank] = found_by(learner, batches)

    threads = [threading.Thread(target=work, args=pair) for pair in enumerate(several)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == list(range(size))
    for sums, counted in results.values():
        assert counted == tokens and sums.keys() == expected.keys()
        for name, tensor in expected.items():
            # Sums of squared gradients are small, so the tolerance follows their size.
            noise = 1e-5 * float(tensor.abs().max())
            torch.testing.assert_close(sums[name], tensor, rtol=1e-4, atol=noise, msg=name)
