"""What is looked at before a checkpoint is trained or asked, and what is refused."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from cltool import models
from cltool.core.errors import UserError
from cltool.facts.stream import Stream
from cltool.lm.language_model import LanguageModel, load_checkpoint
from cltool.models.lengths import fit_to_model

Checkpoint = Callable[[str], Path]


@pytest.fixture
def copied(checkpoint: Checkpoint, tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that copies the random checkpoint of an architecture."""

    def copy(name: str = "llama") -> Path:
        return Path(shutil.copytree(checkpoint(name), tmp_path / "model"))

    return copy


def change_json(file: Path, **values: Any) -> None:
    """Change values of a JSON object; None removes the value."""
    content = {**json.loads(file.read_text()), **values}
    file.write_text(json.dumps({k: v for k, v in content.items() if v is not None}))


def change_weights(folder: Path, change: Callable[[dict[str, torch.Tensor]], Any]) -> None:
    """Write the tensors of a checkpoint again after ``change``."""
    file = folder / "model.safetensors"
    tensors = load_file(file)
    change(tensors)
    save_file(tensors, file, metadata={"format": "pt"})


def load(folder: Path) -> LanguageModel:
    return load_checkpoint(str(folder), device="cpu")


def refusal(folder: Path) -> str:
    """Return the message with which a checkpoint is refused."""
    with pytest.raises(UserError, match="cannot be used") as caught:
        load(folder)
    assert caught.value.where == str(folder)
    assert caught.value.hint
    return str(caught.value)


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


# Files.


def _adapter(folder: Path) -> None:
    settings = {"peft_type": "LORA", "base_model_name_or_path": "some/model"}
    (folder / "adapter_config.json").write_text(json.dumps(settings))
    (folder / "model.safetensors").rename(folder / "adapter_model.safetensors")
    (folder / "config.json").unlink()


def _gguf(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()
    (folder / "model.gguf").write_bytes(b"GGUF\x03\0\0\0")


def _pickle(folder: Path) -> None:
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()


def _cut(folder: Path) -> None:
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-1000])


def _no_tokenizer(folder: Path) -> None:
    for file in folder.glob("*token*"):
        file.unlink()


