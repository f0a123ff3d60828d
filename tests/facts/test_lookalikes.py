"""What distinguishes names that look alike?"""

from __future__ import annotations

import pytest

from cltool.facts.lookalikes import alike, difference


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("Zürich", "Zu\u0308rich", " (the second has decomposed accents)"),
        ("Zu\u0308rich", "Zürich", " (the first has decomposed accents)"),
        (
            "P\u0430ris",
            "Paris",
            " (the first has U+0430 CYRILLIC SMALL LETTER A, the second has U+0061 LATIN SMALL"
            " LETTER A)",
        ),
        ("Canal\u00a0Lab", "Canal Lab", " (the first has U+00A0 NO-BREAK SPACE, the second has"
         " U+0020 SPACE)"),
        ("ab\u200c", "ab", " (the first has U+200C ZERO WIDTH NON-JOINER)"),
        ("Lab２", "Lab2", " (the first has U+FF12 FULLWIDTH DIGIT TWO, the second has U+0032 DIGIT"
         " TWO)"),
        ("Paris", "Paris", ""),
        ("Paris", "Turin", ""),
        ("Paris", "paris", ""),
        ("東京", "大阪", ""),
        ("", "x", ""),
    ],
)  # fmt: skip
def test_the_difference_of_two_texts(one: str, other: str, told: str) -> None:
    assert difference(one, other) == told


def test_names_that_differ_in_case_or_form() -> None:
    names = ["Canal Lab", "Lab ２", "canal lab", "Lab 2", "CANAL LAB", "Canal Lab", "x", "x?"]
    assert [*alike(names)] == [
        ("Canal Lab", "canal lab"),
        ("Lab ２", "Lab 2"),
        ("Canal Lab", "CANAL LAB"),
        ("x", "x?"),
    ]


@pytest.mark.parametrize(
    "other",
    [
        "O\u2019Neill-Lab",  # apostrophe of word processors
        "O'Neill\u2011Lab",  # non-breaking hyphen
        "O'Neill\u2013Lab",  # en dash
        "O'Neill-L\u0430b",  # Cyrillic a
        "O'Neill\u200c-Lab",  # zero-width non-joiner
    ],
)
def test_names_that_look_alike_are_reported(other: str) -> None:
    assert [*alike(["O'Neill-Lab", other])] == [("O'Neill-Lab", other)]
    assert difference("O'Neill-Lab", other)
    assert not [*alike(["O'Neill-Lab", "O'Neill Lab", "ONeill-Lab"])]
