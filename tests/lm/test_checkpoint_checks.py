"""What is looked at before a checkpoint is trained or asked, and what is refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from .damaged_checkpoints import Checkpoint, change_json, change_weights, load, refusal

# The weights.


def test_a_checkpoint_that_lacks_tensors(copied: Checkpoint) -> None:
    folder = copied("llama")

    def drop(tensors: dict[str, torch.Tensor]) -> None:
        for name in [name for name in tensors if "layers.1.mlp" in name]:
            del tensors[name]

    change_weights(folder, drop)
    message = refusal(folder)
    assert "lacks 3 tensors" in message and "model.layers.1.mlp.down_proj.weight" in message


@pytest.mark.parametrize("name", ["gpt2", "gemma"])
def test_tied_tensors_are_not_missing(name: str, checkpoint: Checkpoint) -> None:
    with torch.no_grad():
        model: Any = load(checkpoint(name)).model
    assert "lm_head.weight" not in load_file(checkpoint(name) / "model.safetensors")
    assert model.lm_head.weight is model.get_input_embeddings().weight


def test_a_checkpoint_without_the_tensor_that_others_are_tied_to(copied: Checkpoint) -> None:
    folder = copied("gemma")
    change_weights(folder, lambda tensors: tensors.pop("model.embed_tokens.weight"))
    assert "model.embed_tokens.weight" in refusal(folder)


def test_an_untied_head_that_is_not_there(copied: Checkpoint) -> None:
    folder = copied("llama")
    change_weights(folder, lambda tensors: tensors.pop("lm_head.weight"))
    assert "lacks 1 tensor of its model" in (message := refusal(folder))
    assert "tie_word_embeddings" in message


def test_a_config_with_fewer_layers_than_the_checkpoint(copied: Checkpoint) -> None:
    folder = copied("llama")
    change_json(folder / "config.json", num_hidden_layers=1)
    assert "model.layers.1.input_layernorm.weight" in refusal(folder)


def test_an_adapter_that_is_not_merged_and_a_head_of_another_kind(copied: Checkpoint) -> None:
    folder = copied("llama")
    change_weights(folder, lambda tensors: tensors.update({"v_head.weight": torch.ones(2)}))
    assert any("v_head.weight" in text for text in load(folder).warnings)
    lora = "model.layers.0.self_attn.q_proj.lora_A.weight"
    change_weights(folder, lambda tensors: tensors.update({lora: torch.ones(2, 32)}))
    assert lora in refusal(folder)


def test_old_buffers_are_passed_over(copied: Checkpoint) -> None:
    folder = copied("gpt2")
    buffers = {f"transformer.h.0.attn.{name}": torch.ones(1) for name in ("bias", "masked_bias")}
    change_weights(folder, lambda tensors: tensors.update(buffers))
    assert not load(folder).warnings


def test_tensors_of_other_shapes_are_named_with_both(copied: Checkpoint) -> None:
    folder = copied("llama")
    change_json(folder / "config.json", intermediate_size=40)
    message = refusal(folder)
    assert "48×32 in the checkpoint, 40×32 by config.json" in message


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_weights_that_are_not_finite(value: float, copied: Checkpoint) -> None:
    folder = copied("llama")

    def spoil(tensors: dict[str, torch.Tensor]) -> None:
        tensors["model.layers.1.mlp.up_proj.weight"][3, 4] = value

    change_weights(folder, spoil)
    assert "model.layers.1.mlp.up_proj.weight" in refusal(folder)


def test_finite_weights_with_predictions_that_are_not(copied: Checkpoint) -> None:
    folder = copied("llama")
    change_weights(folder, lambda t: [one.fill_(3e38) for name, one in t.items() if "norm" in name])
    assert "its predictions are not finite numbers" in refusal(folder)


def test_predictions_that_are_all_the_same(copied: Checkpoint) -> None:
    folder = copied("llama")
    change_weights(folder, lambda t: t["model.embed_tokens.weight"].fill_(3e38))
    told = "every token with the same probability (its largest weight is 3e+38, in model.embed"
    assert told in refusal(folder)


def test_weights_that_are_whole_numbers(copied: Checkpoint) -> None:
    folder = copied("llama")
    name = "model.layers.1.mlp.up_proj.weight"
    change_weights(folder, lambda t: t.update({name: t[name].to(torch.int8)}))
    assert f"whole numbers, as quantisation makes them: {name} (I8)" in refusal(folder)


def test_bf16_and_sharded_checkpoints_are_loaded(
    copied: Checkpoint, checkpoint: Checkpoint
) -> None:
    folder = copied("llama")
    model: Any = load(folder).model
    model.to(torch.bfloat16)
    (folder / "model.safetensors").unlink()
    model.save_pretrained(folder, max_shard_size="20KB")
    assert len(list(folder.glob("model-*.safetensors"))) > 2
    lm = load(folder)
    assert {parameter.dtype for parameter in lm.model.parameters()} == {torch.float32}
    shard = sorted(folder.glob("model-*.safetensors"))[1]
    shard.write_bytes(shard.read_bytes()[:-100])
    first = sorted(folder.glob("model-*.safetensors"))[0]
    first.unlink()
    message = refusal(folder)
    assert f"missing: {first.name}" in message and f"{shard.name} is damaged" in message
    (folder / "model.safetensors.index.json").write_text('{"weight_map": {"a": "../x"}}')
    assert "outside the folder" in refusal(folder)


def test_one_part_of_the_weights_alone(checkpoint: Checkpoint, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(checkpoint("llama"), tmp_path / "model"))
    (folder / "model.safetensors").rename(folder / "model-00001-of-00003.safetensors")
    assert "it holds 1 of 3 parts of the weights (model-00001-of-00003" in refusal(folder)


@pytest.mark.parametrize(
    ("prefix", "writer"),
    [
        ("module.", "as DistributedDataParallel does"),
        ("base_model.model.", "as PEFT does for a model with an adapter"),
        ("own.", "a program that wraps the model"),
    ],
)
def test_names_with_a_prefix_are_told_as_such(prefix: str, writer: str, copied: Checkpoint) -> None:
    folder = copied("llama")

    def wrap(tensors: dict[str, torch.Tensor]) -> None:
        for name in [*tensors]:
            inner = name.replace("q_proj.", "q_proj.base_layer.") if "base" in prefix else name
            tensors[prefix + inner] = tensors.pop(name)

    change_weights(folder, wrap)
    told = refusal(folder)
    assert f"have {prefix!r} before their names, {'as ' if 'own' in prefix else ''}{writer}" in told
    assert "lacks" not in told and "does not use" not in told


def test_unused_tensors_are_told_with_what_is_wrong(copied: Checkpoint) -> None:
    folder = copied("llama")
    change_weights(folder, lambda t: t.update({"value_head.weight": torch.zeros(1, 4)}))
    (warning,) = load(folder).warnings
    assert "has 1 tensor that this architecture does not use: value_head.weight" in warning
    change_weights(folder, lambda t: t.pop("model.layers.1.mlp.up_proj.weight"))
    told = refusal(folder)
    assert "up_proj" in told and "value_head.weight" in told


def test_a_bad_config_is_told_once(copied: Checkpoint) -> None:
    folder = copied("llama")
    change_json(folder / "config.json", num_attention_heads="four")
    assert refusal(folder).count("num_attention_heads") == 2  # the field, and what is expected


# Causality.


def _small(kind: str, vocabulary: int) -> Any:
    import transformers as hf

    size = {"vocab_size": vocabulary, "hidden_size": 32, "num_attention_heads": 4}
    small = {**size, "num_hidden_layers": 2, "intermediate_size": 48}
    makers: dict[str, Callable[[], Any]] = {
        "bert": lambda: hf.BertForMaskedLM(hf.BertConfig(**small)),
        "roberta": lambda: hf.RobertaForMaskedLM(hf.RobertaConfig(**small)),
        "decoder": lambda: hf.BertLMHeadModel(hf.BertConfig(**small, is_decoder=True)),
        "t5": lambda: hf.T5ForConditionalGeneration(
            hf.T5Config(vocab_size=vocabulary, d_model=32, d_ff=48, num_layers=1, num_heads=2)
        ),
        "bart": lambda: hf.BartForConditionalGeneration(
            hf.BartConfig(
                vocab_size=vocabulary,
                d_model=32,
                encoder_layers=1,
                decoder_layers=1,
                encoder_ffn_dim=48,
                decoder_ffn_dim=48,
                encoder_attention_heads=2,
                decoder_attention_heads=2,
            )
        ),
    }
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return makers[kind]()


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("bert", "not causal: its prediction for a token depends on later tokens"),
        ("roberta", "not causal: its prediction for a token depends on later tokens"),
        ("t5", "encoder-decoder"),
        ("bart", "encoder-decoder"),
        ("decoder", ""),
    ],
)
def test_only_causal_models_are_accepted(
    kind: str, expected: str, copied: Checkpoint, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = copied("llama")
    vocabulary = json.loads((folder / "config.json").read_text())["vocab_size"]
    for file in folder.glob("*.safetensors"):
        file.unlink()
    _small(kind, vocabulary).save_pretrained(folder)
    capfd.readouterr()
    if expected:
        assert expected in refusal(folder)
    else:
        assert load(folder).width == 32
        change_json(folder / "config.json", architectures=["BertForMaskedLM"])
        assert "saved as BertForMaskedLM, which was trained to see" in load(folder).warnings[0]
    assert capfd.readouterr().err == ""


# The tokenizer and its end token.


def test_tokens_beyond_the_embedding(copied: Checkpoint) -> None:
    folder = copied("llama")
    lm = load(folder)
    lm.coder.tokenizer.add_tokens(["Land 17"])
    lm.coder.tokenizer.save_pretrained(folder)
    assert "'Land 17'" in refusal(folder)


def test_a_tokenizer_without_an_end_token(copied: Checkpoint) -> None:
    folder = copied("llama")
    end = load(folder).coder.eos
    change_json(folder / "tokenizer_config.json", eos_token=None)
    lm = load(folder)
    assert lm.coder.eos == end and any("no end token" in text for text in lm.warnings)
    for file in ("config.json", "generation_config.json"):
        change_json(folder / file, eos_token_id=None)
    assert "no end token" in refusal(folder)
    change_json(folder / "config.json", eos_token_id=100_000)
    assert "no end token" in refusal(folder)


def test_settings_with_another_end_token_are_reported(copied: Checkpoint) -> None:
    folder = copied("llama")
    bos, eos = load(folder).coder.tokenizer.bos_token_id, load(folder).coder.eos
    change_json(folder / "generation_config.json", eos_token_id=[eos, bos])
    lm = load(folder)
    assert not lm.warnings and {bos, eos} <= set(lm.coder.stops)
    change_json(folder / "generation_config.json", eos_token_id=bos)
    (warning,) = load(folder).warnings
    assert "'<eos>'" in warning and "'<bos>'" in warning


def test_a_tokenizer_without_padding_is_used(checkpoint: Checkpoint) -> None:
    lm = load(checkpoint("gpt2"))
    assert lm.coder.tokenizer.pad_token is None and lm.coder.pad == lm.coder.eos
