"""Weights that are kept in bfloat16 under an adapter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from cltool.core.errors import UserError
from cltool.facts.stream import Stream
from cltool.lm.language_model import LanguageModel, load_checkpoint, save_checkpoint
from cltool.models import load

from ..conftest import MakeLearner, apply, weights

Checkpoint = Callable[[str], Path]


@pytest.fixture
def narrow(checkpoint: Checkpoint, stream: Stream) -> LanguageModel:
    return load(str(checkpoint("llama")), stream, device="cpu", weights="bfloat16")


def test_they_take_two_bytes_and_have_a_digest_of_their_own(
    narrow: LanguageModel, checkpoint: Checkpoint
) -> None:
    assert {p.dtype for p in narrow.model.parameters()} == {torch.bfloat16}
    exact = load_checkpoint(str(checkpoint("llama")), device="cpu")
    assert narrow.digest() != exact.digest()
    exact.model.to(torch.bfloat16)
    assert narrow.digest() == exact.digest()


@pytest.mark.parametrize("strategy", ["lora", "lora+ewc", "lora+replay"])
def test_an_adapter_in_float32_learns_on_them(
    strategy: str, narrow: LanguageModel, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner(strategy, lm=narrow, lr=2e-2, epochs=12, batch_size=8)
    before = weights(learner.model)
    batch = learner.collate(learner.examples(stream.updates[1].learn))
    with torch.no_grad():
        first = float(learner.score(batch).loss_sum())
    apply(learner, stream.updates[1])
    with torch.no_grad():
        last = float(learner.score(batch).loss_sum())
    assert last < 0.7 * first
    trained = {n: p for n, p in learner.model.named_parameters() if p.requires_grad}
    assert {p.dtype for p in trained.values()} == {torch.float32}
    after = learner.model.state_dict()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed and all("lora_" in name for name in changed)


@pytest.mark.parametrize("strategy", ["naive", "replay+ewc", "lora_merge", "memit"])
def test_a_strategy_that_would_change_them_is_refused(
    strategy: str, narrow: LanguageModel, make_learner: MakeLearner
) -> None:
    with pytest.raises(UserError, match="not float32") as caught:
        make_learner(strategy, lm=narrow)
    assert "lora" in str(caught.value)


@pytest.mark.parametrize("strategy", ["frozen", "in_context"])
def test_a_strategy_that_changes_no_weights_accepts_them(
    strategy: str, narrow: LanguageModel, make_learner: MakeLearner, stream: Stream
) -> None:
    apply(make_learner(strategy, lm=narrow), stream.updates[1])


def test_a_saved_model_has_the_adapter_merged_in_float32(
    narrow: LanguageModel, make_learner: MakeLearner, stream: Stream, tmp_path: Path
) -> None:
    learner = make_learner("lora", lm=narrow, epochs=3)
    apply(learner, stream.updates[1])
    save_checkpoint(learner.lm, tmp_path / "saved")
    assert {p.dtype for p in learner.model.parameters()} == {torch.bfloat16, torch.float32}
    learner.model.float()
    batch = learner.collate(learner.examples(stream.updates[1].learn))
    with torch.no_grad():
        expected = learner.score(batch).logits
    saved = load_checkpoint(str(tmp_path / "saved"), device="cpu")
    with torch.no_grad():
        found = saved.model(
            input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]
        ).logits[:, -expected.shape[1] - 1 : -1]
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)


def test_four_bits_are_refused_without_a_gpu(checkpoint: Checkpoint, stream: Stream) -> None:
    with pytest.raises(UserError, match="4bit needs an NVIDIA GPU, and the model is on cpu"):
        load(str(checkpoint("llama")), stream, device="cpu", weights="4bit")
