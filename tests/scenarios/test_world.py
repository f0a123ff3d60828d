"""``world``: what holds of every stream it makes, whatever the options."""

from __future__ import annotations

import itertools
import os
import pickle
import re
import subprocess
import sys
import time
import tomllib
import tracemalloc
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from cltool.core.errors import UserError
from cltool.facts.facts import Fact, Key, Knowledge
from cltool.facts.stream import Probe, Stream
from cltool.scenarios import SCENARIOS, world
from cltool.scenarios.world import World, WorldConfig

CATALOGUE: dict[str, Any] = tomllib.loads(
    Path(world.__file__).with_name("world.toml").read_text(encoding="utf-8")
)
RELATIONS = {entry["id"]: entry for entry in CATALOGUE["relation"]}
ROOT = Path(__file__).parents[2]


def make(seed: int = 0, **options: Any) -> Stream:
    return World(WorldConfig(**options)).stream(seed)


def spelled(stream: Stream) -> list[tuple[int, str, list[Fact], list[Fact]]]:
    return [(u.step, u.label, list(u.learn), list(u.forget)) for u in stream]


def extra(stream: Stream, known: Knowledge) -> list[Probe]:
    assert stream.extra_probes is not None
    return list(stream.extra_probes(known))


def of_form(probes: Sequence[Probe], form: str) -> list[Probe]:
    return [probe for probe in probes if probe.form == form]


