"""The rows of a table of facts, with their line numbers, whatever kind of file it is in.

A line that cannot be read is returned as the reason, so that all bad lines can be reported.
"""

from __future__ import annotations

from pathlib import Path

from cltool.core.errors import UserError
from cltool.facts.files.arrow_rows import arrow_rows
from cltool.facts.files.columns import USED, canonical, refuse_twice
from cltool.facts.files.delimited import delimited_rows
from cltool.facts.files.endings import ARROW, DELIMITED, PARQUET, kind_of
from cltool.facts.files.json_rows import json_rows
from cltool.facts.files.parquet_rows import parquet_rows
from cltool.facts.files.parts import parts
from cltool.facts.files.shown import shown
from cltool.facts.files.source import Row, Rows, Source
from cltool.facts.identity import name_identity

_READERS = {DELIMITED: delimited_rows, PARQUET: parquet_rows, ARROW: arrow_rows}
_MAX_KNOWN = 4096


def read_rows(path: Path, source: Source) -> Rows:
    """Read a file or folder row by row, in constant memory.

    Lines are numbered through all files of a folder; ``source.places`` names them. Names of
    columns that differ from known ones only in case or white space are replaced by these.

    Args:
        path: a file, or a folder of files of one kind.
        source: receives the columns of the table, and doubts about it.

    Raises:
        UserError: the file does not exist, is of another kind, or cannot be read at all.
        OSError: it cannot be opened.
    """
    renaming = _Renaming(source)
    number = 0
    for file in parts(path):
        part = source.places.begin(file, number)
        read = _READERS.get(kind_of(file) or "", json_rows)
        try:
            for line, row in read(part, source):
                number = part.first + line
                yield number, row if isinstance(row, str) else renaming.apply(row, number)
        except OSError as error:
            what = f"cannot be read: {error.strerror or error}"
            raise UserError(what, where=str(file)) from error


class _Renaming:
    """Gives rows the names of known columns."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._plans: dict[tuple[str, ...], dict[str, str] | str | None] = {}

    def apply(self, row: Row, number: int) -> Row | str:
        names = tuple(row)
        try:
            plan = self._plans[names]
        except KeyError:
            plan = self._plan(names, number)
            if len(self._plans) < _MAX_KNOWN:
                self._plans[names] = plan
        if plan is None:
            return row
        return plan if isinstance(plan, str) else {plan[name]: row[name] for name in row}

    def _plan(self, names: tuple[str, ...], number: int) -> dict[str, str] | str | None:
        """Return old name → new name, None if all names stay, or why the row is bad."""
        plan = {name: canonical(name) for name in names}
        self._source.columns.update(dict.fromkeys(plan.values()))
        changed = [name for name in names if plan[name] != name]
        problem = refuse_twice(names)
        if problem or not changed:
            return problem or None
        # White space and characters that are never shown are not worth a warning.
        told = [name for name in changed if plan[name] in USED and name_identity(name) not in USED]
        meant = {shown(name): plan[name] for name in told}
        if meant:
            several = len(meant) > 1
            text = f"the column{'s' * several} {', '.join(meant)} {'are' if several else 'is'} read"
            self._source.warnings.add(f"{text} as {', '.join(meant.values())}.", number)
        return plan
