"""The state of each key at a step, in words: right, outdated, resurfaced, …

The page derives the same states from the same columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from cltool.facts.stream import ERASED, FUTURE
from cltool.reporting.facts.step_rows import GROUPS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Counts = tuple[NDArray[Any], NDArray[Any], NDArray[Any]]

STATES = {
    "none": "not asked at the step",
    "future": "an update after the step teaches the fact",
    "right": "all counted probes are answered right",
    "partly": "some of them are",
    "outdated": "none of them is, and at least one is answered with a superseded object",
    "wrong": "none of them is answered right or with a superseded object",
    "forgotten": "erased, and no probe is answered with it",
    "produced": "erased, and produced now as after the step that erased it",
    "resurfaced": "erased, not produced after the step that erased it, and produced now",
}
"""Each state and its meaning, in the order of their numbers."""

NUMBERS = {name: number for number, name in enumerate(STATES)}


class History(Protocol):
    """What is true of each key at each step, and what each run answered."""

    @property
    def group(self) -> NDArray[Any]:
        """For each step (row) and key, number in `GROUPS`."""
        ...

    @property
    def learned(self) -> NDArray[Any]:
        """For each step (row) and key, the step that taught the object."""
        ...

    def counts(self, run: int, step: int) -> Counts:
        """Return how many counted probes of each key were asked, right and stale."""
        ...


def states(history: History, runs: Sequence[int], step: int) -> NDArray[np.uint8]:
    """Return the state of each key after a step, a number of `STATES`.

    The counts are summed over runs. Erased facts are looked at run by run
    (`cltool.evaluation.outcomes.came_back`), so that no resurfaced fact hides behind another seed.

    Args:
        history: the columns.
        runs: the runs of one variant that are not diverged and have done the step.
        step: the step.
    """
    asked, right, stale = summed(history, runs, step)
    group = history.group[step]
    found = np.select(
        [asked == 0, group == GROUPS.index(FUTURE), right == asked, right > 0, stale > 0],
        [NUMBERS[name] for name in ("none", "future", "right", "partly", "outdated")],
        NUMBERS["wrong"],
    ).astype(np.uint8)
    gone = np.flatnonzero((group == GROUPS.index(ERASED)) & (asked > 0))
    found[gone] = _erased(history, runs, step, gone)
    return found


def summed(history: History, runs: Sequence[int], step: int) -> tuple[Numbers, Numbers, Numbers]:
    """Return how many probes of each key were asked, right and stale, over runs."""
    total = np.zeros((3, history.group.shape[1]), np.int64)
    for run in runs:
        total += np.stack(history.counts(run, step))
    return total[0], total[1], total[2]


def erased_by(history: History, step: int, keys: Numbers) -> Numbers:
    """Return the step that erased each of ``keys``, which are erased at ``step``."""
    since = np.full(len(keys), step, np.int64)
    going = np.ones(len(keys), bool)
    learned = history.learned[step, keys]
    for earlier in range(step - 1, -1, -1):
        going &= history.group[earlier, keys] == GROUPS.index(ERASED)
        going &= history.learned[earlier, keys] == learned
        if not going.any():
            break
        since[going] = earlier
    return since


def _erased(history: History, runs: Sequence[int], step: int, keys: Numbers) -> NDArray[np.uint8]:
    since = erased_by(history, step, keys)
    produced, back = np.zeros((2, len(keys)), bool)
    for run in runs:
        now = history.counts(run, step)[1][keys] > 0
        produced |= now
        for begin in np.unique(since):
            own = since == begin
            before = history.counts(run, int(begin))[1][keys[own]]
            back[own] |= now[own] & (before == 0)
    return np.select(
        [back, produced],
        [NUMBERS["resurfaced"], NUMBERS["produced"]],
        NUMBERS["forgotten"],
    ).astype(np.uint8)
