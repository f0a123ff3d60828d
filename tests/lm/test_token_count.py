"""Tokens that pass through a model are counted as the rule for strategies says."""

from __future__ import annotations

from typing import Any

import torch

from cltool.lm.sampling import Sampler
from cltool.lm.token_count import passing, set_aside

from ..conftest import LoadLM


def test_padding_does_not_count_with_a_mask_and_without(load_lm: LoadLM) -> None:
    lm = load_lm("llama")
    model: Any = lm.model
    ids = torch.tensor([[5, 6, 7], [5, lm.coder.pad, lm.coder.pad]])
    with torch.no_grad(), passing(lm.coder) as passed:
        model(input_ids=ids, attention_mask=(ids != lm.coder.pad).long())
        model.model(input_ids=ids)
    assert passed.tokens == 8


def test_texts_that_end_before_others_are_counted_up_to_their_ends(load_lm: LoadLM) -> None:
    lm = load_lm("llama")
    sampler = Sampler(lm, batch_size=64)
    (prompt,) = lm.coder.prompts(["The"])
    with passing(lm.coder) as outer, passing(lm.coder) as passed:
        texts = sampler.sample(prompt, 64, 40, torch.Generator().manual_seed(0))
    assert len(set(map(len, texts))) > 1
    # A model that is not trained also writes the token of padding inside its texts.
    assert 0.95 * sampler.tokens < passed.tokens + passed.written
    assert passed.tokens <= sampler.tokens
    assert outer.tokens == passed.tokens
    with torch.no_grad(), passing(lm.coder) as again:
        lm.model(input_ids=torch.tensor([prompt]))
    assert (again.tokens, passed.tokens) == (len(prompt), outer.tokens)


def test_what_passes_while_a_model_is_built_counts_as_is_known_of_it(load_lm: LoadLM) -> None:
    lm = load_lm("llama")
    ids = torch.tensor([[5, 6, 7]])
    with torch.no_grad(), passing(lm.coder) as outer, passing(lm.coder) as inner:
        with set_aside() as count:
            lm.model(input_ids=ids)
            count(100)
        assert (outer.tokens, inner.tokens) == (100, 100)
        lm.model(input_ids=ids)
    assert (outer.tokens, inner.tokens) == (103, 103)
