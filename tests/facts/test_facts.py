"""What is true, what is stale and what was erased."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cltool.core.errors import UserError
from cltool.facts.facts import Belief, Fact, Knowledge, Update
from cltool.facts.stream import ERASED, FUTURE, NEW, RETAINED, Stream

from ..conftest import CHAIN, FORGOTTEN, make_wordings

A = ("A", "is")


def fact(value: str, *aliases: str, subject: str = "A") -> Fact:
    return Fact(subject, "is", value, aliases)


def after(*updates: tuple[list[Fact], list[Fact]]) -> Knowledge:
    known = Knowledge()
    for step, (learn, forget) in enumerate(updates):
        known.apply(Update(step, str(step), learn, forget))
    return known


def test_a_chain_of_supersessions() -> None:
    known = after(([fact("a")], []), ([fact("b")], []), ([], []), ([fact("c")], []))
    assert known.belief(A) == Belief(fact("c"), 3, ("a", "b"))
    assert known.valid() == [fact("c")]
    assert len(known) == 1


def test_a_value_that_is_valid_again_is_not_outdated() -> None:
    known = after(([fact("a")], []), ([fact("b")], []), ([fact("a")], []))
    assert known.belief(A) == Belief(fact("a"), 2, ("b",))


def test_an_alias_of_the_value_is_not_outdated() -> None:
    known = after(([fact("Ann")], []), ([fact("Bo")], []), ([fact("Queen Ann", "Ann")], []))
    belief = known.belief(A)
    assert belief is not None
    assert belief.outdated == ("Bo",)


def test_outdated_values_are_listed_once_latest_last() -> None:
    values = ["a", "b", "a", "c", "b", "d"]
    belief = after(*(([fact(value)], []) for value in values)).belief(A)
    assert belief is not None
    assert belief.outdated == ("a", "c", "b")  # b went last


def test_a_forgotten_fact_can_be_learned_again() -> None:
    known = after(([fact("a"), fact("x", subject="B")], []), ([], [fact("a")]))
    belief = known.belief(A)
    assert belief is not None
    assert belief.erased and belief.fact == fact("a") and belief.learned == 0
    assert known.valid() == [fact("x", subject="B")]
    assert A in known
    known.apply(Update(2, "2", [fact("b")]))
    assert known.belief(A) == Belief(fact("b"), 2, ("a",))


def test_facts_that_an_update_makes_untrue() -> None:
    known = after(([fact("a"), fact("x", subject="B"), fact("y", subject="C")], []))
    update = Update(1, "1", [fact("b"), fact("n", subject="N")], [fact("y", subject="C")])
    assert known.superseded_by(update) == [fact("a"), fact("y", subject="C")]
    known.apply(update)
    assert known.superseded_by(Update(2, "2", [fact("z", subject="C")])) == []


def test_bad_updates_are_refused() -> None:
    known = after(([fact("a")], []))
    with pytest.raises(UserError, match="cannot follow step 0"):
        known.apply(Update(2, "two", []))
    with pytest.raises(UserError, match="two values"):
        known.apply(Update(1, "one", [fact("b"), fact("c")]))
    with pytest.raises(UserError, match="not known at that step") as caught:
        after(([fact("a")], [])).apply(Update(1, "one", [], [fact("q", subject="Q")]))
    assert caught.value.where == "update 1 (one)"
    twice = after(([fact("a")], []), ([], [fact("a")]))
    with pytest.raises(UserError, match="already forgotten"):
        twice.apply(Update(2, "two", [], [fact("a")]))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from("ABC"), st.sampled_from("xyz")), max_size=8))
def test_the_last_value_of_a_key_is_valid(history: list[dict[str, str]]) -> None:
    known = after(*(([fact(v, subject=s) for s, v in one.items()], []) for one in history))
    last: dict[str, str] = {}
    for one in history:
        last.update(one)
    assert {f.subject: f.object for f in known.valid()} == last
    for belief in known.beliefs():
        assert belief.fact.object not in belief.outdated


# Probes.


def test_groups_follow_the_stream(stream: Stream) -> None:
    keys = stream.first_taught()
    groups = []
    for step in range(len(stream)):
        probes = list(stream.probes(stream.knowledge(step), keys))
        groups.append({probe.key: probe.group for probe in probes})
    assert [one[CHAIN] for one in groups] == [NEW, NEW, NEW, RETAINED]
    assert [one[FORGOTTEN] for one in groups] == [NEW, RETAINED, RETAINED, ERASED]
    assert [one["Isle 2", "ruler"] for one in groups] == [FUTURE] * 3 + [NEW]
    assert [one["Isle 1", "ruler"] for one in groups] == [FUTURE, NEW, RETAINED, RETAINED]


def test_the_same_questions_at_every_step(stream: Stream) -> None:
    keys = stream.first_taught()
    asked = [
        [(p.key, p.form, p.number, p.prompt) for p in stream.probes(stream.knowledge(step), keys)]
        for step in range(len(stream))
    ]
    assert all(one == asked[0] for one in asked)
    assert len(set(asked[0])) == len(asked[0]) == 3 * len(keys)


def test_future_facts_are_asked_with_the_object_they_will_have(stream: Stream) -> None:
    probes = stream.probes(stream.knowledge(0), stream.first_taught())
    future = [probe for probe in probes if probe.key == ("Isle 1", "capital")]
    first = next(f for f in stream.updates[1].learn if f.key == ("Isle 1", "capital"))
    assert {probe.accepted for probe in future} == {first.accepted}
    assert {probe.learned for probe in future} == {1}


def test_extra_probes_are_asked_too() -> None:
    from dataclasses import replace

    base = Update(0, "base", [Fact("Land 0", "ruler", "Bo")])
    plain = Stream("s", [base], make_wordings())
    (probe, *_) = plain.probes(plain.knowledge(0), plain.first_taught())
    hop = replace(probe, form="two_hop")
    more = replace(plain, extra_probes=lambda known: [hop] * (known.step + 1))
    assert [p.form for p in more.probes(more.knowledge(0), more.first_taught())][-1] == "two_hop"
