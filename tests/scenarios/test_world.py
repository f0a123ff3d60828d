"""``world``: what holds of every stream it makes, whatever the options."""

from __future__ import annotations

import itertools
import pickle
import re
import sys
import time
import tracemalloc
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from cltool.core.errors import UserError
from cltool.facts.facts import Key, Knowledge
from cltool.scenarios import SCENARIOS
from cltool.scenarios.world import World, WorldConfig

from .worlds import configs, extra, make, run, spelled

# --- determinism


def test_the_same_seed_gives_the_same_stream() -> None:
    options = {"entities": 50, "forgotten": 7}
    assert spelled(make(3, **options)) == spelled(make(3, **options))


def test_other_seeds_give_other_streams() -> None:
    bases = [list(make(seed).updates[0].learn) for seed in (0, 1, -1)]
    for one, other in itertools.combinations(bases, 2):
        shared = set(one) & set(other)
        assert not shared
    changes = [{f.key for f in make(seed).updates[1].learn} for seed in (0, 1)]
    assert changes[0] != changes[1]


def test_processes_agree_and_import_no_torch() -> None:
    code = (
        "import hashlib, sys\n"
        "from cltool.scenarios.world import World, WorldConfig\n"
        "s = World(WorldConfig(entities=60, relations=6, forgotten=5)).stream(11)\n"
        "k = s.knowledge(len(s) - 1)\n"
        "text = repr([(list(u.learn), list(u.forget)) for u in s] + list(s.extra_probes(k)))\n"
        "print(hashlib.sha256(text.encode()).hexdigest(), 'torch' in sys.modules)\n"
    )
    outputs = {run(code, PYTHONHASHSEED=salt) for salt in ("1", "2")}
    assert len(outputs) == 1
    assert outputs.pop().split()[1] == "False"


def test_the_base_depends_on_entities_relations_and_seed_only() -> None:
    plain = list(make(5).updates[0].learn)
    other = make(5, updates=9, changed=3, new=11, forgotten=20, wordings=2, two_hop=1, reverse=0)
    assert list(other.updates[0].learn) == plain


def test_more_relations_leave_the_others_as_they_are() -> None:
    few = set(make(5, relations=3).updates[0].learn)
    assert few <= set(make(5, relations=12).updates[0].learn)


def test_a_stream_can_be_pickled() -> None:
    stream = make(2)
    assert spelled(pickle.loads(pickle.dumps(stream))) == spelled(stream)


# --- what every stream holds to


@settings(max_examples=60, deadline=None)
@given(configs(), st.integers(-(2**40), 2**70))
def test_every_update_is_consistent(config: WorldConfig, seed: int) -> None:
    stream = World(config).stream(seed)
    known = Knowledge()
    erased: set[Key] = set()
    held: dict[Key, set[str]] = {}
    for update in stream:
        before = len(known)
        learn, forget = list(update.learn), list(update.forget)
        changed = [fact for fact in learn if fact.key in known]
        for fact in forget:
            belief = known.belief(fact.key)
            assert belief is not None
            assert belief.fact == fact
        gone = {fact.key for fact in forget}
        assert len(gone) == len(forget)
        assert not gone & {fact.key for fact in learn}
        assert not erased & (gone | {fact.key for fact in learn})
        for fact in learn:
            assert fact.object not in held.setdefault(fact.key, set())
            assert fact.object != fact.subject
            held[fact.key].add(fact.object)
        known.apply(update)
        erased |= gone
        if update.step:
            assert len(changed) == config.changed
            assert len(known) - before == config.new
            quiet = config.forgetting is not None and update.step > config.forgetting
            assert len(forget) == (0 if quiet else config.forgotten)
        else:
            assert len(known) == config.entities * config.relations
            assert not forget
        for fact in changed:
            belief = known.belief(fact.key)
            assert belief is not None
            assert len(belief.outdated) == len(held[fact.key]) - 1
    asking = min(config.updates, config.updates if config.forgetting is None else config.forgetting)
    assert len(erased) == asking * config.forgotten


@settings(max_examples=25, deadline=None)
@given(configs(), st.integers(0, 9))
def test_lazy_sequences_are_sequences(config: WorldConfig, seed: int) -> None:
    stream = World(config).stream(seed)
    assert len(stream) == len(stream.updates) == config.updates + 1
    for number, update in enumerate(stream.updates):
        assert update.step == number == stream.updates[number].step
        for facts in (update.learn, update.forget):
            every = list(facts)
            assert len(facts) == len(every)
            assert every == [facts[i] for i in range(len(facts))]
            assert every[-3:] == list(facts[-3:])
            assert every[1:8:2] == list(facts[1:8:2])
            with pytest.raises(IndexError):
                facts[len(facts)]


def test_new_facts_come_subject_by_subject() -> None:
    stream = make(1, relations=4, new=6, updates=2)
    first, second = ([f.key for f in u.learn[60:]] for u in stream.updates[1:])
    counts = Counter(subject for subject, _ in first + second)
    assert list(counts.values()) == [4, 4, 4]
    assert not set(counts) & {f.subject for f in stream.updates[0].learn}


