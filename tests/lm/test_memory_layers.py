"""Memory beside the blocks of a model changes nothing until it is trained, and is saved with it."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    OPTConfig,
    OPTForCausalLM,
    PreTrainedModel,
)

from cltool.core.errors import UserError
from cltool.lm.language_model import LanguageModel, load_checkpoint, save_checkpoint
from cltool.lm.memory_layers import attach, calibrate
from cltool.lm.product_keys import MemorySize, accesses, memories
from cltool.testing.material import small_model, small_stream

SIZE = MemorySize(slots=64, heads=2, top=4, key=8)
WIDTH = 16
IDS = torch.arange(2, 22).view(2, 10)


def llama() -> PreTrainedModel:
    sizes = {"hidden_size": WIDTH, "intermediate_size": 32, "num_attention_heads": 2}
    return LlamaForCausalLM(LlamaConfig(vocab_size=40, num_hidden_layers=3, **sizes))


def gpt2() -> PreTrainedModel:
    return GPT2LMHeadModel(GPT2Config(vocab_size=40, n_embd=WIDTH, n_layer=3, n_head=2))


def opt() -> PreTrainedModel:
    sizes = {"hidden_size": WIDTH, "ffn_dim": 32, "num_attention_heads": 2}
    config = OPTConfig(vocab_size=40, num_hidden_layers=3, word_embed_proj_dim=WIDTH, **sizes)
    return OPTForCausalLM(config)


def logits(model: Any) -> torch.Tensor:
    with torch.no_grad():
        found: torch.Tensor = model.eval()(input_ids=IDS).logits
    return found


def filled(model: torch.nn.Module) -> None:
    """Put random values into the memories of ``model``."""
    torch.manual_seed(1)
    for memory in memories(model).values():
        torch.nn.init.normal_(memory.values.weight)


def loaded() -> LanguageModel:
    return load_checkpoint(small_model(), device="cpu", dtype="float32")


@pytest.mark.parametrize("make", [llama, gpt2, opt])
def test_an_empty_memory_changes_nothing_and_a_full_one_does(make: Any) -> None:
    torch.manual_seed(0)
    model = make()
    before = logits(model)
    attach(model, [0, -1], SIZE)
    assert torch.equal(logits(model), before)
    assert len(memories(model)) == 2
    filled(model)
    assert not torch.allclose(logits(model), before, atol=1e-2)


def test_a_memory_reads_what_the_feed_forward_part_reads() -> None:
    model: Any = llama()
    attach(model, [1], SIZE)
    read = []
    block = model.model.layers[1]
    block.mlp.register_forward_pre_hook(lambda _, inputs: read.append(inputs[0]))
    with accesses(model) as seen:
        logits(model)
    assert torch.equal(seen["model.layers.1.memory"][0].slots, block.memory.index(read[0]).slots)


def test_only_values_are_trained_at_first() -> None:
    model: Any = llama()
    attach(model, [1], SIZE)
    model(input_ids=IDS, labels=IDS).loss.backward()
    memory = model.model.layers[1].memory
    assert bool(memory.values.weight.grad.any())
    assert not memory.index.keys.grad.any()


def test_a_copy_has_memories_of_its_own() -> None:
    model = llama()
    attach(model, [1], SIZE)
    other = copy.deepcopy(model)
    before = logits(model)
    filled(other)
    assert torch.equal(logits(model), before)
    assert not torch.allclose(logits(other), before, atol=1e-2)


def test_memories_of_one_seed_are_the_same_and_leave_the_generator() -> None:
    torch.manual_seed(5)
    state = torch.get_rng_state()
    keys = []
    for seed in (0, 0, 1):
        model = llama()
        torch.set_rng_state(state)
        attach(model, [0, 1], SIZE, seed)
        assert torch.equal(torch.get_rng_state(), state)
        keys.append([memory.index.keys for memory in memories(model).values()])
    assert torch.equal(keys[0][0], keys[1][0])
    assert not torch.equal(keys[0][0], keys[2][0])
    assert not torch.equal(keys[0][0], keys[0][1])


def test_calibrated_queries_have_no_mean_and_spread() -> None:
    lm = loaded()
    stream = small_stream()
    facts = stream.updates[0].learn
    texts = [prompt + said for f in facts for prompt, said in stream.wordings.examples(f)]
    before = logits(lm.model)
    attach(lm.model, [-1], SIZE)
    slots = []
    for calibrated in (False, True):
        if calibrated:
            calibrate(lm, texts)
        with accesses(lm.model) as seen, torch.no_grad():
            for ids in lm.coder.documents(texts):
                lm.model(input_ids=torch.tensor([ids]))
        (found,) = seen.values()
        slots.append(len(torch.cat([one.slots.flatten() for one in found]).unique()))
    assert slots[1] > slots[0]
    assert slots[1] > 0.9 * SIZE.slots
    assert torch.equal(logits(lm.model), before)


def test_a_saved_model_has_its_memories(tmp_path: Path) -> None:
    lm = loaded()
    attach(lm.model, [0, 1], SIZE)
    calibrate(lm, ["A text of the background."])
    filled(lm.model)
    save_checkpoint(lm, tmp_path / "saved")
    again = load_checkpoint(str(tmp_path / "saved"), device="cpu", dtype="float32")
    assert again.digest() == lm.digest()
    assert torch.equal(logits(again.model), logits(lm.model))
    assert not again.warnings
    # Without cltool it is the model without its memories.
    plain: Any = AutoModelForCausalLM.from_pretrained(tmp_path / "saved")
    assert torch.equal(logits(plain), logits(loaded().model))


def test_a_saved_model_that_lacks_its_memories_is_refused(tmp_path: Path) -> None:
    lm = loaded()
    save_checkpoint(lm, tmp_path / "saved")
    file = tmp_path / "saved" / "config.json"
    config = json.loads(file.read_text())
    config["cltool_memory"] = {"layers": [1], "slots": 64, "heads": 2, "top": 4, "key": 8}
    file.write_text(json.dumps(config))
    with pytest.raises(UserError, match=r"lacks .* tensors .*layers\.1\.memory"):
        load_checkpoint(str(tmp_path / "saved"), device="cpu", dtype="float32")
    config["cltool_memory"] = {"slots": 63}
    file.write_text(json.dumps(config))
    with pytest.raises(UserError, match="memory layers cannot be restored"):
        load_checkpoint(str(tmp_path / "saved"), device="cpu", dtype="float32")


def test_what_cannot_be_attached_is_refused() -> None:
    model = llama()
    with pytest.raises(UserError, match="no block 3"):
        attach(model, [3], SIZE)
    attach(model, [2], SIZE)
    with pytest.raises(UserError, match="memory layers already"):
        attach(model, [1], SIZE)
