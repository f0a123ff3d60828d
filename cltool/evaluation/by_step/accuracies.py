"""Accuracy on the facts of the end, at an earlier step: the accuracy matrix and FUAR.

What an answer named is judged again where another object was valid at the step.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cltool.evaluation.by_step.coded_step import CodedStep, Coder
from cltool.evaluation.by_step.numbered import Numbering, Texts, mixed
from cltool.evaluation.by_step.step_scores import fact_means, mean
from cltool.evaluation.judge import Judge, RelationNames
from cltool.evaluation.ledger import LEAD
from cltool.evaluation.matchers import CONTAINS, EXACT, matcher_of
from cltool.evaluation.matching import Answer, KnownNames
from cltool.evaluation.metrics import identities, named_rows
from cltool.facts.stream import RETAINED, Probe

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

NAMES = ("subject", "relation", "accepted", "outdated", "match")
"""Columns of which `Names` takes the names."""

COLUMNS = ("prompt", "closing", "answer", "stop", "chosen", LEAD)
"""Columns that are read beside those of a coded step."""


FEW = 1000
"""Rows that are looked at for the matcher, which is the same in all rows of a run."""


class Names:
    """All names of a ledger, collected step by step, and the judge that knows them."""

    def __init__(self, coder: Coder) -> None:
        self._coder = coder
        self._known = Numbering()
        self._facts: list[NDArray[np.int64]] = []
        self._ways = Texts()

    def add(self, table: pa.Table) -> None:
        """Take in the names of a step; see `NAMES`."""
        coder = self._coder
        fact = coder.fact(table)
        accepted, outdated = (coder.lists(table[name]) for name in ("accepted", "outdated"))
        codes = mixed([fact, accepted, outdated])
        first = np.unique(codes, return_index=True)[1]
        first = first[self._known.numbers(codes[first]) < 0]
        self._known.add(codes[first])
        self._facts.append(np.stack([fact, accepted, outdated], axis=1)[first])
        self._ways.coded(table["match"])

    def judge(self) -> Judge:
        """Return a judge as that of `cltool.evaluation.metrics.judge_of`.

        Only `CONTAINS` asks it what is said of which relation.
        """
        coder = self._coder
        rows = np.concatenate([np.empty((0, 3), np.int64), *self._facts])
        listed = np.unique(rows[:, 1:])
        names = [name for number in listed.tolist() for name in coder.list_of(number)]
        known = KnownNames((*names, *coder.subjects.all()))
        if CONTAINS not in self._ways.all():
            return Judge(known)
        keys = coder.fact_names(rows[:, 0])
        facts = [
            (subject, relation, (*coder.list_of(one), *coder.list_of(other)))
            for (subject, relation), (_, one, other) in zip(keys, rows.tolist(), strict=True)
        ]
        return Judge(known, RelationNames(facts))


@dataclass(frozen=True)
class End:
    """The probes of valid facts at the last step, in the order of the ledger.

    Attributes:
        probe, fact, learned, accepted: as in a `CodedStep`.
        superseded, right: as there.
    """

    probe: Numbers
    fact: Numbers
    learned: Numbers
    accepted: Numbers
    superseded: Flags
    right: Flags

    @classmethod
    def of(cls, rows: CodedStep, counted: Flags) -> End:
        """Return the counted probes of valid facts."""
        chosen = counted & rows.valid
        return cls(
            rows.probe[chosen],
            rows.fact[chosen],
            rows.learned[chosen],
            rows.accepted[chosen],
            rows.superseded[chosen],
            rows.right[chosen],
        )

    def places(self, probes: Numbers) -> Numbers:
        """Return the place of each of ``probes`` in these; -1 if it is not there."""
        size = max(int(self.probe.max(initial=-1)), int(probes.max(initial=-1))) + 1
        place = np.full(size, -1, np.int64)
        place[self.probe] = np.arange(len(self.probe))
        return place[probes]


def matrix_row(rows: CodedStep, counted: Flags, end: End, said: Said) -> dict[int, float]:
    """Return a row of `cltool.evaluation.metrics.accuracy_matrix`: update → accuracy."""
    place = end.places(rows.probe)
    chosen = np.flatnonzero(counted & (place >= 0))
    place = place[chosen]
    hit = rows.right[chosen].astype(float)
    other = rows.accepted[chosen] != end.accepted[place]
    hit[other] = said.named(rows, chosen[other], end.accepted[place[other]])
    update = end.learned[place]
    updates = int(update.max(initial=0)) + 1
    found, means = fact_means(rows.fact[chosen] * updates + update, hit)
    of = found % updates
    return {int(one): mean(means[of == one]) for one in np.unique(of)}


def fuar(begin: CodedStep, counted: Flags, end: End, said: Said) -> float:
    """Return FUAR (`cltool.evaluation.metrics.fuar`).

    Args:
        begin: the rows of step 0.
        counted: which of them count.
        end: the probes of the last step.
        said: judges answers again.
    """
    row = np.full(len(end.probe), -1, np.int64)
    place = end.places(begin.probe)
    chosen = np.flatnonzero(counted & (place >= 0))
    row[place[chosen]] = chosen
    asked = row >= 0
    kept = end.learned == 0
    was, now = np.full(len(row), np.nan), end.right.astype(float)
    was[asked & kept] = begin.right[row[asked & kept]]
    again = asked & ~kept
    was[again] = said.named(begin, row[again], end.accepted[again])
    lost = _gap(end.fact[kept], was[kept] - now[kept])
    gained = 0.0
    for part in (~kept & end.superseded, ~kept & ~end.superseded):
        gained += _gap(end.fact[part], now[part] - was[part])
    return lost / gained if gained > 0 else math.nan


def _gap(facts: Numbers, gaps: Floats) -> float:
    known = ~np.isnan(gaps)
    if not known.any():
        return 0.0
    return max(0.0, mean(fact_means(facts[known], gaps[known])[1]))


class Said:
    """Says whether answers name other objects than those that were valid when they were given."""

    def __init__(self, coder: Coder, judge: Judge) -> None:
        self._coder, self._judge = coder, judge
        self._identities = Texts()
        self._named: dict[tuple[str, ...], int] = {}

    def named(self, rows: CodedStep, places: Numbers, targets: Numbers) -> Floats:
        """Return for some rows of a step whether they are answered with other objects.

        Args:
            rows: the step.
            places: the rows.
            targets: the number of the list of names that each is compared with.
        """
        import pyarrow as pa

        found = np.zeros(len(places))
        if not len(places):
            return found
        table = rows.table.take(pa.array(places))
        may = np.ones(len(places), bool)
        if matcher_of(table.select(["match"]).slice(0, FEW).to_pandas()) == EXACT:
            may = self._may_be(table, targets)
        if may.any():
            frame = table.filter(pa.array(may)).to_pandas()
            lists = [self._coder.list_of(number) for number in targets[may].tolist()]
            found[may] = named_rows(frame, lists, self._judge)
        return found

    def _may_be(self, table: pa.Table, targets: Numbers) -> Flags:
        """Return which answers begin with a name of their target, and so may be exactly it."""
        texts = [name for name in ("answer", "closing", "stop", LEAD) if name in table.column_names]
        known = [Texts() for _ in texts]
        columns = [one.coded(table[name]) for one, name in zip(known, texts, strict=True)]
        _, first, inverse = np.unique(mixed(columns), return_index=True, return_inverse=True)
        values = [[*one.all(), ""] for one in known]
        combined = np.stack(columns, axis=1)[first].tolist()
        said = [
            self._identity(tuple(own[n] for own, n in zip(values, one, strict=True)))
            for one in combined
        ]
        pairs = [
            (number, self._identities.number(name))
            for number in np.unique(targets).tolist()
            for name in identities(self._coder.list_of(number))
        ]
        codes = np.array(pairs, np.int64).reshape(-1, 2)
        own = mixed([targets, np.array(said, np.int64)[inverse]])
        return np.isin(own, mixed([codes[:, 0], codes[:, 1]]))

    def _identity(self, texts: tuple[str, ...]) -> int:
        """Return the number of the identity of the name with which an answer begins."""
        if texts not in self._named:
            text, closing, stop, *lead = texts
            probe = Probe(("", ""), "", 0, "", lead[0] if lead else "", closing, RETAINED, 0, ())
            name = self._judge.named(probe, Answer(text, stop))
            self._named[texts] = self._identities.number(name)
        return self._named[texts]
