"""When is an answer the accepted one?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cltool.evaluation.matching import first_line, said


@pytest.mark.parametrize(
    ("text", "expected"),
    [(" Paris\nand more", "Paris"), ("\n\nParis \nx", "Paris"), ("Paris", "Paris"), ("", "")],
)
def test_first_line(text: str, expected: str) -> None:
    assert first_line(text) == expected


@pytest.mark.parametrize(
    ("answer", "stopped", "closing", "right"),
    [
        (" Paris.", True, ".", True),
        (" Paris", True, ".", True),  # ended by itself, without closing the sentence
        (" PARIS", True, "", True),
        (" Paris", False, ".", False),  # cut off: it might have gone on
        (" Paris", False, "", False),
        (" Paris\nLyon", False, "", True),  # a line break ends an answer
        (" Paris. The", False, ".", True),  # closed as the wording does, and began another
        (" Paris.", False, ".", True),
        (" Paris.x", False, ".", False),
        (" Paris and Lyon", True, ".", False),
        (" Not Paris", True, ".", False),
        (" Parisian", True, "", False),
        (" Par", True, "", False),
        ("", True, ".", False),
        # What follows the object in the wording may begin with a space.
        (" Paris as its capital.", True, " as its capital.", True),
        (" Paris as its capital. Next", False, " as its capital.", True),
        (" Paris", True, " as its capital.", True),
        (" Paris as", False, " as its capital.", False),
        (" Paris as its town.", True, " as its capital.", False),
    ],
)
def test_said(answer: str, stopped: bool, closing: str, right: bool) -> None:
    assert said(answer, stopped, ["Paris"], closing) == ("Paris" if right else None)


def test_the_accepted_answer_that_was_given_is_returned() -> None:
    assert said(" the Netherlands.", True, ["Holland", "The Netherlands"], ".") == "The Netherlands"
    assert said(" Belgium.", True, ["Holland", "The Netherlands"], ".") is None
    assert said(" Belgium.", True, [], ".") is None


def test_an_object_that_ends_in_a_full_stop() -> None:
    assert said(" Washington D.C..", True, ["Washington D.C."], ".") == "Washington D.C."
    assert said(" Washington D.C. It", False, ["Washington D.C."], "") is None


def test_case_folding_that_changes_the_length() -> None:
    assert said(" STRASSE. Next", False, ["Straße"], ".") == "Straße"
    assert said(" Straße. Next", False, ["STRASSE"], ".") == "STRASSE"


@given(
    st.text(st.characters(categories=["L", "N"]), min_size=1),
    st.sampled_from(["", ".", " (town)."]),
)
def test_the_trained_sentence_is_right(name: str, closing: str) -> None:
    assert said(f" {name}{closing}", True, [name], closing) == name
    assert said(f" {name}{closing} And", False, [name], closing) == (name if closing else None)
