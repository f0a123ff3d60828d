"""Repetition and degenerate text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cltool.audit.measures.repetition import degenerate, seq_rep
from cltool.core.errors import UserError

TEXT = st.lists(st.sampled_from("abc"), max_size=12)


def test_seq_rep_by_hand() -> None:
    texts = ["ababab", "abcdef", "aaaa", "abc", ""]
    assert seq_rep(texts, 2).values.tolist() == pytest.approx([0.6, 0.0, 2 / 3, 0.0, 0.0])
    assert seq_rep(texts, 1).values.tolist() == pytest.approx([4 / 6, 0.0, 0.75, 0.0, 0.0])
    assert seq_rep([[7, 7, 7, 7, 7]]).mean == 0.5


@settings(max_examples=60, deadline=None)
@given(TEXT, st.integers(1, 4))
def test_seq_rep_counts_grams_seen_before(text: list[str], n: int) -> None:
    grams = ["".join(text[i : i + n]) for i in range(len(text)) if i + n <= len(text)]
    again = sum(gram in grams[:place] for place, gram in enumerate(grams))
    assert seq_rep([text], n).mean == pytest.approx(again / len(grams) if grams else 0.0)
    assert 0 <= seq_rep([text], n).mean < 1


def test_degenerate_texts() -> None:
    found = degenerate([[], "aaaa", "abab", "abababab", "abcdef", "a"])
    assert found.values.tolist() == [1.0, 1.0, 0.0, 1.0, 0.0, 0.0]
    assert found.mean == 0.5


def test_a_share_equal_to_the_threshold_counts() -> None:
    assert seq_rep(["aaa"], 2).mean == 0.5
    assert degenerate(["aaa"], at_least=0.5).mean == 1.0
    assert degenerate(["aaa"], at_least=0.51).mean == 0.0


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=5), st.floats(0.1, 0.9))
def test_a_higher_threshold_finds_fewer(texts: list[list[str]], cut: float) -> None:
    assert degenerate(texts, at_least=cut).mean >= degenerate(texts, at_least=cut + 0.1).mean


def test_invalid_arguments_are_refused() -> None:
    with pytest.raises(UserError, match="length of n-grams: 0"):
        seq_rep(["a"], 0)
    for cut in (0.0, 1.5):
        with pytest.raises(UserError, match="share"):
            degenerate(["a"], at_least=cut)
