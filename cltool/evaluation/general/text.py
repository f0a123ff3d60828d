"""General text for measures of drift: the built-in text, or a file of the user."""

from __future__ import annotations

import re
from pathlib import Path

from cltool.core.errors import UserError

FILE = Path(__file__).with_name("text.txt")
"""The built-in text: about 1,200 words of plain English on ten topics."""

MAX_WORDS = 20_000
"""Words of a user's text that are used; what follows is not read by the model."""


def paragraphs(path: Path | None = None) -> list[str]:
    """Return the paragraphs of a text, which are separated by blank lines.

    Args:
        path: a text file in UTF-8; the built-in text if not given.

    Raises:
        UserError: the file cannot be read, or has no text.
    """
    file = FILE if path is None else path
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"is not text in UTF-8: {error}", where=str(file)) from error
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror or error}", where=str(file)) from error
    found: list[str] = []
    words = 0
    for part in re.split(r"\n\s*\n", text):
        own = part.split()
        if own and words < MAX_WORDS:
            rest = MAX_WORDS - words
            found.append(part.strip() if len(own) <= rest else " ".join(own[:rest]))
            words += len(own)
    if not found:
        raise UserError("has no text", where=str(file), hint="Name a file of general text.")
    return found
