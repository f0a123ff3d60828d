"""What an update did to each key: broken, regained, learned, turned outdated, resurfaced, …

The page derives the same changes from the same columns. A state is that of
`cltool.reporting.facts.states`; N is the number of the update; a key's rate is the share of its
counted probes that are answered right, over runs.

- Keys that update N taught (group new at N, learned at N) and that are asked at N: `learned` if the
  state at N is right, else `not learned`.
- Keys that stayed as they were (the same step before N taught them at N - 1 and at N, group new or
  retained at N - 1, retained at N) and that are asked at both steps: `broken` if the rate is
  smaller than before and the state at N is not right; `regained` if the state was not right and is
  right; `still wrong` if it is not right at both steps and the key is not broken. Beside these,
  `turned outdated` if no probe was answered with a superseded object, and one is now.
- Keys that are erased at N: `forgotten` or `not forgotten` if update N erased them, after the state
  at N; `resurfaced` if the state at N is resurfaced and that at N - 1 is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from cltool.facts.stream import ERASED, NEW, RETAINED
from cltool.reporting.facts.states import NUMBERS, History, erased_by, states, summed
from cltool.reporting.facts.step_rows import GROUPS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]

CHANGES = {
    "learned": "taught by the update, and right after it",
    "not learned": "taught by the update, and not right after it",
    "broken": "taught earlier and still valid: answered right less often than before",
    "regained": "taught earlier and still valid: not right before, right now",
    "turned outdated": "taught earlier and still valid: answered with a superseded object,"
    " which it was not before",
    "still wrong": "taught earlier and still valid: not right before and not right now",
    "forgotten": "erased by the update, and not produced after it",
    "not forgotten": "erased by the update, and still produced after it",
    "resurfaced": "erased by an earlier update and not produced after that one, but produced now",
}
"""Each change and its meaning."""


def changes(history: History, runs: Sequence[int], step: int) -> dict[str, Flags]:
    """Return for each of `CHANGES` which keys it happened to at a step.

    Args:
        history: the columns.
        runs: the runs of one variant that are not diverged and have done the step.
        step: the number of the update, at least 1.
    """
    new, retained, erased = (GROUPS.index(name) for name in (NEW, RETAINED, ERASED))
    before, now = states(history, runs, step - 1), states(history, runs, step)
    was_asked, was_right, was_stale = summed(history, runs, step - 1)
    asked, right, stale = summed(history, runs, step)
    group, earlier = history.group[step], history.group[step - 1]
    learned = history.learned[step].astype(np.int64)
    is_right, was = now == NUMBERS["right"], before == NUMBERS["right"]

    taught = (asked > 0) & (group == new) & (learned == step)
    stays = (asked > 0) & (was_asked > 0) & (group == retained) & (learned < step)
    stays &= np.isin(earlier, (new, retained)) & (history.learned[step - 1] == learned)
    broken = stays & ~is_right & (right * was_asked < was_right * asked)
    gone = np.zeros(len(group), bool)
    keys = np.flatnonzero((group == erased) & (asked > 0))
    gone[keys] = erased_by(history, step, keys) == step
    forgotten = now == NUMBERS["forgotten"]
    resurfaced = NUMBERS["resurfaced"]
    return {
        "learned": taught & is_right,
        "not learned": taught & ~is_right,
        "broken": broken,
        "regained": stays & ~was & is_right,
        "turned outdated": stays & (was_stale == 0) & (stale > 0),
        "still wrong": stays & ~was & ~is_right & ~broken,
        "forgotten": gone & forgotten,
        "not forgotten": gone & ~forgotten,
        "resurfaced": (now == resurfaced) & (before != resurfaced),
    }


def each_update(
    history: History, runs: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, dict[str, Flags]]]:
    """Iterate over the updates that a run has done, each with its `changes`.

    Args:
        history: the columns.
        runs: number and steps done of each run of one variant that is not diverged.
    """
    for step in range(1, max((done for _, done in runs), default=0)):
        yield step, changes(history, [run for run, done in runs if done > step], step)
