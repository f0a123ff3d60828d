"""Finds the holder of a key that an answer names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cltool.evaluation.containment import contains
from cltool.evaluation.matching import OTHER, RIGHT, Answer, KnownNames, match, without_lead
from cltool.evaluation.mentions import NameIndex, Question
from cltool.facts.identity import name_identity

if TYPE_CHECKING:
    from cltool.facts.holders import HeldKey
    from cltool.facts.wordings import Asking


class HolderReader:
    """Reads answers about the keys of a stream.

    Args:
        keys: all keys of the stream.
    """

    def __init__(self, keys: Sequence[HeldKey]) -> None:
        names: dict[str, list[str]] = {}
        for held in keys:
            for holder in held.holders:
                names.setdefault(name_identity(held.key[1]), []).extend(holder.fact.accepted)
        self._known = KnownNames(name for own in names.values() for name in own)
        self._indices = {relation: NameIndex(own) for relation, own in names.items()}

    def named(self, held: HeldKey, asking: Asking, answer: Answer) -> int | None:
        """Return the number of the holder that ``answer`` names.

        An answer names a holder if it is that holder and nothing else, or if its first sentence
        names it. The result is None if it names nobody, somebody else, or two holders.
        """
        found = [n for n in range(len(held.holders)) if self._names(held, n, asking, answer)]
        return found[0] if len(found) == 1 else None

    def _names(self, held: HeldKey, number: int, asking: Asking, answer: Answer) -> bool:
        accepted = held.holders[number].fact.accepted
        others = [
            name
            for n, holder in enumerate(held.holders)
            if n != number
            for name in holder.fact.accepted
        ]
        said = without_lead(answer, asking.wording.gap)
        found = match(said, asking.wording.closing, accepted, others, self._known)
        if found is None or found.kind == OTHER:
            index = self._indices[name_identity(held.key[1])]
            question = Question(asking.prompt, held.key[0], accepted, others, index)
            found = contains(answer, question)
        return found is not None and found.kind == RIGHT


def agreed(named: Sequence[int | None]) -> int | None:
    """Return the holder that the most answers name; None if no answer names one, or if two tie."""
    counts = Counter(number for number in named if number is not None).most_common(2)
    if not counts or (len(counts) > 1 and counts[0][1] == counts[1][1]):
        return None
    return counts[0][0]
