"""The answers of one step with whole numbers in place of texts, which cost little to compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cltool.evaluation.by_step.numbered import Numbering, Texts, is_judged, mixed
from cltool.evaluation.metrics import HELD_OUT
from cltool.facts.stream import ERASED, FUTURE, NEW, RETAINED

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Flags = NDArray[np.bool_]

GROUPS = (NEW, RETAINED, FUTURE, ERASED)
TRAINED_ONLY = ("trained",)
"""The forms that count in a ledger without held-out forms."""

COLUMNS = (
    "subject", "relation", "form", "number", "group", "learned", "accepted", "outdated", "right",
    "stale", "forced", "match", "choice",
)  # fmt: skip
"""The columns of the ledger that a coded step needs."""


@dataclass(frozen=True)
class CodedStep:
    """The rows of one step; every array has a value for each row.

    Attributes:
        step: the step.
        fact: number of the (subject, relation).
        probe: number of the (subject, relation, form, number).
        form: number in `Coder.forms`.
        group: number in `GROUPS`.
        learned: the step that taught the object.
        accepted: number of the list of accepted names.
        superseded: whether an object was superseded.
        right, stale, forced: the verdicts.
        judged: whether the row has the verdict that decides.
        table: the columns that were read.
    """

    step: int
    fact: Numbers
    probe: Numbers
    form: Numbers
    group: Numbers
    learned: Numbers
    accepted: Numbers
    superseded: Flags
    right: Flags
    stale: Flags
    forced: Flags
    judged: Flags
    table: pa.Table

    def of_group(self, *groups: str) -> Flags:
        """Return which rows are of one of ``groups``."""
        return np.isin(self.group, [GROUPS.index(name) for name in groups])

    @property
    def valid(self) -> Flags:
        """Which rows are about facts that are valid."""
        return self.of_group(NEW, RETAINED)


class Coder:
    """Gives texts, facts, probes and lists of names the same numbers at all steps of a run."""

    def __init__(self) -> None:
        self.subjects = Texts()
        self.relations = Texts()
        self.forms = Texts()
        self.names = Texts()
        self.facts = Numbering()
        self.probes = Numbering()
        self._lists: dict[int, int] = {}
        self._content: list[tuple[str, ...]] = []

    def coded(self, step: int, table: pa.Table) -> CodedStep:
        """Return the rows of a step.

        Args:
            step: the step.
            table: at least `COLUMNS`.
        """
        fact = self.fact(table)
        form = self.forms.coded(table["form"])
        number = table["number"].to_numpy().astype(np.int64)
        groups = Texts()
        groups.numbers(GROUPS)
        lengths = table["outdated"].combine_chunks().value_lengths().fill_null(0)
        flags = (table[name].fill_null(False).to_numpy() for name in ("right", "stale", "forced"))
        right, stale, forced = (one.astype(bool) for one in flags)
        return CodedStep(
            step=step,
            fact=fact,
            probe=self.probes.add(fact << 32 | form << 24 | number),
            form=form,
            group=groups.coded(table["group"]),
            learned=table["learned"].to_numpy().astype(np.int64),
            accepted=self.lists(table["accepted"]),
            superseded=lengths.to_numpy(zero_copy_only=False) > 0,
            right=right,
            stale=stale,
            forced=forced,
            judged=is_judged(table),
            table=table,
        )

    def fact(self, table: pa.Table) -> Numbers:
        """Return the number of the (subject, relation) of each row."""
        subjects, relations = self.subjects.coded(table["subject"]), table["relation"]
        return self.facts.add(subjects << 24 | self.relations.coded(relations))

    def lists(self, column: Any) -> Numbers:
        """Return the number of the list of names of each row."""
        lists = column.combine_chunks()
        lengths = lists.value_lengths().fill_null(0).to_numpy(zero_copy_only=False)
        ends = np.cumsum(lengths.astype(np.int64))
        names = self.names.coded(lists.flatten())
        codes = mixed([lengths.astype(np.int64)])
        for place in range(int(lengths.max(initial=0))):
            has = lengths > place
            codes[has] = mixed([codes[has], names[(ends - lengths)[has] + place]])
        unique, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
        known = self._lists
        for code, row in zip(unique.tolist(), first.tolist(), strict=True):
            if code not in known:
                known[code] = len(known)
                self._content.append(tuple(map(str, lists[row].as_py() or ())))
        return np.array([known[code] for code in unique.tolist()], np.int64)[inverse]

    def list_of(self, number: int) -> tuple[str, ...]:
        """Return the names of a list."""
        return self._content[number]

    def fact_names(self, facts: Numbers) -> list[tuple[str, str]]:
        """Return (subject, relation) of facts."""
        subjects, relations = self.subjects.all(), self.relations.all()
        codes = self.facts.codes[facts].tolist()
        return [(subjects[code >> 24], relations[code & 0xFFFFFF]) for code in codes]

    def having(self, forms: Numbers, names: Sequence[str]) -> Flags:
        """Return which of ``forms`` (numbers) are among ``names``."""
        return np.isin(forms, self.forms.numbers(names))

    def counted(self, rows: CodedStep, forms: Sequence[str]) -> Flags:
        """Return which rows count (`cltool.evaluation.metrics.held_out`)."""
        return rows.judged & self.having(rows.form, forms)


def counted_forms(asked: set[str]) -> tuple[str, ...]:
    """Return the forms that count in a ledger.

    Args:
        asked: the forms of its judged rows.
    """
    return HELD_OUT if asked & {*HELD_OUT} else TRAINED_ONLY
