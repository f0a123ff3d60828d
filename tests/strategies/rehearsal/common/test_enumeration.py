"""Enumeration: all that a model finds probable, and nothing else."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from cltool.lm.language_model import LanguageModel
from cltool.strategies.rehearsal.common.enumeration import probable

from ....conftest import ARCHITECTURES, LoadLM

Texts = dict[tuple[int, ...], float]


def brute(lm: LanguageModel, prompt: list[int], least: float, limit: int) -> Texts:
    """The same, one text a forward pass and nothing remembered."""
    model: Any = lm.model
    found: Texts = {}

    def walk(ids: tuple[int, ...], logp: float) -> None:
        with torch.no_grad():
            logits = model(input_ids=torch.tensor([[*prompt, *ids]])).logits[0, -1]
        for token, step in enumerate(logits.log_softmax(-1).tolist()):
            if logp + step < math.log(least):
                continue
            if token in lm.coder.stops:
                found[(*ids, token)] = logp + step
            elif len(ids) + 1 < limit:
                walk((*ids, token), logp + step)

    walk((), 0.0)
    return found


@pytest.mark.parametrize("batch_size", [pytest.param(1, marks=pytest.mark.slow), 3, 256])
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_all_probable_sentences_are_found(name: str, batch_size: int, load_lm: LoadLM) -> None:
    lm = load_lm(name)
    (prompt,) = lm.coder.prompts(["Land 1"])
    # Random models hardly ever stop, so every fifth token counts as a stop.
    lm.coder.__dict__["stops"] = list(range(0, 384, 5))
    want = brute(lm, prompt, 3e-4, 3)
    found = probable(lm, prompt, least=3e-4, most=10_000, limit=3, batch_size=batch_size)
    assert len(want) > 10
    assert max(map(len, want)) > 1
    assert dict(found.texts).keys() == want.keys()
    for text, logp in found.texts:
        assert logp == pytest.approx(want[text], abs=1e-3)
    assert [logp for _, logp in found.texts] == sorted((p for _, p in found.texts), reverse=True)
    assert found.cut == 0


def test_read_tokens_are_counted_and_the_search_ends(load_lm: LoadLM) -> None:
    lm = load_lm("llama")
    lm.model.train()
    (prompt,) = lm.coder.prompts(["Land 1"])
    lm.coder.__dict__["stops"] = list(range(0, 384, 5))
    one = probable(lm, prompt, least=1e-3, most=10_000, limit=1)
    assert one.read == len(prompt)
    assert all(len(text) == 1 for text, _ in one.texts)
    few = probable(lm, prompt, least=1e-4, most=5, limit=6, batch_size=2)
    assert len(few.texts) == 5
    assert few.cut > 0
    assert lm.model.training


def test_the_search_stays_within_the_context(load_lm: LoadLM) -> None:
    lm = load_lm("gpt2")
    prompt = [5] * (lm.context - 2)
    lm.coder.__dict__["stops"] = list(range(0, 384, 5))
    found = probable(lm, prompt, least=1e-3, most=100, limit=50)
    assert found.texts
    assert max(len(text) for text, _ in found.texts) <= 2
