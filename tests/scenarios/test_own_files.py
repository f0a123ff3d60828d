"""Files of facts in every format, and a file of the real world."""

from __future__ import annotations

import csv
import datetime
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cltool.core.errors import UserError

from .fact_rows import GOOD, Row, fact, from_rows, jsonl, load, refused, taught, valid

CONGRESS = Path(__file__).parents[3] / "shared" / "data" / "us_congress" / "stream.jsonl"
SEATS = "relation=us_representative,us_senator"
COLUMNS = ("subject", "relation", "new", "old", "aliases", "forget", "update", "prompt", "answer")
MIXED: list[Row] = [
    fact("Ulm", "Ada", 0, aliases=["A.", "Ada L."]),
    fact("Köln", "Bea, jr.", 0),
    {"prompt": "2+2=", "answer": "4", "paraphrases": ["two and two?", "2 + 2 ="], "update": 0},
    fact("Ulm", "Cy", 1, old="Ada"),
    {"subject": "Köln", "relation": "mayor", "forget": True, "update": 1},
]


def as_csv(path: Path, rows: Sequence[Row], encoding: str = "utf-8") -> Path:
    names = [*COLUMNS, "paraphrases"]
    with path.open("w", encoding=encoding, newline="") as handle:
        writer = csv.DictWriter(handle, names)
        writer.writeheader()
        for row in rows:
            flat = {k: "|".join(v) if isinstance(v, list) else v for k, v in row.items()}
            writer.writerow(flat)
    return path


def as_parquet(path: Path, rows: Sequence[Row]) -> Path:
    names = [*COLUMNS, "paraphrases"]
    pq.write_table(pa.Table.from_pylist([{n: row.get(n) for n in names} for row in rows]), path)
    return path


