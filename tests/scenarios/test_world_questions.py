"""``world``: questions over two hops, and back."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from cltool.facts.facts import Key, Knowledge
from cltool.facts.stream import Probe
from cltool.scenarios.world import World, WorldConfig

from .worlds import configs, extra, make, of_form


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
