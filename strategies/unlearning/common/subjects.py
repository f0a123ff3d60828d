"""Other subjects for the prompts of an erased fact: known ones, and made-up ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from cltool.facts.facts import Fact

TRIES = 20
"""Names generated per name that is needed, because some exist already."""


def known_subjects(
    fact: Fact, known: Sequence[Fact], count: int, random: torch.Generator
) -> list[str]:
    """Return at most ``count`` random subjects of ``known``, none twice, never that of ``fact``.

    They have the relation of ``fact``, if there are any; else all subjects are used.
    """
    found = _others(fact, known)
    order = torch.randperm(len(found), generator=random).tolist()
    return [found[index] for index in order[:count]]


def made_up_subjects(
    fact: Fact, known: Sequence[Fact], count: int, random: torch.Generator
) -> list[str]:
    """Return at most ``count`` names that look like subjects but are not, none twice.

    Each consists of the first half of one known subject and the second half of another: of their
    words, or of their letters if one of them is a single word.
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
    """Return the first half of one name joined with the second half of another."""
    ones, others = first.split(), second.split()
    if len(ones) > 1 and len(others) > 1:
        return " ".join([*ones[: len(ones) // 2], *others[len(others) // 2 :]])
    return first[: -(-len(first) // 2)] + second[len(second) // 2 :]
