"""Parquet files with the types and the faults that programs write."""

from __future__ import annotations

import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cltool.core.errors import UserError
from cltool.facts.stream import Stream

from .conftest import Table

KEYS = {"subject": ["A", "A"], "relation": ["r", "r"], "new": ["b", "c"]}
FACTS = {**KEYS, "update": [0, 1]}
GOOD = [[("A", "b")], [("A", "c")]]
BEYOND = pa.array([2**31 - 1, 15000], pa.int32()).cast(pa.date32())


def save(table: Table, columns: dict[str, object]) -> Path:
    path = table.folder / "a.parquet"
    pq.write_table(pa.table(columns), path)
    return path


def micros(*values: int, zone: str | None = None) -> pa.Array:
    return pa.array(values, pa.int64()).cast(pa.timestamp("us", zone))


DAY = 86_400_000_000


@pytest.mark.parametrize(
    "days",
    [
        pa.array([datetime.date(2012, 1, 1), datetime.date(2013, 1, 1)]),
        pa.array([datetime.date(2012, 1, 1), datetime.date(2013, 1, 1)]).cast(pa.date64()),
        micros(15340 * DAY + 5, 15706 * DAY + 5),
        micros(15340 * DAY, 15706 * DAY, zone="UTC"),
        micros(15340 * DAY, 15706 * DAY).cast(pa.timestamp("ns")),
        pa.array([2012.0, 2013.0]),
        pa.array(["2012", "2013"]).dictionary_encode(),
    ],
)
def test_days(table: Table, days: pa.Array) -> None:
    assert table.facts(table.stream(save(table, {**KEYS, "date": days}), cut="year")) == GOOD


@pytest.mark.parametrize(
    ("days", "what"),
    [
        (BEYOND, "date cannot be read"),
        (micros(2**62, 0), "date cannot be read"),
        (micros(5, 0, zone="UTC"), "bad date 1970-01-01 00:00:00.000005+00:00: the day depends"),
        (micros(0, 0, zone="Europe/Berlin"), "bad date 1970-01-01 01:00:00+01:00: the day"),
    ],
)
def test_days_that_cannot_be_read(table: Table, days: pa.Array, what: str) -> None:
    with pytest.raises(UserError) as caught:
        table.stream(save(table, {**KEYS, "date": days}), cut="year")
    assert caught.value.details[0].startswith(f"a.parquet:row 1: {what}")


def test_an_unknown_time_zone_is_told_once(table: Table) -> None:
    days = pa.array([0, DAY], pa.int64()).cast(pa.timestamp("us", "Mars/Olympus"))
    with pytest.raises(UserError, match=r"'date' has a time zone .*: 'Mars/Olympus'") as caught:
        table.stream(save(table, {**KEYS, "date": days}), cut="year")
    assert not caught.value.details
    stream = table.stream(save(table, {**FACTS, "date": days, "seen": days}))
    assert table.facts(stream) == GOOD


def tags(stream: Stream) -> list[dict[str, str]]:
    return [dict(fact.tags) for update in stream for fact in update.learn]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (BEYOND, [{}, {"tag": "2011-01-26"}]),
        (pa.array([2**62, 1], pa.int64()).cast(pa.duration("s")), [{}, {}]),
        (pa.array([1, 2]).cast(pa.decimal128(30, 2)), [{"tag": "1.00"}, {"tag": "2.00"}]),
        (pa.array(["x", None]).dictionary_encode(), [{"tag": "x"}, {}]),
        (pa.array(["x", "y"], pa.large_string()), [{"tag": "x"}, {"tag": "y"}]),
        (pa.array(["x", "y"], pa.string_view()), [{"tag": "x"}, {"tag": "y"}]),
        (pa.array([b"x", b"y"], pa.binary_view()), [{}, {}]),
        (pa.array([{"x": 1}, None]), [{}, {}]),
        (pa.array([[("x", 1)], []], pa.map_(pa.string(), pa.int64())), [{}, {}]),
        (pa.array([float("nan"), 0.5]), [{}, {"tag": "0.5"}]),
        (pa.nulls(2), [{}, {}]),
    ],
)
def test_types_of_tags(table: Table, cells: pa.Array, expected: list[dict[str, str]]) -> None:
    stream = table.stream(save(table, {**FACTS, "tag": cells}))
    assert table.facts(stream) == GOOD
    assert tags(stream) == expected


