"""`tiny-compressive`: how its compression is trained beside the other weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from cltool.facts.stream import Stream
from cltool.lm.architectures.compressive import CompressiveConfig, CompressiveForCausalLM
from cltool.lm.language_model import load_checkpoint
from cltool.models.compressive import CompressionTraining, Compressive
from cltool.models.tiny import build
from cltool.models.tiny.recipe import Recipe

IDS = torch.randint(3, 50, (2, 60), generator=torch.Generator().manual_seed(1))


@pytest.fixture
def model() -> Any:
    torch.manual_seed(0)
    config = CompressiveConfig(
        vocab_size=50,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        segment=8,
        memory=8,
        compressed=8,
        initializer_range=0.5,
    )
    return CompressiveForCausalLM(config).train()


def stepped(model: Any, *, language: bool) -> list[Tensor]:
    """The compression after one step, with gradients of the language model's loss or without."""
    training = CompressionTraining(model, 1e-2)
    logits = model(IDS).logits
    if language:
        logits.logsumexp(-1).sum().backward()
    training.step()
    assert all(weight.grad is None for weight in model.compressions())
    return [weight.detach().clone() for weight in model.compressions()]


def test_the_language_models_loss_does_not_train_the_compression(model: Any) -> None:
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    alone = stepped(model, language=False)
    model.load_state_dict(before)
    assert all(map(torch.equal, alone, stepped(model, language=True)))
    model.load_state_dict(before)
    untrained = [weight.detach().clone() for weight in model.compressions()]
    assert not any(map(torch.equal, alone, untrained))


def test_without_a_compressed_segment_nothing_is_trained(model: Any) -> None:
    training = CompressionTraining(model, 1e-2)
    before = [weight.detach().clone() for weight in model.compressions()]
    model(IDS[:, :6]).logits.sum().backward()
    training.step()
    assert all(map(torch.equal, before, model.compressions()))


def test_a_built_model_has_a_trained_and_frozen_compression(stream: Stream, tmp_path: Path) -> None:
    recipe = Recipe(
        hidden=32, inner=48, layers=2, vocabulary=384, epochs=1, steps=2, pages=24, page_batch=12
    )
    architecture = Compressive(segment=16, memory=16)
    facts = stream.updates[0].learn
    build.make(facts, stream.wordings, recipe, tmp_path / "m", architecture=architecture)
    lm = load_checkpoint(str(tmp_path / "m"))
    mean = torch.eye(32).unsqueeze(-1).expand(32, 32, 4) / 4
    weights = [weight for weight in lm.model.compressions() if weight.dim() == 3]
    assert len(weights) == 2
    assert not any(torch.equal(weight, mean) for weight in weights)


def test_training_ends_with_a_frozen_compression(model: Any) -> None:
    training = CompressionTraining(model, 1e-2)
    assert all(weight.requires_grad for weight in model.compressions())
    training.end()
    assert not any(weight.requires_grad for weight in model.compressions())
