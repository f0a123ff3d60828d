"""Judges an answer to a probe in two ways: exactly, and by containment.

An answer that is exactly an object also contains it. So containment is only asked about the other
answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from cltool.evaluation.containment import contains
from cltool.evaluation.matchers import CONTAINS, EXACT
from cltool.evaluation.matching import (
    NOBODY,
    RIGHT,
    Answer,
    KnownNames,
    Match,
    longest_name,
    match,
    without_lead,
)
from cltool.evaluation.mentions import NameIndex, Question
from cltool.facts.identity import name_identity, object_identity
from cltool.facts.stream import ERASED, Probe

if TYPE_CHECKING:
    from cltool.facts.facts import Fact

NO_NAMES = NameIndex()


class RelationNames:
    """The subjects and the objects of each relation, which answers about it may name.

    Args:
        facts: (subject, relation, objects) of each fact, with all spellings of its objects.
    """

    def __init__(self, facts: Iterable[tuple[str, str, Iterable[str]]] = ()) -> None:
        self._objects: dict[str, _Names] = {}
        self._subjects: dict[str, _Names] = {}
        for subject, relation, objects in facts:
            self.add(subject, relation, objects)

    def add(self, subject: str, relation: str, objects: Iterable[str]) -> None:
        """Add the names of a fact, before any name is looked up."""
        name = name_identity(relation)
        self._objects.setdefault(name, _Names()).add(objects)
        self._subjects.setdefault(name, _Names()).add([subject])

    @classmethod
    def of(cls, facts: Iterable[Fact]) -> RelationNames:
        """Return the names in ``facts``."""
        return cls((fact.subject, fact.relation, fact.accepted) for fact in facts)

    def like(self, relation: str, accepted: Sequence[str]) -> NameIndex:
        """Return the names of the kind that a question about ``relation`` asks for.

        They are the objects of the relation. If ``accepted`` is none of them, they are the subjects
        of the relation, or the objects of another one: a probe may ask in reverse or through
        another fact.
        """
        name = name_identity(relation)
        for names in self._kinds(name):
            if any(object_identity(one) in names.identities for one in accepted):
                return names.index
        return NO_NAMES

    def _kinds(self, relation: str) -> Iterator[_Names]:
        for table in (self._objects, self._subjects):
            if relation in table:
                yield table[relation]
        yield from self._objects.values()


@dataclass
class _Names:
    names: dict[str, None] = field(default_factory=dict)

    def add(self, names: Iterable[str]) -> None:
        self.names |= dict.fromkeys(names)

    @cached_property
    def identities(self) -> frozenset[str]:
        return frozenset(map(object_identity, self.names))

    @cached_property
    def index(self) -> NameIndex:
        return NameIndex(self.names)


@dataclass(frozen=True)
class Judge:
    """Judges answers about the facts of one stream.

    Attributes:
        names: all names that an answer may mean.
        relations: the same names, by relation.
    """

    names: KnownNames = NOBODY
    relations: RelationNames = field(default_factory=RelationNames)

    def exact(self, probe: Probe, answer: Answer) -> Match | None:
        """Return the object that ``answer`` is (`cltool.evaluation.matching`), or None."""
        return match(
            without_lead(answer, probe.gap),
            probe.closing,
            probe.accepted,
            probe.outdated,
            self.names,
            hedged=probe.group == ERASED,
        )

    def named(self, probe: Probe, answer: Answer) -> str:
        """Return the identity of the longest known name that ``answer`` begins with; else ``""``.

        An answer can only be exactly an object that has this identity.
        """
        return longest_name(without_lead(answer, probe.gap), probe.closing, self.names.identities)

    def both(self, probe: Probe, answer: Answer) -> dict[str, Match | None]:
        """Return the object that ``answer`` is, and the one that its first sentence names.

        For an erased fact, the second is the first mention of the object in the whole answer
        (`cltool.evaluation.containment`).

        Returns:
            ``exact`` and ``contains``, each with a match or None.
        """
        hedged = probe.group == ERASED
        exact = self.exact(probe, answer)
        if exact is not None and (exact.kind == RIGHT or not hedged):
            return {EXACT: exact, CONTAINS: exact}
        known = self.relations.like(probe.key[1], probe.accepted)
        question = Question(probe.prompt, probe.key[0], probe.accepted, probe.outdated, known)
        return {EXACT: exact, CONTAINS: contains(answer, question, hedged=hedged)}

    def by(self, matcher: str, probe: Probe, answer: Answer) -> Match | None:
        """Return the object that ``answer`` names, judged by ``exact`` or ``contains``."""
        if matcher == EXACT:
            return self.exact(probe, answer)
        return self.both(probe, answer)[matcher]
