"""The columns of a page's facts, at each level of detail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from cltool.reporting.facts.collect import Facts, RunFacts
from cltool.reporting.facts.container import Column, column
from cltool.reporting.facts.detail import LEVELS, Detail
from cltool.reporting.facts.matrix import Matrix
from cltool.reporting.facts.text_order import Order

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Rows = Iterator[NDArray[Any]]

BASE64 = 4 / 3
"""Characters of the page for each byte."""

HEADER_BYTES = 4096
"""About the size of the header."""


class Encoder:
    """Makes the columns of a group's facts; each is compressed once, when it is first needed."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._made: dict[str, Column] = {}
        probes = facts.wordings.probes()
        self._by_key = np.lexsort((probes[:, 3], probes[:, 2], probes[:, 1], probes[:, 0]))
        self._probes = probes[self._by_key]
        names = facts.keys.subjects.all()
        self._subject = facts.texts.numbers(names[one] for one in facts.keys.subject)
        self._order = Order(len(facts.texts))
        self._ends = dict(self._number_texts())

    def size(self, detail: Detail) -> int:
        """Return about how many bytes of the page the facts take."""
        packed = sum(len(one.packed) for one in self.columns(detail).values())
        return HEADER_BYTES + round(packed * BASE64)

    def columns(self, detail: Detail) -> dict[str, Column]:
        """Return the columns by their names."""
        chosen = {**self._texts(detail), **self._truth()}
        for number, run in enumerate(self._facts.runs):
            for name in ("asked", "right", "stale"):
                chosen |= self._matrix(f"{name}.{number}", run, getattr(run, name), "u8", "all")
            if run.rehearsed is not None:
                chosen |= self._matrix(f"rehearsed.{number}", run, run.rehearsed, "u8", "all")
            chosen |= self._matrix(f"answer.{number}", run, run.answer, "u32", detail.answers)
            chosen |= self._matrix(f"margin.{number}", run, run.margin, "i8", detail.margins)
        if detail.wordings == "none":
            return chosen
        key, form, place, prompt = self._probes.T
        chosen |= {
            **self._row("probe.key", "u32", key),
            **self._row("probe.form", "u8", form),
            **self._row("probe.number", "u16", place),
            **self._row("probe.prompt", "u32", self._order.places(prompt)),
        }
        for number, run in enumerate(self._facts.runs):
            chosen |= self._matrix(f"said.{number}", run, run.said, "u32", detail.wordings)
            chosen |= self._matrix(f"verdict.{number}", run, run.verdict, "u8", detail.wordings)
        return chosen

    def _number_texts(self) -> Iterator[tuple[Detail, int]]:
        """Order the texts so that those of a level come first, before those of a higher one.

        Yields:
            Each level, and how many of the texts it names.
        """
        facts, order = self._facts, self._order
        order.add(self._subject)
        for step in range(facts.steps):
            order.add(facts.object[step])
            order.add(facts.outdated[step])
        for level in reversed(LEVELS):
            for run in facts.runs:
                for row in self._rows(run, run.answer, level.answers):
                    order.add(row)
            if level.wordings != "none":
                order.add(self._probes[:, 3])
                for run in facts.runs:
                    for row in self._rows(run, run.said, level.wordings):
                        order.add(row)
            yield level, len(order)

    def _rows(self, run: RunFacts, matrix: Matrix, detail: str) -> Rows:
        """Iterate over the rows of a matrix that a level has."""
        steps = {"all": range(self._facts.steps), "last": [max(0, run.done - 1)], "none": []}
        for step in steps[detail]:
            row = matrix.row(step)
            yield row[self._by_key] if matrix in (run.said, run.verdict) else row

    def _matrix(
        self, name: str, run: RunFacts, matrix: Matrix, kind: str, detail: str
    ) -> dict[str, Column]:
        if detail == "none":
            return {}
        whole = detail == "all"
        named = matrix in (run.answer, run.said)

        def rows() -> Rows:
            for row in self._rows(run, matrix, detail):
                yield self._order.places(row) if named else row

        held = f"{name} {detail}"
        return {name: self._once(held, kind, rows, whole)[held]}

    def _truth(self) -> dict[str, Column]:
        facts, keys, places = self._facts, self._facts.keys, self._order.places
        found = {
            **self._row("subject", "u32", places(self._subject)),
            **self._row("relation", "u16", keys.relation),
            **self._once("object", "u32", lambda: map(places, facts.object), True),
            **self._once("group", "u8", lambda: iter(facts.group), True),
            **self._once("learned", "u16", lambda: iter(facts.learned), True),
            **self._once("outdated", "u32", lambda: map(places, facts.outdated), True),
        }
        if len(np.unique(keys.stream)) > 1:
            found |= self._row("stream", "u16", keys.stream)
        return found

    def _texts(self, detail: Detail) -> dict[str, Column]:
        """Return the columns of the texts that a level names."""
        end = self._ends[detail]
        known = self._facts.texts.all()
        encoded = [known[one].encode() for one in self._order.chosen()[:end]]
        ends = np.cumsum([len(one) for one in encoded], dtype=np.int64)
        content = np.frombuffer(b"".join(encoded), np.uint8)
        held = {
            **self._row(f"strings.bytes {end}", "u8", content),
            **self._row(f"strings.ends {end}", "u32", ends),
        }
        return {name.split(" ")[0]: one for name, one in held.items()}

    def _row(self, name: str, kind: str, values: NDArray[Any]) -> dict[str, Column]:
        return self._once(name, kind, lambda: iter([values]))

    def _once(
        self, name: str, kind: str, rows: Callable[[], Rows], delta: bool = False
    ) -> dict[str, Column]:
        if name not in self._made:
            self._made[name] = column(kind, rows(), delta)
        return {name: self._made[name]}
