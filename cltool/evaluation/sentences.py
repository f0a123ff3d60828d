"""Finds the first sentence of an answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from cltool.evaluation.continuations import is_abbreviation
from cltool.evaluation.dates import MONTHS

_UNSPACED = "。．｡！？।॥۔؟"
"""Marks that end a sentence without a space after them."""

_MARKS = re.compile(rf"[{_UNSPACED}]|(?<![.…])[.!?]+(?=[\"'”’»›)\]*_]*(?:\s|$))")
_SHUT = "\"'”’»›)]」』】〉》*_"

_MORE = frozenset({"approx", "appr", "est", "esp", "incl", "eg", "ie", "cf", "viz", "pop", "alt"})
"""Abbreviations that are written in sentences and not in names."""

_STARTERS = frozenset(
    re.findall(
        r"[\w'-]+",
        "a although an and as at but for he here however i if in it its on our she so that the"
        " there these they this those we what when which while who you your",
    )
)
"""Words that begin a sentence; after an abbreviation they are not a part of a name."""

_OPENINGS = frozenset(
    re.findall(
        r"[\w'-]+",
        "absolutely ah alright answer certainly correct course definitely glad good great hello"
        " here hey hi hmm i i'd i'm is indeed know let me my no of oh ok okay problem question"
        " right see sure thank thanks that that's the to very well yeah yep yes you asking for"
        " happy help thinking ja oui si sí да nein non нет",
    )
)
"""Words of an opening that answers nothing: “Sure!”, “Great question.”"""

_MOST_OPENING = 6
"""Words of the longest opening."""


def first_sentence(
    text: str, inside: Callable[[int], bool], names: Callable[[int, int], bool]
) -> tuple[int, int]:
    """Return (begin, end) of the first sentence that can answer.

    A repeated question and a polite opening are skipped if more text follows.

    Args:
        text: one line.
        inside: whether a place is within a known name; no sentence ends there.
        names: whether an object is named between two places.
    """
    begin = 0
    for end in [*_ends(text, inside), len(text)]:
        part = text[begin:end]
        more = text[end:].strip()
        if not more or names(begin, end) or not (_is_opening(part) or _is_question(part)):
            return begin, end
        begin = end
    return begin, len(text)


def _ends(text: str, inside: Callable[[int], bool]) -> Iterator[int]:
    for found in _MARKS.finditer(text):
        end = found.end()
        while end < len(text) and text[end] in _SHUT:
            end += 1
        if not inside(found.start()) and not _goes_on(text, found):
            yield end


def _goes_on(text: str, mark: re.Match[str]) -> bool:
    """Return whether a sentence goes on after a mark that ends most sentences."""
    if mark[0][0] in _UNSPACED:
        return False
    after = text[mark.end() :].lstrip(f"{_SHUT} \t").split(maxsplit=1)
    following = after[0] if after else ""
    if not following:
        return False
    if following[0].islower() or (len(mark[0]) > 1 and mark[0].startswith("..")):
        return True
    if mark[0] != ".":
        return False
    last = re.split(r"[\s(\[]", text[: mark.start()])[-1].lstrip("\"'“‘*_")
    plain = last.casefold()
    if plain.isdigit():
        numbered = not text[: mark.start() - len(last)].strip()
        return numbered or following.casefold().strip(",.") in MONTHS
    if plain in {"no", "nos", "vol", "p", "pp"}:
        return following[0].isdigit()
    if not is_abbreviation(last) and plain.replace(".", "") not in _MORE:
        return False
    initial = re.fullmatch(r"[^\W\d_]\.", following) is not None
    return initial or re.split(r"\W", following.casefold().lstrip("\"'"))[0] not in _STARTERS


def _is_question(part: str) -> bool:
    return part.rstrip(_SHUT + " ")[-1:] in {"?", "？", "؟"} and len(part.split()) > 1


def _is_opening(part: str) -> bool:
    words = re.findall(r"[\w']+", part.casefold().replace("’", "'"))
    return len(words) <= _MOST_OPENING and set(words) <= _OPENINGS
