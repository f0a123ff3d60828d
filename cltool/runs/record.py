"""What ``run.json`` and ``steps.jsonl`` hold, and how they are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from typing_extensions import TypedDict

from cltool.core.errors import UserError
from cltool.core.files import refuse_newer_format
from cltool.core.json_files import check, parse_json, read_json, unsealed

FORMAT = 1
"""Version of ``run.json``; a record without one has version 1."""

ID = "id"
"""The field of ``run.json`` that the digests of the run's other files include."""

ELSEWHERE = "Make the run again in another folder: cltool run with --out."

AGAIN = "Delete the file, and give the command of the run again: it is made again."


class _Update(TypedDict, total=False):
    learn: int
    forget: int


class _Stream(TypedDict, total=False):
    digest: str
    source: dict[str, Any]
    updates: list[_Update]
    skipped: list[str]


class RecordFields(TypedDict, total=False):
    """The fields of ``run.json`` that are read; there may be others."""

    format: int
    id: str
    scenario: str
    strategy: str
    seed: int
    model: str
    labels: list[str]
    requested: dict[str, dict[str, Any]]
    stream: _Stream
    status: str
    settings: dict[str, dict[str, Any]]
    warnings: list[str] | None
    versions: dict[str, str]
    weights: str


class _Row(TypedDict, total=False):
    """The fields of a row of ``steps.jsonl`` that are read; there may be others."""

    label: str
    seconds: float
    tokens: float
    uncounted_tokens: float
    changed_uncounted: bool
    owed: float
    new_before: float | None
    new_after: float | None
    erasing_tokens: float
    steps: float
    peak_memory: float
    stored_bytes: float
    logs: dict[str, float | None]
    ledger: str | None
    general: dict[str, Any]
    training: dict[str, Any]


class _NumberedRow(_Row):
    step: int


class Record(dict[str, Any]):
    """A record in which a field that is missing is an error of the file."""

    def __init__(self, values: dict[str, Any], file: Path) -> None:
        super().__init__(values)
        self._file = file

    def __missing__(self, name: str) -> Any:
        raise UserError(
            f"has no field {name!r}",
            where=str(self._file),
            hint="It is not a record that cltool wrote, or it was changed.",
        )


def read_record(file: Path) -> Record:
    """Read ``run.json``.

    Raises:
        UserError: the file cannot be read, a field has a wrong type, or a newer cltool wrote it.
    """
    value = read_json(file)
    if not isinstance(value, dict):
        raise UserError("is not a JSON object", where=str(file))
    refuse_newer_format(value.get("format", 1), FORMAT, file)
    check(value, RecordFields, file, "It is not a record that cltool wrote, or it was changed.")
    return Record(unsealed(value, file, value.get(ID, ""), ELSEWHERE), file)


def read_rows(file: Path, owner: str) -> list[dict[str, Any]]:
    """Read the rows of ``steps.jsonl``; none if there is no such file.

    Args:
        file: the file.
        owner: `ID` of the run; empty if it has none.

    Raises:
        UserError: the file cannot be read, or a row is not one that cltool wrote for this run.
    """
    try:
        text = file.read_text(encoding="utf-8") if file.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"cannot be read: {error}", where=str(file)) from error
    rows: list[dict[str, Any]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line:
            continue
        place = Path(f"{file}:{number}")
        row = parse_json(line, place)
        if not isinstance(row, dict):
            raise UserError("has a line that is not a JSON object", where=str(place))
        check(row, _NumberedRow, place, "It is not a row that cltool wrote, or it was changed.")
        if row["step"] != len(rows):
            raise UserError(
                f"step = {row['step']}: this is the row of step {len(rows)}", where=str(place)
            )
        rows.append(unsealed(row, place, owner, AGAIN))
    return rows
