"""A stream of updates, and the probes that ask about its facts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from cltool.core.digests import SHORT
from cltool.facts.chat_wordings import completion_request
from cltool.facts.facts import Belief, Fact, Key, Knowledge, Tags, Update
from cltool.facts.spellings import other_spellings, respelled, respelled_key
from cltool.facts.wordings import Wordings

NEW, RETAINED, FUTURE, ERASED = "new", "retained", "future", "erased"


@dataclass(frozen=True, slots=True)
class Probe:
    """One way of asking for one fact at one step.

    Attributes:
        key: the key that it asks about.
        form: the kind of wording: ``trained``, ``paraphrase``, ``question``, ``reverse``,
            ``two_hop``, …
        number: distinguishes the probes of one key and form.
        prompt: the text that the model continues.
        gap: white space between prompt and answer.
        closing: the text that follows the answer in the wording.
        group: ``new``, ``retained``, ``future`` or ``erased``.
        learned: the step that taught the fact, or will teach it if it is a future fact.
        accepted: right answers; if the fact is erased, the answers that must not be given.
        outdated: superseded answers, oldest first.
        tags: the tags of the fact.
        needs: the facts that together answer it, as they are true at the step; empty: the fact of
            its key.
    """

    key: Key
    form: str
    number: int
    prompt: str
    gap: str
    closing: str
    group: str
    learned: int
    accepted: tuple[str, ...]
    outdated: tuple[str, ...] = ()
    tags: Tags = ()
    needs: tuple[Fact, ...] = ()


ExtraProbes = Callable[[Knowledge], Iterable[Probe]]


@dataclass(frozen=True)
class Stream:
    """Base knowledge (step 0), then updates 1 … T.

    A subject or relation that is written in several ways (`cltool.facts.identity`) gets its first
    spelling in all updates, if they are a list or a tuple. A lazy sequence is not read for this: it
    must write each name in one way.

    Attributes:
        name: the scenario's name, for reports.
        updates: the steps; may be a lazy sequence that makes each step when it is read.
        wordings: how facts are worded.
        extra_probes: further probes at a step, such as two-hop questions.
        source: how the stream was made (scenario options, file), for the run's record.
        skipped: lines of the source that were skipped, with the reason.
        warnings: sentences about what was read from the source with doubts.
        origins: (step, key) → the ``file:line`` that taught it, if it came from a file.
        days: (step, key) → the day from which the fact holds that the step teaches, if the source
            has dates. Of a month or a year it is the first day.
        spellings: other spelling of a name → its first spelling, which takes its place; found in
            the updates.
        unasked: keys that are taught like others and are not asked about. They are none of the
            stream's own facts.
    """

    name: str
    updates: Sequence[Update]
    wordings: Wordings
    extra_probes: ExtraProbes | None = None
    source: dict[str, object] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    origins: Mapping[tuple[int, Key], str] = field(default_factory=dict)
    days: Mapping[tuple[int, Key], date] = field(default_factory=dict)
    spellings: Mapping[str, str] = field(default_factory=dict)
    unasked: frozenset[Key] = frozenset()

    def __post_init__(self) -> None:
        if not isinstance(self.updates, list | tuple):
            return
        if found := other_spellings(self.updates):
            # The dataclass is frozen for its users.
            updates = [respelled(update, found) for update in self.updates]
            object.__setattr__(self, "updates", updates)
            object.__setattr__(self, "spellings", {**self.spellings, **found})

    def __len__(self) -> int:
        """Return the number of steps, including the base."""
        return len(self.updates)

    def __iter__(self) -> Iterator[Update]:
        return iter(self.updates)

    def first_taught(self) -> dict[Key, tuple[int, Fact]]:
        """Return each key that is asked about, with the step and the fact that first teach it."""
        first: dict[Key, tuple[int, Fact]] = {}
        for update in self.updates:
            for fact in update.learn:
                if fact.key not in self.unasked:
                    first.setdefault(fact.key, (update.step, fact))
        return first

    def digest(self) -> str:
        """Return a hash of all updates and wordings."""
        hasher = hashlib.sha256(self.wordings.digest().encode())
        for update in self.updates:
            hasher.update(f"{update.step}\x1f{update.label}\x1e".encode())
            marked = (("+", update.learn), ("-", update.forget), ("=", update.restated))
            for mark, facts in marked:
                for fact in facts:
                    row = (mark, *fact.key, fact.object, *fact.aliases)
                    hasher.update(("\x1f".join(row) + "\x1e").encode())
        return hasher.hexdigest()[:SHORT]

    def knowledge(self, step: int) -> Knowledge:
        """Return the knowledge after ``step``."""
        known = Knowledge()
        for number in range(step + 1):
            known.apply(self.updates[number])
        return known

    def probes(self, known: Knowledge, keys: dict[Key, tuple[int, Fact]]) -> Iterator[Probe]:
        """Make the probes of one step: one trained wording of each key, and all held-out ones.

        Args:
            known: the knowledge after the step.
            keys: the keys to ask about, as ``first_taught`` returns them.
        """
        for key, (first_step, first_fact) in keys.items():
            belief = known.belief(key)
            shown = belief or Belief(first_fact, first_step)
            group = _group(belief, known.step)
            trained_asked = False
            for asking in self.wordings.askings(key):
                if asking.form == "trained":
                    if trained_asked:
                        continue
                    trained_asked = True
                yield Probe(
                    key,
                    asking.form,
                    asking.number,
                    asking.prompt,
                    asking.wording.gap,
                    asking.wording.closing,
                    group,
                    shown.learned,
                    shown.fact.accepted,
                    shown.outdated,
                    shown.fact.tags,
                )
        yield from self.further_probes(known)

    def further_probes(self, known: Knowledge) -> Iterator[Probe]:
        """Make the probes of ``extra_probes``, as chats if keys are asked in chats."""
        for probe in () if self.extra_probes is None else self.extra_probes(known):
            asked = probe
            if self.spellings:
                asked = replace(asked, key=respelled_key(asked.key, self.spellings))
            if self.wordings.chat:
                asked = replace(asked, prompt=completion_request(asked.prompt), gap="")
            yield asked


def _group(belief: Belief | None, step: int) -> str:
    if belief is None:
        return FUTURE
    if belief.erased:
        return ERASED
    return NEW if belief.learned == step else RETAINED
