"""Other subjects that could be asked what an erased fact was asked: known, and made-up ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from cltool.facts.facts import Fact

TRIES = 20
"""So many names are put together for each one that is wanted, for some exist already."""


def known_subjects(
    fact: Fact, known: Sequence[Fact], count: int, random: torch.Generator
) -> list[str]:
    """At most ``count`` subjects of ``known`` at random, none twice, never that of ``fact``.

    Those that have the relation; where there are none, any.
    """
    found = _others(fact, known)
    order = torch.randperm(len(found), generator=random).tolist()
    return [found[place] for place in order[:count]]


def made_up_subjects(
    fact: Fact, known: Sequence[Fact], count: int, random: torch.Generator
) -> list[str]:
    """At most ``count`` names that look like subjects and are none, none twice.

    Each has the first half of one known subject and the second half of another: of its words,
    or of its letters where it is one word.
    """
    found = _others(fact, known)
    taken = {fact.subject, *(other.subject for other in known)}
    made: dict[str, None] = {}
    for _ in range(TRIES * count if found else 0):
        first, second = torch.randint(len(found), (2,), generator=random).tolist()
        name = _joined(found[first], found[second])
        if name not in taken:
            made[name] = None
        if len(made) == count:
            break
    return list(made)


def _others(fact: Fact, known: Sequence[Fact]) -> list[str]:
    for same in (True, False):
        found = {
            other.subject: None
            for other in known
            if other.subject != fact.subject and (other.relation == fact.relation or not same)
        }
        if found:
            return list(found)
    return []


def _joined(first: str, second: str) -> str:
    """The first half of one name and the second half of another."""
    ones, others = first.split(), second.split()
    if len(ones) > 1 and len(others) > 1:
        return " ".join([*ones[: len(ones) // 2], *others[len(others) // 2 :]])
    return first[: -(-len(first) // 2)] + second[len(second) // 2 :]
