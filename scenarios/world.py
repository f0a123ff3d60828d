"""``world``: synthetic facts for controlled experiments, up to a million and more.

The subjects are people with named relations to towns, companies, books and each other. Every
update changes facts, adds new ones, and asks to forget some. Nothing is stored: the keys of an
update and the names of objects are computed from the seed with keyed permutations (a Feistel
network over mixed radices: Black & Rogaway, "Ciphers with arbitrary finite domains", CT-RSA
2002), so any part of a stream can be computed when it is read.
"""

from __future__ import annotations

import hashlib
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar, overload

from pydantic import Field

from cltool.core.errors import UserError
from cltool.facts.facts import Belief, Fact, Key, Knowledge, Update
from cltool.facts.forget_requests import requested
from cltool.facts.identity import names_object
from cltool.facts.scenario import Scenario, ScenarioConfig
from cltool.facts.stream import ERASED, NEW, RETAINED, Probe, Stream
from cltool.facts.wordings import Wordings
from cltool.scenarios._world_catalogue import PERSON, UNIQUE, Objects, Relation, catalogue

TWO_HOP, REVERSE = "two_hop", "reverse"
_MASK = 2**64 - 1
_ROUNDS = tuple((number % 2, number * 0x9E3779B97F4A7C15) for number in range(4))
_SMALLEST_POOL = 50
_DEFAULT_PANEL = 40


class WorldConfig(ScenarioConfig):
    """Options of ``world``. The base has ``entities * relations`` facts.

    The base depends on ``entities``, ``relations`` and the seed. The other options do not change
    it, unless there are more updates than objects to choose from.
    """

    entities: int = Field(200, ge=3, description="number of subjects in the base")
    relations: int = Field(4, ge=1, le=12, description="relations, the first of world.toml")
    objects: Objects = Field(
        "names",
        description="what the objects are: names, numbers, versions (4.11.2), dates, or mixed (a"
        " relation of each in turn); only names and mixed can have two-hop probes",
    )
    updates: int = Field(5, ge=0, description="number of updates after the base")
    changed: int = Field(60, ge=0, description="facts that each update changes")
    new: int = Field(60, ge=0, description="facts of new subjects that each update adds")
    forgotten: int = Field(0, ge=0, description="base facts that each update asks to forget")
    forgetting: int | None = Field(
        None, ge=0, description="how many updates ask to forget, from the first on; else all"
    )
    wordings: int = Field(6, ge=1, le=8, description="statements of a relation, and 4 questions")
    two_hop: int | None = Field(None, ge=0, description="number of two-hop probes; else up to 40")
    reverse: int | None = Field(None, ge=0, description="number of reverse probes; else up to 40")


class World(Scenario[WorldConfig]):
    """A generator of synthetic streams.

    In each update, ``changed`` known facts get an object that they never had, the next ``new``
    keys appear in order (subject by subject), and the update asks to forget ``forgotten`` keys of
    the base, which may have changed before; they are never changed or taught again.

    The same ``two_hop`` and ``reverse`` keys are asked at every step from the step on at which
    they are known; they are chosen from all subjects of the stream.
    """

    def stream(self, seed: int) -> Stream:
        """Make the stream of this seed; updates and their facts are computed when they are read.

        Raises:
            UserError: the options ask for more than the names allow; lists all problems.
        """
        options = self.config
        if problems := list(_problems(options)):
            raise UserError(
                "the options do not fit together",
                where="scenario world",
                hint="Use lower numbers, or more entities.",
                details=problems,
            )
        plan = _Plan(options, seed)
        return Stream(
            name="world",
            updates=_Lazy(range(options.updates + 1), plan.update),
            wordings=Wordings({r.id: r.wordings(options.wordings) for r in plan.relations}),
            extra_probes=plan.extra_probes,
            source={"scenario": "world", "seed": seed, **_given(options)},
        )


def _mix(value: int) -> int:
    """Mix the bits of ``value`` with the finaliser of SplitMix64."""
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9 & _MASK
    value = (value ^ (value >> 27)) * 0x94D049BB133111EB & _MASK
    return value ^ (value >> 31)


def _key(seed: int, *purpose: object) -> int:
    """Derive a 64-bit key; ``hash()`` would differ between processes."""
    digest = hashlib.sha256(repr((seed, *purpose)).encode()).digest()
    return int.from_bytes(digest[:8])


