"""What is audited: who is erased, who stands near, and what was never true."""

from __future__ import annotations

import pytest

from cltool.audit.attacks.case import Case
from cltool.core.errors import UserError
from cltool.facts.facts import Fact, Update
from cltool.facts.overlap import OBJECT, OTHER, RELATION, SUBJECT
from cltool.facts.stream import Stream

from ...conftest import make_stream, make_wordings


def small() -> Stream:
    base = [
        Fact("A", "ruler", "Ann", ("Queen Ann",)),
        Fact("A", "capital", "Aton"),
        Fact("B", "ruler", "Bea"),
        Fact("Ann", "birthplace", "Carn"),
        Fact("D", "river", "Dee"),
        Fact("E", "ruler", "Eve"),
    ]
    updates = [
        Update(0, "base", base),
        Update(1, "one", [Fact("E", "ruler", "Fay"), Fact("B", "ruler", "Gil")]),
        Update(2, "two", [], [base[0], Fact("E", "ruler", "Fay")]),
        Update(3, "three", [Fact("E", "ruler", "Hal")]),
    ]
    return Stream("small", updates, make_wordings())


def test_facts_taught_again_are_not_erased() -> None:
    assert [fact.key for fact in Case.of_stream(small(), 2).erased] == [
        ("A", "ruler"),
        ("E", "ruler"),
    ]
    case = Case.of_stream(small(), 3)
    assert [fact.object for fact in case.erased] == ["Ann"]
    assert Fact("E", "ruler", "Hal") in case.retained


def test_a_stream_that_erased_nothing_is_refused() -> None:
    with pytest.raises(UserError, match="no fact that had to be forgotten"):
        Case.of_stream(small(), 1)


def test_neighbours_are_grouped_by_the_shared_name_or_relation() -> None:
    groups = Case.of_stream(small(), 3).groups
    assert [fact.object for fact in groups[SUBJECT]] == ["Aton"]
    assert [fact.object for fact in groups[OBJECT]] == ["Carn"]
    assert [fact.object for fact in groups[RELATION]] == ["Gil", "Hal"]
    assert [fact.object for fact in groups[OTHER]] == ["Dee"]


def test_distractors_were_never_true() -> None:
    case = Case.of_stream(small(), 2)
    hal = next(fact for fact in case.erased if fact.subject == "E")
    assert case.distractors(hal, 9) == ["Gil"]
    everything = Case.of_stream(make_stream(), 3)
    (gone,) = everything.erased
    distractors = everything.distractors(gone, 4)
    assert len(set(distractors)) == 4 and gone.object not in distractors
    assert set(distractors) <= {
        fact.object for fact in everything.retained if fact.relation == "capital"
    }
    assert distractors == Case.of_stream(make_stream(), 3).distractors(gone, 4)


def test_without_others_of_the_relation_any_object_is_a_distractor() -> None:
    case = Case(make_wordings(), (Fact("Z", "hue", "red"),), (Fact("A", "ruler", "Ann"),))
    assert case.distractors(case.erased[0], 3) == ["Ann"]
    assert Case(make_wordings(), case.erased, ()).distractors(case.erased[0], 3) == []


def test_a_list_of_facts_replaces_requests() -> None:
    stream = small()
    chosen = [Fact("B", "ruler", "Gil"), Fact("Z", "ruler", "Zoe")]
    case = Case.of_facts(stream, stream.knowledge(3), chosen)
    assert list(case.erased) == chosen
    assert not {("B", "ruler"), ("A", "ruler")} & {fact.key for fact in case.retained}
