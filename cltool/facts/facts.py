"""Facts, updates, and what is true after each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cltool.core.errors import UserError

Key = tuple[str, str]
"""(subject, relation): what a fact is about."""


@dataclass(frozen=True, slots=True)
class Fact:
    """(subject, relation, object), and other spellings of the object that are accepted."""

    subject: str
    relation: str
    object: str
    aliases: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        return self.subject, self.relation

    @property
    def accepted(self) -> tuple[str, ...]:
        """The object and its aliases."""
        return (self.object, *self.aliases)


@dataclass(frozen=True, slots=True)
class Update:
    """One step of a stream. Step 0 is the base knowledge.

    Attributes:
        step: 0 … T.
        label: for people, for example ``"2012-12"``.
        learn: facts to learn; a fact whose key is known supersedes the older one.
        forget: facts to forget, as they stood before this update.
    """

    step: int
    label: str
    learn: Sequence[Fact]
    forget: Sequence[Fact] = ()


@dataclass(frozen=True, slots=True)
class Belief:
    """What holds of one key at one step.

    Attributes:
        fact: the valid fact; of an erased key, the fact that was erased.
        learned: the step that taught ``fact``.
        outdated: superseded objects, oldest first, never the current one.
        erased: whether the fact was to be forgotten.
    """

    fact: Fact
    learned: int
    outdated: tuple[str, ...] = ()
    erased: bool = False


class Knowledge:
    """What is true, what is stale and what was erased after the updates applied so far.

    Attributes:
        step: the last update's; -1: none was applied.
        updates: those applied so far.
    """

    def __init__(self) -> None:
        self.step = -1
        self.updates: list[Update] = []
        self._beliefs: dict[Key, Belief] = {}

    def apply(self, update: Update) -> None:
        """Take one update in.

        Raises:
            UserError: the update is out of order, teaches one key twice, or forgets
                something that is not known.
        """
        if update.step != self.step + 1:
            raise UserError(f"update {update.step} cannot follow step {self.step}")
        where = f"update {update.step} ({update.label})"
        taught: set[Key] = set()
        for fact in update.forget:
            held = self._beliefs.get(fact.key)
            if held is None or held.erased:
                done = held is not None and held.erased
                raise UserError(
                    f"asks to forget {fact.subject}, {fact.relation}, which "
                    + ("was forgotten already" if done else "is not known then"),
                    where=where,
                    hint="Remove the request."
                    if done
                    else "Teach it in an earlier update, or remove the request; perhaps a name is "
                    "spelt another way there.",
                )
            self._beliefs[fact.key] = Belief(held.fact, held.learned, held.outdated, erased=True)
        for fact in update.learn:
            if fact.key in taught:
                raise UserError(f"two values for {fact.key} in one update", where=where)
            taught.add(fact.key)
            self._beliefs[fact.key] = self._after_learning(fact, update.step)
        self.step = update.step
        self.updates.append(update)

    def _after_learning(self, fact: Fact, step: int) -> Belief:
        held = self._beliefs.get(fact.key)
        if held is None:
            return Belief(fact, step)
        # The object itself stands last: it is the latest superseded one.
        older = [*held.outdated, *held.fact.aliases, held.fact.object]
        outdated = tuple(dict.fromkeys(name for name in older if name not in fact.accepted))
        return Belief(fact, step, outdated)

    def __len__(self) -> int:
        return len(self._beliefs)

    def __contains__(self, key: object) -> bool:
        return key in self._beliefs

    def belief(self, key: Key) -> Belief | None:
        """What holds of ``key``, or None when it was never taught."""
        return self._beliefs.get(key)

    def beliefs(self) -> Iterator[Belief]:
        """All beliefs, in the order in which their keys first appeared."""
        return iter(self._beliefs.values())

    def valid(self) -> list[Fact]:
        """The facts that are true now: taught, not superseded, not erased."""
        return [belief.fact for belief in self._beliefs.values() if not belief.erased]

    def superseded_by(self, update: Update) -> list[Fact]:
        """The facts that ``update``, not applied yet, makes untrue or erases."""
        gone: list[Fact] = []
        for fact in (*update.learn, *update.forget):
            held = self._beliefs.get(fact.key)
            if held is not None and not held.erased:
                gone.append(held.fact)
        return gone
