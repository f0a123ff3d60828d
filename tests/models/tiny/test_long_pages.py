"""Longer reading exercises: the answers are still on the page, other text is among the facts."""

from __future__ import annotations

import pytest

from cltool.facts.stream import Stream
from cltool.lm.coder import Coder
from cltool.models.tiny.build import coder
from cltool.models.tiny.long_pages import LongPages
from cltool.models.tiny.reading import LINES


@pytest.fixture(scope="module")
def small(stream: Stream) -> Coder:
    return coder(stream.updates[0].learn, stream.wordings)


def pages(stream: Stream, small: Coder, *, context: int = 1024, others: int = 12) -> LongPages:
    base = stream.updates[0].learn
    return LongPages(base, stream.wordings, small, context, 0, 0.5, most=8, others=others)


def test_answers_are_on_the_page_or_those_of_base_facts(stream: Stream, small: Coder) -> None:
    base = {name for fact in stream.updates[0].learn for name in fact.accepted}
    on_page = 0
    for page in pages(stream, small).pages(40):
        lines = small.decode(page.ids[: page.answers[0][0]])
        for first, end in page.answers:
            answer = small.decode(page.ids[first:end])
            on_page += answer in lines
            assert answer in lines or any(name in answer for name in base)
    assert on_page > 0.6 * 40 * 6


def test_other_lines_make_pages_longer(stream: Stream, small: Coder) -> None:
    counts = {
        others: [
            small.decode(page.ids).count("\n")
            for page in pages(stream, small, others=others).pages(40)
        ]
        for others in (0, 12)
    }
    assert LINES[1] < max(counts[0]) <= 8
    assert sum(counts[12]) > sum(counts[0]) + 40 * 4


def test_pages_fit_into_their_length(stream: Stream, small: Coder) -> None:
    made = pages(stream, small, context=160).pages(40)
    assert 120 < max(len(page.ids) for page in made) <= 160
    assert all(page.answers for page in made)


def test_the_seed_determines_the_pages(stream: Stream, small: Coder) -> None:
    assert pages(stream, small).pages(5) == pages(stream, small).pages(5)
