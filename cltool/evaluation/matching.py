"""Matching of answers with objects: which object does an answer name?

An answer names an object if it is that object and nothing else (`cltool.facts.identity`), and the
model ended it: with its end token, with a line break, or by closing the sentence as the wording
does. Where the text can be read in several ways, the longest known object is the one that was
named: ``Acme Corp. Japan`` never counts as ``Acme Corp``.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cltool.evaluation.continuations import may_belong, takes_back, trails_off
from cltool.facts.identity import folded_form, object_identity

END, LINE, LIMIT, CONTEXT = "end", "line", "limit", "context"
STOPS = {
    END: "the model's end token",
    LINE: "a line break",
    LIMIT: "the most tokens that an answer may have",
    CONTEXT: "the model's context is full",
}
"""Why an answer ended, and what that means."""

RIGHT, OUTDATED, OTHER = "right", "outdated", "other"

_UNSPACED = "。．｡！？।॥።"
"""Marks that end a sentence without a space after them in the scripts that use them."""

_SHUT = "\"'”’»›)]」』】〉》"
"""Quotes and brackets that may stand between the end of a sentence and the next one."""

_OPEN = " \"'“‘«‹([「『【〈《"

_AGAIN = re.compile(
    r"(?:actually|also|and|i meant?|maybe|no|or|perhaps|rather|sorry)\b[\s,:–-]*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said.

    Attributes:
        text: the text that it generated after the prompt, unchanged, without special tokens.
        stop: why it ended, one of `STOPS`.
    """

    text: str
    stop: str

    @property
    def ended(self) -> bool:
        """Whether the model ended the first line itself."""
        return self.stop in (END, LINE) or "\n" in self.text.lstrip()


@dataclass(frozen=True, slots=True)
class Match:
    """The object that an answer names.

    Attributes:
        kind: ``right``, ``outdated`` or ``other`` (another known object).
        span: the part of the answer that names it.
    """

    kind: str
    span: str


