"""The rows of ``.jsonl``, ``.csv`` and ``.parquet`` files, with their line numbers.

A line that cannot be read is returned as the reason, so that all bad lines can be reported.
"""

from __future__ import annotations

import csv
import difflib
import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from cltool.core.errors import UserError

if TYPE_CHECKING:
    import pyarrow as pa

SUFFIXES = (".jsonl", ".csv", ".parquet")
_BATCH_ROWS = 8192
_MAX_NAMED = 5

Row = dict[str, object]
Rows = Iterator[tuple[int, Row | str]]
"""(line number, the row or the reason why it cannot be read)."""


def line_name(path: Path, line: int) -> str:
    """Return how a message names a line of ``path``."""
    return f"row {line}" if path.suffix.lower() == ".parquet" else str(line)


def shown(value: object) -> str:
    """Return ``value`` for a message: quoted, control characters escaped, long texts cut."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…{text[-1]}"


def read_rows(path: Path, columns: dict[str, None], used: Collection[str]) -> Rows:
    """Read ``path`` row by row, in constant memory.

    Args:
        path: a ``.jsonl``, ``.csv`` or ``.parquet`` file.
        columns: receives the names of the file's columns.
        used: names of the columns that a row needs. A Parquet row lacks the cells of other columns
            that are nested, binary or not decodable.

    Raises:
        UserError: the file does not exist, is of another kind, or cannot be read at all.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise UserError(
            f"facts cannot be read from this kind of file: {path.suffix or 'no ending'}",
            where=str(path),
            hint=f"Use one of {', '.join(SUFFIXES)}.",
        )
    if not path.is_file():
        raise _missing(path)
    if suffix == ".parquet":
        yield from _parquet_rows(path, columns, used)
        return
    with path.open("rb") as handle:
        yield from (_jsonl_rows if suffix == ".jsonl" else _csv_rows)(path, handle, columns)


def _missing(path: Path) -> UserError:
    if path.is_dir():
        hint = f"Give a file in it that ends in one of {', '.join(SUFFIXES)}."
        return UserError("is a folder, not a file", where=str(path), hint=hint)
    if not path.parent.is_dir():
        hint = f"The folder {path.parent} does not exist either."
        return UserError("there is no such file", where=str(path), hint=hint)
    found = sorted(one.name for one in path.parent.iterdir() if one.suffix.lower() in SUFFIXES)
    # Without the endings, because a common ending alone would make two names look similar.
    stems = {Path(name).stem: name for name in found}
    near = [stems[stem] for stem in difflib.get_close_matches(path.stem, stems, 1, cutoff=0.75)]
    folder = path.parent.resolve()
    hint = f"There is no file of facts in {folder}."
    if near:
        hint = f"Did you mean {path.parent / near[0]}?"
    elif found:
        hint = f"In {folder} there are: {', '.join(found[:_MAX_NAMED])}"
        hint += f" and {len(found) - _MAX_NAMED} more." if len(found) > _MAX_NAMED else "."
    return UserError("there is no such file", where=str(path), hint=hint)


def _jsonl_rows(_path: Path, handle: BinaryIO, columns: dict[str, None]) -> Rows:
    for line, raw in enumerate(handle, start=1):
        if raw.isspace():
            continue
        try:
            # Without the line's end, or the error would be reported on the next line.
            row = json.loads(raw.rstrip().decode("utf-8-sig" if line == 1 else "utf-8"))
        except UnicodeDecodeError as error:
            yield line, _not_utf8(error)
        except json.JSONDecodeError as error:
            yield line, f"not JSON: {error.msg} at column {error.colno}"
        except (ValueError, RecursionError) as error:
            yield line, f"not readable JSON: {error}"
        else:
            if isinstance(row, dict):
                columns.update(dict.fromkeys(row))
                yield line, row
            else:
                yield line, f"not a JSON object: {shown(row)}"


def _csv_rows(path: Path, handle: BinaryIO, columns: dict[str, None]) -> Rows:
    undecoded: dict[int, str] = {}
    reader = csv.reader(_decoded(handle, undecoded), strict=True)
    header: list[str] = []
    while True:
        first = reader.line_num + 1
        try:
            cells = next(reader)
            problem = _undecoded(undecoded, first, reader.line_num)
        except StopIteration:
            return
        except csv.Error as error:
            # A quote that is never closed takes in the following lines: the message says which.
            span = f" (lines {first} to {reader.line_num})" if reader.line_num > first else ""
            cells, problem = [], f"not CSV: {error}{span}"
        if not cells and not problem:
            continue
        if not header:
            header = _header(path, cells, problem)
            columns.update(dict.fromkeys(header))
        elif problem:
            yield first, problem
        elif len(cells) != len(header):
            yield first, f"has {len(cells)} fields, but the header has {len(header)}"
        else:
            yield first, dict(zip(header, cells, strict=True))


def _undecoded(undecoded: dict[int, str], first: int, last: int) -> str:
    if not undecoded:
        return ""
    return next((undecoded[line] for line in range(first, last + 1) if line in undecoded), "")


def _header(path: Path, cells: list[str], problem: str) -> list[str]:
    header = [cell.strip() for cell in cells]
    twice = [name for name in header if name and header.count(name) > 1]
    if twice and not problem:
        problem = f"the column {shown(twice[0])} occurs twice"
    if problem:
        raise UserError(f"the header cannot be used: {problem}", where=str(path))
    return header


def _decoded(handle: BinaryIO, undecoded: dict[int, str]) -> Iterator[str]:
    for line, raw in enumerate(handle, start=1):
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            undecoded[line] = _not_utf8(error)
            text = raw.decode("utf-8", errors="replace")
        yield text.removeprefix("\ufeff") if line == 1 else text


def _not_utf8(error: UnicodeDecodeError) -> str:
    return f"not UTF-8: byte 0x{error.object[error.start]:02x} at position {error.start + 1}"


def _parquet_rows(path: Path, columns: dict[str, None], used: Collection[str]) -> Rows:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            schema = file.schema_arrow
            columns.update(dict.fromkeys(schema.names))
            wanted = [one.name for one in schema if one.name in used or _is_scalar(one.type)]
            row = 1
            for batch in file.iter_batches(_BATCH_ROWS, columns=wanted):
                yield from enumerate(_batch_rows(batch, used), start=row)
                row += batch.num_rows
    except pa.ArrowException as error:
        raise UserError(f"not a readable Parquet file: {error}", where=str(path)) from error


def _is_scalar(kind: pa.DataType) -> bool:
    import pyarrow.types as kinds

    binary = kinds.is_binary(kind) or kinds.is_large_binary(kind)
    return not (kinds.is_nested(kind) or binary or kinds.is_fixed_size_binary(kind))


def _batch_rows(batch: pa.RecordBatch, used: Collection[str]) -> Iterator[Row | str]:
    try:
        yield from batch.to_pylist()
    except (ValueError, OverflowError):
        # Arrow decodes a whole batch at once: read cell by cell to find the bad ones.
        for number in range(batch.num_rows):
            yield _row(batch, number, used)


def _row(batch: pa.RecordBatch, number: int, used: Collection[str]) -> Row | str:
    """Return a row without the cells of unused columns that cannot be decoded."""
    row: Row = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        try:
            row[name] = column[number].as_py()
        except UnicodeDecodeError as error:
            if name in used:
                return _not_utf8(error)
        except (ValueError, OverflowError) as error:
            if name in used:
                return f"{name} cannot be read: {error}"
    return row
