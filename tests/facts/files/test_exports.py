"""What programs write from a table of facts is read as the same facts, or refused.

pandas, Polars and `datasets` write the files here. For Excel, LibreOffice and Google Sheets, the
tests have the bytes that they write.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from cltool.core.errors import UserError
from cltool.facts.facts import Update
from cltool.facts.stream import Stream
from cltool.scenarios.own_facts import OwnFacts, OwnFactsConfig

Row = dict[str, Any]

ROWS: list[Row] = [
    {"subject": "Köln", "relation": "mayor", "new": "Ada", "update": 0, "aliases": ["A. B.", "Ad"]},
    {"subject": "Ulm", "relation": "mayor", "new": "Bea; M.", "update": 0, "aliases": None},
    {"subject": "Bonn", "relation": "mayor", "new": 'Cy "the" 3rd', "update": 0, "aliases": None},
    {
        "subject": "Köln",
        "relation": "mayor",
        "new": "D, E",
        "update": 1,
        "aliases": ["D'", 'a "D"'],
    },
    {"subject": "Ulm", "relation": "mayor", "new": None, "update": 2, "aliases": None},
]
for number, row in enumerate(ROWS):
    row["forget"] = True if number == 4 else None


def load(path: Path, **options: object) -> Stream:
    return OwnFacts(OwnFactsConfig.model_validate({"path": path, **options})).stream(0)


def jsonl(path: Path, rows: list[Row]) -> Path:
    given = [{name: cell for name, cell in row.items() if cell is not None} for row in rows]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in given))
    return path


def written(tmp_path: Path, rows: list[Row]) -> list[Update]:
    return list(load(jsonl(tmp_path / "plain.jsonl", rows)))


def frame(rows: list[Row]) -> pd.DataFrame:
    return pd.DataFrame(rows)


def as_arrays(rows: list[Row]) -> pd.DataFrame:
    return frame([{**row, "aliases": row["aliases"] and np.array(row["aliases"])} for row in rows])


def polars_texts(rows: list[Row]) -> pl.DataFrame:
    """Polars cannot write lists into a CSV file: they are made texts first."""
    texts = [{**row, "aliases": row["aliases"] and json.dumps(row["aliases"])} for row in rows]
    return pl.DataFrame(texts, infer_schema_length=None)


def polars_lists(rows: list[Row]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema_overrides={"aliases": pl.List(pl.String)})


Writer = Callable[[Path, list[Row]], object]

WRITERS: dict[str, tuple[str, Writer]] = {
    "pandas csv with index": ("a.csv", lambda p, r: frame(r).to_csv(p)),
    "pandas csv": ("a.csv", lambda p, r: frame(r).to_csv(p, index=False)),
    "pandas csv of arrays": ("a.csv", lambda p, r: as_arrays(r).to_csv(p, index=False)),
    "pandas csv semicolons": ("a.csv", lambda p, r: frame(r).to_csv(p, sep=";", decimal=",")),
    "pandas tsv": ("a.tsv", lambda p, r: frame(r).to_csv(p, sep="\t", na_rep="NaN")),
    "pandas utf-16": ("a.txt", lambda p, r: frame(r).to_csv(p, sep="\t", encoding="utf-16")),
    "pandas csv gzip": ("a.csv.gz", lambda p, r: frame(r).to_csv(p, quoting=csv.QUOTE_ALL)),
    "pandas index column": (
        "a.csv",
        lambda p, r: frame(r).set_index(["subject", "relation"]).to_csv(p, na_rep="<NA>"),
    ),
    **{
        f"pandas json {orient}": (
            "a.json",
            lambda p, r, orient=orient: frame(r).to_json(p, orient=orient),
        )
        for orient in ("records", "columns", "split", "index", "table")
    },
    "pandas json lines": (
        "a.jsonl.gz",
        lambda p, r: frame(r).to_json(p, orient="records", lines=True),
    ),
    "pandas json array in jsonl": (
        "a.jsonl",
        lambda p, r: frame(r).to_json(p, orient="records", indent=1),
    ),
    "pandas json lines in json": (
        "a.json",
        lambda p, r: frame(r).to_json(p, orient="records", lines=True),
    ),
    "pandas parquet": ("a.parquet", lambda p, r: frame(r).to_parquet(p)),
    "pandas parquet categories": (
        "a.parquet",
        lambda p, r: frame(r).astype({"relation": "category"}).set_index("subject").to_parquet(p),
    ),
    "polars csv": ("a.csv", lambda p, r: polars_texts(r).write_csv(p)),
    "polars csv scientific": (
        "a.csv",
        lambda p, r: (
            polars_texts(r)
            .with_columns(pl.col("update").cast(pl.Float64))
            .write_csv(p, float_scientific=True)
        ),
    ),
    "polars csv bom": (
        "a.csv",
        lambda p, r: polars_texts(r).write_csv(
            p, include_bom=True, separator="|", quote_style="non_numeric", line_terminator="\r\n"
        ),
    ),
    "polars json": ("a.json", lambda p, r: polars_lists(r).write_json(p)),
    "polars ndjson": ("a.ndjson", lambda p, r: polars_lists(r).write_ndjson(p)),
    "polars parquet": ("a.parquet", lambda p, r: polars_lists(r).write_parquet(p)),
    "polars enum": (
        "a.parquet",
        lambda p, r: (
            polars_lists(r).with_columns(pl.col("relation").cast(pl.Categorical)).write_parquet(p)
        ),
    ),
}


@pytest.mark.parametrize("name", WRITERS)
def test_exports_are_read_as_the_same_facts(tmp_path: Path, name: str) -> None:
    file, write = WRITERS[name]
    write(tmp_path / file, ROWS)
    assert list(load(tmp_path / file)) == written(tmp_path, ROWS)


class TestDatasets:
    def test_all_its_exports(self, tmp_path: Path) -> None:
        import datasets

        datasets.disable_progress_bars()
        table = datasets.Dataset.from_list(ROWS)
        table.to_csv(tmp_path / "a.csv")
        table.to_json(tmp_path / "a.jsonl")
        table.to_json(tmp_path / "a.json", lines=False)
        table.to_parquet(tmp_path / "a.parquet")
        (tmp_path / "shards").mkdir()
        for number in range(2):
            shard = table.shard(2, number, contiguous=True)
            shard.to_parquet(tmp_path / "shards" / f"train-{number:05d}-of-00002.parquet")
        expected = written(tmp_path, ROWS)
        for name in ("a.csv", "a.jsonl", "a.json", "a.parquet", "shards"):
            assert list(load(tmp_path / name)) == expected, name

        table.save_to_disk(tmp_path / "saved", num_shards=2)
        assert list(load(tmp_path / "saved")) == expected
        datasets.DatasetDict(train=table, test=table).save_to_disk(tmp_path / "splits")
        with pytest.raises(UserError, match="several splits: test, train"):
            load(tmp_path / "splits")
        assert list(load(tmp_path / "splits" / "train")) == expected
        (tmp_path / "clone" / "data").mkdir(parents=True)
        table.to_parquet(tmp_path / "clone" / "data" / "train-00000-of-00001-5a91.parquet")
        assert list(load(tmp_path / "clone")) == expected
        table.class_encode_column("new").to_parquet(tmp_path / "labels.parquet")
        with pytest.raises(UserError, match="numbers in place of names"):
            load(tmp_path / "labels.parquet")


SHEET = """\
subject;relation;new;update;aliases;forget
Köln;mayor;Ada;0;A. B.|Ad;
Ulm;mayor;"Bea; M.";0;;
Bonn;mayor;"Cy ""the"" 3rd";0;;
Köln;mayor;D, E;1;"D'|a ""D""\";FALSE
Ulm;mayor;;2;;TRUE
"""
CRLF = SHEET.replace("\n", "\r\n")
COMMAS = "\n".join(
    (
        "subject,relation,new,update,aliases,forget",
        "Köln,mayor,Ada,0,A. B.|Ad,",
        "Ulm,mayor,Bea; M.,0,,",
        'Bonn,mayor,"Cy ""the"" 3rd",0,,',
        'Köln,mayor,"D, E",1,"D\'|a ""D""",FALSE',
        "Ulm,mayor,,2,,TRUE",
    )
)
TABS = COMMAS.replace('"D, E"', "D; E").replace(",", "\t").replace("D; E", "D, E")
SPREADSHEETS = {
    "Excel, CSV UTF-8": ("a.csv", CRLF.encode("utf-8-sig")),
    "Excel in German, rows deleted": (
        "a.csv",
        (CRLF.replace("TRUE", "WAHR").replace("FALSE", "FALSCH") + ";;;;;\r\n" * 3).encode("utf-8"),
    ),
    "Excel, first line added": ("a.csv", ("sep=;\r\n" + CRLF).encode("utf-8-sig")),
    "Excel, Unicode Text": ("a.txt", TABS.replace("\n", "\r\n").encode("utf-16")),
    "Google Sheets, CSV": ("a.csv", COMMAS.replace("\n", "\r\n").encode()),
    "Google Sheets, TSV": (
        "a.tsv",
        TABS.replace('"Cy ""the"" 3rd"', 'Cy "the" 3rd')
        .replace('"D\'|a ""D"""', 'D\'|a "D"')
        .replace("\n", "\r\n")
        .encode(),
    ),
    "LibreOffice, all texts quoted": (
        "a.csv",
        pd.DataFrame(ROWS)
        .assign(aliases=["A. B.|Ad", None, None, 'D\'|a "D"', None], forget=[*[None] * 4, "TRUE"])
        .to_csv(index=False, quoting=csv.QUOTE_NONNUMERIC)
        .encode(),
    ),
}


