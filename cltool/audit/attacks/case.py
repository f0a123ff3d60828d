"""The facts of an audit: erased and retained ones, and objects that were never true."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from cltool.core.errors import UserError
from cltool.core.samples import fixed_sample
from cltool.core.seeds import derive
from cltool.facts.distractors import Distractors
from cltool.facts.facts import Fact, Key, Knowledge
from cltool.facts.identity import key_of
from cltool.facts.overlap import OBJECT, OTHER, RELATION, SUBJECT, overlap
from cltool.facts.stream import ERASED, Probe, Stream
from cltool.facts.wordings import TRAINED, Asking, Wordings

Item = TypeVar("Item")


@dataclass(frozen=True)
class Case:
    """The facts that an audit asks about.

    Attributes:
        wordings: how facts are worded.
        erased: the facts that had to be forgotten.
        retained: the facts that are true.
        former: key → objects that were true of it before.
        own: the scenario's own probes of erased facts, such as reversed ones.
        seed: of distractors and samples.
    """

    wordings: Wordings
    erased: tuple[Fact, ...]
    retained: tuple[Fact, ...]
    former: Mapping[Key, tuple[str, ...]] = field(default_factory=dict)
    own: tuple[Probe, ...] = ()
    seed: int = 0

    @classmethod
    def of_stream(cls, stream: Stream, step: int, seed: int = 0) -> Case:
        """Return the case of the facts that ``stream`` erased up to ``step`` and has not retaught.

        Raises:
            UserError: there are none.
        """
        known = stream.knowledge(step)
        erased = tuple(belief.fact for belief in known.beliefs() if belief.erased)
        if not erased:
            raise UserError(
                f"no fact that had to be forgotten is still erased after step {step}",
                where=stream.name,
                hint="Audit a run whose stream has facts to forget, or give a list of facts with"
                " --forget.",
            )
        return cls.of_facts(stream, known, erased, seed)

    @classmethod
    def of_facts(
        cls, stream: Stream, known: Knowledge, erased: Sequence[Fact], seed: int = 0
    ) -> Case:
        """Return the case of a list of erased facts; ``known`` gives the retained facts."""
        keys = {fact.key for fact in erased}
        probes = stream.further_probes(known)
        return cls(
            stream.wordings,
            tuple(erased),
            tuple(fact for fact in known.valid() if fact.key not in keys | stream.unasked),
            {belief.fact.key: belief.outdated for belief in known.beliefs() if belief.outdated},
            tuple(
                probe for probe in probes if probe.group == ERASED and key_of(*probe.key) in keys
            ),
            seed,
        )

    def distractors(self, fact: Fact, count: int) -> list[str]:
        """Return up to ``count`` distractors: objects that were never true of ``fact``'s key.

        They are objects of retained facts of the same relation, or of any if there are none.
        """
        found = self._distractors.of(fact, self.former.get(fact.key, ()))
        # The word seeds the draw: another one would change the results of saved audits.
        return self.sample(found, count, "foils", *fact.key)

    @cached_property
    def _distractors(self) -> Distractors:
        return Distractors(self.retained)

    @cached_property
    def groups(self) -> dict[str, list[Fact]]:
        """The retained facts by what they share with an erased fact; each is in one group."""
        groups: dict[str, list[Fact]] = {name: [] for name in (SUBJECT, OBJECT, RELATION, OTHER)}
        shared = overlap(self.retained, self.erased)
        for name, fact in zip(shared, self.retained, strict=True):
            groups[name].append(fact)
        return groups

    def sample(self, items: Sequence[Item], count: int, *purpose: str) -> list[Item]:
        """Return at most ``count`` of ``items``, drawn at random, in their order."""
        return fixed_sample(items, count, self.seed, "audit", *purpose)

    def shuffled(self, items: Sequence[Item], *purpose: str) -> list[Item]:
        """Return ``items`` in a random order."""
        mixed = list(items)
        random.Random(derive(self.seed, "audit", *purpose)).shuffle(mixed)
        return mixed

    def trained_wordings(self, fact: Fact) -> list[Asking]:
        """Return the wordings in which ``fact`` is taught."""
        return [one for one in self.wordings.askings(fact.key) if one.form == TRAINED]

    def held_out_wordings(self, fact: Fact) -> list[Asking]:
        """Return the wordings that are only asked, or the trained ones if there are none."""
        askings = self.wordings.askings(fact.key)
        return [one for one in askings if one.form != TRAINED] or askings

    def few_wordings(self, fact: Fact) -> list[Asking]:
        """Return one trained wording and all held-out ones."""
        held = [one for one in self.wordings.askings(fact.key) if one.form != TRAINED]
        return [*self.trained_wordings(fact)[:1], *held]


def probes(facts: Iterable[Fact], askings: Mapping[Key, Collection[Asking]]) -> list[Probe]:
    """Return a probe for each fact in each of its ``askings``."""
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
