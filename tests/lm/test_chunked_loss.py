"""Losses of a large vocabulary in chunks: those of the whole logits, in less memory."""

from __future__ import annotations

import peft
import pytest
import torch
from torch import Tensor, nn

from cltool.facts.stream import Stream
from cltool.lm import chunked_loss
from cltool.lm.batches import Batch, collate
from cltool.lm.chunked_loss import ChunkedScored, score_in_chunks
from cltool.lm.coder import Encoded
from cltool.lm.scoring import Scored, score

from ..conftest import ARCHITECTURES, LoadLM
from .test_scoring import batch_of


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The vocabularies of the tests count as large; a chunk has six tokens."""
    monkeypatch.setattr(chunked_loss, "LARGE", 100)
    monkeypatch.setattr(chunked_loss, "LOGITS", 2400)


def gradients(model: nn.Module, loss: Tensor) -> dict[str, Tensor]:
    model.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    return {n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None}


def same(one: Scored, other: Scored) -> None:
    close = {"rtol": 1e-5, "atol": 1e-5}
    torch.testing.assert_close(one.loss_sum(), other.loss_sum(), **close)
    torch.testing.assert_close(one.loss_per_sample(), other.loss_per_sample(), **close)
    torch.testing.assert_close(one.answer_losses(), other.answer_losses(), **close)
    assert torch.equal(one.hits(), other.hits())
    assert int(one.tokens()) == int(other.tokens())
    torch.testing.assert_close(one.logits, other.logits, **close)


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("name", [*ARCHITECTURES, "tiny"])
def test_losses_and_gradients_are_those_of_the_whole_logits(
    name: str, whole: bool, load_lm: LoadLM, stream: Stream
) -> None:
    lm = load_lm(name)
    batch = batch_of(lm, stream, whole)
    plain, chunked = score(lm.model, batch), score_in_chunks(lm.model, batch)
    assert isinstance(chunked, ChunkedScored)
    same(chunked, plain)
    expected = gradients(lm.model, plain.loss_sum())
    found = gradients(lm.model, score_in_chunks(lm.model, batch).loss_sum())
    scale = max(float(grad.abs().max()) for grad in expected.values())
    for parameter, grad in expected.items():
        torch.testing.assert_close(found[parameter], grad, atol=1e-5 * scale, rtol=1e-5)


def test_an_adapter_on_the_output_layer_is_trained(load_lm: LoadLM, stream: Stream) -> None:
    lm = load_lm("llama")
    batch = batch_of(lm, stream)
    wrapped = peft.get_peft_model(lm.model, peft.LoraConfig(target_modules=["lm_head"]))
    chunked = score_in_chunks(wrapped, batch)
    assert isinstance(chunked, ChunkedScored)
    expected = gradients(wrapped, score(wrapped, batch).loss_sum())
    found = gradients(wrapped, chunked.loss_sum())
    assert any("lora_B" in name and grad.abs().max() > 0 for name, grad in found.items())
    for name, grad in expected.items():
        torch.testing.assert_close(found[name], grad, atol=1e-5, rtol=1e-5)


def test_a_model_that_caps_its_logits_is_scored_whole(load_lm: LoadLM, stream: Stream) -> None:
    lm = load_lm("gemma")
    layer = lm.model.get_output_embeddings()
    plain = type(lm.model).forward

    def capped(*arguments: object, **named: object) -> object:
        out = plain(lm.model, *arguments, **named)
        out.logits = 0.5 * torch.tanh(out.logits / 0.5)
        return out

    lm.model.forward = capped
    assert layer is not None
    batch = batch_of(lm, stream)
    found = score_in_chunks(lm.model, batch)
    assert not isinstance(found, ChunkedScored)
    assert float(found.logits.detach().abs().max()) <= 0.5


def test_without_gradients_there_are_none(load_lm: LoadLM, stream: Stream) -> None:
    lm = load_lm("llama")
    with torch.no_grad():
        found = score_in_chunks(lm.model, batch_of(lm, stream))
    assert not found.loss_sum().requires_grad
    assert not found.logits.requires_grad


def test_autocast_covers_the_output_layer(load_lm: LoadLM, stream: Stream) -> None:
    lm = load_lm("llama")
    batch = batch_of(lm, stream)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        plain, chunked = score(lm.model, batch), score_in_chunks(lm.model, batch)
    assert chunked.logits.dtype == torch.bfloat16
    torch.testing.assert_close(chunked.loss_sum(), plain.loss_sum(), rtol=1e-2, atol=0)


def test_what_the_loss_keeps_does_not_grow_with_the_vocabulary(load_lm: LoadLM) -> None:
    lm = load_lm("llama")
    rows = torch.randint(3, 100, (8, 40), generator=torch.Generator().manual_seed(0)).tolist()
    batch: Batch = collate([Encoded(tuple(row), 1) for row in rows], lm.coder.pad)
    vocabulary = lm.model.get_output_embeddings().weight.shape[0]
    kept = []
    for run in (score, score_in_chunks):
        scored = run(lm.model, batch)
        sizes: list[int] = []

        def pack(tensor: Tensor, sizes: list[int] = sizes) -> Tensor:
            sizes.append(tensor.numel() * (tensor.shape[-1:] == (vocabulary,)))
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
            scored.loss_sum()
        kept.append(max(sizes))
    positions = 8 * 39
    assert kept[0] >= positions * vocabulary
    assert kept[1] == 0
