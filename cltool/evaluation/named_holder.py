"""Finds the holder of a key that an answer names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cltool.evaluation.containment import contains
from cltool.evaluation.matching import OTHER, RIGHT, Answer, KnownNames, Match, match, without_lead
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
        every = [holder.fact.accepted for holder in held.holders]
        # Most answers name no holder: they are read once.
        question = self._question(held, asking, [name for own in every for name in own])
        exact = self._match(asking, answer, question)
        if (exact is None or exact.kind != RIGHT) and not contains(answer, question, hedged=True):
            return None
        found = []
        for number, own in enumerate(every):
            others = [name for n, other in enumerate(every) if n != number for name in other]
            if self._is_right(asking, answer, self._question(held, asking, own, others)):
                found.append(number)
        return found[0] if len(found) == 1 else None

    def _question(
        self, held: HeldKey, asking: Asking, accepted: Sequence[str], others: Sequence[str] = ()
    ) -> Question:
        index = self._indices[name_identity(held.key[1])]
        return Question(asking.prompt, held.key[0], accepted, others, index)

    def _match(self, asking: Asking, answer: Answer, question: Question) -> Match | None:
        said = without_lead(answer, asking.wording.gap)
        closing = asking.wording.closing
        return match(said, closing, question.accepted, question.outdated, self._known)

    def _is_right(self, asking: Asking, answer: Answer, question: Question) -> bool:
        """Return whether an answer names what is accepted, and nothing else."""
        found = self._match(asking, answer, question)
        if found is None or found.kind == OTHER:
            found = contains(answer, question)
        return found is not None and found.kind == RIGHT


def agreed(named: Sequence[int | None]) -> int | None:
    """Return the holder that the most answers name; None if no answer names one, or if two tie."""
    counts = Counter(number for number in named if number is not None).most_common(2)
    if not counts or (len(counts) > 1 and counts[0][1] == counts[1][1]):
        return None
    return counts[0][0]
