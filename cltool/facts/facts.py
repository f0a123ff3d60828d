"""Facts, updates, and the knowledge after each update."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from cltool.core.errors import UserError
from cltool.facts.identity import (
    folded_form,
    key_of,
    names_object,
    object_identities,
    object_identity,
)
from cltool.facts.lookalikes import difference

Tags = tuple[tuple[str, str], ...]
"""(name, value) pairs."""

Key = tuple[str, str]
"""(subject, relation): what a fact is about. Make one with `cltool.facts.identity.key_of`, which
makes keys equal whose names are the same."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A triple (subject, relation, object), and other accepted spellings of the object.

    Attributes:
        subject: what the fact is about.
        relation: the property of the subject.
        object: its value.
        aliases: other accepted spellings of the object.
        tags: names and values by which results can be grouped. Facts that differ only in their
            tags are equal.
    """

    subject: str
    relation: str
    object: str
    aliases: tuple[str, ...] = ()
    tags: Tags = field(default=(), compare=False)

    @property
    def key(self) -> Key:
        """(subject, relation), equal to the key of every fact about the same names."""
        return key_of(self.subject, self.relation)

    @property
    def accepted(self) -> tuple[str, ...]:
        """Every accepted spelling: the object, then its aliases."""
        return (self.object, *self.aliases)

    def restates(self, other: Fact) -> bool:
        """Return whether the object of one of both facts is the object or an alias of the other."""
        return names_object(self.object, other.accepted) or names_object(
            other.object, self.accepted
        )

    def with_names(self, names: Iterable[str]) -> Fact:
        """Return this fact with those of ``names`` as further aliases that are not accepted yet."""
        accepted = object_identities(self.accepted)
        more: dict[str, str] = {}
        for name in names:
            if (identity := object_identity(name)) not in accepted:
                more.setdefault(identity, name)
        return replace(self, aliases=(*self.aliases, *more.values())) if more else self


@dataclass(frozen=True, slots=True)
class Update:
    """One step of a stream. Step 0 is the base knowledge.

    Attributes:
        step: its number, 0 … T.
        label: its name in reports, for example ``"2012-12"``.
        learn: facts to learn; a fact with a known key supersedes the earlier fact.
        forget: facts to forget, as they were before this update.
        restated: facts that are true already, with further spellings of their objects. They are
            not taught; the spellings count as right from this step on.
    """

    step: int
    label: str
    learn: Sequence[Fact]
    forget: Sequence[Fact] = ()
    restated: Sequence[Fact] = ()


@dataclass(frozen=True, slots=True)
class Belief:
    """The state of one key at one step.

    Attributes:
        fact: the valid fact, or the erased fact if the key was erased.
        learned: the step that taught ``fact``.
        outdated: superseded objects, oldest first, without the current one.
        erased: whether an update asked to forget the fact.
        former: the superseded facts.
    """

    fact: Fact
    learned: int
    outdated: tuple[str, ...] = ()
    erased: bool = False
    former: tuple[Fact, ...] = field(default=(), compare=False, repr=False)


class Knowledge:
    """The valid, superseded and erased facts after the updates applied so far.

    A key and a restated object keep the spelling in which they were first written. An object in
    another spelling (`cltool.facts.identity`) supersedes nothing; its spellings are added to the
    aliases of the fact.

    Attributes:
        step: the step of the last applied update; -1 before the first.
        updates: the applied updates.
    """

    def __init__(self) -> None:
        self.step = -1
        self.updates: list[Update] = []
        self._beliefs: dict[Key, Belief] = {}

    def apply(self, update: Update) -> None:
        """Apply the next update.

        Raises:
            UserError: the update is out of order, teaches a key twice, or asks to forget a
                fact that is not known or whose object is not the valid one.
        """
        if update.step != self.step + 1:
            raise UserError(f"update {update.step} cannot follow step {self.step}")
        where = f"update {update.step} ({update.label})"
        taught: set[Key] = set()
        for fact in update.forget:
            belief = self._beliefs.get(fact.key)
            if belief is None or belief.erased:
                forgotten = belief is not None and belief.erased
                raise UserError(
                    f"asks to forget {fact.subject}, {fact.relation}, which "
                    + ("was already forgotten" if forgotten else "is not known at that step"),
                    where=where,
                    hint="Remove the request."
                    if forgotten
                    else "Teach it in an earlier update, or remove the request. Check that the"
                    f" names are spelled as in that update{self._similar(fact.key)}.",
                )
            if not fact.restates(belief.fact):
                raise UserError(
                    f"asks to forget {fact.subject}, {fact.relation}: {fact.object!r}, but"
                    f" {belief.fact.object!r} is valid at that step"
                    + difference(fact.object, belief.fact.object),
                    where=where,
                    hint="Name the valid object, or remove the request.",
                )
            self._beliefs[fact.key] = replace(belief, erased=True)
        for fact in update.restated:
            self._beliefs[fact.key] = self._after_restating(fact, where)
        for fact in update.learn:
            if fact.key in taught:
                raise UserError(f"two values for {fact.key} in one update", where=where)
            taught.add(fact.key)
            self._beliefs[fact.key] = self._after_learning(fact, update.step)
        self.step = update.step
        self.updates.append(update)

    def _similar(self, key: Key) -> str:
        """Return which known key differs from ``key`` only in case or form, or ``""``."""
        form = [*map(folded_form, key)]
        for other in self._beliefs:
            if [*map(folded_form, other)] == form:
                told = difference(", ".join(key), ", ".join(other))
                return f": {other[0]}, {other[1]}{told}"
        return ""

    def _after_restating(self, fact: Fact, where: str) -> Belief:
        belief = self._beliefs.get(fact.key)
        if belief is None or belief.erased or not fact.restates(belief.fact):
            raise UserError(
                f"restates {fact.subject}, {fact.relation}: {fact.object}, which is not what holds",
                where=where,
                hint="Put the fact into learn.",
            )
        merged = belief.fact.with_names(fact.accepted)
        accepted = object_identities(merged.accepted)
        outdated = (name for name in belief.outdated if object_identity(name) not in accepted)
        return replace(belief, fact=merged, outdated=tuple(outdated))

    def _after_learning(self, fact: Fact, step: int) -> Belief:
        belief = self._beliefs.get(fact.key)
        if belief is None:
            return Belief(fact, step)
        before = belief.fact
        if (fact.subject, fact.relation) != (before.subject, before.relation):
            fact = replace(fact, subject=before.subject, relation=before.relation)
        former = belief.former
        if not fact.restates(before):
            former = (*former, before)
        elif not belief.erased:
            fact = replace(before.with_names(fact.accepted), tags=fact.tags)
        else:
            fact = fact.with_names(before.accepted)
        same = [other for other in former if fact.restates(other)]
        for other in same:
            fact = fact.with_names(other.accepted)
        accepted = object_identities(fact.accepted)
        # The object itself is last: it is the latest superseded one.
        older = [*belief.outdated, *before.aliases, before.object]
        outdated: dict[str, str] = {}
        for name in older:
            if (identity := object_identity(name)) not in accepted:
                outdated.setdefault(identity, name)
        former = tuple(other for other in former if other not in same)
        return Belief(fact, step, tuple(outdated.values()), former=former)

    def __len__(self) -> int:
        return len(self._beliefs)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, tuple) and len(key) == 2 and key_of(*key) in self._beliefs

    def belief(self, key: Key) -> Belief | None:
        """Return the belief about ``key``, or None if it was never taught."""
        found = self._beliefs.get(key)
        return self._beliefs.get(key_of(*key)) if found is None else found

    def as_known(self, fact: Fact) -> Fact:
        """Return ``fact`` as it was taught: with the first spelling of its key and of its object.

        The aliases are those that are known and those of ``fact``. A fact that was never true has
        only the spelling of its key changed.
        """
        belief = self.belief(fact.key)
        if belief is None:
            return fact
        for held in (belief.fact, *belief.former):
            if fact.restates(held):
                return replace(held.with_names(fact.accepted), tags=fact.tags)
        return replace(fact, subject=belief.fact.subject, relation=belief.fact.relation)

    def beliefs(self) -> Iterator[Belief]:
        """Iterate over all beliefs, in the order in which their keys first appeared."""
        return iter(self._beliefs.values())

    def valid(self) -> list[Fact]:
        """Return the valid facts: taught, not superseded, not erased."""
        return [belief.fact for belief in self._beliefs.values() if not belief.erased]

    def superseded_by(self, update: Update) -> list[Fact]:
        """Return the facts whose keys ``update``, not yet applied, teaches again or forgets.

        What strategies stored about them is not current after the update. Facts in
        ``update.restated`` stay as they are.
        """
        superseded: list[Fact] = []
        for fact in (*update.learn, *update.forget):
            belief = self._beliefs.get(fact.key)
            if belief is not None and not belief.erased:
                superseded.append(belief.fact)
        return superseded
