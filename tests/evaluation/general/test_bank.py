"""The bank of plain questions: what is built in, files of users, and what a stream covers."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cltool.core.errors import UserError
from cltool.evaluation.general.bank import Bank, Question, by_area, read_bank, split
from cltool.facts.facts import Fact, Update
from cltool.facts.identity import object_identity
from cltool.facts.stream import Stream
from cltool.facts.wordings import Wordings


@pytest.fixture(scope="module")
def bank() -> Bank:
    return read_bank()


def contains(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None


def stream_of(*facts: Fact, **later: Any) -> Stream:
    updates = [Update(0, "base", []), Update(1, "one", list(facts), **later)]
    return Stream("some", updates, Wordings({}))


def test_the_built_in_bank_has_ten_areas_of_at_most_sixty_questions(bank: Bank) -> None:
    sizes = Counter(one.area for one in bank.questions)
    assert len(sizes) == 10
    assert min(sizes.values()) >= 50
    assert max(sizes.values()) <= 60
    assert 550 <= len(bank) <= 600


def test_no_area_is_one_template(bank: Bank) -> None:
    for area, questions in by_area(bank.questions).items():
        starts = Counter(tuple(one.text.split()[:3]) for one in questions)
        assert len(starts) >= len(questions) / 4, area
        assert starts.most_common(1)[0][1] <= len(questions) / 2, area


def test_no_question_says_its_answer(bank: Bank) -> None:
    told = [
        (one.text, name)
        for one in bank.questions
        for name in one.accepted
        if len(name) > 1 and contains(one.text, name)
    ]
    assert told == []


def test_numbers_are_accepted_as_digits_and_as_words(bank: Bank) -> None:
    small = {
        str(n): word
        for n, word in enumerate(["zero", "one", "two", "three", "four", "five", "six"])
    }
    for one in bank.questions:
        if one.accepted[0] in small:
            assert small[one.accepted[0]] in one.accepted, one.text


def test_questions_of_a_taught_key_are_left_out_whatever_its_relation_is_called(
    bank: Bank,
) -> None:
    texts = {one.text for one in bank.questions}
    for relation in ("capital", "capital city of", "has_capital", "Capital"):
        kept = bank.without(stream_of(Fact("france", relation, "Lyon")))
        gone = texts - {one.text for one in kept.questions}
        assert gone == {"What is the capital of France?"}, relation
    assert len(bank.without(stream_of(Fact("France", "president", "Ada")))) == len(bank)


def test_questions_whose_subject_and_answer_a_fact_names_are_left_out(bank: Bank) -> None:
    for fact in (
        Fact("Paris", "is in", "France"),
        Fact("France", "seat of government", "City of Light", ("paris",)),
    ):
        kept = {one.text for one in bank.without(stream_of(fact)).questions}
        assert "What is the capital of France?" not in kept
    forgotten = stream_of(forget=[Fact("France", "capital", "Paris")])
    assert len(bank.without(forgotten)) == len(bank) - 1


def test_a_question_that_the_stream_asks_itself_is_left_out() -> None:
    bank = Bank("own", (Question("What is 2 + 2?", ("4",)), Question("What is 3 + 3?", ("6",))))
    prompts = {("sum", "question"): ["The sum of two and two?", "what is 2 + 2"]}
    asked = Stream(
        "qa",
        [Update(0, "base", [Fact("sum", "question", "5")])],
        Wordings({}, prompts=prompts),
    )
    assert [one.text for one in bank.without(asked).questions] == ["What is 3 + 3?"]


def test_halves_are_drawn_by_seed(bank: Bank) -> None:
    protected, unlisted = split(bank.questions[:101], 0)
    assert (len(protected), len(unlisted)) == (50, 51)
    assert {*protected} | {*unlisted} == {*bank.questions[:101]}
    assert split(bank.questions[:101], 0) == (protected, unlisted)
    assert split(bank.questions[:101], 1)[0] != protected


def test_a_bank_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "own.jsonl"
    rows = [
        {"question": "Who leads us?", "answer": "Ada", "aliases": ["Ms Ada"], "area": "firm",
         "subject": "firm", "relation": "head"},
        {"question": "How many are we?", "answer": 7},
    ]  # fmt: skip
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    own = read_bank(file)
    assert own.questions == (
        Question("Who leads us?", ("Ada", "Ms Ada"), "firm", ("firm", "head")),
        Question("How many are we?", ("7",)),
    )
    assert own.digest() != Bank(str(file), own.questions[:1]).digest()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"answer": "Ada"}', "own.jsonl:2: question is missing"),
        ('{"question": "Who?", "answer": ""}', "own.jsonl:2: answer is missing"),
        ('{"question": "Who?", "answer": ["Ada"]}', "own.jsonl:2: answer is not a text"),
        ('{"question": "Who?", "answer": "A", "aliases": 3}', "own.jsonl:2: aliases is not a list"),
        ('{"question": "Who?", "answer": "A", "subject": "s"}', "own.jsonl:2: subject and relat"),
        ('{"question": "who leads us", "answer": "A"}', "own.jsonl:2: this question is also in"),
        ("nonsense", "own.jsonl:2: not JSON"),
    ],
)
def test_bad_lines_are_told_with_their_numbers(line: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "own.jsonl"
    good = json.dumps({"question": "Who leads us?", "answer": "Ada"})
    file.write_text(f"{good}\n{line}\n", encoding="utf-8")
    with pytest.raises(UserError) as error:
        read_bank(file)
    assert message in str(error.value)


def test_an_empty_or_missing_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "own.jsonl").write_text("\n", encoding="utf-8")
    with pytest.raises(UserError, match="no questions"):
        read_bank(tmp_path / "own.jsonl")
    (tmp_path / "own.csv").write_text("question,answer\nWho?,Ada\n", encoding="utf-8")
    with pytest.raises(UserError, match="not JSON"):
        read_bank(tmp_path / "own.csv")
    with pytest.raises(UserError, match="cannot be read"):
        read_bank(tmp_path / "none.jsonl")


def test_identities_of_questions_differ(bank: Bank) -> None:
    assert len({object_identity(one.text) for one in bank.questions}) == len(bank)


def test_no_answer_is_a_word_of_almost_every_sentence(bank: Bank) -> None:
    common = {"a", "an", "i", "in", "is", "it", "of", "on", "one", "the", "to"}
    assert not [one for one in bank.questions if common & {*map(str.lower, one.accepted)}]
