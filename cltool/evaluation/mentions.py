"""The known names in a line of an answer, and which of them belong to longer names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from cltool.evaluation.dates import Date, date_of, dates_in
from cltool.evaluation.matching import OTHER, OUTDATED, RIGHT
from cltool.evaluation.words import Word, word_texts, words_of

ECHO = "echo"
"""Kind of a mention that repeats the subject of the question."""

Texts = tuple[str, ...]
"""The compared forms of the words of a name."""

_IN_NAMES = " .,-'’‐‑–&·・\u00a0\u202f"
"""Characters between the words of a name that do not count."""

_PREPOSITIONS = frozenset(
    re.findall(
        r"[\w'-]+",
        "of in for from by at on to von de d du des di da del от в из",
    )
)
_PLACES = frozenset(["city", "town", "village"])


class NameIndex:
    """Names, to be found word by word.

    Args:
        names: the names. Those of punctuation alone are never found.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._by_first: dict[str, list[Texts]] = {}
        self._dates: dict[Date, Texts] = {}
        for name in dict.fromkeys(names):
            if texts := word_texts(name):
                self._by_first.setdefault(texts[0], []).append(texts)
                if (date := date_of(name)) is not None:
                    self._dates.setdefault(date, texts)
        for same in self._by_first.values():
            same.sort(key=len, reverse=True)

    def longest(self, words: Sequence[Word], place: int) -> Texts | None:
        """Return the longest name that begins with the word at ``place``."""
        first = words[place].text
        # In Korean an ending follows a name without a space.
        ends = range(len(first), 0, -1) if words[place].hangul else [len(first)]
        for end in ends:
            for texts in self._by_first.get(first[:end], ()):
                if (end == len(first) or len(texts) == 1) and _is_at(words, place, texts):
                    return texts
        return None

    def on(self, date: Date) -> Texts | None:
        """Return the name of ``date``, or of a less exact date that it lies in."""
        return next((name for known, name in self._dates.items() if date.within(known)), None)


def _is_at(words: Sequence[Word], place: int, texts: Texts) -> bool:
    if not texts or place + len(texts) > len(words):
        return False
    for number, text in enumerate(texts):
        word = words[place + number]
        last = number == len(texts) - 1
        if word.text != text and not (last and word.hangul and word.text.startswith(text)):
            return False
        if number and word.before.strip(_IN_NAMES):
            return False
    return True


@dataclass(frozen=True, slots=True)
class Mention:
    """A known name in a line.

    Attributes:
        kind: ``right``, ``outdated``, ``other``, or `ECHO`.
        name: the compared form of the name.
        begin: its place in the line.
        end: the place after it.
        first: number of its first word.
        last: number of its last word.
    """

    kind: str
    name: Texts
    begin: int
    end: int
    first: int
    last: int


@dataclass(frozen=True)
class Question:
    """What was asked, and what may be named in reply.

    Attributes:
        prompt: the text of the question, or the beginning of a statement.
        subject: what the fact is about.
        accepted: the current object and its aliases.
        outdated: superseded objects. An object that is also accepted is not outdated.
        known: all objects of the relation.
    """

    prompt: str
    subject: str
    accepted: Sequence[str]
    outdated: Sequence[str] = ()
    known: NameIndex = field(default_factory=NameIndex)

    @cached_property
    def kinds(self) -> dict[Texts, str]:
        """Kind of each name that the question itself gives."""
        found = {self._subject: ECHO} if self._subject_places else {}
        found |= dict.fromkeys(map(word_texts, self.outdated), OUTDATED)
        found |= dict.fromkeys(map(word_texts, self.accepted), RIGHT)
        return found

    @cached_property
    def own(self) -> NameIndex:
        """The names that the question itself gives."""
        subject = [_without_article(self.subject)] if self._subject_places else []
        return NameIndex([*subject, *self.outdated, *self.accepted])

    @cached_property
    def asked(self) -> frozenset[str]:
        """The compared forms of the words of the prompt and of the subject."""
        return frozenset(word.text for word in self._prompt_words) | self.subject_words

    @cached_property
    def subject_words(self) -> frozenset[str]:
        """The compared forms of the words of the subject."""
        return frozenset(word_texts(self.subject))

    @cached_property
    def capitalised(self) -> bool:
        """Whether the current object is written with a capital letter, as names are."""
        return any(char.isupper() for char in self.accepted[0]) if self.accepted else True

    def mentions(self, text: str, words: Sequence[Word]) -> list[Mention]:
        """Return the known names in a line; where names overlap, the first and longest one."""
        dated = [*self._dated(text, words)]
        found: list[Mention] = []
        place = 0
        while place < len(words):
            own, known = self.own.longest(words, place), self.known.longest(words, place)
            name = known if known is not None and len(known) > len(own or ()) else own
            date = next((one for one in dated if one.first == place), None)
            if date is not None and date.last - date.first + 1 >= len(name or ()):
                found.append(date)
            elif name is not None:
                end = place + len(name) - 1
                kind = self.kinds.get(name, OTHER)
                one = Mention(kind, name, words[place].begin, words[end].end, place, end)
                found.append(replace(one, kind=ECHO) if self._repeats(one, words) else one)
            place = found[-1].last + 1 if found and found[-1].last >= place else place + 1
        return found

    def _dated(self, text: str, words: Sequence[Word]) -> Iterator[Mention]:
        for begin, end, date in dates_in(text):
            name = self.own.on(date) or self.known.on(date)
            inside = [n for n, word in enumerate(words) if begin <= word.begin and word.end <= end]
            if name is not None and inside:
                kind = self.kinds.get(name, OTHER)
                yield Mention(kind, name, begin, end, inside[0], inside[-1])

    def _repeats(self, one: Mention, words: Sequence[Word]) -> bool:
        """Return whether a name that is both subject and object means the subject here."""
        if one.name != self._subject or not self._subject_places:
            return False
        before = [word.text for word in words[max(0, one.first - 2) : one.first]]
        of = before[-1:] and before[-1] in _PREPOSITIONS and before[-1] in self._before_subject
        return bool(of and before[0] not in _PLACES) or possessive(words, one)

    @cached_property
    def _prompt_words(self) -> list[Word]:
        return words_of(self.prompt)

    @cached_property
    def _subject(self) -> Texts:
        return word_texts(_without_article(self.subject))

    @cached_property
    def _subject_places(self) -> list[int]:
        words = self._prompt_words
        return [place for place in range(len(words)) if _is_at(words, place, self._subject)]

    @cached_property
    def _before_subject(self) -> frozenset[str]:
        words = self._prompt_words
        return frozenset(
            {words[place - 1].text for place in self._subject_places if place} | {"of"}
        )


def possessive(words: Sequence[Word], one: Mention) -> bool:
    """Return whether a name is the owner of something: ``Leo Moss's brother``."""
    if one.last + 1 >= len(words):
        return False
    after = words[one.last + 1]
    if after.before in {"'", "’"}:
        return after.text == "s"
    quoted = words[one.first].before.endswith(("'", "‘"))
    return after.before in {"' ", "’ "} and one.name[-1].endswith("s") and not quoted


def _without_article(name: str) -> str:
    first, _, rest = name.partition(" ")
    return rest if first.casefold() == "the" and rest else name
