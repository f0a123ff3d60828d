"""What reports need of a ledger, computed from one step's file at a time.

The numbers are those of `cltool.evaluation.summary`, `cltool.evaluation.metrics` and
`cltool.evaluation.outcomes`, which take the whole ledger as one table. A ledger of millions of
answers does not fit in memory in that way.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cltool.evaluation import outcomes
from cltool.evaluation.by_step import accuracies, coded_step, collapsed, moves
from cltool.evaluation.by_step.accuracies import End, Names, Said, fuar, matrix_row
from cltool.evaluation.by_step.coded_step import CodedStep, Coder, counted_forms
from cltool.evaluation.by_step.erased import Read, erased_in
from cltool.evaluation.by_step.lost import SinceTaught, since_taught
from cltool.evaluation.by_step.numbered import is_judged
from cltool.evaluation.by_step.probe_memory import ProbeMemory
from cltool.evaluation.by_step.step_scores import step_scores
from cltool.evaluation.collapse import ALMOST, has_collapsed
from cltool.evaluation.ledger import FOUND
from cltool.evaluation.scores import LOOKED_UP
from cltool.evaluation.summary import MEANINGLESS
from cltool.facts.stream import ERASED, NEW

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]

FIRST = (*accuracies.NAMES, "form", "choice")
"""Columns of the first reading."""

ORDER = (
    "new", "retained", "stale", "erased", "valid", "trained", "forced", *LOOKED_UP, "kept",
    "kept_base", "kept_updates", "n_new", "n_retained", "n_superseded", "n_erased", "n_kept",
)  # fmt: skip
"""The columns of the steps' scores."""

