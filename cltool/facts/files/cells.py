"""The cells of a row, as programs write them: texts, yes or no, and missing values."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal

from cltool.facts.files.shown import shown

SURELY_MISSING = frozenset(
    {"#N/A", "#N/A N/A", "#NA", "#NV", "<NA>", "NaT", "\\N"}
    | {"(null)", "(NULL)", "<null>", "<NULL>", "[null]", "[NULL]"}
    | {"1.#QNAN", "-1.#QNAN", "1.#IND", "-1.#IND"}
)
"""Texts that programs write for missing values, and that nothing is called."""

LIKELY_MISSING = frozenset(
    {"nan", "NaN", "NAN", "-nan", "-NaN", "None", "none", "NONE", "null", "Null", "NULL"}
    | {"NA", "N/A", "n/a", "nil", "NIL", "undefined"}
)
"""Texts that programs write for missing values, but that may be a name."""

MARKS = frozenset({"-", "--", "–", "—", "?", "."})
"""Marks that people write for missing values."""

_YES = ("true", "yes", "1", "1.0", "wahr", "vrai", "verdadero", "vero", "verdadeiro", "waar")
_NO = ("false", "no", "0", "0.0", "falsch", "faux", "falso", "onwaar")
_YES_NO = {"": False, **dict.fromkeys(_NO, False), **dict.fromkeys(_YES, True)}
_CLOSING = ("'", '"', ")", ">", "]", "}")
_PRINTED = re.compile(
    r"b'.*'|b\".*\"|\{['\"].*\}|\[object \w+\]|<(class|function|bound method|generator) .*>"
    r"|(datetime\.\w+|np\.\w+|numpy\.\w+|Timestamp|Timedelta|Period|Decimal|UUID)\(.*\)",
    re.DOTALL,
)
"""How Python and JavaScript print values that are not texts."""
_ESCAPED = re.compile(r"_x[0-9A-F]{4}_|&(amp|lt|gt|quot|apos|nbsp|#\d+|#x[0-9A-Fa-f]+);")
"""Escapes of Excel's and the web's files."""
_MOJIBAKE = re.compile("[ÃÂâÐÑ][\x80-\xff\u0152-\u2122]")


class CellError(Exception):
    """The reason why a line is bad."""


def as_text(value: object) -> str:
    """Return a cell as a CSV file has it; a missing one is empty."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return str(value).lower()
    return "" if is_missing(value) else str(value)


def is_missing(value: object) -> bool:
    """Return whether a cell has no value: None, or a number that is none."""
    return value is None or (isinstance(value, float | Decimal) and value != value)


def yes_no(name: str, value: object) -> bool:
    """Return whether a cell says yes, in the words of spreadsheets too.

    Raises:
        CellError: it says neither yes nor no.
    """
    text = as_text(value)
    missing = text in SURELY_MISSING or text in LIKELY_MISSING
    found = False if missing else _YES_NO.get(text.lower())
    if found is None:
        raise CellError(f"{name} must be true or false, not {shown(value)}")
    return found


def says_yes(text: str) -> bool:
    """Return whether a text is a word for yes."""
    return _YES_NO.get(text.lower(), False)


def clean(name: str, value: object, max_chars: int, lines_allowed: bool) -> str:
    """Return a cell as a text without white space around it.

    Whole numbers and days are the texts that a CSV file would have.

    Raises:
        CellError: it is not a text, is too long, or has characters that are not allowed.
    """
    if not isinstance(value, str):
        value = _from_type(name, value)
    if len(value) > max_chars:
        raise CellError(
            f"{name} is too long: {len(value):,} characters; the limit is {max_chars:,}"
        )
    if not value.isprintable():
        _check_characters(name, value, "\n\r\t" if lines_allowed else "")
    return value.strip()


def _from_type(name: str, value: object) -> str:
    if name != "relation":
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value.isoformat()
    hint = ": write it as text" if isinstance(value, float | Decimal) else ""
    raise CellError(f"{name} is not a text: {shown(value)}{hint}")


def _check_characters(name: str, text: str, allowed: str) -> None:
    for place, char in enumerate(text, start=1):
        kind = unicodedata.category(char)
        if kind == "Cs":
            raise CellError(f"{name} is not Unicode: an unpaired surrogate at position {place}")
        if kind in ("Cc", "Zl", "Zp") and char not in allowed:
            what = "line break" if char in "\n\r\u2028\u2029" else "control character"
            raise CellError(f"{name} has a {what} (U+{ord(char):04X}) at position {place}")


def damage(text: str) -> str:
    """Return what makes a subject or an object look damaged, or ``""``."""
    if not text.isascii():
        if "\ufffd" in text:
            return "has U+FFFD: a character was lost when the file was converted."
        if _MOJIBAKE.search(text) and _decoded_twice(text):
            return "looks decoded with the wrong encoding, such as 'Ã¶' for 'ö'."
    if text[:2] in ("['", '["') and text[-1] == "]":
        return "looks like a list, but is kept as one text."
    if text[-1:] in _CLOSING and _PRINTED.fullmatch(text):
        return "looks like what a program prints for a value that is not a text."
    if ("_x" in text or "&" in text) and (found := _ESCAPED.search(text)):
        return f"has {found[0]}, an escape that was not resolved when the file was written."
    if text[:1].isdigit() and re.fullmatch(r"\d[.,]\d+E[+-]\d{2,}", text):
        return "has an exponent: a spreadsheet may have cut off digits."
    return ""


def _decoded_twice(text: str) -> bool:
    for codec in ("cp1252", "latin-1"):
        try:
            text.encode(codec).decode()
        except UnicodeError:
            continue
        return True
    return False
