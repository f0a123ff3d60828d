"""Matching by containment: which object does the first sentence of an answer name?

An answer contains an object if its first sentence has it as whole words, claims it, and claims no
other object of the relation before it or beside it. This is for people and for models that cltool
did not build, because they answer in sentences. `cltool.evaluation.matching` accepts only the
object and nothing else.

- If several known names fit, the longest one counts. A name does not count if it is a part of a
  longer name (*Paris Hilton*), of a longer word or of another number, or if it owns something
  (*Leo Moss's brother*).
- A sentence may repeat the subject of the question. The subject is not an answer, and neither are
  names inside it.
- A name that the sentence denies or calls former does not count (`cltool.evaluation.claims`). If
  the sentence is in doubt or gives two objects, no name counts.
- A model must not say an erased object at all: every mention in the whole answer counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cltool.evaluation.claims import NAME, Around, plain
from cltool.evaluation.continuations import takes_back
from cltool.evaluation.matching import OTHER, RIGHT, Answer, Match, first_line
from cltool.evaluation.mentions import ECHO, Mention, Question
from cltool.evaluation.name_edges import belongs_to_longer, is_common_word, is_other_symbol
from cltool.evaluation.sentences import first_sentence
from cltool.evaluation.words import words_of

_AND = (
    r"(?:and|or|nor|as well as|along with|together with|plus|und|oder|sowie|et|ou|y|o|e|и|или"
    r"|和|与|與|及|跟|、|或|还是|と|や|または|および|또는|및|और|या|و|أو)"
)
_LIST = re.compile(
    rf"[\s,()\"'*/&+]*(?:{_AND}\s*)?(?:(?:the|in|not|also|then|possibly|maybe|perhaps|even|later"
    r"|both|sometimes|previously)\s+)*[\"'*]*"
)
"""What stands between the parts of a list."""

_JOINED = re.compile(rf"\s[^,;.]{{0,30}}\s{_AND}\s+(?:(?:the|then|later|now|also)\s+)*")
_VERBS = re.compile(r"\b(?:is|was|are|were|has|had|which|who|that|become|became)\b")
_CORRECTED = re.compile(
    r"[,;:.(–—-]\s*(?:no|sorry|i mean|i meant|or rather|rather|wait|correction|actually"
    r"|make that)\b"
    r"|\b(?:could|might|may)(?: \w+)? be\b"
)
_OR = re.compile(r"^[\s\"'*),]*(?:or|oder|ou|или)\s+|^(?:または|还是|或)")
_OR_BEFORE = re.compile(
    r"(?:\S\s*\b(?:or|oder|ou|или)\s+(?:the\s+|in\s+)?|(?:または|还是|或))[\"'*]*$"
)
_SAME = re.compile(r"(?:simply|just|more|also|sometimes|as|in|even|so|rather|whatever)\b")
_AND_BEFORE = re.compile(r"(?P<name>\S+)\s+and\s+(?:the\s+)?[\"'*]*$")
_AND_AFTER = re.compile(
    r"^[\"'*]*,?\s+and\s+(?:the\s+)?(?P<name>[^\W\d_][\w.’'-]*(?:\s+[A-Z][\w.’'-]*)*)"
    r"(?=\s*(?:$|[.,;!)]|are\b|were\b|both\b))"
)


def contains(answer: Answer, question: Question, *, hedged: bool = False) -> Match | None:
    """Return the object that an answer names in its first sentence, or None.

    Args:
        answer: what the model said.
        question: what was asked.
        hedged: whether every mention of an accepted object counts, as for an erased one.
    """
    if hedged:
        return _said(answer.text, question)
    text = first_line(answer.text)
    line = _Line(text, question)
    begin, end = first_sentence(text, line.inside, line.names)
    one = line.answer(begin, end)
    if one is None:
        return None
    cut = not answer.ended and one.end == len(text)
    piece, rest = text[one.begin : one.end], text[end:].strip()
    if cut or (rest and takes_back(piece, rest)):
        return None
    return Match(one.kind, piece)


def _said(text: str, question: Question) -> Match | None:
    """Return the first mention of an accepted object in all lines of ``text``."""
    for line in text.splitlines():
        for one in _Line(line, question).mentions:
            if one.kind == RIGHT and not is_other_symbol(one, line):
                return Match(RIGHT, line[one.begin : one.end])
    return None


class _Line:
    """A line of an answer, with the known names in it."""

    def __init__(self, text: str, question: Question) -> None:
        self.text = text
        self.question = question
        self.words = words_of(text)
        found = question.mentions(text, self.words)
        self.mentions = [one for one in found if not is_common_word(self.words, one, text)]

    def inside(self, place: int) -> bool:
        """Return whether a place is within a name, before its end."""
        return any(one.begin <= place < one.end for one in self.mentions)

    def names(self, begin: int, end: int) -> bool:
        """Return whether an object is named between two places."""
        return any(begin <= one.begin < end and one.kind != ECHO for one in self.mentions)

    def answer(self, begin: int, end: int) -> Mention | None:
        """Return the object that the sentence between two places gives as its answer."""
        claimed = self._claimed(begin, end)
        if not claimed or claimed[0].kind == OTHER:
            return None
        first = claimed[0]
        same = [one for one in claimed if one.kind == first.kind]
        if any(self._doubtful(one, begin, end) for one in same):
            return None
        others = [one for one in claimed if one.kind != first.kind]
        if any(self._beside(one, same, end) for one in others):
            return None
        return None if self._asks(first, begin, end) else first

    def _claimed(self, begin: int, end: int) -> list[Mention]:
        """Return the objects that a sentence names and does not deny."""
        objects = [
            one
            for one in self.mentions
            if begin <= one.begin < end
            and one.kind != ECHO
            and not belongs_to_longer(self.words, one, self.text, self.question)
        ]
        denied: set[Mention] = set()
        previous: Mention | None = None
        for one in objects:
            gap_begin = begin if previous is None else previous.end
            gap = plain(self.text[gap_begin : one.begin])
            listed = previous in denied and _LIST.fullmatch(gap) is not None
            around = self._around(one, begin, end)
            if listed or around.denied or around.left:
                denied.add(one)
            previous = one
        return [one for one in objects if one not in denied]

    def _around(self, one: Mention, begin: int, end: int) -> Around:
        objects = [m.end for m in self.mentions if m.kind != ECHO and begin <= m.begin]
        since = max((place for place in objects if place <= one.begin), default=begin)
        gap = self._masked(since, one.begin)
        before, after = self._masked(begin, one.begin), self._masked(one.end, end)
        return Around(plain(before), plain(gap), plain(after), plain(self.question.prompt))

    def _masked(self, begin: int, end: int) -> str:
        """Return a part of the line with `NAME` in place of each known name."""
        parts, place = [], begin
        for one in self.mentions:
            if begin <= one.begin and one.end <= end:
                parts += [self.text[place : one.begin], NAME]
                place = one.end
        return "".join([*parts, self.text[place:end]])

    def _doubtful(self, one: Mention, begin: int, end: int) -> bool:
        """Return whether a sentence leaves open whether it means ``one``."""
        if self._around(one, begin, end).doubted:
            return True
        return self._choice_after(one, end) or self._choice_before(one, begin)

    def _choice_after(self, one: Mention, end: int) -> bool:
        """Return whether another name follows after ``or`` or ``and``."""
        after = self.text[one.end : end]
        number = self.words[one.last].number
        if (found := _OR.match(after)) is not None:
            if (named := self._at(one.end + found.end())) is not None:
                return named.kind != one.kind
            rest = after[found.end() :].removeprefix("the ")
            code = re.match(r"[A-Z]{2,4}\b", rest) is not None
            if rest and not _SAME.match(rest) and not code:
                return rest[0].isupper() or (number and rest[0].isdigit())
        if number and re.match(r"\s*(?:and|to|or|[-–—])\s*\d", after):
            return True
        found = _AND_AFTER.match(after)
        return found is not None and self._is_unknown(found["name"])

    def _choice_before(self, one: Mention, begin: int) -> bool:
        """Return whether another name stands before ``or`` or ``and``."""
        before = self.text[begin : one.begin]
        previous = next((m for m in reversed(self.mentions) if m.end <= one.begin), None)
        number = self.words[one.last].number
        if (found := _OR_BEFORE.search(before)) is not None:
            near = previous is not None and previous.end > begin + found.start()
            if near and previous is not None and previous.kind == one.kind:
                return False
            word = before[: found.start() + 1].split()[-1:]
            return near or not word or word[0][:1].isupper() or word[0][:1].isdigit()
        if number and re.search(r"(?i:\bbetween)\s|\b\d[\d.,]*\s*(?:to|–)\s*$", before):
            return re.search(r"\bfrom\s+\d[\d.,]*\s+to\s+$", before) is None
        found = _AND_BEFORE.search(before)
        return found is not None and self._is_unknown(found["name"])

    def _is_unknown(self, name: str) -> bool:
        """Return whether a text looks like a name and is not from the question."""
        first = re.split(r"[\s'’]", name.strip("\"'*("))[0]
        own = first.casefold() in self.question.asked
        return first[:1].isupper() and first != "I" and not own and not name.endswith(("'s", "’s"))

    def _at(self, place: int) -> Mention | None:
        """Return the object that is named at ``place``, perhaps after an article."""
        near = (one for one in self.mentions if 0 <= one.begin - place <= len("the  '"))
        return next((one for one in near if one.kind != ECHO), None)

    def _beside(self, other: Mention, same: Sequence[Mention], end: int) -> bool:
        """Return whether a sentence gives ``other`` together with or in place of ``same``."""
        before = [one for one in same if one.end <= other.begin]
        if not before:
            return False
        between = plain(self.text[before[-1].end : other.begin])
        after = plain(self.text[other.end : end])
        if _CORRECTED.search(between):
            return True
        clause = re.match(r"\s+(?:is|was|has|lies)\b", after) is not None
        joined = _JOINED.fullmatch(between) and not _VERBS.search(between)
        return not clause and bool(_LIST.fullmatch(between) or joined)

    def _asks(self, one: Mention, begin: int, end: int) -> bool:
        """Return whether the sentence is a question with more words than the name."""
        sentence = self.text[begin:end].rstrip(" \"'”’»)*")
        rest = self.text[begin : one.begin] + self.text[one.end : end]
        return sentence.endswith(("?", "？")) and any(char.isalpha() for char in rest)