@pytest.mark.parametrize("name", SPREADSHEETS)
def test_spreadsheets(tmp_path: Path, name: str) -> None:
    file, content = SPREADSHEETS[name]
    (tmp_path / file).write_bytes(content)
    assert list(load(tmp_path / file)) == written(tmp_path, ROWS)


def test_excels_csv_in_its_own_encoding_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(CRLF.encode("cp1252"))
    with pytest.raises(UserError) as caught:
        load(tmp_path / "a.csv")
    assert caught.value.details[0].startswith("a.csv:2: not UTF-8: byte 0xf6 at position 2")
    assert "in Excel: CSV UTF-8" in caught.value.hint


CHARACTERS = "abN1.0,;|'\"\\[]{}=-+#_ /\u00e9\u00df\u3042\u2019\u20ac"
TEXTS = (
    *("nan", "NaN", "None", "null", "NA", "7", "7.0", "007", "1e3", "True", "2020-01-01"),
    *("['a']", "[1]", "=1+1", "'07", "a;b", "a|b", "Nan", "-", "='a'", '="7"'),
)
NAMES = st.text(st.sampled_from(CHARACTERS), min_size=1, max_size=6) | st.sampled_from(TEXTS)


@st.composite
def tables(draw: st.DrawFn) -> list[Row]:
    rows = []
    for number in range(draw(st.integers(2, 4))):
        aliases = st.none() | st.lists(NAMES, min_size=1, max_size=3)
        for update in range(1 if number > 1 else 2):
            row = {"subject": f"{draw(NAMES)}{number}" if draw(st.booleans()) else f"s{number}"}
            row = rows[-1].copy() if update else row
            row |= {"relation": "r", "new": draw(NAMES), "update": update, "aliases": draw(aliases)}
            rows.append({**row, "forget": None})
    last = {"subject": "s9", "relation": "r", "aliases": None, "forget": None}
    rows += [{**last, "new": "a", "update": 0}, {**last, "new": "b", "update": 1}]
    if draw(st.booleans()):
        rows.append({**rows[0], "new": None, "aliases": None, "update": 2, "forget": True})
    return rows


