"""Bounded samples of the valid facts taught so far.

`Buffer` is a uniform sample: Vitter (1985), "Random sampling with a reservoir", algorithm R,
with the random pairing of Gemulla, Lehner & Haas (2008), "Maintaining bounded-size sample
synopses of evolving datasets", for facts that are removed. `GroupedBuffer` divides the capacity
evenly among groups and samples each uniformly. `Coreset` calls a function that chooses. A fact
that was not kept cannot be chosen later.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

import torch

from cltool.training.strategy import State, fact_rows, facts_from_rows

if TYPE_CHECKING:
    from cltool.facts.facts import Fact

Choose = Callable[[Sequence["Fact"], Sequence[float], int], Sequence[int]]
"""(facts, number of facts that each represents, number to keep) → indices of those to keep."""


class Memory(Protocol):
    """The methods of every buffer."""

    @property
    def facts(self) -> list[Fact]:
        """The facts in the buffer."""
        ...

    def take(self, facts: Sequence[Fact], random: torch.Generator) -> None:
        """Offer ``facts``."""
        ...

    def forget(self, facts: Sequence[Fact]) -> None:
        """Drop ``facts``, which were superseded or erased."""
        ...

    def state_dict(self) -> State:
        """Return the state as plain JSON."""
        ...

    def load_state_dict(self, state: State) -> None:
        """Restore what `state_dict` returned."""
        ...


class Buffer:
    """A reservoir of facts: every valid fact is in it with the same probability.

    Args:
        capacity: most facts kept.

    Attributes:
        facts: the facts in the buffer.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.facts: list[Fact] = []
        self._seen = 0
        self._left_inside = self._left_outside = 0

    @property
    def seen(self) -> int:
        """Number of offered facts that are still valid."""
        return self._seen

    @property
    def complete(self) -> bool:
        """Whether all of these are in the buffer, and all of its capacity may be used."""
        return self._seen == len(self.facts) and not self._left_outside

    def take(self, facts: Sequence[Fact], random: torch.Generator) -> None:
        """Offer ``facts``, one by one."""
        for fact in facts:
            self._seen += 1
            left = self._left_inside + self._left_outside
            if left:
                # A new fact takes the place of a random removed one, which was either in the
                # buffer or not.
                if int(torch.randint(left, (1,), generator=random)) < self._left_inside:
                    self._left_inside -= 1
                    self.facts.append(fact)
                else:
                    self._left_outside -= 1
                continue
            if len(self.facts) < self.capacity:
                self.facts.append(fact)
                continue
            index = int(torch.randint(self._seen, (1,), generator=random))
            if index < self.capacity:
                self.facts[index] = fact

    def forget(self, facts: Sequence[Fact]) -> None:
        """Drop ``facts``, which were superseded or erased."""
        gone = {fact.key for fact in facts}
        kept = [fact for fact in self.facts if fact.key not in gone]
        inside = len(self.facts) - len(kept)
        self._left_inside += inside
        outside = min(len(gone) - inside, self._seen - len(self.facts))
        self._left_outside += outside
        self._seen -= inside + outside
        self.facts = kept

    def shrink(self, capacity: int, random: torch.Generator) -> None:
        """Reduce the capacity; drop random facts that exceed it."""
        self.capacity = capacity
        # The place of a removed fact is dropped with the same probability as any other.
        while (places := len(self.facts) + self._left_inside) > capacity:
            place = int(torch.randint(places, (1,), generator=random))
            if place < len(self.facts):
                del self.facts[place]
            else:
                self._left_inside -= 1
                self._left_outside += 1

    def state_dict(self) -> State:
        """Return the facts, the number that they were drawn from, and the numbers removed."""
        return {
            "facts": fact_rows(self.facts),
            "seen": self._seen,
            "left_inside": self._left_inside,
            "left_outside": self._left_outside,
        }

    def load_state_dict(self, state: State) -> None:
        """Restore what `state_dict` returned."""
        self.facts = facts_from_rows(state["facts"])
        self._seen = int(state["seen"])
        self._left_inside = int(state["left_inside"])
        self._left_outside = int(state["left_outside"])


class GroupedBuffer:
    """A reservoir for each group of facts; the capacity is divided evenly among the groups.

    A group smaller than its part leaves the rest to the others. When new groups come, a group
    loses capacity and drops random facts. A group gets more capacity only while it holds all of
    its valid facts, because dropped facts cannot return. Within a group, every valid fact is kept
    with the same probability.

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
        """The facts in the buffer, group by group."""
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
        """Drop ``facts``, and groups without facts."""
        for name, buffer in list(self.groups.items()):
            buffer.forget([fact for fact in facts if self._group(fact) == name])
            if not buffer.seen:
                del self.groups[name]

    def state_dict(self) -> State:
        """Return the reservoir of each group."""
        groups = {n: {"capacity": b.capacity, **b.state_dict()} for n, b in self.groups.items()}
        return {"groups": groups}

    def load_state_dict(self, state: State) -> None:
        """Restore what `state_dict` returned."""
        self.groups = {}
        for name, held in state["groups"].items():
            self.groups[name] = Buffer(int(held["capacity"]))
            self.groups[name].load_state_dict(held)


class Coreset:
    """A buffer whose facts are chosen again, with those of the update, after each update.

    Args:
        capacity: most facts kept.
        choose: chooses them if there are too many. A fact of the buffer represents the valid
            facts that it was chosen from; a fact of the update represents itself.

    Attributes:
        facts: the facts in the buffer.
    """

    def __init__(self, capacity: int, choose: Choose) -> None:
        self.capacity = capacity
        self.facts: list[Fact] = []
        self._seen = 0
        self._choose = choose

    def take(self, facts: Sequence[Fact], random: torch.Generator) -> None:
        """Offer ``facts``, all at once; ``random`` is not used."""
        candidates = [*self.facts, *facts]
        weights = [self._seen / len(self.facts)] * len(self.facts) if self.facts else []
        weights += [1.0] * len(facts)
        self._seen += len(facts)
        if len(candidates) > self.capacity:
            chosen = sorted(self._choose(candidates, weights, self.capacity))
            candidates = [candidates[index] for index in chosen]
        self.facts = candidates

    def forget(self, facts: Sequence[Fact]) -> None:
        """Drop ``facts``, which were superseded or erased."""
        gone = {fact.key for fact in facts}
        self.facts = [fact for fact in self.facts if fact.key not in gone]
        self._seen = max(self._seen - len(gone), len(self.facts))

    def state_dict(self) -> State:
        """Return the facts, and the number of valid facts that they represent."""
        return {"facts": fact_rows(self.facts), "seen": self._seen}

    def load_state_dict(self, state: State) -> None:
        """Restore what `state_dict` returned."""
        self.facts = facts_from_rows(state["facts"])
        self._seen = int(state["seen"])


def even_parts(sizes: Sequence[int], room: int) -> list[int]:
    """Divide ``room`` as evenly as ``sizes`` allow; the remainder goes to the first parts."""
    parts = [0] * len(sizes)
    while room > 0:
        unfilled = [index for index, size in enumerate(sizes) if parts[index] < size]
        if not unfilled:
            break
        share = room // len(unfilled)
        for index in unfilled if share else unfilled[:room]:
            more = min(max(share, 1), sizes[index] - parts[index])
            parts[index] += more
            room -= more
    return parts
