"""``world``: names, other objects and wordings."""

from __future__ import annotations

import itertools
import re
from collections import Counter

import pytest

from .worlds import CATALOGUE, RELATIONS, extra, make, of_form

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
