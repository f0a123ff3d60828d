"""Documents: text files, a folder of them, or the rows of a table that have a ``text``."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from cltool.core.errors import UserError
from cltool.facts.facts import Tags
from cltool.facts.files.cells import as_text, is_missing
from cltool.facts.files.encodings import Undecoded, text_lines
from cltool.facts.files.endings import KINDS, kind_of
from cltool.facts.files.hub_datasets import is_id, local_file
from cltool.facts.files.parts import natural_order
from cltool.facts.files.rows import read_rows
from cltool.facts.files.source import Places, Row, Source
from cltool.facts.passages import Document

TEXT = "text"
"""The column with the text of a document."""

_PLAIN = (".txt", ".md", ".markdown")
_CONVERTED = (".pdf", ".docx", ".pptx", ".xlsx", ".html", ".htm", ".epub", ".rtf")
"""What `markitdown` turns into Markdown."""
_NAMES = ("document", "title", "name", "id")
"""Columns that name the document of a row, the first that there is."""
_ASIDE = ("questions", "readme", "license", "licence")
"""Names of files in a folder that are no documents of it."""


def read_documents(path: Path) -> list[Document]:
    """Read the documents of a file or folder, in the order of their names or rows.

    Args:
        path: a folder of texts, one text, a table with a column ``text``, or a folder or data set
            of the hub with such a table. In a folder of texts, hidden files, and files named
            ``questions…`` or ``readme…``, are left out.

    Raises:
        UserError: there is no such file, it cannot be read, or it has no text.
    """
    if not path.exists() and not is_id(path):
        raise UserError("there is no such file or folder", where=str(path))
    if path.is_dir() and (files := _texts_in(path)):
        found = [_document(file) for file in files]
    elif path.suffix.lower() in (*_PLAIN, *_CONVERTED):
        found = [_document(path)]
    else:
        found = list(_of_rows(local_file(path)))
    found = [document for document in found if document.text]
    if not found:
        raise UserError(
            "has no documents",
            where=str(path),
            hint="Give texts (.txt, .md), or a table with a column text.",
        )
    return found


def files_of(path: Path) -> list[Path]:
    """Return the files whose contents are the documents, for a digest."""
    if path.is_dir() and (files := _texts_in(path)):
        return files
    return [local_file(path)]


def _texts_in(folder: Path) -> list[Path]:
    entries = [one for one in folder.iterdir() if not one.name.startswith((".", "_"))]
    entries = [one for one in entries if not one.stem.lower().startswith(_ASIDE)]
    texts = [one for one in entries if one.suffix.lower() in (*_PLAIN, *_CONVERTED)]
    return sorted(texts, key=lambda one: natural_order(one.name))


def _document(path: Path) -> Document:
    text = _plain_text(path) if path.suffix.lower() in _PLAIN else _converted(path)
    return Document.of(path.stem, text, path.name)


def _plain_text(path: Path) -> str:
    undecoded = Undecoded(path)
    try:
        text = "".join(text_lines(undecoded))
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror or error}", where=str(path)) from error
    if undecoded:
        number = min(undecoded)
        raise UserError(undecoded[number], where=f"{path}:{number}", hint=undecoded.advice)
    return text


def _converted(path: Path) -> str:
    try:
        markitdown = import_module("markitdown")
    except ImportError as error:
        raise UserError(
            f"documents of this kind ({path.suffix}) need the package markitdown",
            where=str(path),
            hint="Install it: pip install 'cltool[documents]'. Or save the text as .txt or .md.",
        ) from error
    try:
        return str(
            markitdown.MarkItDown(enable_plugins=False).convert_local(str(path)).text_content
        )
    except Exception as error:
        # It raises errors of many libraries, one for each kind of file.
        first = str(error).strip().split("\n", 1)[0]
        raise UserError(
            f"cannot be read by markitdown: {first}",
            where=str(path),
            hint="Save the text as .txt or .md.",
        ) from error


def _of_rows(path: Path) -> Iterator[Document]:
    if not path.is_dir() and kind_of(path) is None:
        listed = ", ".join((*_PLAIN, *_CONVERTED, *KINDS))
        raise UserError(
            f"documents cannot be read from this kind of file: {path.suffix or 'no ending'}",
            where=str(path),
            hint=f"Use one of {listed}.",
        )
    source = Source(Places(path), {TEXT, *_NAMES})
    for number, row in read_rows(path, source):
        place = source.places.place(number)
        if isinstance(row, str):
            raise UserError(row, where=place)
        cells = {name.strip().casefold(): cell for name, cell in row.items()}
        text = cells.get(TEXT)
        if not isinstance(text, str):
            if is_missing(text) and TEXT in cells:
                continue
            raise UserError(
                "the row has no text",
                where=place,
                hint=f"Give each row a column text. The columns are: {', '.join(row)}.",
            )
        name = next((as_text(cells.get(one)) for one in _NAMES if as_text(cells.get(one))), "")
        yield Document.of(name or f"{path.stem} {number}", text, place, _tags(row))


def _tags(row: Row) -> Tags:
    plain = {name: cell for name, cell in row.items() if isinstance(cell, str | int | float)}
    return tuple(
        (name, as_text(cell))
        for name, cell in plain.items()
        if name.strip().casefold() not in (TEXT, *_NAMES) and as_text(cell)
    )
