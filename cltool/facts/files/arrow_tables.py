"""The columns and rows of Arrow tables, as Parquet and Arrow files have them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from cltool.core.errors import UserError
from cltool.facts.files.columns import USED, canonical, is_index, refuse_twice
from cltool.facts.files.shown import shown
from cltool.facts.files.source import Row, Rows, Source

if TYPE_CHECKING:
    import pyarrow as pa


def wanted_columns(schema: pa.Schema, source: Source, where: str) -> list[str]:
    """Return the names of the columns that are read: those of facts, and those that can be tags.

    Raises:
        UserError: the names of the columns are not usable, or a column is not.
    """
    names = _names(schema, where)
    _refuse_class_labels(schema, where)
    _refuse_unknown_zones(schema, source.used, where)
    source.columns.update(dict.fromkeys(canonical(name) for name in names if not is_index(name)))
    return [
        one.name
        for one in schema
        if not is_index(one.name) and (_is_needed(one.name, source) or _is_scalar(one.type))
    ]


def table_rows(batches: Iterable[pa.RecordBatch], source: Source) -> Rows:
    """Return the rows of the batches of a table, counted from 1."""
    row = 1
    for batch in batches:
        yield from enumerate(_batch_rows(batch, source.used), start=row)
        row += batch.num_rows


def _names(schema: pa.Schema, where: str) -> list[str]:
    names: list[str] = schema.names
    problem = refuse_twice(names)
    if problem:
        raise UserError(problem, where=where, hint="Rename one of the columns, or remove it.")
    return names


def _refuse_class_labels(schema: pa.Schema, where: str) -> None:
    """Refuse columns in which `datasets` stores numbers in place of names."""
    features: object = {}
    with suppress(ValueError, TypeError, KeyError, RecursionError):
        features = json.loads((schema.metadata or {})[b"huggingface"])["info"]["features"]
    for name, kind in features.items() if isinstance(features, dict) else ():
        if canonical(name) in USED and isinstance(kind, dict) and kind.get("_type") == "ClassLabel":
            raise UserError(
                f"the column {shown(name)} has numbers in place of names (ClassLabel)",
                where=where,
                hint="Write the names: map ClassLabel.int2str over the column first.",
            )


def _refuse_unknown_zones(schema: pa.Schema, used: Collection[str], where: str) -> None:
    """Refuse the column of dates if its time zone is not known here: no cell could be read."""
    import pyarrow as pa

    for one in schema:
        if canonical(one.name) not in used or not pa.types.is_timestamp(one.type):
            continue
        try:
            pa.scalar(0, one.type).as_py()
        except (ValueError, OverflowError, LookupError, OSError, pa.ArrowException) as error:
            raise UserError(
                f"the column {shown(one.name)} has a time zone that is not known here:"
                f" {shown(one.type.tz)}",
                where=where,
                hint="Write the days as YYYY-MM-DD, or install the package tzdata if the time zone"
                " is a real one.",
            ) from error


def _is_needed(name: str, source: Source) -> bool:
    return canonical(name) in source.used or name.strip().casefold() in source.nested


def _is_scalar(kind: pa.DataType) -> bool:
    import pyarrow.types as kinds

    if kinds.is_dictionary(kind):
        return _is_scalar(kind.value_type)
    return not (
        kinds.is_nested(kind)
        or kinds.is_binary(kind)
        or kinds.is_large_binary(kind)
        or kinds.is_fixed_size_binary(kind)
        or kinds.is_binary_view(kind)
        or kinds.is_duration(kind)
    )


def _batch_rows(batch: pa.RecordBatch, used: Collection[str]) -> Iterator[Row | str]:
    import pyarrow as pa

    try:
        yield from batch.to_pylist()
    except (ValueError, OverflowError, pa.ArrowException):
        # Arrow decodes a whole batch at once: read cell by cell to find the bad ones.
        for number in range(batch.num_rows):
            yield _row(batch, number, used)


def _row(batch: pa.RecordBatch, number: int, used: Collection[str]) -> Row | str:
    """Return a row without the cells of unused columns that cannot be decoded."""
    import pyarrow as pa

    row: Row = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        try:
            row[name] = column[number].as_py()
        except UnicodeDecodeError as error:
            if canonical(name) in used:
                byte = error.object[error.start]
                return f"not UTF-8: byte 0x{byte:02x} at position {error.start + 1}"
        except (ValueError, OverflowError, pa.ArrowException) as error:
            if canonical(name) in used:
                return f"{name} cannot be read: {error}"
    return row
