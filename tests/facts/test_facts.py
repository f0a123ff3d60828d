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


def test_only_the_object_that_holds_can_be_forgotten() -> None:
    known = after(([fact("Ghent", "Gent")], []), ([fact("Turin")], []))
    with pytest.raises(UserError, match=r"forget A, is: 'Ghent', but 'Turin' is valid"):
        known.apply(Update(2, "2", [], [fact("Ghent")]))
    known.apply(Update(2, "2", [], [fact("turin")]))
    assert [belief.erased for belief in known.beliefs()] == [True]


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


# Spellings.


@pytest.mark.parametrize("value", ["Ghent", "ghent", " “Ghent.” ", "Gent", "gent"])
def test_another_spelling_supersedes_nothing(value: str) -> None:
    known = after(([fact("Ghent", "Gent")], []), ([fact(value, "Gand", "GENT")], []))
    belief = known.belief(A)
    assert belief is not None
    assert belief.fact.accepted == ("Ghent", "Gent", "Gand")
    assert belief.outdated == ()
    assert belief.learned == 1  # taught again, as a fact that is repeated unchanged


def test_an_object_that_has_the_valid_one_as_alias_is_another_spelling() -> None:
    belief = after(([fact("Ann")], []), ([fact("Queen Ann", "Ann")], [])).belief(A)
    assert belief is not None
    assert belief.fact.accepted == ("Ann", "Queen Ann")
    assert belief.outdated == ()


def test_objects_that_share_only_an_alias_are_different() -> None:
    belief = after(([fact("G. Bush", "Bush")], []), ([fact("G. W. Bush", "Bush")], [])).belief(A)
    assert belief is not None
    assert belief.fact == fact("G. W. Bush", "Bush")
    assert belief.outdated == ("G. Bush",)


def test_an_object_that_returns_keeps_its_other_spellings() -> None:
    known = after(([fact("Ghent", "Gent")], []), ([fact("Turin")], []), ([fact("ghent")], []))
    belief = known.belief(A)
    assert belief is not None
    assert belief.fact.accepted == ("ghent", "Gent")
    assert belief.outdated == ("Turin",)
    known = after(([fact("Ghent", "Gent")], []), ([], [fact("Ghent")]), ([fact("ghent")], []))
    assert known.belief(A) == Belief(fact("ghent", "Gent"), 2)


def test_outdated_spellings_of_one_object_are_listed_once() -> None:
    known = after(([fact("a", "A1")], []), ([fact("b")], []), ([fact("A")], []), ([fact("c")], []))
    belief = known.belief(A)
    assert belief is not None
    assert belief.outdated == ("b", "A1", "A")


def test_restated_facts_get_spellings_and_stay_as_they_were_learned() -> None:
    known = after(([fact("Delft")], []), ([fact("Padua")], []))
    known.apply(Update(2, "2", [], restated=[fact("padua", "Padova", "Delft")]))
    belief = known.belief(A)
    assert belief is not None
    assert (belief.fact.accepted, belief.learned) == (("Padua", "Padova", "Delft"), 1)
    assert belief.outdated == ()
    for bad in (fact("Delfi"), fact("Padua", subject="B")):
        with pytest.raises(UserError, match="not what holds"):
            known.apply(Update(3, "3", [], restated=[bad]))


def test_a_fact_as_it_was_taught() -> None:
    known = after(([fact("Ghent", "Gent")], []), ([fact("Turin")], []))
    assert known.as_known(fact("GENT", "Gand", subject="A ")) == fact("Ghent", "Gent", "Gand")
    assert known.as_known(fact("turin")) == fact("Turin")
    assert known.as_known(fact("Ulm", subject=" A")) == fact("Ulm")
    assert known.as_known(fact("Ulm", subject="B")) == fact("Ulm", subject="B")


def test_a_request_for_a_name_in_another_case_names_the_known_one() -> None:
    with pytest.raises(UserError) as caught:
        after(([fact("a", subject="Lab ２")], [])).apply(
            Update(1, "one", [], [fact("a", subject="lab 2")])
        )
    assert "as in that update: Lab ２, is" in str(caught.value)


NFC, NFD, WIDE = "Zürich\u00a0Lab", "Zu\u0308rich Lab", " Zürich  Lab"


def test_spellings_of_a_subject_are_one_key() -> None:
    one, other = (Fact(name, "is", "a") for name in (NFD, NFC))
    assert one.key == other.key == ("Zürich Lab", "is")
    assert hash(one.key) == hash(other.key)
    assert one.key != fact("a").key
    assert [*one.key] == [NFD, "is"]
    known = after(([one], []), ([Fact(NFC, "is", "b")], []))
    assert len(known) == 1
    for name in (NFC, NFD, WIDE):
        assert (name, "is") in known
        assert known.belief((name, "is")) == Belief(Fact(NFD, "is", "b"), 1, ("a",))
    known.apply(Update(2, "2", [], [Fact(WIDE, "is", "b")]))
    assert known.valid() == []


def test_a_stream_writes_each_name_as_it_is_first_written() -> None:
    steps = [
        Update(0, "base", [Fact(NFD, "mai\u0302tre", "a"), fact("x")]),
        Update(1, "one", [Fact(NFC, "maître", "b"), Fact(WIDE, "city", "c")]),
        Update(2, "two", [], [Fact(WIDE, "maître", "b")]),
    ]
    stream = Stream("s", steps, make_wordings())
    names = {name for u in stream for f in (*u.learn, *u.forget) for name in f.key}
    assert names == {NFD, "mai\u0302tre", "A", "is", "city"}
    assert stream.spellings == {NFC: NFD, WIDE: NFD, "maître": "mai\u0302tre"}
    assert {step: len(stream.knowledge(step)) for step in range(3)} == {0: 2, 1: 3, 2: 3}
    plain = steps[:1]
    assert Stream("s", plain, make_wordings()).updates is plain


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