DAMAGES: dict[str, tuple[Callable[[Path], Any], str]] = {
    "adapter": (_adapter, "adapter (LORA) for the model some/model"),
    "gguf": (_gguf, "GGUF file"),
    "pickle": (_pickle, "pytorch_model.bin"),
    "cut off": (_cut, "model.safetensors is damaged or cut off"),
    "empty weights": (lambda f: (f / "model.safetensors").write_bytes(b""), "damaged or cut off"),
    "pointer": (
        lambda f: (f / "model.safetensors").write_text(
            "version https://git-lfs.github.com/spec/v1"
        ),
        "pointer of Git LFS",
    ),
    "no weights": (lambda f: (f / "model.safetensors").unlink(), "no weights"),
    "no tokenizer": (_no_tokenizer, "no tokenizer"),
    "damaged tokenizer": (lambda f: (f / "tokenizer.json").write_text("{}"), "tokenizer cannot"),
    "no config": (lambda f: (f / "config.json").unlink(), "no config.json"),
    "no JSON": (lambda f: (f / "config.json").write_text("{"), "config.json is not JSON"),
    "a list": (lambda f: (f / "config.json").write_text("[]"), "not a JSON object"),
    "nested": (lambda f: (f / "config.json").write_text("[" * 100_000), "config.json is not JSON"),
    "no architecture": (
        lambda f: change_json(f / "config.json", model_type=None),
        "does not name the architecture",
    ),
    "unknown": (
        lambda f: change_json(f / "config.json", model_type="llamma"),
        "'llamma' is unknown to transformers",
    ),
    "own code": (
        lambda f: change_json(
            f / "config.json", model_type="mine", auto_map={"AutoModelForCausalLM": "mine.Mine"}
        ),
        "trust_remote_code",
    ),
    "generation": (lambda f: (f / "generation_config.json").write_text("{"), "is not JSON"),
    "no length": (
        lambda f: change_json(f / "config.json", max_position_embeddings=-3),
        "takes -3 tokens",
    ),
    "vision": (lambda f: change_json(f / "config.json", model_type="vit"), "not a causal"),
    "mistyped": (lambda f: change_json(f / "config.json", hidden_size="wide"), "cannot be loaded"),
    "padding": (lambda f: change_json(f / "config.json", pad_token_id=9_999), "cannot be loaded"),
    "quantised": (
        lambda f: change_json(f / "config.json", quantization_config={"quant_method": "gptq"}),
        "quantised (gptq)",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_files_that_cannot_be_used(damage: str, copied: Checkpoint) -> None:
    folder = copied("llama")
    apply, expected = DAMAGES[damage]
    apply(folder)
    assert expected in refusal(folder)


def test_everything_that_is_wrong_is_told_at_once(copied: Checkpoint) -> None:
    folder = copied("llama")
    for damage in ("no tokenizer", "pickle", "unknown"):
        DAMAGES[damage][0](folder)
    message = refusal(folder)
    assert "for 3 reasons" in message
    assert all(DAMAGES[damage][1] in message for damage in ("no tokenizer", "pickle", "unknown"))


def test_a_model_and_its_tokenizer_are_told_at_once(copied: Checkpoint) -> None:
    folder = copied("llama")
    lm = load(folder)
    lm.coder.tokenizer.add_tokens(["Land 17"])
    lm.coder.tokenizer.save_pretrained(folder)

    def spoil(tensors: dict[str, torch.Tensor]) -> None:
        del tensors["model.layers.1.mlp.up_proj.weight"]
        tensors["model.norm.weight"].fill_(float("nan"))

    change_weights(folder, spoil)
    message = refusal(folder)
    for part in ("'Land 17'", "model.layers.1.mlp.up_proj.weight", "model.norm.weight"):
        assert part in message


@pytest.mark.parametrize("name", ["./nowhere", "a/b/c", "not a name"])
def test_a_place_that_does_not_exist(name: str) -> None:
    with pytest.raises(UserError, match="there is no such folder") as caught:
        load_checkpoint(name)
    assert caught.value.where == name


def test_facts_that_are_too_long_are_told_with_the_model(
    copied: Checkpoint, stream: Stream
) -> None:
    folder = copied("llama")
    change_json(folder / "config.json", max_position_embeddings=8)
    with pytest.raises(UserError, match="too long for the model"):
        fit_to_model(stream, load(folder).context, load(folder).coder)
    change_weights(folder, lambda tensors: tensors.pop("model.layers.1.mlp.up_proj.weight"))
    with pytest.raises(UserError) as caught:
        models.load(str(folder), stream, device="cpu")
    message = str(caught.value)
    assert "model.layers.1.mlp.up_proj.weight" in message and "the model takes 8" in message


@pytest.mark.parametrize(("kind", "context"), [("roberta", 20), ("mpt", 9), ("prophetnet", 19)])
def test_the_context_is_what_the_model_takes(
    kind: str, context: int, load_lm: Callable[[str], LanguageModel]
) -> None:
    import transformers as hf

    size = {"vocab_size": 64, "hidden_size": 32, "num_attention_heads": 2, "num_hidden_layers": 1}
    prophet = {"decoder_ffn_dim": 48, "num_decoder_layers": 1, "num_encoder_layers": 1}
    prophet |= {"num_decoder_attention_heads": 2, "max_position_embeddings": 22}
    config = {
        "roberta": lambda: hf.RobertaConfig(**size, is_decoder=True, max_position_embeddings=22),
        "mpt": lambda: hf.MptConfig(
            vocab_size=64, d_model=32, n_layers=1, n_heads=2, max_seq_len=9
        ),
        "prophetnet": lambda: hf.ProphetNetConfig(
            vocab_size=64, hidden_size=32, pad_token_id=1, **prophet
        ),
    }[kind]()
    model = hf.AutoModelForCausalLM.from_config(config)
    assert replace(load_lm("llama"), model=model).context == context
    with torch.no_grad():
        model(input_ids=torch.arange(3, 3 + context)[None])
        with pytest.raises((RuntimeError, IndexError)):
            model(input_ids=torch.arange(3, 4 + context)[None])


def test_files_in_place_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "m.gguf").write_bytes(b"GGUF\x03\0\0\0")
    (tmp_path / "model.safetensors").write_bytes(b"\0")
    with pytest.raises(UserError, match="it is a GGUF file"):
        load_checkpoint(str(tmp_path / "m.gguf"))
    with pytest.raises(UserError, match="it is a file, not the folder"):
        load_checkpoint(str(tmp_path / "model.safetensors"))


def test_a_hub_name_without_a_network_fails_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    with pytest.raises(UserError, match="the hub does not answer"):
        load_checkpoint("some-org/some-model")
    assert not slept  # nothing is tried again


def test_a_saved_model_that_has_changed_is_doubted(copied: Checkpoint) -> None:
    folder = copied("llama")
    files = {file.name: sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}
    (folder / "cltool.json").write_text(json.dumps({"files": files}))
    assert load(folder).warnings == ()
    change_weights(folder, lambda tensors: tensors["lm_head.weight"].mul_(1.01))
    (told,) = load(folder).warnings
    assert told == (
        "The saved model is not as cltool wrote it: model.safetensors has changed since it was"
        " written."
    )
