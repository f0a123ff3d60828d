"""A bounded sample of the facts taught so far that are still true.

Vitter (1985), "Random sampling with a reservoir", algorithm R, with the random pairing of
Gemulla, Lehner & Haas (2008), "Maintaining bounded-size sample synopses of evolving
datasets", for facts that leave: every valid fact is in the buffer with the same probability.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from cltool.strategy import State, fact_rows, facts_from_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cltool.facts import Fact


class Buffer:
    """Reservoir of facts.

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