class TestFormats:
    def test_the_three_formats_give_equal_streams(self, tmp_path: Path) -> None:
        streams = [
            load(jsonl(tmp_path / "facts.jsonl", MIXED)),
            load(as_csv(tmp_path / "facts.csv", MIXED)),
            load(as_csv(tmp_path / "bom.csv", MIXED, "utf-8-sig")),
            load(as_parquet(tmp_path / "facts.parquet", MIXED)),
        ]
        for stream in streams[1:]:
            assert list(stream) == list(streams[0])
            assert list(stream.origins) == list(streams[0].origins)
            key = ("2+2=", "question")
            assert stream.wordings.askings(key) == streams[0].wordings.askings(key)
        assert streams[3].origins[1, ("Ulm", "mayor")] == "facts.parquet:row 4"

    def test_other_columns_are_tags_in_all_formats(self, tmp_path: Path) -> None:
        rows = [
            fact("Ulm", "Ada", 0, region="south", size=3),
            fact("Bonn", "Bea", 0, region=""),
            fact("Ulm", "Cy", 1, region="south", size=4),
        ]
        cells = [{name: row.get(name) for name in (*fact("", "", 0), "region", "size")}
                 for row in rows]  # fmt: skip
        table = tmp_path / "facts.csv"
        pd.DataFrame(cells).astype({"size": "Int64"}).to_csv(table, index=False)
        parquet = tmp_path / "facts.parquet"
        pq.write_table(pa.Table.from_pylist(cells), parquet)
        for path in (jsonl(tmp_path / "facts.jsonl", rows), table, parquet):
            stream = load(path)
            ulm, bonn = stream.updates[0].learn
            assert (dict(ulm.tags), bonn.tags) == ({"region": "south", "size": "3"}, ())
            (later,) = stream.updates[1].learn
            assert dict(later.tags)["size"] == "4"
            asked = stream.probes(stream.knowledge(1), stream.first_taught())
            assert {probe.key[0]: probe.tags for probe in asked} == {"Ulm": later.tags, "Bonn": ()}

    def test_tags_change_neither_facts_nor_the_digest(self, tmp_path: Path) -> None:
        plain = from_rows(tmp_path, GOOD)
        tagged = from_rows(tmp_path, [{**row, "region": "south"} for row in GOOD])
        assert list(plain) == list(tagged) and plain.digest() == tagged.digest()
        assert tagged.updates[0].learn[0].tags == (("region", "south"),)

    @pytest.mark.parametrize(
        ("cell", "tag"),
        [
            ("south ", "south"),
            (True, "true"),
            (0.5, "0.5"),
            ("x" * 30, "x" * 30),
            ("x" * 31, None),
            ("two\nlines", None),
            ("\ud800 south", None),
            ([0.5, 0.25], None),
            ({"a": 1}, None),
            ("  ", None),
            (None, None),
        ],
    )
    def test_only_valid_scalar_cells_are_tags(
        self, tmp_path: Path, cell: object, tag: str | None
    ) -> None:
        rows = [fact("Ulm", "Ada", 0, other=cell), fact("Ulm", "Cy", 1)]
        stream = from_rows(tmp_path, rows, max_chars=30)
        assert dict(stream.updates[0].learn[0].tags).get("other") == tag

    def test_a_column_with_an_invalid_name_is_not_a_tag(self, tmp_path: Path) -> None:
        rows = [{**fact("Ulm", "Ada", 0), "\ud800": "x"}, fact("Ulm", "Cy", 1)]
        assert from_rows(tmp_path, rows).updates[0].learn[0].tags == ()

    def test_csv_lines_are_those_of_the_file(self, tmp_path: Path) -> None:
        path = tmp_path / "facts.csv"
        path.write_bytes(
            b"subject,relation,new,update,note\r\n"
            b'Ulm,mayor,Ada,0,"two\r\nlines"\r\n'
            b"\r\n"
            b"Ulm,mayor,Cy,1,\r\n"
            b"Bonn,mayor,,1,\r\n"
            b"Bonn,mayor,\xff,1,\r\n"
            b"Bonn,mayor,Bea,1\r\n"
            b'Bonn,mayor,"a\nb",1,\r\n'
            b'Bonn,mayor,"B"ea,1,\r\n'
            b'Bonn,mayor,"Bea,1,\r\n'
            b"Kiel,mayor,Kim,1,\r\n"
        )
        with pytest.raises(UserError) as caught:
            load(path)
        found = [detail.split(": ", 1) for detail in caught.value.details]
        assert [place for place, _ in found] == [f"facts.csv:{n}" for n in (6, 7, 8, 9, 11, 12)]
        starts = ("new is empty", "not UTF-8", "has 4 fields", "new has a line break", "not CSV")
        assert all(reason.startswith(s) for (_, reason), s in zip(found, starts, strict=False))
        assert found[-1][1].endswith("(lines 12 to 13)")
        assert taught(load(path, skip_bad=True)) == [{"Ulm": "Ada"}, {"Ulm": "Cy"}]

    def test_csv_dates_and_yes_no(self, tmp_path: Path) -> None:
        path = tmp_path / "facts.csv"
        path.write_text(
            "subject,relation,new,date,forget\nUlm,mayor,Ada,2012,false\nUlm,mayor,,2013-01,TRUE\n"
        )
        assert valid(load(path, cut="year"), 1) == {}

    def test_parquet_with_its_own_types(self, tmp_path: Path) -> None:
        path = tmp_path / "facts.parquet"
        table = {
            "subject": ["Ulm", "Ulm", "Bonn"],
            "relation": ["mayor"] * 3,
            "new": ["Ada", "Cy", None],
            "update": [0.0, 1.0, None],
            "date": [datetime.date(2012, 1, 1), datetime.date(2013, 1, 1), None],
        }
        pq.write_table(pa.table(table), path)
        with pytest.raises(UserError) as caught:
            load(path)
        assert caught.value.details == ("facts.parquet:row 3: update is missing",)
        stream = load(path, skip_bad=True, cut="2013")
        assert taught(stream) == [{"Ulm": "Ada"}, {"Ulm": "Cy"}]

    def test_parquet_rows_that_are_not_utf8(self, tmp_path: Path) -> None:
        path = tmp_path / "facts.parquet"
        raw = pa.array([b"Ada", b"\xff", b"Cy"], pa.binary())
        broken = pa.StringArray.from_buffers(3, raw.buffers()[1], raw.buffers()[2])
        table = {"subject": ["a", "b", "a"], "relation": ["r"] * 3, "update": [0, 0, 1]}
        pq.write_table(pa.table({**table, "new": broken}), path)
        with pytest.raises(UserError) as caught:
            load(path)
        assert len(caught.value.details) == 1
        assert caught.value.details[0].startswith("facts.parquet:row 2: not UTF-8")

    def test_parquet_columns_that_are_not_used_may_be_unreadable(self, tmp_path: Path) -> None:
        path = tmp_path / "facts.parquet"
        raw = pa.array([b"x", b"\xff", b"z"], pa.binary())
        broken = pa.StringArray.from_buffers(3, raw.buffers()[1], raw.buffers()[2])
        rows = [fact("Ulm", "Ada", 0), fact("Bonn", "Bea", 0), fact("Ulm", "Cy", 1)]
        table = pa.Table.from_pylist(rows).append_column("note", broken)
        table = table.append_column("vector", pa.array([[0.5] * 8] * 3))
        pq.write_table(table.append_column("raw", raw), path)
        stream = load(path)
        tags = {one.subject: one.tags for one in stream.updates[0].learn}
        assert tags == {"Ulm": (("note", "x"),), "Bonn": ()}
        assert stream.updates[1].learn[0].tags == (("note", "z"),)
        with pytest.raises(UserError) as caught:
            load(path, where=["note=x,z"])
        assert caught.value.details[0].startswith("facts.parquet:row 2: not UTF-8")


