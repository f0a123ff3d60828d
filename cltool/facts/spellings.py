"""One spelling for each name of a stream: the one in which it is first written.

Two spellings of one subject or relation (`cltool.facts.identity`) are one key. Its prompts and its
rows in the ledger must then all have the same spelling.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import overload

from cltool.facts.facts import Fact, Update
from cltool.facts.identity import key_of, name_identity


def other_spellings(updates: Iterable[Update]) -> dict[str, str]:
    """Return each other spelling of a name, with the one in which ``updates`` first write it."""
    odd = {name_identity(name) for name in _names(updates) if name_identity(name) != name}
    found: dict[str, str] = {}
    first: dict[str, str] = {}
    for name in _names(updates) if odd else ():
        identity = name_identity(name)
        if identity in odd and first.setdefault(identity, name) != name:
            found[name] = first[identity]
    return found


def respelled(update: Update, spellings: Mapping[str, str]) -> Update:
    """Return ``update`` with its subjects and relations replaced as ``spellings`` says."""
    return replace(
        update,
        learn=_respelled(update.learn, spellings),
        forget=_respelled(update.forget, spellings),
        restated=_respelled(update.restated, spellings),
    )


def respelled_key(key: tuple[str, str], spellings: Mapping[str, str]) -> tuple[str, str]:
    """Return ``key`` with its names replaced as ``spellings`` says."""
    subject, relation = (spellings.get(name, name) for name in key)
    return key_of(subject, relation)


def _respelled(facts: Sequence[Fact], spellings: Mapping[str, str]) -> Sequence[Fact]:
    if not any(name in spellings for fact in facts for name in (fact.subject, fact.relation)):
        return facts
    if not isinstance(facts, list | tuple):
        return _Respelled(facts, spellings)
    named = ((respelled_key((fact.subject, fact.relation), spellings), fact) for fact in facts)
    return tuple(replace(fact, subject=key[0], relation=key[1]) for key, fact in named)


class _Respelled(Sequence[Fact]):
    """The facts of a lazy sequence, each respelled when it is read."""

    def __init__(self, facts: Sequence[Fact], spellings: Mapping[str, str]) -> None:
        self._facts, self._spellings = facts, spellings

    def __len__(self) -> int:
        return len(self._facts)

    def __iter__(self) -> Iterator[Fact]:
        return map(self._respelled, self._facts)

    @overload
    def __getitem__(self, place: int) -> Fact: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Fact]: ...
    def __getitem__(self, place: int | slice) -> Fact | Sequence[Fact]:
        found = self._facts[place]
        if isinstance(found, Fact):
            return self._respelled(found)
        return _Respelled(found, self._spellings)

    def _respelled(self, fact: Fact) -> Fact:
        subject, relation = respelled_key((fact.subject, fact.relation), self._spellings)
        return replace(fact, subject=subject, relation=relation)


def _names(updates: Iterable[Update]) -> Iterator[str]:
    for update in updates:
        for facts in (update.learn, update.restated, update.forget):
            for fact in facts:
                yield fact.subject
                yield fact.relation
