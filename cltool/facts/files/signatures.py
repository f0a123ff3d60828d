"""Files that are something else than their names say, told by their first bytes."""

from __future__ import annotations

_EXPORT = "Open it in its program and save the sheet as CSV (UTF-8)."
_UNPACK = "Unpack it first."
_ZIPPED = "Give it a name that ends in .gz."
_PARQUET = "Give it a name that ends in .parquet."
_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)", _EXPORT),
    (b"\x1f\x8b", "compressed with gzip", _ZIPPED),
    (b"PAR1", "a Parquet file", _PARQUET),
    (b"BZh", "compressed with bzip2", _UNPACK),
    (b"\xfd7zXZ\x00", "compressed with xz", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"Rar!", "a RAR archive", _UNPACK),
    (b"ARROW1", "an Arrow or Feather file", "Write the table as Parquet."),
    (b"\xff\xff\xff\xff", "an Arrow stream", "Write the table as Parquet."),
    (b"Obj\x01", "an Avro file", "Write the table as Parquet."),
    (b"SQLite format 3", "a SQLite database", "Export the table as CSV."),
    (b"%PDF-", "a PDF document", "Export the table as CSV."),
    (b"{\\rtf", "a rich text document", "Save it as plain text."),
    (b"\x80\x04\x95", "a Python pickle", "Write the table as Parquet."),
    (b"version https://git-lfs", "a pointer of Git LFS, not the file", "Run git lfs pull."),
)
_PAGES = (b"<!doctype", b"<html", b"<?xml", b"<table", b"<head")


def what_else(head: bytes) -> tuple[str, str]:
    """Return what a file with these first bytes is and what to do, or two empty texts."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        if b"opendocument" in head:
            return "a LibreOffice document (.ods)", _EXPORT
        if b"[Content_Types].xml" in head or b"xl/" in head:
            return "an Excel workbook (.xlsx)", _EXPORT
        return "a ZIP archive", f"{_UNPACK} If it is an Excel workbook, save its sheet as CSV."
    for signature, what, hint in _SIGNATURES:
        if head.startswith(signature):
            return what, hint
    if head[257:262] == b"ustar":
        return "a tar archive", _UNPACK
    if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:9].lower().startswith(_PAGES):
        return "a web page or XML", "Download or export the table itself as CSV."
    return "", ""
