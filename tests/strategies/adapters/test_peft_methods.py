"""Which of PEFT's methods run through `lora`, and why the others do not."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from peft.mapping import PEFT_TYPE_TO_CONFIG_MAPPING

from cltool.core.errors import UserError
from cltool.core.settings import ProbeSettings
from cltool.evaluation.prober import Prober
from cltool.facts.stream import Stream
from cltool.lm.language_model import load_weights, save_checkpoint, save_weights
from cltool.training.learner import Learner

from ...conftest import MakeLearner, apply, weights

# Method → what it needs beside its name and a rank that fits a small model.
RUNS: dict[str, dict[str, Any]] = {
    "ADALORA": {"options": {"total_step": 100}},
    "ADAMSS": {},
    "ADAPTION_PROMPT": {
        "target_modules": "self_attn",
        "options": {"adapter_len": 4, "adapter_layers": 2},
    },
    "BEFT": {},
    "BOFT": {},
    "C3A": {"options": {"block_size": 16}},
    "CARTRIDGE": {"options": {"num_virtual_tokens": 4}},
    "CPT": {
        "options": {
            "cpt_token_ids": [5, 6, 7],
            "cpt_mask": [1, 1, 1],
            "cpt_tokens_type_mask": [1, 2, 4],
        }
    },
    "DEFT": {},
    "DELORA": {},
    "FOURIERFT": {"options": {"n_frequency": 64}},
    "FROD": {},
    "GLORA": {},
    "GRALORA": {},
    "HIRA": {},
    "HRA": {},
    "IA3": {},
    "LILY": {},
    "LN_TUNING": {"target_modules": ["input_layernorm", "post_attention_layernorm"]},
    "LOHA": {},
    "LOKR": {},
    "LORA": {"options": {"use_dora": True}},
    "MISS": {},
    "OFT": {"options": {"oft_block_size": 8}},
    "OSF": {},
    "PEANUT": {},
    "PREFIX_TUNING": {"options": {"num_virtual_tokens": 4}},
    "PROMPT_TUNING": {"options": {"num_virtual_tokens": 4}},
    "PSOFT": {},
    "PVERA": {},
    "P_TUNING": {"options": {"num_virtual_tokens": 4, "encoder_hidden_size": 16}},
    "RANDLORA": {},
    "ROAD": {"options": {"group_size": 8}},
    "SHADOW": {"target_modules": r".*\.layers\.\d+"},
    "SHIRA": {},
    "SUPERTUNING": {},
    "TINYLORA": {},
    "TRAINABLE_TOKENS": {
        "target_modules": ["embed_tokens"],
        "options": {"token_indices": list(range(300))},
    },
    "UNILORA": {},
    "VBLORA": {"options": {"vector_length": 16}},
    "VERA": {},
    "WAVEFT": {"options": {"n_frequency": 64}},
}

# Method → what PEFT says of it.
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    # It routes by tasks, which a stream of facts does not have.
    "MULTITASK_PROMPT_TUNING": ({"options": {"num_virtual_tokens": 4}}, "task_ids cannot be None"),
    "POLY": ({}, "task_ids should not be None"),
    # It mixes adapters that were trained before.
    "XLORA": ({}, "use_cache"),
}


def adapted(make_learner: MakeLearner, method: str, settings: dict[str, Any]) -> Learner:
    return make_learner("lora", strategy={"peft": method, "rank": 4, **settings}, epochs=1)


@pytest.mark.parametrize("method", RUNS)
def test_runs(method: str, make_learner: MakeLearner, stream: Stream, tmp_path: Any) -> None:
    learner = adapted(make_learner, method, RUNS[method])
    before = weights(learner.model)
    apply(learner, stream.updates[1])
    changed = {n for n, p in learner.model.named_parameters() if not torch.equal(before[n], p)}
    assert changed and changed <= set(learner.trainable())
    said = asked(learner, stream)
    assert len(said) == 4

    # Attached again to the base model, its trained weights alone make it what it was.
    save_weights(learner.model, tmp_path / "adapter.safetensors", trainable_only=True)
    again = adapted(make_learner, method, RUNS[method])
    load_weights(again.model, tmp_path / "adapter.safetensors")
    batch = learner.collate(learner.examples(stream.updates[1].learn[:2]))
    with torch.no_grad():
        assert torch.equal(learner.score(batch).logits, again.score(batch).logits)
    assert asked(again, stream) == said


def asked(learner: Learner, stream: Stream) -> list[str]:
    """What the model says to prompts of several lengths."""
    prober = Prober(learner.lm, ProbeSettings(batch_size=4))
    keys = [fact.key for fact in stream.updates[0].learn[:2]]
    prompts = [ask.prompt for key in keys for ask in stream.wordings.askings(key)[:2]]
    return [said.text for said in prober.generate(prompts, 3)]


@pytest.mark.parametrize("method", REFUSED)
def test_refused(method: str, make_learner: MakeLearner) -> None:
    settings, reason = REFUSED[method]
    with pytest.raises(UserError, match=f"PEFT refuses {method}: .*{reason}"):
        adapted(make_learner, method, settings)


def test_every_method_is_in_one_of_the_tables() -> None:
    methods = {str(getattr(name, "value", name)) for name in PEFT_TYPE_TO_CONFIG_MAPPING}
    assert methods == RUNS.keys() | REFUSED.keys()
    assert not RUNS.keys() & REFUSED.keys()


@pytest.mark.parametrize("method", ["BEFT", "LILY", "PROMPT_TUNING", "SHADOW"])
def test_methods_that_cannot_be_merged_are_not_saved(
    method: str, make_learner: MakeLearner, tmp_path: Any
) -> None:
    learner = adapted(make_learner, method, RUNS[method])
    with pytest.raises(UserError, match="cannot be merged into the model"):
        save_checkpoint(learner.lm, tmp_path / "model")
    assert not (tmp_path / "model").exists()
