"""The last answer to each probe that is kept while the steps of a ledger pass by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cltool.evaluation.by_step.coded_step import CodedStep

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Flags = NDArray[np.bool_]


class ProbeMemory:
    """For each probe, the step that taught its object, and the verdict that was kept."""

    def __init__(self) -> None:
        self._learned: Numbers = np.empty(0, np.int64)
        self._right: Flags = np.empty(0, bool)
        self._stale: Flags = np.empty(0, bool)

    def keep(self, rows: CodedStep, chosen: Flags) -> None:
        """Keep the verdicts of the chosen rows, in place of earlier ones of their probes."""
        probes = rows.probe[chosen]
        missing = int(probes.max(initial=-1)) + 1 - len(self._learned)
        if missing > 0:
            self._learned = np.append(self._learned, np.full(missing, -1))
            self._right = np.append(self._right, np.zeros(missing, bool))
            self._stale = np.append(self._stale, np.zeros(missing, bool))
        self._learned[probes] = rows.learned[chosen]
        self._right[probes] = rows.right[chosen]
        self._stale[probes] = rows.stale[chosen]

    def forget(self) -> None:
        """Drop all verdicts."""
        self._learned[:] = -1

    def held(self, rows: CodedStep) -> Flags:
        """Return which rows have a verdict that was kept of the same fact."""
        known = rows.probe < len(self._learned)
        found = np.zeros(len(rows.probe), bool)
        found[known] = self._learned[rows.probe[known]] == rows.learned[known]
        return found

    def verdict(self, rows: CodedStep, chosen: Flags) -> tuple[Flags, Flags]:
        """Return right and stale, as they were kept, of chosen rows (a subset of `held`)."""
        probes = rows.probe[chosen]
        return self._right[probes], self._stale[probes]
