"""Objects that were never true of a key."""

from __future__ import annotations

import random

import pytest

from cltool.facts.distractors import Distractors
from cltool.facts.facts import Fact

from ..conftest import CHAIN, make_stream


def plain(fact: Fact, outdated: list[str], known: list[Fact]) -> list[str]:
    """The definition, read aloud."""
    never = [k for k in known if not {*fact.accepted, *outdated} & {*k.accepted}]
    same = [k for k in never if k.relation == fact.relation]
    return list(dict.fromkeys(k.object for k in same or never))


def test_distractors_were_never_true_of_the_key() -> None:
    known = make_stream().knowledge(2)
    belief = known.belief(CHAIN)
    assert belief is not None and len(belief.outdated) == 3
    others = [*known.valid(), *(Fact("X", "ruler", old) for old in belief.outdated)]
    others.append(Fact("Y", "ruler", "Someone", (belief.fact.object,)))
    found = Distractors(others).of(belief.fact, belief.outdated)
    assert found and not {*belief.outdated, belief.fact.object, "Someone"} & {*found}
    assert {*found} <= {fact.object for fact in others if fact.relation == "ruler"}


def test_without_other_objects_of_the_relation_any_object_is_used() -> None:
    fact = Fact("Land 1", "capital", "Qo")
    known = [Fact("A", "ruler", "Bo"), Fact("B", "ruler", "Bo"), Fact("C", "capital", "Qo")]
    assert Distractors(known).of(fact) == ["Bo"]
    assert Distractors([]).of(fact) == []
    assert Distractors(known[2:]).of(fact) == []


@pytest.mark.parametrize("seed", range(20))
def test_distractors_match_the_definition_and_its_order(seed: int) -> None:
    chance = random.Random(seed)
    names = [f"N{n}" for n in range(6)]

    def fact() -> Fact:
        name, *aliases = chance.sample(names, chance.choice([1, 1, 2]))
        return Fact(chance.choice("AB"), chance.choice("rst"), name, tuple(aliases))

    known = [fact() for _ in range(chance.randrange(12))]
    lenders = Distractors(known)
    for _ in range(10):
        one, outdated = fact(), chance.sample(names, chance.randrange(3))
        assert lenders.of(one, outdated) == plain(one, outdated, known)


def test_another_spelling_of_a_true_object_is_no_distractor() -> None:
    fact = Fact("A", "ruler", "Zürich", ("Gent",))
    known = [
        Fact("B", "ruler", name)
        for name in ("Zu\u0308rich.", "GENT", "old", "Ulm", "ulm", "Ulm Castle")
    ]
    assert Distractors(known).of(fact, ["Old"]) == ["Ulm", "Ulm Castle"]


def test_spellings_of_a_relation_are_one_relation() -> None:
    known = [
        Fact("A", "caf\u00e9", "One"),
        Fact("B", "caf\u00e9", "Two"),
        Fact("C", "other", "Three"),
    ]
    assert Distractors(known).of(Fact("A", "cafe\u0301", "One")) == ["Two"]