def is_told_from_utf8(text: str, encoding: str) -> None:
    """Raise ValueError if the bytes are valid UTF-8 for other characters: none is the right one."""
    data = text.encode(encoding)
    try:
        other = data.decode("utf-8") != text
    except UnicodeDecodeError:
        return
    if other:
        raise ValueError(f"{data!r} is valid UTF-8, too")


@st.composite
def exports(draw: st.DrawFn) -> tuple[str, Writer]:
    pick = lambda *choices: draw(st.sampled_from(choices))  # noqa: E731
    marks = ("", "", "NaN", "nan", "NULL", "None", "NA", "<NA>", "#N/A", "\\N", "-")
    kind = pick("pandas csv", "pandas json", "pandas parquet", "polars csv", "polars json")
    if kind == "pandas csv":
        options: dict[str, Any] = {
            "sep": pick(",", ";", "\t", "|"),
            "quoting": pick(csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC, csv.QUOTE_NONE),
            "quotechar": pick('"', '"', "'"),
            "doublequote": pick(True, True, False),
            "escapechar": pick("\\", None),
            "encoding": pick("utf-8", "utf-8-sig", "utf-16", "cp1252", "mac_roman"),
            "index": pick(True, False),
            "na_rep": pick(*marks),
            "lineterminator": pick("\n", "\r\n", "\r"),
            "decimal": pick(".", ","),
        }
        change = pick("none", "floats", "arrays", "title", "strings")

        def write(path: Path, rows: list[Row]) -> None:
            table = as_arrays(rows) if change == "arrays" else frame(rows)
            if change == "floats":
                table["update"] = table["update"].astype(float)
            if change == "title":
                table.columns = table.columns.str.title()
            if change == "strings":
                table = table.astype({"forget": "string"})
            table.to_csv(path, **options)
            if options["encoding"] in ("cp1252", "mac_roman"):
                is_told_from_utf8(table.to_csv(**options), options["encoding"])

        event(f"{kind}: {change}")
        return pick("a.csv", "a.tsv", "a.csv.gz", "a.txt"), write
    if kind == "pandas json":
        orient = pick("records", "columns", "split", "index", "table", "values")
        lines = orient == "records" and pick(True, False)
        more = {"lines": lines, "force_ascii": pick(True, False), "indent": pick(0, 0, 2)}
        more["indent"] = 0 if lines else more["indent"]
        name = pick("a.json", "a.jsonl", "a.json.gz")
        return name, lambda path, rows: frame(rows).to_json(path, orient=orient, **more)
    if kind == "pandas parquet":
        index = pick(True, False, None)
        return "a.parquet", lambda path, rows: frame(rows).to_parquet(path, index=index)
    if kind == "polars csv":
        options = {
            "include_bom": pick(True, False),
            "separator": pick(",", ";", "\t", "|"),
            "quote_style": pick("necessary", "always", "non_numeric", "never"),
            "null_value": pick(*marks),
            "line_terminator": pick("\n", "\r\n"),
        }
        return "a.csv", lambda path, rows: polars_texts(rows).write_csv(path, **options)
    how = pick("write_json", "write_ndjson", "write_parquet")
    name = {"write_json": "a.json", "write_ndjson": "a.jsonl", "write_parquet": "a.parquet"}[how]
    return name, lambda path, rows: getattr(polars_lists(rows), how)(path)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=tables(), export=exports())
def test_any_export_is_read_as_the_same_facts_or_refused(
    tmp_path: Path, rows: list[Row], export: tuple[str, Writer]
) -> None:
    try:
        expected = written(tmp_path, rows)
    except UserError:
        assume(False)
    name, write = export
    try:
        write(tmp_path / name, rows)
    except (UnicodeEncodeError, csv.Error, ValueError):
        assume(False)
    try:
        found = list(load(tmp_path / name))
    except UserError as error:
        event(f"refused: {error.what[:30]}")
        return
    event("read")
    assert found == expected
