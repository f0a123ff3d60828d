"""The office holders: the data file, its wordings, and the stream made of them."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import defaultdict
from datetime import date
from functools import cache
from itertools import pairwise

import pytest
from pydantic import ValidationError

from cltool.core.errors import UserError
from cltool.facts.facts import Key
from cltool.facts.stream import Stream
from cltool.facts.wording import Wording
from cltool.facts.wordings import PARAPHRASE, QUESTION, TRAINED, Wordings
from cltool.scenarios.leaders import CUT, FACTS, WORDINGS, Leaders, LeadersConfig

FIRST_DAY, LAST_DAY = date(2010, 1, 1), date(2024, 12, 31)


@cache
def _stream() -> Stream:
    return Leaders(LeadersConfig()).stream(seed=0)


@cache
def _rows() -> tuple[dict[str, str], ...]:
    with FACTS.open(encoding="utf-8", newline="") as handle:
        return tuple(csv.DictReader(handle))


@cache
def _templates() -> dict[str, list[Wording]]:
    wordings = Wordings.load(WORDINGS)
    return {
        relation: [asking.wording for asking in wordings.askings(("x", relation))]
        for relation in wordings.relations()
    }


def _day(text: str) -> date:
    return date.fromisoformat(text if len(text) == 10 else f"{text}-01")


def _terms() -> dict[Key, list[tuple[date, str]]]:
    terms: dict[Key, list[tuple[date, str]]] = defaultdict(list)
    for row in _rows():
        terms[row["subject"], row["relation"]].append((_day(row["date"]), row["object"]))
    return terms


# The file.


def test_the_file_is_large_enough() -> None:
    assert len(_rows()) >= 600
    assert len(_terms()) >= 150


def test_the_file_is_sorted_and_clean() -> None:
    order = [(row["subject"], row["relation"], row["date"]) for row in _rows()]
    assert order == sorted(order)
    for row in _rows():
        assert list(row) == ["subject", "relation", "object", "date", "aliases"]
        assert all(value == value.strip() for value in row.values())
        aliases = row["aliases"].split("|") if row["aliases"] else []
        assert "" not in aliases
        assert row["object"] not in aliases
        assert len(set(aliases)) == len(aliases)


def test_the_terms_of_an_office_do_not_overlap() -> None:
    for key, terms in _terms().items():
        for (earlier, before), (later, after) in pairwise(terms):
            assert earlier < later, key
            assert before != after, key
        assert terms[-1][0] <= LAST_DAY, key


def test_every_office_has_exactly_one_holder_in_the_base() -> None:
    # No office in the file is younger than the base, and no term ended before it.
    for key, terms in _terms().items():
        assert sum(day < FIRST_DAY for day, _ in terms) == 1, key


def test_a_person_has_the_same_aliases_on_every_line() -> None:
    aliases: dict[str, set[str]] = defaultdict(set)
    for row in _rows():
        aliases[row["object"]].add(row["aliases"])
    assert [name for name, found in aliases.items() if len(found) > 1] == []


def test_names_can_be_typed_without_accents() -> None:
    for row in _rows():
        names = [row["object"], *row["aliases"].split("|")]
        assert any(name.isascii() for name in names if name), row


def test_a_few_offices_never_change_hands() -> None:
    constant = [key for key, terms in _terms().items() if len(terms) == 1]
    assert 3 <= len(constant) <= 12


# The wordings.


def test_every_relation_of_the_file_has_wordings_and_no_other() -> None:
    assert set(_templates()) == {row["relation"] for row in _rows()}


def test_every_relation_has_enough_wordings() -> None:
    for relation, templates in _templates().items():
        questions = [wording for wording in templates if wording.is_question]
        assert len(templates) - len(questions) >= 6, relation
        assert len(questions) >= 3, relation
        for wording in templates:
            assert wording.closing == ("" if wording.is_question else "."), wording.template
            assert wording.gap == " ", wording.template


def test_no_wording_fits_two_relations() -> None:
    # Two relations of one subject would then be asked for with the same words. The president
    # of an organisation is kept apart as well, so that all relations can be distinguished.
    prompts = [wording.prompt("x") for items in _templates().values() for wording in items]
    assert len(set(prompts)) == len(prompts)


def test_every_office_is_trained_and_asked_in_held_out_words() -> None:
    stream = _stream()
    for key in stream.first_taught():
        forms = [asking.form for asking in stream.wordings.askings(key)]
        assert forms.count(TRAINED) >= 5, key
        assert forms.count(PARAPHRASE) >= 1, key
        assert forms.count(QUESTION) >= 1, key


# The stream.


def test_seven_updates_with_enough_to_learn() -> None:
    stream = _stream()
    assert stream.name == "leaders"
    assert stream.source["scenario"] == "leaders"
    assert stream.skipped == ()
    assert [update.label for update in stream] == ["base", *CUT]
    assert len(stream) == 8
    for update in list(stream)[1:]:
        assert len(update.learn) >= 20, update.label
        assert not update.forget


def test_every_office_is_known_from_the_base_on() -> None:
    assert {fact.key for fact in _stream().updates[0].learn} == set(_terms())


@pytest.mark.parametrize(
    ("label", "subject", "relation", "holder"),
    [
        ("base", "France", "president", "Nicolas Sarkozy"),
        ("2010-01", "France", "president", "François Hollande"),
        ("2017-01", "France", "president", "Emmanuel Macron"),
        ("base", "United Kingdom", "prime_minister", "Gordon Brown"),
        ("2015-01", "United Kingdom", "prime_minister", "Theresa May"),
        ("2021-01", "United Kingdom", "prime_minister", "Rishi Sunak"),
        ("2023-01", "United Kingdom", "prime_minister", "Keir Starmer"),
        ("2021-01", "United Kingdom", "monarch", "Charles III"),
        ("2015-01", "United States", "president", "Barack Obama"),
        ("2017-01", "United States", "president", "Donald Trump"),
        ("2023-01", "United States", "president", "Joe Biden"),
        ("2019-01", "Germany", "chancellor", "Angela Merkel"),
        ("2021-01", "Germany", "chancellor", "Olaf Scholz"),
        ("2010-01", "Japan", "prime_minister", "Shinzo Abe"),
        ("2010-01", "China", "president", "Hu Jintao"),
        ("2013-01", "India", "prime_minister", "Narendra Modi"),
        ("2013-01", "Microsoft", "chief_executive", "Satya Nadella"),
        ("2017-01", "United Nations", "secretary_general", "António Guterres"),
        ("2019-01", "European Commission", "president_of_organisation", "Ursula von der Leyen"),
        ("2010-01", "European Central Bank", "president_of_organisation", "Mario Draghi"),
        ("2015-01", "London", "mayor", "Sadiq Khan"),
        ("2019-01", "California", "governor", "Gavin Newsom"),
        ("2017-01", "United States", "central_bank_governor", "Jerome Powell"),
    ],
)
def test_who_held_the_office(label: str, subject: str, relation: str, holder: str) -> None:
    belief = _stream().knowledge(["base", *CUT].index(label)).belief((subject, relation))
    assert belief is not None
    assert belief.fact.object == holder


def test_a_person_who_returns_to_office_is_not_outdated() -> None:
    belief = _stream().knowledge(7).belief(("Brazil", "president"))
    assert belief is not None
    assert belief.fact.object == "Luiz Inácio Lula da Silva"
    assert belief.learned == 7
    assert belief.outdated == ("Dilma Rousseff", "Michel Temer", "Jair Bolsonaro")


def test_a_fact_can_be_traced_to_its_line() -> None:
    place = _stream().origins[1, ("France", "president")]
    name, line = place.split(":")
    assert name == "leaders.csv"
    text = FACTS.read_text(encoding="utf-8").splitlines()[int(line) - 1]
    assert text.startswith("France,president,François Hollande,")


# The options.


def test_other_cuts_and_fewer_relations() -> None:
    options = LeadersConfig.model_validate({"cut": "2010,2020", "relations": "mayor,premier"})
    stream = Leaders(options).stream(seed=1)
    assert [update.label for update in stream] == ["base", "2010", "2020"]
    assert {relation for _, relation in stream.first_taught()} == {"mayor", "premier"}


def test_an_unknown_relation_is_named_and_the_known_ones_are_listed() -> None:
    with pytest.raises(UserError, match="no such relation: king") as caught:
        Leaders(LeadersConfig(relations=("king", "mayor"))).stream(seed=0)
    assert "monarch" in caught.value.hint


@pytest.mark.parametrize("cut", [(), ("2012", "2010"), ("2009", "soon"), "year", None])
def test_bad_cuts_are_refused(cut: object) -> None:
    with pytest.raises(ValidationError):
        LeadersConfig.model_validate({"cut": cut})


def test_torch_is_not_imported() -> None:
    code = (
        "import sys\n"
        "from cltool.scenarios.leaders import Leaders, LeadersConfig\n"
        "Leaders(LeadersConfig()).stream(0)\n"
        "assert 'torch' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
