"""The files of a table: endings, folders of shards, and what is no file."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from cltool.core.errors import UserError
from cltool.experiments.resolve import open_stream
from cltool.facts.files.parts import digest, parts

from .conftest import Table

LINES = [
    f'{{"subject": "A", "relation": "r", "new": "{new}", "update": {update}}}\n'
    for update, new in enumerate("bcd")
]


@pytest.fixture
def folder(table: Table) -> Path:
    folder = table.folder / "facts.jsonl"
    folder.mkdir()
    # Named so that the order of the letters is not the order of the numbers.
    for number, line in zip((0, 9, 10), LINES, strict=True):
        (folder / f"part-{number}.jsonl").write_text(f"\n{line}\n")
    for name in ("_SUCCESS", ".part-0.jsonl.crc", "README.md", "dataset_info.json"):
        (folder / name).write_text("x")
    return folder


def test_shards_are_read_in_order(table: Table, folder: Path) -> None:
    stream = table.stream(folder)
    assert table.facts(stream) == [[("A", "b")], [("A", "c")], [("A", "d")]]
    assert stream.name == "facts"
    assert stream.origins[2, ("A", "r")] == "facts.jsonl/part-10.jsonl:2"
    assert open_stream(str(folder)).digest() == stream.digest()


def test_messages_name_the_shard_and_its_line(table: Table, folder: Path) -> None:
    (folder / "part-9.jsonl").write_text(f"{LINES[1]}no\n")
    (folder / "part-11.jsonl.gz").write_bytes(gzip.compress(b"\n\nno\n"))
    with pytest.raises(UserError) as caught:
        table.stream(folder)
    assert [detail.split(": ")[0] for detail in caught.value.details] == [
        "facts.jsonl/part-9.jsonl:2",
        "facts.jsonl/part-11.jsonl.gz:3",
    ]


def test_only_texts_that_are_no_tables_are_left_out_of_a_folder(table: Table, folder: Path) -> None:
    (folder / "LICENSE.txt").write_text("x")
    (folder / "README").write_text("x")
    line = LINES[0].replace('"A"', '"B"')
    (folder / "licences.jsonl").write_text(line)
    (folder / "readme_facts.jsonl").write_text(line.replace('"B"', '"C"'))
    assert {name for name, _ in table.facts(table.stream(folder))[0]} == {"A", "B", "C"}


def test_the_digest_is_of_all_shards(folder: Path) -> None:
    before = digest(folder)
    (folder / "_SUCCESS").write_text("y")
    assert digest(folder) == before
    (folder / "part-9.jsonl").write_text("y")
    assert digest(folder) != before


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("more.csv", "files of several kinds"),
        ("notes.xlsx", "a file that is not read: notes.xlsx"),
        ("test-0.jsonl", "several splits: test, train"),
        ("data.arrow", "files of several kinds"),
        ("2024/", "a folder in it: 2024"),
    ],
)
def test_folders_that_are_not_one_table(folder: Path, name: str, what: str) -> None:
    (folder / "train-0.jsonl").write_text(LINES[0])
    (folder / name).mkdir() if name.endswith("/") else (folder / name).touch()
    with pytest.raises(UserError) as caught:
        parts(folder)
    assert what in caught.value.what
    assert caught.value.hint


def test_csv_shards_each_need_a_header(table: Table) -> None:
    for number, line in enumerate(["subject,relation,new,update\nA,r,b,0\n", "A,r,c,1\n"]):
        (table.folder / f"{number}.csv").write_text(line)
    with pytest.raises(UserError) as caught:
        table.stream(table.folder)
    assert caught.value.where.endswith("1.csv:1")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("a.xlsx", "save the sheet as CSV"),
        ("a.ods", "save the sheet as CSV"),
        ("a.zip", "Unpack it"),
        ("a.parquet.gz", "Unpack it"),
        ("a.feather", "Parquet"),
        ("a", "Use one of"),
    ],
)
def test_other_kinds_of_files(tmp_path: Path, name: str, hint: str) -> None:
    (tmp_path / name).write_text("x")
    with pytest.raises(UserError, match="cannot be read from this kind of file") as caught:
        open_stream(str(tmp_path / name))
    assert hint in caught.value.hint


def test_pipes_and_devices(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.csv")
    for path in (tmp_path / "a.csv", Path("/dev/null")):
        with pytest.raises(UserError) as caught:
            open_stream(str(path))
        assert "pipe or a device" in caught.value.what


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.jsonl", "a.json", "a.parquet"])
def test_a_file_that_may_not_be_read(
    table: Table, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = table.write(name, "x")
    denied = PermissionError(13, "Permission denied")

    def refuse(*_: object, **__: object) -> None:
        raise denied

    monkeypatch.setattr("builtins.open", refuse)
    monkeypatch.setattr("pyarrow.parquet.ParquetFile", refuse)
    with pytest.raises(UserError) as caught:
        table.stream(path)
    assert caught.value.what == "cannot be read: Permission denied"
    assert caught.value.where == str(path)


def test_a_folder_that_lacks_some_of_the_files_that_its_names_announce(table: Table) -> None:
    folder = table.folder / "shards"
    folder.mkdir()
    for number, line in enumerate(LINES):
        (folder / f"train-{number:05d}-of-00003.jsonl").write_text(line)
    assert len(parts(folder)) == 3
    (folder / "train-00001-of-00003.jsonl").unlink()
    with pytest.raises(UserError, match="has 2 of the 3 files of train"):
        parts(folder)
