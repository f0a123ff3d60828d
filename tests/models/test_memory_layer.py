"""`tiny-memory-layer` is as large for a token as `tiny`, and is loaded with its memories."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import AutoConfig

from cltool.lm.architectures.memory_layer import MemoryLayerForCausalLM
from cltool.lm.coder import Coder
from cltool.lm.language_model import load_checkpoint
from cltool.lm.product_keys import memories
from cltool.models.memory_layer import MemoryLayers
from cltool.models.tiny.architecture import Llama
from cltool.models.tiny.build import coder, make
from cltool.models.tiny.recipe import Recipe

from ..conftest import make_stream, make_wordings

FEW = Recipe(hidden=32, inner=64, vocabulary=400, epochs=1, steps=2, pages=20, page_batch=10)


@pytest.fixture(scope="module")
def own_coder() -> Coder:
    return coder(make_stream(4, name="few").updates[0].learn, make_wordings())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("memory-layer") / "model"
    facts = make_stream(4, name="few").updates[0].learn
    make(facts, make_wordings(), FEW, place, architecture=MemoryLayers(slots=64))
    return place


@pytest.mark.parametrize("count", [10, 1_000, 5_000])
def test_a_token_uses_as_many_parameters_as_in_tiny(count: int, own_coder: Coder) -> None:
    recipe = Recipe.for_facts(count)
    kinds = (Llama(), MemoryLayers())
    models = [kind.new_model(own_coder, replace(recipe, pages=0)) for kind in kinds]
    plain, total = (sum(one.numel() for one in model.parameters()) for model in models)
    slots, read = MemoryLayers().slots, MemoryLayers().heads * MemoryLayers().top
    active = total - 2 * (slots - read) * recipe.hidden
    assert abs(active - plain) < 0.02 * plain
    assert total > 1.5 * plain


def test_it_is_loaded_with_its_memories(folder: Path) -> None:
    lm = load_checkpoint(str(folder), device="cpu", dtype="float32")
    assert isinstance(lm.model, MemoryLayerForCausalLM)
    assert list(memories(lm.model)) == ["model.layers.0.mlp", "model.layers.1.mlp"]
    assert not lm.warnings
    config = AutoConfig.from_pretrained(folder)
    assert config.memory_size.slots == 64


def test_decoding_with_a_cache_gives_the_logits_of_a_whole_pass(folder: Path) -> None:
    model = load_checkpoint(str(folder), device="cpu", dtype="float32").model
    ids = torch.arange(3, 15).unsqueeze(0)
    with torch.no_grad():
        whole = model(input_ids=ids).logits
        begun = model(input_ids=ids[:, :7], use_cache=True)
        rest = model(input_ids=ids[:, 7:], past_key_values=begun.past_key_values).logits
    assert torch.allclose(torch.cat([begun.logits, rest], dim=1), whole, atol=1e-4)


def test_training_it_later_leaves_its_statistics(folder: Path) -> None:
    model = load_checkpoint(str(folder), device="cpu", dtype="float32").model
    before = copy.deepcopy(dict(model.named_buffers()))
    model.train()
    ids = torch.arange(3, 15).unsqueeze(0)
    model(input_ids=ids, labels=ids).loss.backward()
    for name, buffer in model.named_buffers():
        assert torch.equal(buffer, before[name]), name
    assert any(name.endswith("whitening") for name in before)
