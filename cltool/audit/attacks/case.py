"""What is audited: the erased facts, what stands near them, and what was never true."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from cltool.core.errors import UserError
from cltool.core.seeds import derive
from cltool.facts.distractors import Distractors
from cltool.facts.facts import Fact, Key, Knowledge
from cltool.facts.overlap import OBJECT, OTHER, RELATION, SUBJECT, overlap
from cltool.facts.stream import ERASED, Probe, Stream
from cltool.facts.wordings import TRAINED, Asking, Wordings

Item = TypeVar("Item")


@dataclass(frozen=True)
class Case:
    """One request to forget, as an attacker and a judge see it.

    Attributes:
        wordings: how facts are worded.
        erased: what was to be forgotten.
        retained: what is true.
        former: key → objects that were true of it before.
        own: the scenario's own probes of erased facts, such as reversed ones.
        seed: of foils and samples.
    """

    wordings: Wordings
    erased: tuple[Fact, ...]
    retained: tuple[Fact, ...]
    former: Mapping[Key, tuple[str, ...]] = field(default_factory=dict)
    own: tuple[Probe, ...] = ()
    seed: int = 0

    @classmethod
    def of_stream(cls, stream: Stream, step: int, seed: int = 0) -> Case:
        """What ``stream`` asked to forget up to ``step`` and did not teach again.

        Raises:
            UserError: that is nothing.
        """
        known = stream.knowledge(step)
        erased = tuple(belief.fact for belief in known.beliefs() if belief.erased)
        if not erased:
            raise UserError(
                f"nothing that was to be forgotten is still erased after step {step}",
                where=stream.name,
                hint="Audit a run of a stream that asks to forget facts, or give a list of them "
                "with --forget.",
            )
        return cls.of_facts(stream, known, erased, seed)

    @classmethod
    def of_facts(
        cls, stream: Stream, known: Knowledge, erased: Sequence[Fact], seed: int = 0
    ) -> Case:
        """A list of facts to forget, beside all else that ``known`` holds to be true."""
        keys = {fact.key for fact in erased}
        probes = stream.extra_probes(known) if stream.extra_probes is not None else ()
        return cls(
            stream.wordings,
            tuple(erased),
            tuple(fact for fact in known.valid() if fact.key not in keys),
            {belief.fact.key: belief.outdated for belief in known.beliefs() if belief.outdated},
            tuple(probe for probe in probes if probe.group == ERASED and probe.key in keys),
            seed,
        )

    def foils(self, fact: Fact, count: int) -> list[str]:
        """``count`` objects that were never true of ``fact``'s key, or as many as there are.

        Those of its relation among what is retained; where there are none, those of any.
        """
        found = self._lenders.of(fact, self.former.get(fact.key, ()))
        return self.drawn(found, count, "foils", *fact.key)

    @cached_property
    def _lenders(self) -> Distractors:
        return Distractors(self.retained)

    @cached_property
    def groups(self) -> dict[str, list[Fact]]:
        """The retained facts by what they share with an erased one; each is in one group."""
        groups: dict[str, list[Fact]] = {name: [] for name in (SUBJECT, OBJECT, RELATION, OTHER)}
        shared = overlap(self.retained, self.erased)
        for name, fact in zip(shared, self.retained, strict=True):
            groups[name].append(fact)
        return groups

    def drawn(self, items: Sequence[Item], count: int, *purpose: str) -> list[Item]:
        """At most ``count`` of ``items`` at random, in their order."""
        if len(items) <= count:
            return list(items)
        chance = random.Random(derive(self.seed, "audit", *purpose))
        return [items[place] for place in sorted(chance.sample(range(len(items)), count))]

    def shuffled(self, items: Sequence[Item], *purpose: str) -> list[Item]:
        """``items`` in a random order."""
        mixed = list(items)
        random.Random(derive(self.seed, "audit", *purpose)).shuffle(mixed)
        return mixed

    def trained(self, fact: Fact) -> list[Asking]:
        """The wordings in which ``fact`` is taught."""
        return [one for one in self.wordings.askings(fact.key) if one.form == TRAINED]

    def held_out(self, fact: Fact) -> list[Asking]:
        """The wordings in which it is only asked; the trained ones where none is held out."""
        askings = self.wordings.askings(fact.key)
        return [one for one in askings if one.form != TRAINED] or askings

    def few(self, fact: Fact) -> list[Asking]:
        """One trained wording, and all that are held out."""
        held = [one for one in self.wordings.askings(fact.key) if one.form != TRAINED]
        return [*self.trained(fact)[:1], *held]


def probes(facts: Iterable[Fact], askings: Mapping[Key, Collection[Asking]]) -> list[Probe]:
    """Each fact asked in each of its ``askings``."""
    return [
        Probe(
            fact.key,
            asking.form,
            asking.number,
            asking.prompt,
            asking.wording.gap,
            asking.wording.closing,
            ERASED,
            0,
            fact.accepted,
        )
        for fact in facts
        for asking in askings[fact.key]
    ]
