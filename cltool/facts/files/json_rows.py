"""The rows of JSON files: an object on each line, or documents such as an array of objects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain

from cltool.core.errors import UserError
from cltool.facts.files.encodings import MAX_LINE, Undecoded, text_lines
from cltool.facts.files.endings import JSON, kind_of
from cltool.facts.files.json_documents import DECODER, document_rows
from cltool.facts.files.separators import looks_delimited
from cltool.facts.files.shown import shown
from cltool.facts.files.source import Part, Rows, Source


def json_rows(part: Part, source: Source) -> Rows:
    """Read a JSON file row by row.

    A file with an object on each line is read line by line, whatever its name ends in. Another one
    is read whole: an array of objects, a table as pandas writes it, or several objects of more
    than one line each.

    Raises:
        UserError: the file is no text, or is neither JSON lines nor a document with rows.
    """
    undecoded = Undecoded(part.path)
    lines = text_lines(undecoded)
    before, first = _until_text(lines)
    between, second = _until_text(lines)
    lines = chain(before, between, lines)
    if looks_delimited(first):
        hint = "Give it a name that ends in .csv or .tsv."
        raise UserError("is not JSON, but a table with a header", where=str(part.path), hint=hint)
    if not _is_document(part, first, second):
        yield from _line_rows(lines, undecoded)
        source.advice.update(dict.fromkeys(filter(None, [undecoded.advice])))
        return
    text = _whole(part, lines)
    if undecoded:
        number = min(undecoded)
        where = f"{part.path}:{number}"
        raise UserError(undecoded[number], where=where, hint=undecoded.advice)
    yield from document_rows(part, text)


def _until_text(lines: Iterator[str]) -> tuple[list[str], str]:
    """Return the lines up to the next one that is not blank, and that line or ``""``."""
    read = []
    for line in lines:
        read.append(line)
        if line.strip():
            return read, line.strip()
    return read, ""


def _is_document(part: Part, first: str, second: str) -> bool:
    """Return whether a file with these first two lines is read whole, not line by line."""
    if first.startswith("["):
        # An array on each line is bad line by line.
        return not (first.endswith("]") and second.startswith("["))
    if not first.startswith("{"):
        return False
    try:
        DECODER.decode(first)
    except json.JSONDecodeError as error:
        # An object that goes on in the next line.
        return first == "{" or (error.pos >= len(first) and kind_of(part.path) == JSON)
    except (ValueError, RecursionError):
        return False
    return not second


def _whole(part: Part, lines: Iterator[str]) -> str:
    """Return all lines as one text.

    Raises:
        UserError: it is longer than `MAX_LINE`.
    """
    read, size = [], 0
    for line in lines:
        read.append(line)
        size += len(line)
        if size > MAX_LINE:
            raise UserError(
                f"a JSON document may have {MAX_LINE // 2**20} million characters",
                where=str(part.path),
                hint="Write one object on each line (.jsonl): such files may have any length.",
            )
    return "".join(read)


def _line_rows(lines: Iterator[str], undecoded: Undecoded) -> Rows:
    for number, line in enumerate(lines, start=1):
        if line.isspace():
            continue
        if number in undecoded:
            yield number, undecoded[number]
            continue
        try:
            # Without the line's end, or the error would be reported on the next line.
            row = DECODER.decode(line.rstrip())
        except json.JSONDecodeError as error:
            yield number, f"not JSON: {error.msg} at column {error.colno}"
        except (ValueError, RecursionError) as error:
            yield number, f"not readable JSON: {error}"
        else:
            yield number, row if isinstance(row, dict) else f"not a JSON object: {shown(row)}"
