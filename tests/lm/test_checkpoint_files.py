"""Files and folders that are no checkpoint, and everything that is wrong told at once."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from cltool import models
from cltool.core.errors import UserError
from cltool.facts.stream import Stream
from cltool.lm.language_model import LanguageModel, load_checkpoint
from cltool.models.lengths import fit_to_model

from .damaged_checkpoints import Checkpoint, change_json, change_weights, load, refusal


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
