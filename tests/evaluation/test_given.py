"""Whether the facts that answer a probe were before its prompt."""

from __future__ import annotations

import pytest

from cltool.evaluation import given
from cltool.facts.facts import Fact
from cltool.facts.stream import Probe

LAND = Fact("Land", "ruler", "Mira", ("Queen Mira",))
FRIEND, TOWN = Fact("Ann", "friend", "Bo"), Fact("Bo", "town", "Ghent")


def probe(*needs: Fact, fact: Fact = LAND) -> Probe:
    return Probe(
        fact.key, "question", 0, "Who?", " ", ".", "new", 1, fact.accepted, ("Otto",), needs=needs
    )


def test_without_a_strategy_that_gives_facts_there_is_nothing_to_say() -> None:
    assert given.nothing("Who rules Land?") is None
    assert given.columns(probe(), None) == {}


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ([], False),
        ([LAND], True),
        ([FRIEND, TOWN, LAND], True),
        ([Fact("Land", "ruler", "queen mira")], True),  # another spelling of an alias
        ([Fact("La\u00adnd", " ruler", "Mira")], True),  # another spelling of the key
        ([Fact("Land", "ruler", "Otto")], False),  # superseded
        ([Fact("Land", "river", "Mira")], False),
        ([Fact("Lands", "ruler", "Mira")], False),
    ],
)
def test_a_fact_is_found_by_its_key_and_its_present_object(facts: list[Fact], found: bool) -> None:
    assert given.columns(probe(), facts) == {"given": len(facts), "found": found}


def test_a_question_over_two_facts_needs_both() -> None:
    hop = probe(FRIEND, TOWN, fact=Fact("Ann", "friend.town", "Ghent"))
    for facts, found in (([FRIEND, TOWN], True), ([TOWN, LAND], False), ([FRIEND], False)):
        assert given.columns(hop, facts)["found"] is found