class TestFiles:
    @pytest.mark.parametrize(
        ("name", "content", "what"),
        [
            ("none.jsonl", None, "there is no such file"),
            ("facts.doc", b"x", "facts cannot be read from this kind of file: .doc"),
            ("empty.jsonl", b"", "has no events"),
            ("blank.jsonl", b"\n \n", "has no events"),
            ("empty.csv", b"", "has no events"),
            ("header.csv", b"subject,relation,new,update\n", "has no events"),
            ("twice.csv", b"subject,relation,new,new\n", "the column 'new' occurs twice"),
            ("latin.csv", "subject,r\xe9lation".encode("latin-1"), "not UTF-8"),
            ("other.csv", b"a,b\n1,2\n", "no line has a subject or a prompt"),
            ("nwe.csv", b"subject,relation,nwe,update\nA,b,c,0\n", "no line has a new object"),
            ("broken.parquet", b"PAR1 not really", "not a readable Parquet file"),
        ],
    )
    def test_files_that_cannot_be_used(
        self, tmp_path: Path, name: str, content: bytes | None, what: str
    ) -> None:
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(UserError) as caught:
            load(path)
        assert what in caught.value.what
        assert caught.value.where in (str(path), f"{path}:1")

    def test_a_folder(self, tmp_path: Path) -> None:
        path = tmp_path / "facts.jsonl"
        path.mkdir()
        with pytest.raises(UserError, match="is a folder"):
            load(path)

    def test_a_file_of_bad_lines_only_is_refused(self, tmp_path: Path) -> None:
        assert "no usable event" in refused(tmp_path, ["no"] * 3, skip_bad=True).what

    def test_wordings_file(self, tmp_path: Path) -> None:
        words = tmp_path / "words.toml"
        words.write_text('mayor = ["{subject} is led by {object}."]\n')
        stream = from_rows(tmp_path, GOOD, wordings=words)
        (asked,) = stream.wordings.askings(("Ulm", "mayor"))
        assert asked.prompt == "Ulm is led by"

    def test_wordings_of_a_misspelt_relation(self, tmp_path: Path) -> None:
        words = tmp_path / "words.toml"
        words.write_text('mayer = ["{subject} is led by {object}."]\n')
        with pytest.raises(UserError, match="mayer") as caught:
            from_rows(tmp_path, GOOD, wordings=words)
        assert "'mayor'" in str(caught.value.hint)
        # Wordings that a filtered file has no facts for are no mistake.
        words.write_text(
            'mayor = ["{subject} is led by {object}."]\n'
            'mayors = ["{subject} was led by {object}."]\nriver = ["{subject} lies on {object}."]\n'
        )
        (warning,) = from_rows(tmp_path, GOOD, wordings=words).warnings
        assert "no fact has: 'mayors', 'river'. The facts have: 'mayor'." in warning
        assert from_rows(tmp_path, GOOD, wordings=words, where=("relation=mayor",)).warnings == ()

    def test_no_torch(self) -> None:
        code = "import sys, cltool.scenarios.own_facts; sys.exit('torch' in sys.modules)"
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.skipif(not CONGRESS.exists(), reason="the shared data is not there")
class TestCongress:
    def test_net_changes_of_seven_congresses(self) -> None:
        cut = [f"{year}-12" for year in range(2012, 2025, 2)]
        stream = load(CONGRESS, where=SEATS, cut=cut)
        counts = [len(update.learn) for update in stream]
        assert counts == [561, 195, 77, 83, 117, 87, 152, 92]

    def test_the_whole_file_is_clean(self) -> None:
        assert not load(CONGRESS, cut="year").skipped