def test_changes_and_requests_are_spread_over_the_base() -> None:
    stream = make(4, entities=500, relations=2, updates=4, changed=200, new=0, forgotten=100)
    places = {fact.key: place for place, fact in enumerate(stream.updates[0].learn)}
    for update in stream.updates[1:]:
        for facts in (update.learn, update.forget):
            halves = Counter(places[fact.key] // 500 for fact in facts)
            assert min(halves.values()) > 0.3 * len(facts)
            relations = Counter(fact.relation for fact in facts)
            assert min(relations.values()) > 0.3 * len(facts)


def test_forgotten_facts_may_have_been_changed_before() -> None:
    stream = make(0, entities=40, updates=5, changed=60, forgotten=15)
    base = set(stream.updates[0].learn)
    assert any(fact not in base for update in stream for fact in update.forget)


# --- options


def test_only_the_first_updates_forget_and_the_same_as_otherwise() -> None:
    options = {"entities": 40, "updates": 5, "changed": 10, "forgotten": 6}
    first = make(2, **options, forgetting=2)
    assert [len(update.forget) for update in first] == [0, 6, 6, 0, 0, 0]
    assert [list(u.forget) for u in first][:3] == [list(u.forget) for u in make(2, **options)][:3]
    assert make(2, **options, forgetting=9).digest() == make(2, **options).digest()


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"entities": 10, "changed": 60}, "changed: 60, but at update 1 only 40"),
        (
            {"entities": 10, "changed": 20, "new": 0, "forgotten": 5},
            "changed: 20, but at update 5 only 15",
        ),
        ({"entities": 10, "changed": 0, "forgotten": 9}, "forgotten: 45"),
        (
            {"entities": 10, "changed": 18, "new": 1, "forgotten": 12, "forgetting": 2},
            "changed: 18, but at update 2 only 17",
        ),
        ({"entities": 10, "changed": 1, "updates": 9}, "updates: more than entities - 2"),
        ({"entities": 15_000_000}, "entities: "),
        ({"entities": 2_500_000, "relations": 5}, "relations: job_title needs 625000"),
        ({"relations": 1, "two_hop": 3}, "two_hop: 3, but these probes need at least 2"),
        ({"relations": 2, "reverse": 3}, "reverse: 3, but these probes need at least 3"),
        ({"reverse": 276}, "reverse: 276, but there are 275"),
        ({"relations": 7, "objects": "dates"}, "relations: 7, but 6 have dates"),
        ({"two_hop": 3, "objects": "versions"}, "two_hop: 3, but these probes need"),
    ],
)
def test_impossible_options_are_named(options: dict[str, Any], named: str) -> None:
    with pytest.raises(UserError, match=re.escape(named)) as raised:
        make(**options)
    assert raised.value.hint


def test_all_errors_are_reported_together() -> None:
    with pytest.raises(UserError) as raised:
        make(entities=10, relations=1, changed=11, two_hop=5, reverse=5)
    assert len(raised.value.details) == 3


@pytest.mark.parametrize("options", [{"relations": 13}, {"changed": -1}, {"entites": 5}])
def test_malformed_options_are_refused(options: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        WorldConfig(**options)


@pytest.mark.parametrize("relations", [1, 2, 3, 12])
def test_probes_not_asked_for_need_no_relations(relations: int) -> None:
    stream = make(relations=relations)
    forms = {probe.form for probe in extra(stream, stream.knowledge(0))}
    assert ("two_hop" in forms) == (relations >= 2)
    assert ("reverse" in forms) == (relations >= 3)


def test_it_is_registered_and_has_a_source() -> None:
    assert SCENARIOS.load("world") is World
    assert World.Config is WorldConfig
    source = make(4, entities=70).source
    assert (source["seed"], source["entities"]) == (4, 70)


# --- scale


def test_reading_a_stream_keeps_nothing_in_memory() -> None:
    tracemalloc.start()
    try:
        stream = make(entities=2500, changed=500, new=500, forgotten=500)
        facts = itertools.chain.from_iterable((*u.learn, *u.forget) for u in stream.updates[1:])
        count = sum(1 for _ in stream.updates[0].learn) + sum(1 for _ in facts)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 17_500
    assert peak < 1_000_000


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no getrusage")
def test_a_million_facts_need_no_memory() -> None:
    code = (
        "import resource, sys, time\n"
        "from cltool.scenarios.world import World, WorldConfig\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "stream = World(WorldConfig(entities=250_000)).stream(0)\n"
        "first, before, started = stream.updates[0].learn[0], peak(), time.perf_counter()\n"
        "count = sum(1 for _ in stream.updates[0].learn)\n"
        "unit = 1 if sys.platform == 'darwin' else 1024\n"
        "print(count, (peak() - before) * unit, time.perf_counter() - started)\n"
    )
    # Tracing every allocation of a million facts takes minutes; the peak of a process does not.
    count, grown, seconds = run(code).split()
    assert int(count) == 1_000_000
    assert int(grown) < 5_000_000
    assert float(seconds) < 120


def test_any_update_of_a_huge_stream_is_computed_directly() -> None:
    stream = make(entities=250_000, updates=50, changed=5000, new=5000, forgotten=5000)
    started = time.perf_counter()
    assert stream.updates[0].learn[999_999] != stream.updates[50].learn[4_999]
    assert stream.updates[50].forget[-1] in list(stream.updates[50].forget[-5:])
    assert time.perf_counter() - started < 1