COLUMNS = tuple(
    dict.fromkeys((*coded_step.COLUMNS, *accuracies.COLUMNS, *collapsed.COLUMNS, FOUND))
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The questions of a run at its last step.

    Attributes:
        facts: number of facts.
        probes: number of probes of the counted forms.
        counted: the forms that count for scores.
        forms: all forms.
    """

    facts: int = 0
    probes: int = 0
    counted: Sequence[str] = ()
    forms: Sequence[str] = ()


@dataclass(frozen=True)
class LedgerScores:
    """The numbers of a ledger.

    Attributes:
        steps: `cltool.evaluation.summary.per_step`.
        matrix: `cltool.evaluation.metrics.accuracy_matrix`.
        fuar: `cltool.evaluation.metrics.fuar`.
        resurfacing: `cltool.evaluation.outcomes.resurfacing`.
        resurfaced: `cltool.evaluation.outcomes.resurfaced`.
        asked: the questions at the last step.
        moves_from_base: `cltool.evaluation.outcomes.transitions` from the first step to the last.
        moves_since_taught: `cltool.evaluation.outcomes.moves_since_taught`.
        lost_by_step: `cltool.evaluation.outcomes.lost_by_step`.
        since_taught: what became of each fact that is valid at the end.
    """

    steps: pd.DataFrame
    matrix: pd.DataFrame
    fuar: float
    resurfacing: pd.DataFrame
    resurfaced: float
    asked: Asked
    moves_from_base: pd.DataFrame
    moves_since_taught: pd.DataFrame
    lost_by_step: Counter[int]
    since_taught: SinceTaught


def ledger_scores(read: Read, done: int) -> LedgerScores:
    """Return the numbers of a ledger; every file of it is read twice.

    Args:
        read: reads a step.
        done: the number of its steps, at least one.
    """
    coder = Coder()
    names, asked = Names(coder), []
    for step in range(done):
        table = read(step, FIRST)
        names.add(table)
        forms = coder.forms.coded(table["form"])[is_judged(table)]
        asked.append({coder.forms.all()[form] for form in np.unique(forms)})
    counted = counted_forms(set[str]().union(*asked))
    steps = [step for step, forms in enumerate(asked) if forms & {*counted}]
    return _Reader(read, done, coder, counted, steps, Said(coder, names.judge())).scores()


class _Reader:
    """Reads the steps of a ledger, and keeps of each what the numbers need."""

    def __init__(
        self,
        read: Read,
        done: int,
        coder: Coder,
        forms: Sequence[str],
        steps: Sequence[int],
        said: Said,
    ) -> None:
        """Take the forms that count, and the steps at which some of them are asked."""
        self._read, self._done, self._coder = read, done, coder
        self._forms, self._steps, self._said = forms, steps, said
        self._taught, self._before, self._base = ProbeMemory(), ProbeMemory(), ProbeMemory()
        self._scores: dict[int, dict[str, float]] = {}
        self._collapsed: list[int] = []
        self._matrix: dict[int, dict[int, float]] = {}
        self._fuar = math.nan
        self._lost: Counter[int] = Counter()
        self._erased: list[pd.DataFrame] = []
        self._any_erased = False

    def scores(self) -> LedgerScores:
        """Read all steps, and return the numbers."""
        import pandas as pd

        last = self._rows(self._steps[-1] if self._steps else self._done - 1)
        end = End.of(last, self._coder.counted(last, self._forms))
        for step in range(self._done):
            rows = last if step == last.step else self._rows(step)
            self._take(rows, end)
        final = last if last.step == self._done - 1 else self._rows(self._done - 1)
        counted = self._coder.counted(last, self._forms)
        erased = pd.concat(self._erased, ignore_index=True)
        return LedgerScores(
            steps=self._per_step(),
            matrix=self._accuracy_matrix(),
            fuar=self._fuar,
            resurfacing=outcomes.resurfacing(erased),
            resurfaced=outcomes.resurfaced(erased) if len(erased) else self._none_back(),
            asked=_asked(self._coder, final),
            moves_from_base=self._moved(final, self._base),
            moves_since_taught=self._moved(last, self._taught, earlier=True),
            lost_by_step=self._lost,
            since_taught=since_taught(self._coder, last, counted, self._taught),
        )

    def _rows(self, step: int) -> CodedStep:
        return self._coder.coded(step, self._read(step, COLUMNS))

    def _take(self, rows: CodedStep, end: End) -> None:
        """Keep what the numbers need of a step."""
        counted = self._coder.counted(rows, self._forms)
        valid = counted & rows.valid
        self._taught.keep(rows, counted & rows.of_group(NEW) & (rows.learned == rows.step))
        if counted.any():
            self._scores[rows.step] = step_scores(self._coder, rows, self._forms, self._taught)
            row = matrix_row(rows, counted, end, self._said)
            self._matrix[rows.step] = row
        if has_collapsed(collapsed.counts(self._coder, rows)):
            self._collapsed.append(rows.step)
        if rows.step == 0:
            self._base.keep(rows, valid)
            self._fuar = fuar(rows, counted, end, self._said)
        held = valid & self._before.held(rows)
        if lost := int((self._before.verdict(rows, held)[0] & ~rows.right[held]).sum()):
            self._lost[rows.step] = lost
        self._before.forget()
        self._before.keep(rows, valid)
        self._any_erased |= bool(rows.of_group(ERASED).any())
        self._erased.append(erased_in(rows.table))

    def _none_back(self) -> float:
        return 0.0 if self._any_erased else math.nan

    def _moved(self, rows: CodedStep, memory: ProbeMemory, earlier: bool = False) -> pd.DataFrame:
        """Count the moves from the verdicts of ``memory`` to those of ``rows``."""
        chosen = self._coder.counted(rows, self._forms) & rows.valid & memory.held(rows)
        if earlier:
            chosen &= rows.learned < rows.step
        return moves.table(memory.verdict(rows, chosen), (rows.right[chosen], rows.stale[chosen]))

    def _per_step(self) -> pd.DataFrame:
        import pandas as pd

        steps = pd.Index(sorted(self._scores), name="step")
        names = {name: None for one in self._scores.values() for name in one}
        scores = [name for name in ORDER if name in names or name not in LOOKED_UP]
        table = pd.DataFrame([self._scores[step] for step in steps], index=steps, columns=scores)
        for name in MEANINGLESS:
            known = ~steps.isin(self._collapsed) | (table[name] > 1 - ALMOST)
            table[name] = table[name].where(known)
        return table

    def _accuracy_matrix(self) -> pd.DataFrame:
        import pandas as pd

        steps = [*self._steps]
        table = pd.DataFrame([self._matrix[step] for step in steps], index=steps)
        return table.reindex(index=steps, columns=steps).astype(float)


def _asked(coder: Coder, rows: CodedStep) -> Asked:
    forms = coder.forms.all()
    judged = {forms[form] for form in np.unique(rows.form[rows.judged])}
    counted = coder.counted(rows, counted_forms(judged))

    def of(numbers: NDArray[np.int64]) -> list[str]:
        unique, first = np.unique(numbers, return_index=True)
        return [forms[form] for form in unique[np.argsort(first)]]

    facts = len(np.unique(rows.fact[counted]))
    return Asked(facts, int(counted.sum()), of(rows.form[counted]), of(rows.form))
