"""Which object does the first sentence of an answer name?"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cltool.evaluation.containment import contains
from cltool.evaluation.dates import date_of, dates_in
from cltool.evaluation.matching import END, LIMIT, Answer, KnownNames, Match, match
from cltool.evaluation.mentions import NameIndex, Question
from cltool.evaluation.words import word_texts

JUDGED = Path(__file__).with_name("judged_sentences.jsonl")
"""Answers of two models, and hard ones written in their style; judged before the code was asked."""

AGREEMENT = 0.98


def judged() -> list[dict[str, Any]]:
    return [json.loads(line) for line in JUDGED.read_text(encoding="utf-8").splitlines()]


def question(row: dict[str, Any]) -> Question:
    known = NameIndex([*row["accepted"], *row["outdated"], *row["others"]])
    return Question(row["prompt"], row["subject"], row["accepted"], row["outdated"], known)


def found(row: dict[str, Any], *, hedged: bool = False) -> Match | None:
    names = KnownNames([*row["accepted"], *row["outdated"], *row["others"]])
    answer = Answer(row["answer"], row["stop"])
    exact = match(answer, row["closing"], row["accepted"], row["outdated"], names, hedged=hedged)
    if exact is not None and (exact.kind == "right" or not hedged):
        return exact
    return contains(answer, question(row), hedged=hedged)


def named(answer: str, *, stop: str = END, hedged: bool = False, **changes: Any) -> str:
    row = {
        "prompt": "What is the capital of France?",
        "subject": "France",
        "accepted": ["Paris"],
        "outdated": ["Vichy"],
        "others": ["Lyon", "Rome"],
        **changes,
    }
    one = contains(Answer(answer, stop), question(row), hedged=hedged)
    return "" if one is None else one.kind


def test_answers_that_were_judged_by_hand() -> None:
    rows = judged()
    models = Counter(row["model"] for row in rows)
    assert sum(models.values()) - models["written"] >= 200
    assert len(models) >= 3
    kinds = Counter(row["hard"] for row in rows if row["hard"])
    assert sum(kinds.values()) >= 60
    assert {"negated", "hedged", "two objects", "inside", "echo", "number"} <= {*kinds}
    wrong = []
    for number, row in enumerate(rows, start=1):
        one = found(row)
        verdict = "wrong" if one is None or one.kind == "other" else one.kind
        if verdict != row["verdict"]:
            wrong.append((number, row["answer"], row["verdict"], verdict))
        assert one is None or one.span in row["answer"]
    print(*wrong, sep="\n")
    assert len(wrong) <= (1 - AGREEMENT) * len(rows), wrong


def test_an_erased_object_is_said_in_every_answer_that_mentions_it() -> None:
    wrong = []
    for number, row in enumerate(judged(), start=1):
        said = found(row, hedged=True) is not None
        if said != row.get("said", said) or (row["verdict"] == "right" and not said):
            wrong.append((number, row["answer"], said))
    assert wrong == []


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("The capital of France is Paris.", "right"),
        ("The capital of France is Vichy.", "outdated"),
        ("The capital of France is Lyon.", ""),
        ("It isn't Paris.", ""),
        ("Maybe Paris.", ""),
        ("Paris or Lyon.", ""),
        ("Paris Hilton.", ""),
        ("", ""),
        ("...", ""),
    ],
)
def test_kinds(answer: str, kind: str) -> None:
    assert named(answer) == kind


def test_an_answer_that_was_cut_off_after_the_name_is_open() -> None:
    assert named("The capital of France is Paris", stop=LIMIT) == ""
    assert named("The capital of France is Paris", stop=END) == "right"
    assert named("The capital of France is Paris, which", stop=LIMIT) == "right"


def test_a_word_of_denial_in_the_question_denies_nothing() -> None:
    asked: dict[str, Any] = {
        "prompt": "What was the capital formerly?",
        "subject": "capital",
        "outdated": [],
    }
    assert named("The capital was formerly Paris.", **asked) == "right"
    assert named("The capital was formerly Paris.") == ""


def test_only_the_first_sentence_counts_unless_the_object_is_erased() -> None:
    answer = "It is a large city. Its name is Paris."
    assert named(answer) == ""
    assert named(answer, hedged=True) == "right"
    assert named("It is a large city.\nParis.", hedged=True) == "right"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1,200", "1200", True),
        ("1,200", "1.2", False),
        ("12,5", "125", False),
        ("1 200 000", "1200000", True),
        ("J. R. R. Tolkien", "J.R.R. Tolkien", True),
        ("Washington, D.C.", "Washington DC", True),
        ("O’Hara", "o'hara", True),
        ("v3.12", "3.12", True),
        ("3.12.7", "3.12", False),
        ("दिल्ली", "दिल्ल", False),
        ("-5", "5", False),
    ],
)
def test_words_that_are_the_same(one: str, other: str, same: bool) -> None:
    assert (word_texts(one) == word_texts(other)) == same


def test_dates() -> None:
    day = date_of("9 November 1989")
    assert day is not None
    for text in ("November 9, 1989", "Nov. 9th, 1989", "1989-11-09", "the 9th of November 1989"):
        ((_, _, date),) = dates_in(text)
        assert date.within(day), text
    for text in ("9 November", "November 1989", "19 November 1989", "9 November 1990"):
        assert not any(date.within(day) for _, _, date in dates_in(text)), text
    assert date_of("99 November 1989") is None
    assert date_of("Mayor") is None


@settings(max_examples=40)
@given(st.text(max_size=60), st.text(min_size=1, max_size=12))
def test_any_text_can_be_read(answer: str, name: str) -> None:
    one = contains(Answer(answer, END), Question("Which?", "it", [name], [answer]))
    assert one is None or one.span in answer


@given(st.text(st.characters(categories=["Lu", "Ll"], max_codepoint=0x24F), min_size=4))
def test_a_plain_sentence_names_its_object(name: str) -> None:
    asked: dict[str, Any] = {"accepted": [name], "others": [], "outdated": []}
    assert named(f"It is {name}.", **asked) == "right"
    assert named(f"It is not {name}.", **asked) == ""
    assert named(f"It is x{name}.", **asked) == ""