def run(code: str, **environment: str) -> str:
    """What ``code`` prints in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@st.composite
def configs(draw: st.DrawFn) -> WorldConfig:
    """Options that fit together."""
    entities = draw(st.integers(8, 60))
    relations = draw(st.integers(1, 12))
    updates = draw(st.integers(0, 6))
    base = entities * relations
    forgotten = draw(st.integers(0, base // (updates + 1)))
    new = draw(st.integers(0, 30))
    least = min(base + (t - 1) * new - t * forgotten for t in range(1, updates + 2))
    changed = draw(st.integers(0, max(0, least)))
    return WorldConfig(
        entities=entities,
        relations=relations,
        updates=updates,
        changed=changed,
        new=new,
        forgotten=forgotten,
        forgetting=draw(st.none() | st.integers(0, updates + 1)),
    )


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


# --- names


@pytest.mark.parametrize("relation", list(RELATIONS))
def test_no_object_is_frequent(relation: str) -> None:
    facts = make(0, entities=1000, relations=12).updates[0].learn
    objects = Counter(fact.object for fact in facts if fact.relation == relation)
    assert objects.most_common(1)[0][1] <= 20
    assert len(objects) > 200


@pytest.mark.parametrize("relation", [n for n, e in RELATIONS.items() if e["kind"] == "unique"])
def test_unique_objects_never_had_another_subject(relation: str) -> None:
    stream = make(8, entities=300, relations=12, updates=8, changed=800)
    owners: dict[str, str] = {}
    for update in stream:
        for fact in update.learn:
            if fact.relation == relation:
                assert owners.setdefault(fact.object, fact.subject) == fact.subject


def test_people_point_to_subjects_of_the_base_and_not_to_themselves() -> None:
    stream = make(8, entities=40, relations=12)
    base = {fact.subject for fact in stream.updates[0].learn}
    for fact in itertools.chain.from_iterable(update.learn for update in stream):
        if RELATIONS[fact.relation]["kind"] == "person":
            assert fact.object in base - {fact.subject}


def glued(word: str) -> list[list[str]]:
    """The lists that are put together to one word of a pattern."""
    lists: list[list[str]] = []
    for slot in re.findall(r"{(\w+)}", word):
        inner = CATALOGUE["names"].get(slot)
        lists += [CATALOGUE["parts"][slot]] if inner is None else glued(inner)
    return lists


@pytest.mark.parametrize("name", sorted(set(CATALOGUE["names"]) - {"badge", "long_number"}))
def test_every_index_gives_another_name(name: str) -> None:
    for word in CATALOGUE["names"][name].split():
        lists = glued(word)
        spelled_words = ["".join(parts) for parts in itertools.product(*lists)]
        assert len(set(spelled_words)) == len(spelled_words)
        assert len({text.count(" ") for text in spelled_words}) == 1


def test_every_badge_and_long_number_has_one_index() -> None:
    parts = ("letter", "digit", "leading")
    assert {len(text) for part in parts for text in CATALOGUE["parts"][part]} == {1}


@pytest.mark.parametrize("part", sorted(CATALOGUE["parts"]))
def test_lists_have_no_duplicate_words(part: str) -> None:
    words = CATALOGUE["parts"][part]
    assert len(set(words)) == len(words)


# --- objects that are no names

SHAPES = {
    "numbers": r"\d+",
    "versions": r"\d+\.\d+\.\d+",
    "dates": r"\d{1,2} [A-Z][a-z]+ \d{4}|\d{4}-\d\d-\d\d",
}


@pytest.mark.parametrize("objects", SHAPES)
def test_objects_have_the_shape_that_was_asked_for(objects: str) -> None:
    stream = make(2, objects=objects, relations=6, entities=40, changed=20, new=12)
    facts = [fact for update in stream for fact in update.learn]
    assert {fact.relation for fact in facts} & set(RELATIONS) == set()
    for fact in facts:
        assert re.fullmatch(SHAPES[objects], fact.object)
        askings = stream.wordings.askings(fact.key)
        assert {asking.form for asking in askings} == {"trained", "paraphrase", "question"}
        assert len({asking.prompt for asking in askings}) == len(askings) == 10
    unique = {entry["id"] for entry in CATALOGUE["value"] if entry["kind"] == "unique"}
    owners: dict[tuple[str, str], str] = {}
    for fact in facts:
        if fact.relation in unique:
            assert owners.setdefault((fact.relation, fact.object), fact.subject) == fact.subject
    probes = extra(stream, stream.knowledge(len(stream) - 1))
    assert not of_form(probes, "two_hop")
    assert bool(of_form(probes, "reverse")) == bool({fact.relation for fact in facts} & unique)


def test_mixed_objects_take_a_relation_of_each_in_turn() -> None:
    stream = make(2, objects="mixed")
    base = list(stream.updates[0].learn[:4])
    assert base[0].object in {fact.subject for fact in stream.updates[0].learn}
    for fact, shape in zip(base[1:], SHAPES.values(), strict=True):
        assert re.fullmatch(shape, fact.object)
    assert len(of_form(extra(stream, stream.knowledge(1)), "two_hop")) > 20


def test_subjects_and_keys_do_not_depend_on_the_objects() -> None:
    subjects = [[fact.subject for fact in make(objects=one).updates[0].learn] for one in SHAPES]
    assert subjects[0] == subjects[1] == subjects[2] == [f.subject for f in make().updates[0].learn]


def test_the_description_of_streams_of_names_has_no_objects() -> None:
    assert "objects" not in make().source
    assert make(objects="dates").source["objects"] == "dates"


# --- wordings


@pytest.mark.parametrize("relation", list(RELATIONS))
def test_every_relation_has_wordings_enough(relation: str) -> None:
    fact = next(f for f in make(relations=12).updates[0].learn if f.relation == relation)
    askings = make(relations=12).wordings.askings(fact.key)
    statements = [asking for asking in askings if not asking.wording.is_question]
    assert len(statements) == 6
    assert len(askings) - len(statements) >= 3
    assert {asking.form for asking in askings} == {"trained", "paraphrase", "question"}
    for asking in askings:
        assert re.fullmatch(r"\W?", asking.wording.closing)
        assert fact.subject in asking.prompt
    assert len({asking.prompt for asking in askings}) == len(askings)


@pytest.mark.parametrize("number", [1, 2, 8])
def test_the_number_of_statements_is_an_option(number: int) -> None:
    stream = make(wordings=number, relations=12)
    for fact in stream.updates[0].learn[:12]:
        askings = stream.wordings.askings(fact.key)
        assert sum(not asking.wording.is_question for asking in askings) == number


# --- two hops, and back


def compose(known: Knowledge, probe: Probe) -> tuple[str, int]:
    subject, path = probe.key
    first, second = path.split(".")
    hop = known.belief((subject, first))
    assert hop is not None
    assert not hop.erased
    end = known.belief((hop.fact.object, second))
    assert end is not None
    assert not end.erased
    return end.fact.object, max(hop.learned, end.learned)


@settings(max_examples=25, deadline=None)
@given(configs(), st.integers(0, 99))
def test_two_hop_answers_are_the_composition(config: WorldConfig, seed: int) -> None:
    stream = World(config).stream(seed)
    known, before = Knowledge(), dict[Key, str]()
    for update in stream:
        known.apply(update)
        now = dict[Key, str]()
        for probe in of_form(extra(stream, known), "two_hop"):
            answer, learned = compose(known, probe)
            assert probe.accepted == (answer,)
            assert (probe.learned, probe.group) == (
                learned,
                "new" if learned == known.step else "retained",
            )
            assert answer not in probe.outdated
            assert len(set(probe.outdated)) == len(probe.outdated)
            if not update.forget and before.get(probe.key, answer) != answer:
                assert before[probe.key] in probe.outdated
            now[probe.key] = answer
        # What is not asked any more went through a fact that is erased, and so is not outdated.
        before = now


@settings(max_examples=25, deadline=None)
@given(configs(), st.integers(0, 99))
def test_reverse_answers_are_unique(config: WorldConfig, seed: int) -> None:
    stream = World(config).stream(seed)
    known = Knowledge()
    for update in stream:
        known.apply(update)
        owners = Counter((b.fact.relation, b.fact.object) for b in known.beliefs())
        for probe in of_form(extra(stream, known), "reverse"):
            belief = known.belief(probe.key)
            assert belief is not None
            assert probe.accepted == (belief.fact.subject,)
            assert probe.outdated == ()
            assert belief.fact.object in probe.prompt
            assert belief.fact.subject not in probe.prompt
            assert owners[belief.fact.relation, belief.fact.object] == 1
            assert (probe.group == "erased") == belief.erased
            assert probe.learned == belief.learned


def test_the_same_keys_are_asked_at_every_step() -> None:
    stream = make(6, two_hop=90, reverse=70)
    last = extra(stream, stream.knowledge(5))
    assert len(of_form(last, "two_hop")) == 90
    assert len(of_form(last, "reverse")) == 70
    assert len({(p.key, p.form, p.number) for p in last}) == 160
    seen: set[tuple[str, Key]] = set()
    for step in range(6):
        asked = {(probe.form, probe.key) for probe in extra(stream, stream.knowledge(step))}
        assert seen <= asked
        seen = asked
    assert seen == {(probe.form, probe.key) for probe in last}


def test_extra_probes_follow_the_plain_ones() -> None:
    stream = make(6, entities=30, changed=5, two_hop=3, reverse=2)
    known = stream.knowledge(5)
    probes = list(stream.probes(known, stream.first_taught()))
    assert [probe.form for probe in probes[-5:]] == ["two_hop"] * 3 + ["reverse"] * 2
    assert probes[-5].prompt.startswith("The ")
    assert " of the best friend of " in probes[-5].prompt


def test_an_erased_fact_is_asked_for_in_reverse_and_ends_two_hop_questions() -> None:
    options = {"entities": 20, "updates": 1, "changed": 0, "new": 0, "forgotten": 80}
    stream = make(6, **options)
    probes = extra(stream, stream.knowledge(1))
    assert {probe.form for probe in probes} == {"reverse"}
    assert {probe.group for probe in probes} == {"erased"}


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
