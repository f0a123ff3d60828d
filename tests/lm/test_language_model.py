"""Models of any architecture: loaded, saved, and put back."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from cltool.core.errors import UserError
from cltool.facts.stream import Stream
from cltool.lm import precision
from cltool.lm.language_model import load_weights, save_checkpoint, save_weights
from cltool.models import load

from ..conftest import ARCHITECTURES, CONTEXT, LoadLM

Checkpoint = Callable[[str], Path]


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_architecture_is_loaded(name: str, load_lm: LoadLM) -> None:
    lm = load_lm(name)
    assert lm.width == 32
    assert lm.context == (1 << 20 if name == "mamba" else CONTEXT)
    assert not lm.model.training
    assert {p.dtype for p in lm.model.parameters()} == {torch.float32}
    assert lm.precision.name == "float32"
    assert lm.coder.eos is not None


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_weights_are_saved_and_loaded(name: str, load_lm: LoadLM, tmp_path: Path) -> None:
    lm, other = load_lm(name), load_lm(name)
    digest = lm.digest()
    assert other.digest() == digest
    with torch.no_grad():
        for parameter in other.model.parameters():
            parameter.add_(1.0)
    assert other.digest() != digest
    save_weights(lm.model, tmp_path / "w.safetensors")
    load_weights(other.model, tmp_path / "w.safetensors")
    assert other.digest() == digest
    size = sum(p.numel() * 4 for p in lm.model.parameters())
    buffers = sum(b.numel() * b.element_size() for b in lm.model.buffers())
    # Tied weights are there once; the header takes little.
    assert size <= (tmp_path / "w.safetensors").stat().st_size <= size + buffers + 16_000


@pytest.mark.parametrize("name", ["llama", "gpt2", "mamba"])
def test_a_saved_checkpoint_is_an_ordinary_one(
    name: str, load_lm: LoadLM, stream: Stream, tmp_path: Path
) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    lm = load_lm(name)
    with torch.no_grad():
        for parameter in lm.model.parameters():
            parameter.mul_(1.1)
    save_checkpoint(lm, tmp_path / "out")
    assert load(str(tmp_path / "out"), stream, device="cpu").digest() == lm.digest()
    plain = AutoModelForCausalLM.from_pretrained(tmp_path / "out")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "out")
    ids = tokenizer("The ruler of Land 1 is", return_tensors="pt")["input_ids"]
    with torch.no_grad():
        torch.testing.assert_close(plain(ids).logits, lm.model(ids).logits)
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_an_adapter_is_merged_into_what_is_saved(
    load_lm: LoadLM, stream: Stream, tmp_path: Path
) -> None:
    import peft

    lm = load_lm("llama")
    torch.manual_seed(0)
    lm.model = peft.get_peft_model(
        lm.model, peft.LoraConfig(r=2, target_modules="all-linear", init_lora_weights=False)
    )
    before = lm.digest()
    ids = torch.tensor([[5, 6, 7]])
    with torch.no_grad():
        expected = lm.model(input_ids=ids).logits
    save_checkpoint(lm, tmp_path / "out")
    assert lm.digest() == before  # the model in use is still the adapted one
    again = load(str(tmp_path / "out"), stream, device="cpu")
    with torch.no_grad():
        torch.testing.assert_close(
            again.model(input_ids=ids).logits, expected, rtol=1e-4, atol=1e-3
        )


def test_an_existing_empty_folder_may_be_saved_to(load_lm: LoadLM, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    save_checkpoint(load_lm("llama"), tmp_path / "out")
    assert (tmp_path / "out" / "config.json").is_file()
    with pytest.raises(UserError, match="not empty"):
        save_checkpoint(load_lm("llama"), tmp_path / "out")


def test_a_saved_checkpoint_generates_as_its_source_does(
    checkpoint: Checkpoint, stream: Stream, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    shutil.copytree(checkpoint("llama"), source)
    generation = {"do_sample": True, "temperature": 0.6, "eos_token_id": 0, "pad_token_id": 2}
    (source / "generation_config.json").write_text(json.dumps(generation))
    (source / "chat_template.jinja").write_text("{{ messages[0]['content'] }}")
    (source / "additional_chat_templates").mkdir()
    (source / "additional_chat_templates" / "tool.jinja").write_text("{{ tools }}")
    settings = json.loads((source / "tokenizer_config.json").read_text())
    (source / "tokenizer_config.json").write_text(json.dumps({**settings, "of_my_own": 7}))
    lm = load(str(source), stream, device="cpu")
    save_checkpoint(lm, tmp_path / "out")
    kept = {file.relative_to(source).as_posix() for file in source.rglob("*") if file.is_file()}
    for name in kept - {"config.json", "model.safetensors"}:
        assert (tmp_path / "out" / name).read_bytes() == (source / name).read_bytes(), name
    again = load(str(tmp_path / "out"), stream, device="cpu")
    assert again.parts == lm.parts and not again.warnings


def test_generation_with_a_saved_checkpoint_ends_where_training_ends_a_text(
    checkpoint: Checkpoint, stream: Stream, tmp_path: Path
) -> None:
    from transformers import GenerationConfig

    source = tmp_path / "source"
    shutil.copytree(checkpoint("llama"), source)
    other = json.loads((source / "generation_config.json").read_text())
    (source / "generation_config.json").write_text(json.dumps({**other, "eos_token_id": 1}))
    lm = load(str(source), stream, device="cpu")
    save_checkpoint(lm, tmp_path / "out")
    ends = GenerationConfig.from_pretrained(tmp_path / "out").eos_token_id
    assert set(ends) == {1, lm.coder.eos}


def test_the_parts_of_a_model_have_hashes_of_their_own(
    checkpoint: Checkpoint, stream: Stream, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    shutil.copytree(checkpoint("llama"), source)
    before = dict(load(str(source), stream, device="cpu").parts)

    def changed() -> set[str]:
        now = load(str(source), stream, device="cpu").parts
        different = {name for name in before if now[name] != before[name]}
        before.update(now)
        return different

    for name, part, value in (
        ("tokenizer_config.json", "tokenizer", {"of_my_own": 7}),
        ("generation_config.json", "generation_config", {"top_p": 0.5}),
        ("config.json", "config", {"rms_norm_eps": 1e-5}),
    ):
        content = json.loads((source / name).read_text())
        (source / name).write_text(json.dumps({**content, **value}))
        assert changed() == {part}
        (source / name).write_text(
            json.dumps({**content, **value, "transformers_version": "9"}, indent=4)
        )
        assert not changed()
    (source / "chat_template.jinja").write_text("{{ messages }}")
    assert changed() == {"chat_template"}


def test_files_get_the_mode_of_the_umask(load_lm: LoadLM, tmp_path: Path) -> None:
    lm = load_lm("llama")
    before = os.umask(0o027)
    try:
        save_checkpoint(lm, tmp_path / "out")
        save_weights(lm.model, tmp_path / "w.safetensors")
    finally:
        os.umask(before)
    modes = {file.stat().st_mode & 0o777 for file in (tmp_path / "out").iterdir()}
    assert modes == {0o640} and (tmp_path / "out").stat().st_mode & 0o777 == 0o750
    assert (tmp_path / "w.safetensors").stat().st_mode & 0o777 == 0o640


# What is refused.


def test_a_missing_model_is_refused(stream: Stream) -> None:
    with pytest.raises(UserError, match="cannot be used") as caught:
        load("no/such-model", stream)
    assert caught.value.where == "no/such-model"
    assert "cltool list models" in caught.value.hint


@pytest.mark.parametrize("damage", ["config", "weights", "tokenizer", "pickle", "code"])
def test_a_checkpoint_that_cannot_be_used(
    damage: str, checkpoint: Checkpoint, stream: Stream, tmp_path: Path
) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    for file in checkpoint("llama").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    config = json.loads((folder / "config.json").read_text())
    ran = tmp_path / "ran"
    if damage == "config":
        (folder / "config.json").write_text("{")
    elif damage == "weights":
        (folder / "model.safetensors").write_bytes(b"\x08\0\0\0\0\0\0\0notjson!")
    elif damage == "tokenizer":
        for file in folder.glob("*token*"):
            file.unlink()
    elif damage == "pickle":
        weights = {"x": torch.zeros(1)}
        torch.save(weights, folder / "pytorch_model.bin")
        (folder / "model.safetensors").unlink()
    else:
        (folder / "evil.py").write_text(f"open({str(ran)!r}, 'w')")
        config |= {"model_type": "evil", "auto_map": {"AutoModelForCausalLM": "evil.Evil"}}
        config["auto_map"]["AutoConfig"] = "evil.EvilConfig"
        (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(UserError, match="cannot be used") as caught:
        load(str(folder), stream, device="cpu")
    assert caught.value.where == str(folder)
    assert not ran.exists()


def test_weights_of_another_model(load_lm: LoadLM, tmp_path: Path) -> None:
    file = tmp_path / "w.safetensors"
    save_weights(load_lm("gpt2").model, file)
    with pytest.raises(UserError, match="does not fit") as caught:
        load_weights(load_lm("llama").model, file)
    assert caught.value.where == str(file)
    file.write_bytes(b"damaged")
    with pytest.raises(UserError, match="does not fit"):
        load_weights(load_lm("llama").model, file)
    with pytest.raises(UserError, match="does not fit"):
        load_weights(load_lm("llama").model, tmp_path / "none.safetensors")


@pytest.mark.parametrize("device", ["warp", "cuda:99", ""])
def test_a_missing_device_is_refused(device: str) -> None:
    with pytest.raises(UserError, match="cannot be used") as caught:
        precision.choose_device(device)
    assert "auto" in caught.value.hint


# Arithmetic.


def test_the_precision_of_the_setting_is_used(checkpoint: Checkpoint, stream: Stream) -> None:
    lm = load(str(checkpoint("llama")), stream, device="cpu", dtype="bfloat16")
    assert lm.precision.name == "bfloat16"
    assert {p.dtype for p in lm.model.parameters()} == {torch.float32}
    with lm.precision.autocast(), torch.no_grad():
        logits = lm.model(input_ids=torch.tensor([[5, 6, 7]])).logits
    assert logits.dtype == torch.bfloat16
    with pytest.raises(UserError, match="unknown dtype 'float8'"):
        load(str(checkpoint("llama")), stream, device="cpu", dtype="float8")


def test_small_models_are_not_cast(load_lm: LoadLM) -> None:
    cpu = torch.device("cpu")
    assert precision.choose_dtype("auto", load_lm("llama").model, cpu) == torch.float32