def test_columns_of_other_shapes_are_tags_too(table: Table) -> None:
    elsewhere = pa.array([0, DAY], pa.int64()).cast(pa.timestamp("us", "Mars/Olympus"))
    stream = table.stream(save(table, {**FACTS, "context": BEYOND, "title": elsewhere}))
    assert table.facts(stream) == GOOD
    assert tags(stream) == [{}, {"context": "2011-01-26"}]


@pytest.mark.parametrize("name", ["messages", "Messages"])
def test_chats(table: Table, name: str) -> None:
    chats = [
        [{"role": "user", "content": one}, {"role": "assistant", "content": "b"}] for one in "AB"
    ]
    stream = table.stream(save(table, {name: chats}), updates=1)
    assert table.facts(stream) == [[("A", "b")], [("B", "b")]]


@pytest.mark.parametrize(
    "update",
    [pa.array([0, 1]).cast(pa.decimal128(30, 2)), pa.array([0.0, 1.0]), pa.array(["0", "1.0"])],
)
def test_types_of_update_numbers(table: Table, update: pa.Array) -> None:
    assert table.facts(table.stream(save(table, {**KEYS, "update": update}))) == GOOD


@pytest.mark.parametrize(
    ("new", "what"),
    [
        (pa.array([1.5, 2.0]), "new is not a text: 1.5"),
        (pa.array([b"b", b"c"]), "new is not a text: b'b'"),
        (pa.array([["b"], ["c"]]), "new is not a text: ['b']"),
        (pa.array([True, False]), "new is not a text: True"),
    ],
)
def test_objects_that_are_no_texts(table: Table, new: pa.Array, what: str) -> None:
    with pytest.raises(UserError) as caught:
        table.stream(save(table, {**FACTS, "new": new}))
    assert caught.value.details[0].startswith(f"a.parquet:row 1: {what}")


def test_whole_numbers_and_days_are_the_texts_of_a_csv_file(table: Table) -> None:
    stream = table.stream(save(table, {**FACTS, "new": pa.array([2**53 + 1, 7])}))
    assert table.facts(stream) == [[("A", "9007199254740993")], [("A", "7")]]
    days = pa.array([datetime.date(2012, 1, 1), datetime.date(2013, 1, 1)])
    stream = table.stream(save(table, {**FACTS, "new": days}))
    assert table.facts(stream)[0] == [("A", "2012-01-01")]


@pytest.mark.parametrize("name", [b"new", b"tagged"])
@pytest.mark.parametrize("schema", [True, False])
def test_the_name_of_a_column_is_not_utf8(table: Table, name: bytes, schema: bool) -> None:
    path = table.folder / "a.parquet"
    columns = {**FACTS, "tagged": ["x", "y"]}
    pq.write_table(pa.table(columns), path, store_schema=schema)
    path.write_bytes(path.read_bytes().replace(name, b"\xff" * len(name)))
    with pytest.raises(UserError, match="the name of a column is not UTF-8"):
        table.stream(path)


@pytest.mark.parametrize("second", ["update", "Update", "update.1"])
def test_a_column_that_occurs_twice(table: Table, second: str) -> None:
    path = table.folder / "a.parquet"
    arrays = [pa.array(cells) for cells in (*FACTS.values(), [0, 2])]
    pq.write_table(pa.Table.from_arrays(arrays, [*FACTS, second]), path)
    with pytest.raises(UserError, match="the column 'update' occurs twice"):
        table.stream(path)


def test_names_in_another_case(table: Table) -> None:
    columns = {name.title(): cells for name, cells in FACTS.items()}
    stream = table.stream(save(table, {**columns, "Aliases": [["d"], None]}))
    assert table.facts(stream) == GOOD
    assert stream.updates[0].learn[0].aliases == ("d",)
    assert len(stream.warnings) == 1
