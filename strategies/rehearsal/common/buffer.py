"""Bounded samples of the facts taught so far that are still true.

`Buffer` is a uniform sample: Vitter (1985), "Random sampling with a reservoir", algorithm R,
with the random pairing of Gemulla, Lehner & Haas (2008), "Maintaining bounded-size sample
synopses of evolving datasets", for facts that leave. `GroupedBuffer` parts the room evenly
among groups and samples each uniformly; `Coreset` leaves the choice to a function. None of
them looks back at a fact that it did not keep.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

import torch

from cltool.training.strategy import State, fact_rows, facts_from_rows

if TYPE_CHECKING:
    from cltool.facts.facts import Fact

Choose = Callable[[Sequence["Fact"], Sequence[float], int], Sequence[int]]
"""(facts, how many facts each stands for, how many to keep) → places of those to keep."""


class Memory(Protocol):
    """What every kind of buffer can do."""

    @property
    def facts(self) -> list[Fact]:
        """Those that are in it."""
        ...

    def take(self, facts: Sequence[Fact], random: torch.Generator) -> None:
        """Offer ``facts``."""
        ...

    def forget(self, facts: Sequence[Fact]) -> None:
        """Drop ``facts``, which are no longer true."""
        ...

    def state_dict(self) -> State:
        """Plain JSON."""
        ...

    def load_state_dict(self, state: State) -> None:
        """Take back what ``state_dict`` gave."""
        ...


class Buffer:
    """Reservoir of facts: every valid fact is in it with the same probability.

    Args:
        capacity: most facts kept.

    Attributes:
        facts: those that are in it.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.facts: list[Fact] = []
        self._seen = 0
        self._left_inside = self._left_outside = 0

    @property
    def seen(self) -> int:
        """How many facts, of those offered, are still true."""
        return self._seen

    @property
    def complete(self) -> bool:
        """Whether all of these are in it, and nothing of its room must stay empty."""
        return self._seen == len(self.facts) and not self._left_outside

    def take(self, facts: Sequence[Fact], random: torch.Generator) -> None:
        """Offer ``facts``, one by one."""
        for fact in facts:
            self._seen += 1
            left = self._left_inside + self._left_outside
            if left:
                # A newcomer takes the place of one of those that left: inside the buffer
                # or outside of it, as chance has it.
                if int(torch.randint(left, (1,), generator=random)) < self._left_inside:
                    self._left_inside -= 1
                    self.facts.append(fact)
                else:
                    self._left_outside -= 1
                continue
            if len(self.facts) < self.capacity:
                self.facts.append(fact)
                continue
            place = int(torch.randint(self._seen, (1,), generator=random))
            if place < self.capacity:
                self.facts[place] = fact

    def forget(self, facts: Sequence[Fact]) -> None:
        """Drop ``facts``, which are no longer true."""
        gone = {fact.key for fact in facts}
        kept = [fact for fact in self.facts if fact.key not in gone]
        inside = len(self.facts) - len(kept)
        self._left_inside += inside
        outside = min(len(gone) - inside, self._seen - len(self.facts))
        self._left_outside += outside
        self._seen -= inside + outside
        self.facts = kept

    def shrink(self, capacity: int, random: torch.Generator) -> None:
        """Keep at most ``capacity`` facts from here on, those to drop drawn at random."""
        self.capacity = capacity
        # A place that a departed fact left is as likely to be given up as any other.
        while (places := len(self.facts) + self._left_inside) > capacity:
            place = int(torch.randint(places, (1,), generator=random))
            if place < len(self.facts):
                del self.facts[place]
            else:
                self._left_inside -= 1
                self._left_outside += 1

    def state_dict(self) -> State:
        """The facts, how many they were drawn from, and how many of them left."""
        return {
            "facts": fact_rows(self.facts),
            "seen": self._seen,
            "left_inside": self._left_inside,
            "left_outside": self._left_outside,
        }

    def load_state_dict(self, state: State) -> None:
        """Take back what ``state_dict`` gave."""
        self.facts = facts_from_rows(state["facts"])
        self._seen = int(state["seen"])
        self._left_inside = int(state["left_inside"])
        self._left_outside = int(state["left_outside"])