def _permute(value: int, size: int, key: int, *, back: bool = False) -> int:
    """Permute ``value`` of ``range(size)`` by ``key``; ``back`` inverts the permutation."""
    # The network works on a rectangle hardly larger than ``size``, so the loop ends soon.
    rows = math.isqrt(size - 1) + 1
    columns = -(-size // rows)
    rounds, sign = (_ROUNDS[::-1], -1) if back else (_ROUNDS, 1)
    while True:
        row, column = divmod(value, columns)
        for across, salt in rounds:
            if across:
                column = (column + sign * _mix(key + salt + row)) % columns
            else:
                row = (row + sign * _mix(key + salt + column)) % rows
        value = row * columns + column
        if value < size:
            return value


T = TypeVar("T")


class _Lazy(Sequence[T]):
    """A sequence whose items ``make`` computes from ``numbers`` when they are read."""

    def __init__(self, numbers: range, make: Callable[[int], T]) -> None:
        self._numbers = numbers
        self._make = make

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[T]:
        return map(self._make, self._numbers)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        if isinstance(index, slice):
            return _Lazy(self._numbers[index], self._make)
        return self._make(self._numbers[index])


class _Plan:
    """Computes every part of one stream.

    Keys are numbered subject by subject: those of the base, then the new ones. A slot is a
    position in the order of forgetting: the base keys are shuffled over the first slots, update t
    asks to forget the t-th ``forgotten`` of them, and every other key is its own slot. At every
    step, the keys that are known and not erased are therefore one range of slots.
    """

    def __init__(self, config: WorldConfig, seed: int) -> None:
        self._config = config
        self._seed = seed
        self._subjects, relations = catalogue(config.objects)
        self.relations = relations[: config.relations]
        self._subject_key = _key(seed, "subject")
        self._forget_key = _key(seed, "forget")
        self._pool_keys = [_key(seed, "pool", relation.id) for relation in self.relations]
        self._object_keys = [_key(seed, "object", relation.id) for relation in self.relations]
        self._change_keys = [_key(seed, "change", step) for step in range(config.updates + 1)]
        self._base = config.entities * config.relations
        self._people = _people(config)
        self._pool = _pool(config)

    def update(self, step: int) -> Update:
        """Make the update of one step; its facts are computed when they are read."""
        if not step:
            return Update(0, "base", _Lazy(range(self._base), partial(self._fact, step=0)))
        config = self._config
        numbers = range(config.changed + config.new)
        slots = range(self._forgotten_until(step - 1), self._forgotten_until(step))
        taught = _Lazy(numbers, partial(self._taught, step))
        return Update(step, f"update {step}", taught, _Lazy(slots, partial(self._forgotten, step)))

    def _taught(self, step: int, number: int) -> Fact:
        config = self._config
        if number >= config.changed:
            key = self._base + (step - 1) * config.new + number - config.changed
        else:
            first, size = self._open_slots(step)
            key = self._at_slot(first + _permute(number, size, self._change_keys[step]))
        return self._fact(key, step)

    def _forgotten(self, step: int, slot: int) -> Fact:
        taught = next((s for s in range(step - 1, 0, -1) if self._changes(slot, s)), 0)
        return self._fact(self._at_slot(slot), taught)

    def _changes(self, slot: int, step: int) -> bool:
        first, size = self._open_slots(step)
        number = _permute(slot - first, size, self._change_keys[step], back=True)
        return number < self._config.changed

    def _open_slots(self, step: int) -> tuple[int, int]:
        """Return the first slot that update ``step`` may change, and how many there are."""
        first = self._forgotten_until(step)
        return first, self._base + (step - 1) * self._config.new - first

    def _forgotten_until(self, step: int) -> int:
        return requested(step, self._config.forgotten, self._config.forgetting)

    def _at_slot(self, slot: int) -> int:
        return _permute(slot, self._base, self._forget_key) if slot < self._base else slot

    def _fact(self, key: int, step: int) -> Fact:
        """Return the fact of a key as ``step`` teaches it."""
        entity, place = divmod(key, self._config.relations)
        relation = self.relations[place].id
        return Fact(self._subject(entity), relation, self._object(entity, place, step))

    def _subject(self, entity: int) -> str:
        # A name that is made again takes no further memory.
        number = _permute(entity, len(self._subjects), self._subject_key)
        return sys.intern(self._subjects.spell(number))

    def _object(self, entity: int, place: int, step: int) -> str:
        """Return the object that ``step`` gives; no two steps give a key the same object."""
        relation = self.relations[place]
        key = _mix(self._object_keys[place] + entity)
        if relation.kind == PERSON:
            away = 1 + _permute(step, self._config.entities - 1, key)
            return self._subject((entity + away) % self._config.entities)
        if relation.kind == UNIQUE:
            number = step * self._people + entity
        else:
            number = _permute(step, self._pool, key)
        number = _permute(number, len(relation.names), self._pool_keys[place])
        return sys.intern(relation.names.spell(number))

    def extra_probes(self, known: Knowledge) -> Iterator[Probe]:
        """Make the two-hop and reverse probes of a step; reads only their keys."""
        pairs, unique = _askable(self.relations)
        for entity, number in self._panel(TWO_HOP, len(pairs), self._config.two_hop):
            yield from _two_hop(known, self._subject(entity), *pairs[number])
        for entity, number in self._panel(REVERSE, len(unique), self._config.reverse):
            yield from _reverse(known, self._subject(entity), unique[number])

    def _panel(self, form: str, kinds: int, wanted: int | None) -> Iterator[tuple[int, int]]:
        """Iterate over (entity, number of the kind) of the probes, the same at every step."""
        size = self._people * kinds
        key = _key(self._seed, form)
        for number in range(min(size, _DEFAULT_PANEL) if wanted is None else wanted):
            yield divmod(_permute(number, size, key), kinds)


def _given(config: WorldConfig) -> dict[str, object]:
    """Return the options; ``objects`` only where it differs from names."""
    return config.model_dump(exclude={"objects"} if config.objects == "names" else None)


def _two_hop(known: Knowledge, subject: str, first: Relation, second: Relation) -> Iterator[Probe]:
    """Make a two-hop probe; every answer that follows from a superseded fact is outdated."""
    hop = _valid(known, (subject, first.id))
    end = _valid(known, (hop.fact.object, second.id)) if hop else None
    if hop is None or end is None:
        return
    older: list[str] = []
    for person in hop.outdated:
        left = _valid(known, (person, second.id))
        older += (*left.outdated, left.fact.object) if left else ()
    older += end.outdated
    right = end.fact.accepted
    outdated = tuple(dict.fromkeys(name for name in older if not names_object(name, right)))
    learned = max(hop.learned, end.learned)
    group = NEW if learned == known.step else RETAINED
    key = (subject, f"{first.id}.{second.id}")
    prompt = f"The {second.noun} of the {first.noun} of {subject} is"
    needs = (hop.fact, end.fact)
    yield Probe(key, TWO_HOP, 0, prompt, " ", ".", group, learned, right, outdated, needs=needs)


def _reverse(known: Knowledge, subject: str, relation: Relation) -> Iterator[Probe]:
    """Make a reverse probe, also of an erased fact: its object may still lead to the subject."""
    key = (subject, relation.id)
    belief = known.belief(key)
    if belief is None:
        return
    learned = belief.learned
    group = ERASED if belief.erased else NEW if learned == known.step else RETAINED
    head, _, closing = relation.reverse.partition("{subject}")
    prompt = head.rstrip().replace("{object}", belief.fact.object)
    needs = (belief.fact,)
    yield Probe(key, REVERSE, 0, prompt, " ", closing, group, learned, (subject,), needs=needs)


def _valid(known: Knowledge, key: Key) -> Belief | None:
    belief = known.belief(key)
    return None if belief is None or belief.erased else belief


def _askable(
    relations: Sequence[Relation],
) -> tuple[list[tuple[Relation, Relation]], list[Relation]]:
    """Return the pairs for two-hop questions, and the relations that can be reversed."""
    people = [relation for relation in relations if relation.kind == PERSON]
    others = [relation for relation in relations if relation.kind != PERSON]
    pairs = [(first, second) for first in people for second in others]
    return pairs, [relation for relation in others if relation.kind == UNIQUE]


def _people(config: WorldConfig) -> int:
    """Return the number of subjects in the whole stream."""
    return config.entities - (-config.updates * config.new // config.relations)


def _pool(config: WorldConfig) -> int:
    """Return the number of objects to choose from: too many to guess, and no repeats."""
    return max(_SMALLEST_POOL, config.entities // 4, config.updates + 1)


def _problems(config: WorldConfig) -> Iterator[str]:
    """Describe each option that asks for more than the names allow."""
    subjects, relations = catalogue(config.objects)
    if config.relations > len(relations):
        yield f"relations: {config.relations}, but {len(relations)} have {config.objects}"
    base, people = config.entities * config.relations, _people(config)
    relations = relations[: config.relations]
    if (total := requested(config.updates, config.forgotten, config.forgetting)) > base:
        yield f"forgotten: {total} in all updates, but the base has {base} facts"
    # The number of facts that can change is linear up to the last request, and grows after it.
    for step in sorted({min(n, config.updates) for n in (1, config.forgetting or 0, 10**9)} - {0}):
        forgotten = requested(step, config.forgotten, config.forgetting)
        valid = base + (step - 1) * config.new - forgotten
        if 0 <= valid < config.changed:
            yield f"changed: {config.changed}, but at update {step} only {valid} facts can change"
    if people > len(subjects):
        yield f"entities: {people} subjects in all, but there are {len(subjects)} names"
    for relation in relations:
        needed = people * (config.updates + 1) if relation.kind == UNIQUE else _pool(config)
        if relation.kind == PERSON and config.updates > config.entities - 2:
            yield f"updates: more than entities - 2 would give {relation.id} a value twice"
        if relation.kind != PERSON and needed > len(relation.names):
            yield f"relations: {relation.id} needs {needed} names, but has {len(relation.names)}"
    pairs, unique = _askable(relations)
    panels = ("two_hop", config.two_hop, pairs, 2), ("reverse", config.reverse, unique, 3)
    for option, wanted, kinds, least in panels:
        if wanted and not kinds:
            has = "" if config.objects == "names" else f", or other objects than {config.objects}"
            yield f"{option}: {wanted}, but these probes need at least {least} relations{has}"
        elif wanted and wanted > people * len(kinds):
            yield f"{option}: {wanted}, but there are {people * len(kinds)} such questions"
