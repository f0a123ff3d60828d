"""Lists in a single cell of text, as programs write them."""

from __future__ import annotations

import ast
import json
import re
import warnings

_TEXT = r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_ONE = re.compile(_TEXT, re.DOTALL)
_BY_COMMAS = re.compile(rf"{_TEXT}(?:\s*,\s*{_TEXT})*(?:\s*,)?", re.DOTALL)
_BY_SPACES = re.compile(rf"{_TEXT}(?:\s+{_TEXT})*", re.DOTALL)
_BRACKETS = {"[": "]", "(": ")", "{": "}"}
_OPENED = re.compile(r"\[\s*['\"]")
_CALL = re.compile(r"(?:set|frozenset|deque|dict_keys|dict_values)\((.*)\)", re.DOTALL)
_ARRAY = re.compile(r"array\((\[.*\])(, dtype=[\w<>=']+)?\)", re.DOTALL)


def listed(text: str) -> list[object] | None:
    """Return the items of a list that a program wrote into a cell, or None if it is no list.

    Read are JSON (``["a", "b"]``), Python's ``['a', 'b']``, ``('a', 'b')`` and ``{'a', 'b'}``, and
    numpy's ``['a' 'b']``, also inside ``array(…)``, ``set(…)`` and the like.
    Nothing in the text is executed.

    Raises:
        ValueError: the text has the brackets of a list, but cannot be read as one.
    """
    array = _ARRAY.fullmatch(text)
    text = array[1] if array else text
    call = _CALL.fullmatch(text)
    text = (call[1] or "[]") if call else text
    if _OPENED.match(text) and not text.endswith("]"):
        raise ValueError
    if len(text) < 2 or _BRACKETS.get(text[0]) != text[-1]:
        return None
    inside = text[1:-1].strip()
    if text[0] != "[" and not _BY_COMMAS.fullmatch(inside):
        if inside[:1] in ("'", '"') or text[0] == "{":
            raise ValueError
        return None
    if not inside:
        return []
    if text[0] == "[":
        try:
            items = json.loads(text)
        except (ValueError, RecursionError):
            pass
        else:
            return items if isinstance(items, list) else None
    # Two texts side by side are one text in Python, but two items of numpy.
    if _BY_COMMAS.fullmatch(inside) or _BY_SPACES.fullmatch(inside):
        return [_literal(one) for one in _ONE.findall(inside)]
    raise ValueError


def _literal(text: str) -> object:
    if "\\" not in text:
        return text[1:-1]
    try:
        with warnings.catch_warnings():
            # An escape that Python does not know is a warning: the text is not Python's.
            warnings.simplefilter("error")
            return ast.literal_eval(text)
    except (SyntaxError, MemoryError, RecursionError) as error:
        raise ValueError from error
