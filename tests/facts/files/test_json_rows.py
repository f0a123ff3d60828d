"""JSON lines, arrays, and the other documents that programs write from a table."""

from __future__ import annotations

import json

import pytest

from cltool.facts.files import encodings, json_rows
from cltool.facts.stream import Stream

from .conftest import Table

ROWS = [
    {"subject": "A", "relation": "r", "new": "b", "update": 0},
    {"subject": "A", "relation": "r", "new": "c", "update": 1},
]
GOOD = [[("A", "b")], [("A", "c")]]
LINES = "".join(f"{json.dumps(row)}\n" for row in ROWS)


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.ndjson", "a.json.gz", "a.jsonl.gz"])
@pytest.mark.parametrize(
    "text",
    [
        LINES,
        LINES.replace("\n", "\r"),
        f"\n\n{LINES}",
        json.dumps(ROWS),
        json.dumps(ROWS, indent=2),
        f"\n [{LINES.replace('}', '},', 1)}]\n",
        "\n".join(json.dumps(row, indent=1) for row in ROWS),
        json.dumps({"columns": list(ROWS[0]), "data": [list(row.values()) for row in ROWS]}),
        json.dumps({name: [row[name] for row in ROWS] for name in ROWS[0]}),
    ],
)
def test_documents_are_told_from_lines(table: Table, name: str, text: str) -> None:
    assert table.read(name, text) == GOOD


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('[["A", "r", "b", 0], ["A", "r", "c", 1]]', "an array of arrays"),
        ('{"facts": [{"subject": "A"}]}', "a JSON object that is not a table"),
        ('{"a": 1}', "a JSON object that is not a table"),
        ('{"columns": [0, 1], "data": []}', "the columns of the table have no names"),
        ('{"columns": ["new", "new"], "data": []}', "the column 'new' occurs twice"),
        ('{"subject": ["A"], "relation": []}', "the columns have different lengths"),
        ('[{"subject": "A"},]', "a comma stands before ]"),
        ('[{"subject": "A",}]', "not JSON: Expecting property name"),
        ('[{"subject": "A"} {"subject": "B"}]', "a comma or ] is missing"),
        ('[{"subject": "A"}', "the array has no end"),
        ('[{"subject": "A"}]\n{"subject": "B"}', "text follows the array"),
        ("[" * 100_000, "not readable JSON"),
        ('[{"new": "a", "new": "b"}]', "'new' occurs twice in one object"),
        ("[]", "the file has no events"),
    ],
)
def test_documents_that_are_no_tables(table: Table, text: str, what: str) -> None:
    assert what in table.refused("a.json", text).what


def test_the_place_in_a_document_is_named(table: Table) -> None:
    error = table.refused("a.json", '[\n{"subject": "A"},\n{"subject": }\n]')
    assert error.where.endswith("a.json:3")


def test_items_are_named_by_their_lines_or_else_by_their_numbers(table: Table) -> None:
    bad = [*ROWS, {**ROWS[1], "subject": ""}, 7]
    each = "[\n" + ",\n".join(map(json.dumps, bad)) + "\n]"
    assert table.refused("a.json", each).details == (
        "a.json:4: subject is empty",
        "a.json:5: not a JSON object: 7",
    )
    assert table.refused("a.json", json.dumps(bad)).details[0] == "a.json:row 3: subject is empty"


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ('{"subject": "B", "relation": "r", "new": "x", "update": 1},', "not JSON: Extra data"),
        ('{"subject": "B", "relation": "r", "new": "x", "new": "y", "update": 1}', "not readable"),
        ('{"subject": "B", "relation": "r", "new": 7.0, "update": 1}', "new is not a text: 7.0"),
        ('{"subject": "B", "relation": "r", "new": NaN, "update": 1}', "new is missing"),
        ('{"subject": "B", "relation": "r", "new": Infinity, "update": 1}', "new is not a text"),
        ('{"subject": "B", "relation": "r", "new": true, "update": 1}', "new is not a text"),
        ('{"subject": "B", "relation": 0, "new": "x", "update": 1}', "relation is not a text"),
        (
            '{"subject": "B", "relation": "r", "New": "x", "new": "y", "update": 1}',
            "the column 'new' occ",
        ),
        ('[{"subject": "B"}]', "not a JSON object"),
    ],
)
def test_bad_lines(table: Table, line: str, what: str) -> None:
    error = table.refused("a.jsonl", LINES + line)
    assert error.details[0].startswith(f"a.jsonl:3: {what}")


def test_whole_numbers_and_missing_values(table: Table) -> None:
    big = 2**53 + 1
    text = (
        f'{{"subject": 7, "relation": "r", "new": {big}, "update": 0.0, "aliases": [3, null]}}\n'
        '{"subject": "7", "relation": "r", "new": "c", "update": 1, "old": NaN, "forget": NaN}\n'
    )
    stream: Stream = table.stream(table.write("a.jsonl", text))
    assert table.facts(stream) == [[("7", str(big))], [("7", "c")]]
    assert stream.updates[0].learn[0].aliases == ("3",)


def test_rows_without_any_value_are_blank(table: Table) -> None:
    nothing = json.dumps(dict.fromkeys(ROWS[0]))
    assert table.read("a.jsonl", f"{nothing}\n{LINES}") == GOOD


def test_a_document_may_not_be_longer_than_the_limit(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_rows, "MAX_LINE", 100)
    assert "may have" in table.refused("a.json", json.dumps(ROWS, indent=1)).what
    assert table.read("a.jsonl", LINES) == GOOD
    monkeypatch.setattr(encodings, "MAX_LINE", 50)
    error = table.refused("a.jsonl", LINES)
    assert "the line is longer" in error.what
    assert error.where.endswith("a.jsonl:1")
