"""Splits a text into words, in the form in which names are looked for word by word.

Texts that people would call the same give the same words. Case, the encoding of accents, and the
kind of dash and apostrophe do not count (`cltool.facts.identity`). Full stops of initials
(``J.R.R.`` is ``J. R. R.``) and separators of thousands (``1,200`` is ``1200``) do not count
either. In scripts that are written without spaces, each letter is a word, so that a name is found
inside a sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from cltool.facts.identity import folded_form

_SINGLE = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x2FDF),  # radicals
    (0x3005, 0x3007),
    (0x3040, 0x309F),  # Hiragana
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
"""Scripts without spaces between words. Katakana is left out: its words are foreign names."""

_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:([,' \u00a0\u2009\u202f])\d{3}(?:\1\d{3})*)(?![\d,.]*\d)")
_JOINS = frozenset(".,:")
_MINUS = frozenset("-−‐‑–")
_VERSION = re.compile(r"v(?=\d)")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text.

    Attributes:
        text: the form in which words are compared.
        raw: the word as it is written.
        begin: its place in the text.
        end: the place after it.
        before: the text between the previous word and this one.
    """

    text: str
    raw: str
    begin: int
    end: int
    before: str

    @property
    def capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.raw[:1].isupper()

    @property
    def number(self) -> bool:
        """Whether it is a number in digits."""
        return self.text.lstrip("-")[:1].isdigit() and self.text[-1:].isdigit()

    @property
    def hangul(self) -> bool:
        """Whether it is written in the Korean alphabet, in which endings join a name."""
        return "\uac00" <= self.raw[-1:] <= "\ud7a3"


def words_of(text: str) -> list[Word]:
    """Return the words of ``text``."""
    spans = _merge_initials(text, list(_spans(text)))
    found: list[Word] = []
    last = 0
    for begin, end in spans:
        raw = text[begin:end]
        found.append(Word(_folded(raw), raw, begin, end, text[last:begin]))
        last = end
    return found


@lru_cache(maxsize=1 << 16)
def word_texts(name: str) -> tuple[str, ...]:
    """Return the compared forms of the words of a name; empty if it has punctuation only."""
    return tuple(word.text for word in words_of(name))


@lru_cache(maxsize=1 << 14)
def _folded(raw: str) -> str:
    if raw[0] in _MINUS:
        raw = "-" + raw[1:]
    if raw.lstrip("-")[:1].isdigit() and _THOUSANDS.fullmatch(raw.lstrip("-")):
        raw = re.sub(r"[^\d-]", "", raw)
    folded = folded_form(raw)
    if _INITIALS.fullmatch(raw):
        folded = re.sub(r"[.\s]", "", folded)
    return _VERSION.sub("", folded)


_INITIALS = re.compile(r"(?:[^\W\d_]\.\s?)+[^\W\d_]\.?|[^\W\d_]\.")


def _spans(text: str) -> Iterable[tuple[int, int]]:
    """Yield (begin, end) of each word of ``text``; each initial is still a word of its own."""
    place = 0
    while place < len(text):
        char = text[place]
        if not _in_word(char):
            place += 1
            continue
        begin = place
        if char.isdigit() and (grouped := _THOUSANDS.match(text, place)):
            place = grouped.end()
        elif _single(char):
            place += 1
            while place < len(text) and unicodedata.category(text[place])[0] == "M":
                place += 1
        else:
            place = _run_end(text, place)
        signed = text[begin].isdigit() and text[max(begin - 1, 0)] in _MINUS
        if signed and (begin == 1 or not _in_word(text[begin - 2])):
            begin -= 1
        yield begin, place


def _run_end(text: str, place: int) -> int:
    """Return the end of the word that begins at ``place``."""
    while place < len(text):
        char = text[place]
        joined = (
            char in _JOINS
            and text[place - 1].isdigit()
            and place + 1 < len(text)
            and text[place + 1].isdigit()
        )
        if not joined and (not _in_word(char) or _single(char)):
            break
        place += 1
    return place


def _merge_initials(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return ``spans`` with initials such as ``U.S.`` put together."""
    merged: list[tuple[int, int]] = []
    for begin, end in spans:
        one = end - begin == 1 and text[begin].isalpha() and not _single(text[begin])
        if one and merged and _INITIALS.fullmatch(text[merged[-1][0] : merged[-1][1]] + "."):
            between = text[merged[-1][1] : begin]
            dotted = text[end : end + 1] == "."
            if between == "." or (between == ". " and dotted):
                merged[-1] = (merged[-1][0], end)
                continue
        merged.append((begin, end))
    return merged


@lru_cache(maxsize=1 << 12)
def _in_word(char: str) -> bool:
    return unicodedata.category(char)[0] in "LNM" or char in "\u200c\u200d"


@lru_cache(maxsize=1 << 12)
def _single(char: str) -> bool:
    return any(low <= ord(char) <= high for low, high in _SINGLE)
