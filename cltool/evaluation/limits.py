"""The longest answer that a model may give, and the objects that do not fit into it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import TYPE_CHECKING

from cltool.core.plurals import plural
from cltool.evaluation.judge import RelationNames
from cltool.evaluation.matchers import CONTAINS, EXACT
from cltool.evaluation.matching import KnownNames

if TYPE_CHECKING:
    from cltool.facts.facts import Fact
    from cltool.facts.stream import Stream
    from cltool.lm.coder import Coder

SPARE_TOKENS = 4
"""Tokens that an answer may have beyond the longest known object before it is cut off."""

SENTENCE = 24
"""The same if the object may be anywhere in a sentence."""

TOGETHER = 256
"""Texts that are made into tokens at once."""


@dataclass(frozen=True)
class Askable:
    """What a prober knows about the stream that it asks about.

    Attributes:
        names: the objects of all steps: what an answer may mean.
        longest: tokens of the longest object with the text that closes its wording.
        closings: the texts that close wordings.
        relations: the names by relation.
    """

    names: KnownNames
    longest: int
    closings: frozenset[str] = frozenset()
    relations: RelationNames = field(default_factory=RelationNames)

    @classmethod
    def of(cls, stream: Stream, coder: Coder) -> Askable:
        """Return what is known about ``stream`` for a model with the tokens of ``coder``."""
        # One pass, and no list of facts: there may be millions.
        objects: dict[str, None] = {}
        subjects: dict[str, None] = {}
        relations, edges = RelationNames(), _Edges(stream)
        for update in stream:
            for taught, fact in chain(
                zip(repeat(True), update.learn), zip(repeat(False), update.restated)
            ):
                if fact.key in stream.unasked:
                    continue
                objects.update(dict.fromkeys(fact.accepted))
                # Subjects are the answers of reversed questions.
                subjects[fact.subject] = None
                relations.add(fact.subject, fact.relation, fact.accepted)
                if taught:
                    edges.add(fact)
        wordings = edges.found
        gaps = {gap for gap, _ in wordings} | {" "}
        names = {**objects, **subjects}
        if stream.wordings.chat:
            # Each subject has gaps of its own, so they are not paired with every name.
            longest = longest_of(coder, gaps) + longest_of(coder, names)
        else:
            longest = longest_of(coder, (gap + name for name in names for gap in gaps))
        closings = frozenset(closing for _, closing in wordings)
        longest += longest_of(coder, closings)
        known = KnownNames({**objects, **subjects})
        return cls(known, longest, closings, relations)


class _Edges:
    """Collects (gap, closing) of all wordings in which facts are asked."""

    def __init__(self, stream: Stream) -> None:
        self._wordings = stream.wordings
        self._alike: set[str] = set()
        self.found: set[tuple[str, str]] = set()

    def add(self, fact: Fact) -> None:
        if fact.relation in self._alike:
            return
        self.found |= {
            (asking.wording.gap, asking.wording.closing)
            for asking in self._wordings.askings(fact.key)
        }
        if self._wordings.alike(fact.relation):
            self._alike.add(fact.relation)


def longest_of(coder: Coder, texts: Iterable[str]) -> int:
    """Return the number of tokens of the longest of ``texts``; 0 without any.

    A token has at least one byte, so texts with fewer bytes than the longest found has tokens are
    not made into tokens.
    """
    by_size = sorted(set(texts), key=lambda text: -len(text.encode()))
    longest = 0
    for begin in range(0, len(by_size), TOGETHER):
        chunk = by_size[begin : begin + TOGETHER]
        if len(chunk[0].encode()) < longest:
            break
        longest = max(longest, *map(len, coder.texts(chunk)))
    return longest


def limit(asked: int | None, longest: int, match: str = EXACT) -> int:
    """Return the most tokens of an answer.

    Args:
        asked: the setting ``probe.max_tokens``.
        longest: tokens of the longest known object.
        match: how answers are judged. By `CONTAINS`, the object may be anywhere in a sentence.
    """
    derived = longest + (SENTENCE if match == CONTAINS else SPARE_TOKENS)
    return derived if asked is None else min(asked, derived)


def too_long(stream: Stream, coder: Coder, asked: int | None) -> list[str]:
    """Return warnings about facts that no answer can name, a sentence for each reason.

    Args:
        stream: the facts and their wordings.
        coder: the tokens of the model.
        asked: the setting ``probe.max_tokens``.
    """
    facts = {
        (fact.key, fact.accepted): fact
        for update in stream
        for fact in update.learn
        if fact.key not in stream.unasked
    }
    broken: list[Fact] = []
    cut: list[tuple[Fact, int]] = []
    for fact in facts.values():
        texts = _answers(stream, fact)
        rows = [row for row in coder.texts(texts) if not set(row) & set(coder.stops)]
        if not rows:
            broken.append(fact)
        elif asked is not None and (least := min(map(len, rows)) + 1) > asked:
            cut.append((fact, least))
    warnings = []
    if cut:
        fact, least = max(cut, key=lambda one: one[1])
        warnings.append(
            f"{_of(len(cut), len(facts), 'is', 'are')} longer than an answer may be "
            f"(probe.max_tokens = {asked}), and can never be right, for example "
            f"{fact.object[:60]!r} ({fact.subject}, {fact.relation}), which needs {least} tokens. "
            "Leave probe.max_tokens out: it is derived from the longest object."
        )
    if broken:
        fact = broken[0]
        warnings.append(
            f"{_of(len(broken), len(facts), 'contains', 'contain')} a line break or the model's"
            " end token, at which an answer ends, and can never be right, for example "
            f"{fact.object[:60]!r} ({fact.subject}, {fact.relation}). Write them on one line."
        )
    return warnings


def _of(count: int, of: int, one: str, many: str) -> str:
    return f"{count} of {plural(of, 'object')} {one if count == 1 else many}"


def _answers(stream: Stream, fact: Fact) -> list[str]:
    """Return each accepted spelling of ``fact``'s object with the gap before it in a wording."""
    gaps: Collection[str] = {one.wording.gap for one in stream.wordings.askings(fact.key)}
    return [gap + name for gap in gaps for name in fact.accepted]
