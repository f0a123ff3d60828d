"""The encoding of a file is found by its first bytes, or named in the refusal."""

from __future__ import annotations

import codecs
import io
import shlex
import zipfile
from pathlib import Path

import pytest

from cltool.core.errors import UserError
from cltool.facts.files.encodings import Undecoded, text_lines

from .conftest import Table

CSV = "subject,relation,new,update\r\nKöln,r,Bärbel,0\r\nKöln,r,Cécile,1\r\n"
GOOD = [[("Köln", "Bärbel")], [("Köln", "Cécile")]]
JSONL = '{"subject": "Köln", "relation": "r", "new": "x\u2028y", "update": 0}\n'


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "utf-16-le"]
)
@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a.csv.gz"])
def test_encodings_with_a_mark(table: Table, encoding: str, name: str) -> None:
    marks = {"utf-16-be": codecs.BOM_UTF16_BE, "utf-16-le": codecs.BOM_UTF16_LE}
    data = marks.get(encoding, b"") + CSV.encode(encoding)
    assert table.read(name, data) == GOOD


@pytest.mark.parametrize(
    ("encoding", "shown"), [("cp1252", "WINDOWS-1252"), ("mac_roman", "MACINTOSH")]
)
def test_other_encodings_are_named_with_a_sample(table: Table, encoding: str, shown: str) -> None:
    error = table.refused("a.csv", CSV.encode(encoding))
    assert [line.split(": ")[0] for line in error.details] == ["a.csv:2", "a.csv:3"]
    assert f"as {shown} it reads 'Köln,r,Bärbel" in error.details[0]
    file = Path(error.where)
    converted = shlex.quote(str(file.with_name("a-utf8.csv")))
    assert error.hint.endswith(f"iconv -f {shown} -t UTF-8 {shlex.quote(str(file))} > {converted}")


def test_skipping_is_not_advised_for_lines_in_another_encoding(table: Table) -> None:
    text = CSV.replace("Cécile", "Cecile").replace("Köln,r,Ce", "Koln,r,Ce")
    packed = table.refused("a.csv.gz", text.encode("cp1252"))
    assert "--skip" not in packed.hint and "gzip -dc " in packed.hint
    mixed = table.refused("a.csv", text.encode("cp1252") + b"Ulm,r,,1\r\n")
    assert "iconv" in mixed.hint and mixed.hint.endswith(
        "other lines, or skip them with --skip-bad."
    )
    odd = table.refused("a.csv", CSV.encode() + "Köln,r,Bärbel,1\r\n".encode("cp1252"))
    assert odd.hint == "The other lines are UTF-8: write these in UTF-8, too."
    other = table.refused("a.csv", text + "Ulm,r,,1\r\n")
    assert other.hint == "Fix them, or skip them with --skip-bad."
    nothing = table.refused("a.csv", "subject,relation,new,update\nUlm,r,,1\n")
    assert "--skip" not in nothing.hint


def test_other_scripts_are_not_guessed(table: Table) -> None:
    error = table.refused("a.csv", CSV.replace("Köln", "Москва").encode("cp1251", "replace"))
    assert "reads" not in error.details[0]
    assert "Save the file as UTF-8" in error.hint


def test_a_header_that_is_not_utf8(table: Table) -> None:
    error = table.refused("a.csv", "Straße,subject\n".encode("cp1252"))
    assert "not UTF-8: byte 0xdf at position 5" in error.what
    assert error.where.endswith("a.csv:1")


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_utf16_without_a_mark(table: Table, name: str) -> None:
    assert "UTF-16 without a byte order mark" in table.refused(name, CSV.encode("utf-16-le")).what


def test_an_odd_number_of_bytes_in_utf16(table: Table) -> None:
    error = table.refused("a.csv", CSV.encode("utf-16") + b"x")
    assert "ends in the middle of a character" in error.what


def _zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            kind = "application/vnd.oasis.opendocument.spreadsheet"
            archive.writestr(name, kind if name == "mimetype" else "<xml/>")
    return file.getvalue()


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (_zipped("[Content_Types].xml", "xl/workbook.xml"), "an Excel workbook"),
        (_zipped("mimetype"), "a LibreOffice document"),
        (b"PK\x03\x04 other", "a ZIP archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook"),
        (b"\x1f\x8b\x08\x00", "compressed with gzip"),
        (b"PAR1", "a Parquet file"),
        (b"SQLite format 3\x00", "a SQLite database"),
        (b"\n<!DOCTYPE html><html>", "a web page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a pointer of Git LFS"),
    ],
)
@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.json"])
def test_files_that_are_something_else(table: Table, name: str, head: bytes, what: str) -> None:
    error = table.refused(name, head + b"\x00" * 8)
    assert what in error.what
    assert error.hint


@pytest.mark.parametrize("damage", ["cut", "flipped", "not gzip"])
def test_damaged_gzip(table: Table, damage: str) -> None:
    path = table.write("a.csv.gz", CSV * 50)
    data = bytearray(path.read_bytes())
    if damage == "flipped":
        data[len(data) // 2] ^= 0xFF
    path.write_bytes(data[:-12] if damage == "cut" else data if damage == "flipped" else b"x" * 40)
    with pytest.raises(UserError) as caught:
        table.stream(path)
    assert "cannot be unpacked" in caught.value.what


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(table: Table, end: str) -> None:
    text = CSV.replace("\r\n", end) + f"Ulm,r,,1{end}"
    assert table.refused("a.csv", text).details == ("a.csv:4: new is empty",)


def test_a_carriage_return_inside_a_file_with_line_feeds_ends_no_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a\rb\nc\n")
    assert list(text_lines(Undecoded(path))) == ["a\rb\n", "c\n"]


def test_a_line_separator_of_unicode_ends_no_line(table: Table) -> None:
    error = table.refused("a.jsonl", JSONL)
    assert error.details == ("a.jsonl:1: new has a line break (U+2028) at position 2",)
