"""The texts of a cell."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from cltool.facts.shapes.cells import some, texts
from cltool.facts.shapes.shape import ShapeError


def test_a_day_is_a_text_as_a_file_would_have_it() -> None:
    assert texts(date(2012, 5, 3)) == ["2012-05-03"]
    assert texts(["Ada", [date(2012, 5, 3), 7], "Ada"]) == ["Ada", "2012-05-03", "7"]


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (None, "answer is missing"),
        (float("nan"), "answer is missing"),
        ([], "answer is empty"),
        (True, "answer is not a text: True"),
        (datetime(2012, 5, 3), r"answer is not a text: datetime"),
    ],
)
def test_a_cell_without_a_text_says_why(cell: object, words: str) -> None:
    with pytest.raises(ShapeError, match=words):
        some(cell, "answer")