class GroupedBuffer:
    """A reservoir for each group of facts; the room is parted evenly among the groups.

    A group smaller than its part leaves the rest to the others. A group gives room up when
    others come, its facts drawn at random; it takes more room only while it holds all of
    its valid facts, since what was dropped cannot come back: within a group, every valid
    fact is kept with the same probability.

    Args:
        capacity: most facts kept in all.
        group: the group of a fact that is offered.

    Attributes:
        groups: name → its reservoir, in the order of their first facts.
    """

    def __init__(self, capacity: int, group: Callable[[Fact], str]) -> None:
        self.capacity = capacity
        self.groups: dict[str, Buffer] = {}
        self._group = group

    @property
    def facts(self) -> list[Fact]:
        """Those that are in it, group by group."""
        return [fact for buffer in self.groups.values() for fact in buffer.facts]

    def take(self, facts: Sequence[Fact], random: torch.Generator) -> None:
        """Offer ``facts`` to their groups."""
        offered: dict[str, list[Fact]] = {}
        for fact in facts:
            offered.setdefault(self._group(fact), []).append(fact)
        for name in offered:
            self.groups.setdefault(name, Buffer(0))
        useful = [
            buffer.seen + len(offered.get(name, ())) if buffer.complete else buffer.capacity
            for name, buffer in self.groups.items()
        ]
        parts = even_parts(useful, self.capacity)
        for (name, buffer), part in zip(self.groups.items(), parts, strict=True):
            if part > buffer.capacity:
                buffer.capacity = part
            else:
                buffer.shrink(part, random)
            buffer.take(offered.get(name, ()), random)

    def forget(self, facts: Sequence[Fact]) -> None:
        """Drop ``facts``, which are no longer true, and groups that have none left."""
        for name, buffer in list(self.groups.items()):
            buffer.forget([fact for fact in facts if self._group(fact) == name])
            if not buffer.seen:
                del self.groups[name]

    def state_dict(self) -> State:
        """Each group's reservoir."""
        groups = {n: {"capacity": b.capacity, **b.state_dict()} for n, b in self.groups.items()}
        return {"groups": groups}

    def load_state_dict(self, state: State) -> None:
        """Take back what ``state_dict`` gave."""
        self.groups = {}
        for name, held in state["groups"].items():
            self.groups[name] = Buffer(int(held["capacity"]))
            self.groups[name].load_state_dict(held)


class Coreset:
    """A buffer whose content is chosen anew among itself and the update's facts.

    Args:
        capacity: most facts kept.
        choose: chooses them, where there are too many. A fact of the buffer stands for the
            valid facts that it was chosen from, a fact of the update for itself.

    Attributes:
        facts: those that are in it.
    """

    def __init__(self, capacity: int, choose: Choose) -> None:
        self.capacity = capacity
        self.facts: list[Fact] = []
        self._seen = 0
        self._choose = choose

    def take(self, facts: Sequence[Fact], random: torch.Generator) -> None:
        """Offer ``facts``, all at once; nothing is random."""
        candidates = [*self.facts, *facts]
        weights = [self._seen / len(self.facts)] * len(self.facts) if self.facts else []
        weights += [1.0] * len(facts)
        self._seen += len(facts)
        if len(candidates) > self.capacity:
            places = sorted(self._choose(candidates, weights, self.capacity))
            candidates = [candidates[place] for place in places]
        self.facts = candidates

    def forget(self, facts: Sequence[Fact]) -> None:
        """Drop ``facts``, which are no longer true."""
        gone = {fact.key for fact in facts}
        self.facts = [fact for fact in self.facts if fact.key not in gone]
        self._seen = max(self._seen - len(gone), len(self.facts))

    def state_dict(self) -> State:
        """The facts, and how many valid ones they stand for."""
        return {"facts": fact_rows(self.facts), "seen": self._seen}

    def load_state_dict(self, state: State) -> None:
        """Take back what ``state_dict`` gave."""
        self.facts = facts_from_rows(state["facts"])
        self._seen = int(state["seen"])


def even_parts(sizes: Sequence[int], room: int) -> list[int]:
    """``room`` parted as evenly as ``sizes`` allow; what is left over goes to the first."""
    parts = [0] * len(sizes)
    while room > 0:
        hungry = [place for place, size in enumerate(sizes) if parts[place] < size]
        if not hungry:
            break
        share = room // len(hungry)
        for place in hungry if share else hungry[:room]:
            more = min(max(share, 1), sizes[place] - parts[place])
            parts[place] += more
            room -= more
    return parts
