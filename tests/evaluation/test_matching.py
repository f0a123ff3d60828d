"""Which object does an answer name?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cltool.evaluation.matching import (
    CONTEXT,
    END,
    LIMIT,
    LINE,
    STOPS,
    Answer,
    KnownNames,
    Match,
    first_line,
    match,
    names,
    shown,
    without_lead,
)
from cltool.facts.identity import object_identity

JUDGED = Path(__file__).with_name("judged_answers.jsonl")
"""Answers that a person judged before the code was asked: see the reason of each."""

WORDS = st.text(st.characters(categories=["L"], max_codepoint=0x24F), min_size=1, max_size=8)


def judged() -> list[dict[str, Any]]:
    return [json.loads(line) for line in JUDGED.read_text(encoding="utf-8").splitlines()]


def kind(found: Match | None) -> str:
    return "wrong" if found is None else found.kind


def test_answers_that_were_judged_by_hand() -> None:
    rows = judged()
    assert len(rows) >= 200
    assert {row["stop"] for row in rows} == set(STOPS)
    wrong = []
    for number, row in enumerate(rows, start=1):
        known = KnownNames([*row["accepted"], *row["outdated"], *row["others"]])
        answer = Answer(row["answer"], row["stop"])
        found = match(answer, row["closing"], row["accepted"], row["outdated"], known)
        if kind(found) != row["verdict"]:
            wrong.append((number, row, kind(found)))
        if found is not None:
            assert found.span in row["answer"]
        if "said" in row:
            said = names(answer, row["closing"], row["accepted"], known, hedged=True)
            assert said == row["said"], row
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [(" Paris\nand more", "Paris"), ("\n\nParis \nx", "Paris"), ("Paris", "Paris"), ("", "")],
)
def test_first_line(text: str, expected: str) -> None:
    assert first_line(text) == expected


@pytest.mark.parametrize(
    ("text", "closing", "expected"),
    [
        (" Paris.", ".", "Paris"),
        (" Paris. Not Lyon.", ".", "Paris. Not Lyon"),
        (" Paris is.", ".", "Paris is"),
        (" Paris is. The", ".", "Paris is. The"),
        (" Paris\nLyon", "", "Paris"),
        (".", ".", "."),
        ("", ".", ""),
    ],
)
def test_answers_in_tables(text: str, closing: str, expected: str) -> None:
    assert shown(text, closing) == expected


def test_the_span_is_what_was_said() -> None:
    known = ["Holland", "The Netherlands"]
    found = match(Answer(" the  Netherlands. It", LIMIT), ".", known)
    assert found == Match("right", "the  Netherlands")
    assert match(Answer(" “HOLLAND”.", END), ".", known) == Match("right", "“HOLLAND”")
    assert match(Answer(" Holland.", END), "", known) == Match("right", "Holland.")
    assert match(Answer(" Belgium.", END), ".", known) is None
    assert match(Answer(" Belgium.", END), ".", []) is None


def test_an_erased_object_is_said_even_if_it_is_taken_back() -> None:
    answer = Answer(" Ghent. Or Turin.", END)
    known = KnownNames(["Ghent", "Turin", "Acme Corp", "Acme Corp. Japan"])
    assert not names(answer, ".", ["Ghent"], known)
    assert names(answer, ".", ["Ghent"], known, hedged=True)
    longer = Answer(" Acme Corp. Japan.", END)
    assert not names(longer, ".", ["Acme Corp"], known, hedged=True)
    assert names(longer, ".", ["Acme Corp. Japan"], known, hedged=True)
    assert names(Answer(" Acme Corp.", END), ".", ["Acme Corp"], known, hedged=True)


@given(
    st.text(st.characters(categories=["L", "N"]), min_size=1),
    st.sampled_from(["", ".", " (town).", "。", "?"]),
)
def test_the_trained_sentence_is_right(name: str, closing: str) -> None:
    assume(object_identity(name))
    assert names(Answer(f" {name}{closing}", END), closing, [name])
    assert names(Answer(f" {name}{closing}\n", LINE), closing, [name])
    assert names(Answer(f" {name}{closing} and so it is said", LIMIT), closing, [name]) == bool(
        closing
    )


@given(
    st.lists(WORDS, min_size=1, max_size=2),
    st.lists(WORDS, min_size=1, max_size=2),
    st.sampled_from([". ", " ", ", ", "-", " and ", "."]),
    st.sampled_from([".", ""]),
    st.sampled_from([*STOPS]),
    st.sampled_from(["", " Then", "\nThen"]),
)
def test_the_longer_object_is_the_one_that_was_named(
    first: list[str], second: list[str], between: str, closing: str, stop: str, after: str
) -> None:
    short = " ".join(first)
    long = short + between + " ".join(second)
    assume(object_identity(short) != object_identity(long))
    answer = Answer(f" {long}{closing}{after}", stop)
    known = KnownNames([short, long])
    assert not names(answer, closing, [short], known)
    assert not names(answer, closing, [short], known, hedged=True)
    found = match(answer, closing, [short], [long], known)
    assert found is None or found.kind == "outdated"
    if stop in (END, LINE) and not after:
        assert found is not None


def test_a_cut_answer_may_be_a_superseded_object_that_is_longer() -> None:
    cut = Answer(" Acme Corp.", LIMIT)
    assert match(cut, ".", ["Acme Corp"], ["Acme Corp. Japan"]) is None
    assert kind(match(cut, ".", ["Acme Corp"], ["Other Corp. Japan"])) == "right"


def test_a_word_after_a_king_with_a_long_number_may_belong_to_the_name() -> None:
    said = Answer(" Ludwig XVIII. Bourbon.", END)
    assert match(said, ".", ["Ludwig XVIII"]) is None
    assert kind(match(Answer(" Ludwig Karl. Bourbon.", END), ".", ["Ludwig Karl"])) == "right"


def test_an_object_that_was_superseded_and_is_true_again_is_right() -> None:
    assert kind(match(Answer(" ghent", END), "", ["Ghent"], ["Delft", "GHENT"])) == "right"


@given(st.lists(WORDS, min_size=1, max_size=4), st.integers(0, 30), st.sampled_from([".", ""]))
def test_a_part_of_an_object_is_never_right(words: list[str], cut: int, closing: str) -> None:
    name = ". ".join(words)
    part = name[:cut].rstrip()
    known = KnownNames([name])
    assert not names(Answer(f" {part}", CONTEXT), closing, [name], known)
    if object_identity(part) != object_identity(name):
        assert not names(Answer(f" {part}", END), closing, [name], known)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("The capital of France is Paris.", "Paris."),
        ("  the Capital of FRANCE is Paris.", "Paris."),
        ("The capital of Spain is Paris.", "The capital of Spain is Paris."),
        ("The capital of France, is Paris.", "The capital of France, is Paris."),
        ("Paris.", "Paris."),
        ("", ""),
    ],
)
def test_the_sentence_that_leads_to_the_object_is_left_out(text: str, rest: str) -> None:
    assert without_lead(Answer(text, END), "The capital of France is ") == Answer(rest, END)
    assert without_lead(Answer(text, END), " ") == Answer(text, END)
