"""The rows of a file in the columns of a file of facts, whatever shape they have.

A fact of another shape has no time of its own, unless its row has an ``update`` or a ``date``. What
was true before, its ``old`` object or a fact that must stay, then belongs to the base, and update 1
teaches the new object or asks to forget.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path

from cltool.core.errors import UserError
from cltool.core.plurals import plural
from cltool.facts.files.cells import as_text, says_yes
from cltool.facts.files.columns import USED, advice, canonical, is_index
from cltool.facts.files.rows import read_rows
from cltool.facts.files.shown import shown
from cltool.facts.files.source import Row, Rows, Source
from cltool.facts.identity import name_identity
from cltool.facts.shapes.catalogue import AUTO, OWN, SHAPES, named, nearest, recognised
from cltool.facts.shapes.shape import Shape, ShapeError, Told

_HEAD = 20
"""Rows from which the shape is told."""
_SHOWN = 3
_TIMES = ("update", "date")
_TOLD = ("subject", "relation", "new", "object", "prompts", "prompt", "answer")
"""Columns of a file of facts that a shape fills; other columns of these names are not used."""
_CERTAIN = (
    *({"subject", "relation", told} for told in ("new", "object", "forget")),
    *({"prompt", told} for told in ("answer", "forget")),
)
"""Columns that only a file in the shape of docs/facts.md has together."""


@dataclass
class Taken:
    """How the rows of a file were taken.

    Attributes:
        format: the name of the shape; ``cltool`` for the columns of docs/facts.md.
        about: what has this shape, in words.
        lost: what was not used, in words.
        rows: how many rows became facts.
        base: how many facts the base knows.
        taught: how many facts an update teaches.
        forgotten: how many facts an update asks to forget.
        times: the columns of time that the rows of another shape have.
        columns: the columns of the facts.
    """

    format: str = OWN
    about: str = ""
    lost: str = ""
    rows: int = 0
    base: int = 0
    taught: int = 0
    forgotten: int = 0
    times: set[str] = field(default_factory=set)
    columns: dict[str, None] = field(default_factory=dict)

    def in_words(self, file: str) -> str:
        """Return a sentence that says how the file was taken; empty for the shape of cltool."""
        if self.format == OWN:
            return ""
        counts = [
            f"{plural(count, 'fact')} {what}"
            for count, what in (
                (self.base, "of the base"),
                (self.taught, "to learn"),
                (self.forgotten, "to forget"),
            )
            if count
        ]
        found = (
            f"{file} is read as {self.about} (--format {self.format}): {plural(self.rows, 'row')}"
        )
        lost = f" Not used: {self.lost}." if self.lost else ""
        return f"{found}, {', '.join(counts) or 'no facts'}.{lost}"


def shaped_rows(
    path: Path, source: Source, chosen: str = AUTO, *, dated: bool | None = False
) -> tuple[Taken, Rows]:
    """Return how a file is taken, and its rows in the columns of a file of facts.

    Several rows may come from one line. The counts are complete once all rows are read.

    Args:
        path: a file, or a folder of files of one kind.
        source: receives the columns of the table, and doubts about it.
        chosen: the name of a shape, or ``auto``.
        dated: as for `cltool.facts.files.events.read_events`. With None, facts of the base are
            left out.

    Raises:
        UserError: the file cannot be read, its shape is not known, or it has not the chosen one.
    """
    shape = named(chosen) if chosen not in (AUTO, OWN) else None
    rows = read_rows(path, source)
    head = list(islice(rows, _HEAD))
    first = [
        (number, _folded(row))
        for number, row in head
        if not isinstance(row, str) and any(map(as_text, row.values()))
    ]
    named_rows = [(cells, source.places.file_of(number)) for number, cells in first]
    if not named_rows and source.header:
        # A table without usable rows has the columns of its header.
        empty: Row = {_fold(name): None for name in source.columns}
        named_rows = [(empty, source.places.file_of(1))]
    shown_rows = [cells for _, cells in first[:_SHOWN]]
    if shape is not None:
        if named_rows and not any(not shape.missing(cells) for cells, _ in named_rows):
            raise _not_in(shape, path, named_rows[0][0], shown_rows)
    elif chosen == AUTO and named_rows and not _is_own(named_rows):
        shape = recognised(named_rows)
        if shape is None and not any({"subject", "prompt"} & set(cells) for cells, _ in named_rows):
            raise _unknown(source, path, shown_rows, whole=len(head) < _HEAD)
    rows = chain(head, rows)
    if shape is None:
        return Taken(columns=source.columns), rows
    taken = Taken(shape.name, shape.about, shape.lost)
    taken.times = {name for name in _TIMES if any(as_text(row.get(name)) for row, _ in named_rows)}
    return taken, _mapped(shape, rows, source, taken, dated)


def _mapped(
    shape: Shape, rows: Rows, source: Source, taken: Taken, dated: bool | None
) -> Iterator[tuple[int, Row | str]]:
    for number, row in rows:
        if isinstance(row, str):
            yield number, row
            continue
        if not any(map(as_text, row.values())):
            continue
        cells = _folded(row)
        missing = shape.missing(cells)
        try:
            if missing:
                raise ShapeError(f"{missing[0]} is missing")
            told = shape.facts(cells, source.places.file_of(number))
        except ShapeError as error:
            yield number, str(error)
            continue
        taken.rows += 1
        beside = _beside(row, shape.read_from(cells), source, number)
        tags = {name: cell for name, cell in beside.items() if name not in USED}
        time = _time_of(cells, dated)
        for one in told:
            one = replace(one, cells={**(tags if one.base else beside), **one.cells})
            for made in _in_time(one, time, dated, taken):
                taken.columns.update(dict.fromkeys(made))
                yield number, made


def _in_time(one: Told, time: str, dated: bool | None, taken: Taken) -> Iterator[Row]:
    """Yield the rows of a fact: one for each time at which something about it is told."""
    cells = {name: cell for name, cell in one.cells.items() if cell not in ("", [])}
    forget = says_yes(as_text(cells.get("forget")))
    if one.base and (dated is None or time):
        return
    taken.base += one.base
    taken.forgotten += forget
    taken.taught += not (one.base or forget)
    if dated is None or time:
        yield cells
        return
    before = _before(cells, one.old_aliases) if not one.base else None
    if before is not None:
        taken.base += 1
        yield {**before, "update": 0}
    yield {**cells, "update": 0 if one.base else 1}


def _before(cells: Row, aliases: Sequence[str]) -> Row | None:
    """Return the row of what was true before; None if nothing is known of it."""
    kept = {name: cell for name, cell in cells.items() if name not in ("old", "forget")}
    if says_yes(as_text(cells.get("forget"))):
        return kept
    if "old" not in cells:
        return None
    del kept["new" if "new" in kept else "answer"]
    kept.pop("aliases", None)
    name = "answer" if "prompt" in kept else "new"
    return {**kept, name: cells["old"], **({"aliases": [*aliases]} if aliases else {})}


def _beside(row: Row, read: Collection[str], source: Source, number: int) -> Row:
    """Return the cells that the shape does not read: times, tags of the fact, and the like."""
    found = {}
    for name, cell in row.items():
        if is_index(name) or _fold(name) in read or isinstance(cell, dict):
            continue
        if canonical(name) not in _TOLD:
            found[canonical(name)] = cell
        elif as_text(cell):
            source.warnings.add(f"the column {shown(name)} is not used.", number)
    return found


def _time_of(cells: Row, dated: bool | None) -> str:
    """Return the time of a row, as the file has it; empty if it has none."""
    names = _TIMES if dated is None else (_TIMES[dated],)
    return next((found for name in names if (found := as_text(cells.get(name)))), "")


def _fold(name: str) -> str:
    return name_identity(name).casefold()


def _folded(row: Row) -> Row:
    return {_fold(name): cell for name, cell in row.items()}


def _is_own(rows: Sequence[tuple[Row, str]]) -> bool:
    found = Counter(any(one <= set(cells) for one in _CERTAIN) for cells, _ in rows)
    return found[True] >= found[False]


def _unknown(source: Source, path: Path, rows: Sequence[Row], *, whole: bool) -> UserError:
    """Return the error about rows of no known shape."""
    columns = [_fold(name) for name in source.columns]
    near = nearest(columns)
    more = ""
    if near is not None:
        shape, missing = near
        more = f" The nearest is {shape.name} ({shape.about}), which also needs"
        more += f" {', '.join(missing)}."
    if "text" in columns:
        more = " Rows with text are documents: use --scenario documents."
    known = ", ".join(one.name for one in SHAPES)
    lines = "no line has" if whole else f"none of the first {_HEAD} lines has"
    return UserError(
        f"{lines} a subject or a prompt, and the rows have no other known shape",
        where=source.header or str(path),
        details=_written(rows),
        hint=f"{advice(source.columns)} The formats {known} were looked for, too.{more}",
    )


def _not_in(shape: Shape, path: Path, cells: Row, rows: Sequence[Row]) -> UserError:
    missing = shape.missing(cells)
    return UserError(
        f"the rows are not in the format {shape.name}: {', '.join(missing)} is missing",
        where=str(path),
        details=_written(rows),
        hint="Leave out --format to have the format recognised, or give another one.",
    )


def _written(rows: Sequence[Row]) -> list[str]:
    return [
        f"row {number}: " + ", ".join(f"{name}={shown(cell)}" for name, cell in cells.items())
        for number, cells in enumerate(rows, start=1)
    ]
