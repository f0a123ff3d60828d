"""The facts of updates in temporary files, and the lines that taught them."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, overload

from cltool.core.records import Records
from cltool.facts.facts import Fact, Key, Update
from cltool.facts.files.source import Places
from cltool.facts.key_numbers import KeyNumbers

LEARN, FORGET, RESTATED = range(3)
"""What an update does with a fact: the place of its file among those of a `FactFiles`."""


@dataclass(frozen=True, slots=True)
class StoredFact:
    """A fact of an update.

    Attributes:
        fact: the fact.
        step: the step of the update.
        line: the line of the source.
        day: the day from which it holds, as a proleptic Gregorian ordinal; 0 if it has none.
    """

    fact: Fact
    step: int
    line: int
    day: int = 0


def _encode(one: StoredFact) -> object:
    fact = one.fact
    row = (one.step, one.line, one.day, fact.subject, fact.relation, fact.object)
    return (*row, fact.aliases, fact.tags) if fact.aliases or fact.tags else row


def _decode(row: list[Any]) -> StoredFact:
    step, line, day, *names = row[:6]
    # Facts share their names, however often they are read.
    subject, relation, name = map(sys.intern, names)
    more = row[6:]
    if not more:
        return StoredFact(Fact(subject, relation, name), step, line, day)
    tags = tuple((tag, text) for tag, text in more[1])
    return StoredFact(Fact(subject, relation, name, tuple(more[0]), tags), step, line, day)


class StoredFacts(Sequence[Fact]):
    """Facts of an update, each made when it is read.

    Args:
        file: has the facts.
        numbers: the numbers of the facts in it, one after another.
    """

    def __init__(self, file: Records[StoredFact], numbers: range) -> None:
        self._file, self._numbers = file, numbers

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[Fact]:
        numbers = self._numbers
        return (one.fact for one in self._file.between(numbers.start, numbers.stop))

    def __eq__(self, other: object) -> bool:
        """Return whether ``other`` is a sequence of the same facts."""
        if not isinstance(other, Sequence) or len(self) != len(other):
            return False
        return all(one == two for one, two in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash(tuple(self))

    @overload
    def __getitem__(self, place: int) -> Fact: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Fact]: ...
    def __getitem__(self, place: int | slice) -> Fact | Sequence[Fact]:
        if not isinstance(place, slice):
            return self._file[self._numbers[place]].fact
        numbers = self._numbers[place]
        if numbers.step == 1:
            return StoredFacts(self._file, numbers)
        return [self._file[number].fact for number in numbers]


class StoredUpdates(Sequence[Update]):
    """Updates whose facts are in files and whose names are each written in one way."""

    def __init__(self, updates: Sequence[Update]) -> None:
        self._updates = updates

    def __len__(self) -> int:
        return len(self._updates)

    @overload
    def __getitem__(self, place: int) -> Update: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Update]: ...
    def __getitem__(self, place: int | slice) -> Update | Sequence[Update]:
        found = self._updates[place]
        return found if isinstance(found, Update) else StoredUpdates(found)


class FactFiles:
    """The files of the facts that the updates of a stream learn, forget and restate."""

    def __init__(self) -> None:
        self.files = tuple(Records(_encode, _decode) for _ in (LEARN, FORGET, RESTATED))
        self._numbers = KeyNumbers()

    def find(self, step: int, key: Key) -> StoredFact | None:
        """Return the fact with ``key`` of the update ``step``, or None.

        The first call reads all facts, to number their keys.
        """
        if len(self) and not len(self._numbers):
            self._index()
        number = self._numbers.find(key)
        code = self._latest[number] if number >= 0 else -1
        while code >= 0:
            found = self._at(code)
            if found.step == step:
                return found
            code = self._previous[code % 3][code // 3]
        return None

    def __len__(self) -> int:
        return sum(map(len, self.files))

    def __iter__(self) -> Iterator[StoredFact]:
        for file in self.files:
            yield from file

    def _at(self, code: int) -> StoredFact:
        return self.files[code % 3][code // 3]

    def _index(self) -> None:
        self._latest = array("q")
        self._previous = tuple(array("q") for _ in self.files)
        numbers = self._numbers
        for kind, file in enumerate(self.files):
            for place, one in enumerate(file):
                number = numbers.add(one.fact.key)
                known = number < len(self._latest)
                self._previous[kind].append(self._latest[number] if known else -1)
                if known:
                    self._latest[number] = 3 * place + kind
                else:
                    self._latest.append(3 * place + kind)


class FactTable:
    """For each key a fact of `FactFiles`, as in a dictionary, in a few bytes a key.

    Args:
        files: has the facts.
        keys: numbers the keys.
    """

    def __init__(self, files: FactFiles, keys: KeyNumbers) -> None:
        self._files, self._keys = files, keys
        self._codes = array("q")

    def get(self, key: Key) -> Fact | None:
        """Return the fact of ``key``, or None."""
        number = self._keys.find(key)
        code = self._codes[number] if 0 <= number < len(self._codes) else -1
        return None if code < 0 else self._files.files[code % 3][code // 3].fact

    def remove(self, key: Key) -> None:
        """Remove the fact of ``key``, if it has one."""
        number = self._keys.find(key)
        if 0 <= number < len(self._codes):
            self._codes[number] = -1

    def put(self, key: Key, kind: int, place: int) -> None:
        """Give ``key`` the fact with a number in the file of a kind."""
        number = self._keys.add(key)
        if (missing := number + 1 - len(self._codes)) > 0:
            self._codes.extend([-1] * missing)
        self._codes[number] = 3 * place + kind


class Origins(Mapping[tuple[int, Key], str]):
    """(step, key) → the place of the line that changed the key, found when it is asked for."""

    def __init__(self, facts: FactFiles, places: Places) -> None:
        self._facts, self._places = facts, places

    def __getitem__(self, at: tuple[int, Key]) -> str:
        found = self._facts.find(*at)
        if found is None:
            raise KeyError(at)
        return self._places.place(found.line)

    def __iter__(self) -> Iterator[tuple[int, Key]]:
        return ((one.step, one.fact.key) for one in self._facts)

    def __len__(self) -> int:
        return len(self._facts)


class Days(Mapping[tuple[int, Key], date]):
    """(step, key) → the day from which the fact holds that the step teaches."""

    def __init__(self, facts: FactFiles) -> None:
        self._facts = facts

    def __getitem__(self, at: tuple[int, Key]) -> date:
        found = self._facts.find(*at)
        if found is None or not found.day:
            raise KeyError(at)
        return date.fromordinal(found.day)

    def __iter__(self) -> Iterator[tuple[int, Key]]:
        return ((one.step, one.fact.key) for one in self._facts.files[LEARN])

    def __len__(self) -> int:
        return len(self._facts.files[LEARN])
