"""The keys of a group of runs: each (subject, relation) of each stream is one row of the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cltool.evaluation.by_step.coded_step import TRAINED_ONLY
from cltool.evaluation.by_step.numbered import Numbering, Texts, is_judged
from cltool.evaluation.metrics import DIRECT, HELD_OUT

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Flags = NDArray[np.bool_]

COLUMNS = ("subject", "relation", "form", "learned", "match", "choice")
"""The columns of the ledger that `Keys.find` needs."""

SEED = 0
"""Of the sample."""

_SUBJECT_BITS, _RELATION_BITS = 32, 16


class Keys:
    """The keys of a group, numbered by their first appearance, or a sample of them.

    A key that is only asked in forms that no score counts (``reverse``, ``two_hop``) is left out.
    """

    def __init__(self) -> None:
        self.subjects = Texts()
        self.relations = Texts()
        self.forms = Texts()
        self.held_out: set[int] = set()
        """Runs, by their number, that were asked in held-out forms."""
        self.runs: set[int] = set()
        """Runs that were asked anything."""
        self.found = 0
        """Number of keys before a sample was drawn."""
        self._numbering = Numbering()
        self._learned: Numbers = np.empty(0, np.int64)

    def __len__(self) -> int:
        return len(self._codes)

    def find(self, table: pa.Table, run: int, stream: int) -> None:
        """Take in the keys of one step of a run.

        Args:
            table: the answers (`COLUMNS`).
            run: the run's number.
            stream: the number of its stream.
        """
        forms = self.forms.coded(table["form"])
        asked = is_judged(table)
        if self.having(forms, HELD_OUT)[asked].any():
            self.held_out.add(run)
        self.runs.add(run)
        chosen = asked & self.having(forms, DIRECT)
        codes = self._code(table, stream)[chosen]
        places = self._numbering.add(codes)
        fresh = np.zeros(len(self) - len(self._learned), np.int64)
        self._learned = np.append(self._learned, fresh)
        self._learned[places] = table["learned"].to_numpy()[chosen]
        self.found = len(self)

    def sample(self, limit: int) -> None:
        """Keep at most about ``limit`` keys, drawn by `SEED`.

        The sample is stratified by stream, relation and the step that taught the fact last: each
        stratum keeps the same share of its keys, and at least one.
        """
        if len(self) <= limit:
            return
        strata = np.unique(
            (self._codes >> _SUBJECT_BITS) << 16 | self._learned, return_inverse=True
        )[1]
        drawn = np.lexsort((np.random.default_rng(SEED).random(len(self)), strata))
        sizes = np.bincount(strata)
        rank = np.empty(len(self), np.int64)
        rank[drawn] = np.arange(len(self)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        kept = np.maximum(1, sizes * limit // len(self))
        chosen = rank < kept[strata]
        self._numbering.keep(self._codes[chosen])
        self._learned = self._learned[chosen]

    def places(self, table: pa.Table, stream: int) -> Numbers:
        """Return the number of the key of each row; -1 for a key that is left out."""
        return self._numbering.numbers(self._code(table, stream))

    def forms_of(self, run: int) -> tuple[str, ...]:
        """Return the forms that count in a run."""
        return HELD_OUT if run in self.held_out else TRAINED_ONLY

    def counted(self) -> list[str]:
        """Return the forms that count in one of the runs, in the order of their appearance."""
        wanted = {
            *(HELD_OUT if self.held_out else ()),
            *(TRAINED_ONLY if self.runs - self.held_out else ()),
        }
        return [form for form in self.forms.all() if form in wanted]

    def having(self, forms: Numbers, names: Sequence[str]) -> Flags:
        """Return which of ``forms`` (numbers) are among ``names``."""
        found: Flags = np.isin(forms, self.forms.numbers(names))
        return found

    def by_name(self) -> dict[tuple[str, str], list[int]]:
        """Return (subject, relation) → the numbers of its keys, one for each stream."""
        subjects, relations = self.subjects.all(), self.relations.all()
        found: dict[tuple[str, str], list[int]] = {}
        for place, (one, other) in enumerate(
            zip(self.subject.tolist(), self.relation.tolist(), strict=True)
        ):
            found.setdefault((subjects[one], relations[other]), []).append(place)
        return found

    @property
    def subject(self) -> Numbers:
        """The subject of each key, a number of `subjects`."""
        return self._codes & ((1 << _SUBJECT_BITS) - 1)

    @property
    def relation(self) -> Numbers:
        """The relation of each key, a number of `relations`."""
        return (self._codes >> _SUBJECT_BITS) & ((1 << _RELATION_BITS) - 1)

    @property
    def stream(self) -> Numbers:
        """The stream of each key."""
        return self._codes >> (_SUBJECT_BITS + _RELATION_BITS)

    @property
    def _codes(self) -> Numbers:
        return self._numbering.codes

    def _code(self, table: pa.Table, stream: int) -> Numbers:
        subject = self.subjects.coded(table["subject"])
        relation = self.relations.coded(table["relation"])
        return subject | relation << _SUBJECT_BITS | stream << (_SUBJECT_BITS + _RELATION_BITS)
