"""Scores of names: those of whole sequences, for every way of reading the prompt."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from cltool.evaluation.likely_names import Alternatives, NameScorer
from cltool.lm.coder import Encoded
from cltool.lm.token_scores import token_scores

if TYPE_CHECKING:
    from cltool.lm.language_model import LanguageModel

NAMES = ("Baka", "Bakano", "Dele Momi")


@pytest.mark.parametrize("name", ["llama", "mamba"])
def test_scores_are_means_over_the_tokens_of_the_name(
    load_lm: Callable[[str], LanguageModel], name: str
) -> None:
    lm = load_lm(name)
    asked = [
        Alternatives("The capital of Land 1 is", " ", NAMES),
        Alternatives("Who rules Land 2?", " The ruler of Land 2 is ", NAMES),
    ]
    found = NameScorer(lm, 4)(asked)
    for one, scores in zip(asked, found, strict=True):
        lead = one.prompt + one.gap.rstrip()
        start = len(lm.coder.prompts([lead])[0])
        for text, score in zip(one.names, scores, strict=True):
            ids = tuple(lm.coder.prompts([one.prompt + one.gap + text])[0])
            (tokens,) = token_scores(lm, [Encoded(ids, start, end=False)])
            assert score == pytest.approx(tokens.logps.mean(), abs=1e-4)


def test_a_name_without_room_in_the_context_is_impossible(
    load_lm: Callable[[str], LanguageModel],
) -> None:
    lm = load_lm("llama")
    ((short, long),) = NameScorer(lm)([Alternatives("X is", " ", ("Baka", "Ba " * lm.context))])
    assert short > long == -float("inf")
