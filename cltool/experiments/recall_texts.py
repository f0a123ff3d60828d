"""Texts that state facts among other lines, for measuring what a model recalls of a text."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from cltool.facts.facts import Belief, Fact
from cltool.facts.stream import NEW, Probe, Stream
from cltool.models.tiny.reading import line

if TYPE_CHECKING:
    from cltool.lm.coder import Coder

BEGIN, MIDDLE, END = "begin", "middle", "end"
SUPERSEDED, TWO_HOP = "superseded", "two hops"

PLACES = {BEGIN: 0.0, MIDDLE: 0.5, END: 1.0}
"""Where the facts stand → the share of the other lines before them."""

KINDS = (*PLACES, SUPERSEDED, TWO_HOP)
"""What a text is made for, in the order in which it is reported."""

Item = TypeVar("Item")


@dataclass(frozen=True)
class Text:
    """Lines to read, and what is asked after them.

    Attributes:
        lines: the text.
        probes: the questions, with the right and the outdated answers.
    """

    lines: tuple[str, ...]
    probes: tuple[Probe, ...]


class Texts:
    """Makes texts from the facts of a stream.

    The facts that are read are those that updates teach. The other lines state base facts about
    other subjects. A line is the first trained wording of a fact.

    Args:
        stream: the facts.
        coder: counts tokens.
        together: facts in a text.
        seed: of the choice of facts and lines.
    """

    def __init__(self, stream: Stream, coder: Coder, together: int, seed: int) -> None:
        self._stream, self._coder, self._together = stream, coder, together
        self._seed, self._generator = seed, random.Random(seed)
        known = stream.knowledge(len(stream) - 1)
        valid = [one for one in known.beliefs() if not one.erased]
        self._taught = [one for one in valid if one.learned > 0]
        self._base = list(stream.updates[0].learn)
        self._facts = {one.fact.key: one for one in valid}
        more = stream.extra_probes(known) if stream.extra_probes is not None else ()
        self._hops = [probe for probe in more if len(probe.needs) == 2]

    def of(self, kind: str, tokens: int, count: int) -> Iterator[Text]:
        """Yield texts with ``count`` questions in all, or fewer if there are not enough facts.

        The same facts are drawn for all numbers of tokens, and whatever the tokenizer.

        Args:
            kind: one of `KINDS`.
            tokens: least number of tokens of the other lines.
            count: number of questions.
        """
        self._generator = random.Random(self._seed)
        if kind == TWO_HOP:
            for probe in self._drawn(self._hops, count):
                other = self._other(tokens, probe.needs)
                yield Text((*self._lines(probe.needs), *other), (probe,))
            return
        beliefs = self._drawn(self._taught, count)
        objects = {one.fact.key: self._older(one) for one in beliefs}
        for begin in range(0, len(beliefs), self._together):
            chosen = beliefs[begin : begin + self._together]
            facts = [one.fact for one in chosen]
            other = self._other(tokens, facts)
            if kind == SUPERSEDED:
                older = [replace(one, object=objects[one.key], aliases=()) for one in facts]
                half = len(other) // 2
                text = (*self._lines(older), *other[:half], *self._lines(facts), *other[half:])
                outdated = [one.object for one in older]
            else:
                before = round(PLACES[kind] * len(other))
                text = (*other[:before], *self._lines(facts), *other[before:])
                outdated = [""] * len(facts)
            probes = [self._probe(fact, old) for fact, old in zip(facts, outdated, strict=True)]
            yield Text(text, tuple(probes))

    def _drawn(self, items: Sequence[Item], count: int) -> list[Item]:
        return self._generator.sample(list(items), min(count, len(items)))

    def _older(self, belief: Belief) -> str:
        """Return the superseded object, or the object of another fact of the relation."""
        if belief.outdated:
            return belief.outdated[-1]
        fact = belief.fact
        others = [
            one.fact.object
            for one in self._facts.values()
            if one.fact.relation == fact.relation and one.fact.object not in fact.accepted
        ]
        return self._generator.choice(sorted(others) or ["?"])

    def _other(self, tokens: int, facts: Sequence[Fact]) -> list[str]:
        """Return lines of base facts about other subjects, at least ``tokens`` tokens."""
        named: set[str] = {name for fact in facts for name in (fact.subject, *fact.accepted)}
        usable = [f for f in self._base if not named & {f.subject, f.object}] or self._base
        lines: list[str] = []
        size = 0
        while size < tokens:
            drawn = self._lines(self._generator.sample(usable, min(len(usable), 64)))
            for text, ids in zip(drawn, self._coder.texts(drawn), strict=True):
                if size < tokens:
                    lines.append(text)
                    size += len(ids)
        return lines

    def _lines(self, facts: Sequence[Fact]) -> list[str]:
        return [line(fact, self._stream.wordings) for fact in facts]

    def _probe(self, fact: Fact, older: str) -> Probe:
        asking = next(iter(self._stream.wordings.askings(fact.key)))
        wording = asking.wording
        return Probe(
            fact.key,
            asking.form,
            asking.number,
            asking.prompt,
            wording.gap,
            wording.closing,
            NEW,
            0,
            fact.accepted,
            (older,) if older else (),
        )