class KnownNames:
    """Names that an answer may give: all objects of a stream, current, outdated and future.

    Args:
        names: objects and aliases.

    Attributes:
        identities: their identities (`cltool.facts.identity`).
        words: words of the longest one.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        distinct = dict.fromkeys(names)
        self.identities = frozenset(filter(None, map(object_identity, distinct)))
        self.words = max((len(name.split()) for name in distinct), default=0)
        self._folded = sorted({folded_form(name) for name in distinct})

    def goes_on(self, text: str) -> bool:
        """Return whether a name begins with ``text`` and is longer."""
        place = bisect_left(self._folded, text)
        while place < len(self._folded) and self._folded[place].startswith(text):
            if _goes_on(self._folded[place], text):
                return True
            place += 1
        return False


def _goes_on(name: str, text: str) -> bool:
    return len(name) > len(text) and name.startswith(text)


NOBODY = KnownNames()


def match(
    answer: Answer,
    closing: str,
    accepted: Sequence[str],
    outdated: Sequence[str] = (),
    known: KnownNames = NOBODY,
    *,
    hedged: bool = False,
) -> Match | None:
    """Return the object that ``answer`` names, or None.

    Args:
        answer: what the model said.
        closing: text that follows the object in the wording (``"."``); may be empty.
        accepted: the current object and its aliases.
        outdated: superseded objects. One that is accepted, too, is not outdated.
        known: all objects that may be meant.
        hedged: whether an object still counts if the text after it takes it back, names another
            one in its place, or may be more of an unknown name. It does for an erased object, which
            must not be said at all.
    """
    kinds = dict.fromkeys(map(object_identity, outdated), OUTDATED)
    kinds |= dict.fromkeys(map(object_identity, accepted), RIGHT)
    line = first_line(answer.text)
    found = _longest(line, closing, answer.ended, (kinds, known.identities))
    if found is None:
        return None
    identity, piece, rest = found

    kind = kinds.get(identity, OTHER)

    def is_other(text: str) -> bool:
        name = object_identity(text)
        # Two spellings of the current object may follow one another.
        same = name == identity or (name in kinds and kinds[name] == kind)
        return bool(name) and not same and (name in kinds or name in known.identities)

    words = max(known.words, *(len(name.split()) for name in (*accepted, *outdated)), 0)
    if rest and _names_longer(line, piece, words, is_other):
        return None
    spelled = [*map(folded_form, (*accepted, *outdated))]
    if not answer.ended:
        begun = folded_form(line.lstrip(_OPEN))
        if known.goes_on(begun) or any(_goes_on(name, begun) for name in spelled):
            return None
    doubtful = rest and (
        may_belong(piece, rest, closing, ended=answer.ended)
        or (trails_off(piece) and folded_form(piece) not in spelled)
        or takes_back(piece, rest)
        or _names_again(rest, closing.rstrip(), is_other)
    )
    if doubtful and not hedged:
        return None
    return Match(kind, piece.strip())


def longest_name(answer: Answer, closing: str, known: Collection[str]) -> str:
    """Return the identity of the longest name that ``answer`` begins with; else ``""``.

    Args:
        answer: what the model said.
        closing: text that follows the object in the wording; may be empty.
        known: identities of names.
    """
    found = _longest(first_line(answer.text), closing, answer.ended, (known,))
    return found[0] if found else ""


def _longest(
    line: str, closing: str, ended: bool, known: Sequence[Collection[str]]
) -> tuple[str, str, str] | None:
    """Return the identity of the longest known name, the part that is it, and the text after it."""
    found: tuple[str, str, str] | None = None
    for piece, rest in _pieces(line, closing.rstrip(), ended):
        identity = object_identity(piece)
        longer = found is None or identity != found[0]
        if identity and longer and any(identity in names for names in known):
            found = identity, piece, rest
    return found


def without_lead(answer: Answer, gap: str) -> Answer:
    """Return ``answer`` without the words of the wording that come before the object in a chat.

    Args:
        answer: what the model said.
        gap: the text between prompt and object: white space, or the beginning of a sentence.
    """
    lead = gap.split()
    words = re.split(r"(\s+)", answer.text.lstrip())
    said = [folded_form(word) for word in words[: 2 * len(lead) : 2]]
    if not lead or said != [folded_form(word) for word in lead]:
        return answer
    return Answer("".join(words[2 * len(lead) :]), answer.stop)


def names(
    answer: Answer,
    closing: str,
    accepted: Sequence[str],
    known: KnownNames = NOBODY,
    *,
    hedged: bool = False,
) -> bool:
    """Return whether ``answer`` names one of ``accepted``; see `match`."""
    found = match(answer, closing, accepted, (), known, hedged=hedged)
    return found is not None and found.kind == RIGHT


def first_line(text: str) -> str:
    """Return the answer up to its first line break."""
    return text.lstrip().split("\n", 1)[0].rstrip()


def shown(text: str, closing: str) -> str:
    """Return an answer as tables show it.

    Args:
        text: the answer.
        closing: text that follows the object in the wording.

    Returns:
        The first line without the wording's closing. What the model said after the object stays,
        because it may take the object back.
    """
    line = first_line(text)
    closing = closing.rstrip()
    return line.removesuffix(closing).rstrip() or line if closing else line


def _pieces(line: str, closing: str, ended: bool) -> Iterator[tuple[str, str]]:
    """Return each beginning of ``line`` that can be a whole answer, and the text after it."""
    for begin, end in _closings(line, closing) if closing else ():
        if begin:
            yield line[:begin], line[end:].lstrip(_SHUT).strip()
    if ended:
        yield line, ""


def _closings(line: str, closing: str) -> Iterator[tuple[int, int]]:
    """Return (begin, end) of each ``closing`` in ``line`` after which a sentence may begin."""
    for found in _pattern(closing).finditer(line):
        after = line[found.end() :].lstrip(_SHUT)
        if not after or after[0].isspace() or closing[-1] in _UNSPACED:
            yield found.span()


@lru_cache(maxsize=1024)
def _pattern(closing: str) -> re.Pattern[str]:
    words = r"\s+".join(map(re.escape, closing.split()))
    return re.compile(r"\s+" * closing[:1].isspace() + words, re.IGNORECASE)


def _names_longer(line: str, piece: str, most: int, is_other: Callable[[str], bool]) -> bool:
    """Return whether ``line`` begins with another object, which is longer than ``piece``.

    ``most`` is the number of words of the longest known object.
    """
    words = re.split(r"(\s+)", line)
    for count in range(3, min(len(words), 2 * most) + 1, 2):
        begin = "".join(words[:count])
        if len(begin) > len(piece) + 1 and is_other(begin):
            return True
    return False


def _names_again(rest: str, closing: str, is_other: Callable[[str], bool]) -> bool:
    """Return whether the sentence after an answer gives another object in its place."""
    begin = next((begin for begin, _ in _closings(rest, closing)), len(rest))
    text = rest[:begin]
    while (cut := _AGAIN.match(text)) is not None and cut.end():
        text = text[cut.end() :]
    return is_other(text)
