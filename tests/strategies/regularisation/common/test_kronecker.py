"""Kronecker factors of linear layers: what they are, on which layers, whatever the batches."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from transformers.pytorch_utils import Conv1D

from cltool.facts.stream import Stream
from cltool.lm.batches import Batch, collate
from cltool.lm.coder import Encoded
from cltool.lm.language_model import LanguageModel
from cltool.lm.scoring import score
from cltool.strategies.regularisation.common.kronecker import (
    Factors,
    kronecker_factors,
    linear_layers,
    second_moment,
)

from ....conftest import ARCHITECTURES, LoadLM


def sentences(lm: LanguageModel, stream: Stream, count: int = 6) -> list[Encoded]:
    pairs = [pair for fact in stream.updates[0].learn for pair in stream.wordings.examples(fact)]
    encoded = lm.coder.pairs(pairs[:: len(pairs) // count])[:count]
    assert len({len(one) for one in encoded}) > 1
    return encoded


def factors_of(lm: LanguageModel, examples: list[Encoded], size: int) -> dict[str, Factors]:
    batches: list[Batch] = [
        collate(examples[begin : begin + size], lm.coder.pad)
        for begin in range(0, len(examples), size)
    ]
    return kronecker_factors(lm.model, lambda batch: score(lm.model, batch), batches)


def by_hand(lm: LanguageModel, name: str, examples: list[Encoded]) -> tuple[Tensor, Tensor]:
    """A and G of one layer, one sentence at a time, nothing padded, no logits left out."""
    layer: Any = lm.model.get_submodule(name.rpartition(".")[0])
    calls: list[tuple[Tensor, Tensor]] = []
    handle = layer.register_forward_hook(
        lambda module, inputs, output: calls.append((inputs[0], output))
    )
    inputs, outputs, tokens = torch.zeros(()), torch.zeros(()), 0
    for example in examples:
        calls.clear()
        labels = torch.tensor([*[-100] * example.start, *example.ids[example.start :]])
        logits = lm.model(input_ids=torch.tensor([example.ids]), use_cache=False).logits
        loss = nn.functional.cross_entropy(logits[0, :-1], labels[1:], reduction="sum")
        ((value, output),) = calls
        (grad,) = torch.autograd.grad(loss, [output])
        # OPT hands its tokens over in one row.
        tokens_of = value.detach().flatten(0, -2), grad.flatten(0, -2)
        for a, g in zip(*tokens_of, strict=True):
            if bool(g.abs().max() > 1e-4 * grad.abs().max()):
                inputs, outputs = inputs + torch.outer(a, a), outputs + torch.outer(g, g)
                tokens += 1
    handle.remove()
    return inputs / tokens, outputs / len(examples)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_architecture_with_any_batch_size(name: str, load_lm: LoadLM, stream: Stream) -> None:
    lm = load_lm(name)
    examples = sentences(lm, stream)
    found = [factors_of(lm, examples, size) for size in (1, 3, 6)]
    inside = {n for n in linear_layers(lm.model) if "dt_proj" not in n and "embed" not in n}
    assert set(found[0]) == inside and len(inside) >= 6
    for layer in sorted(inside)[:: max(1, len(inside) // 4)]:
        expected = by_hand(lm, layer, examples)
        for factors in found:
            pair = factors[layer].inputs, factors[layer].outputs
            for tensor, other in zip(pair, expected, strict=True):
                scale = 1e-4 * float(other.abs().max())
                torch.testing.assert_close(tensor, other, rtol=1e-3, atol=scale, msg=layer)


def test_tied_heads_and_layers_that_are_not_called_have_no_factors(load_lm: LoadLM) -> None:
    gpt2, llama = load_lm("gpt2"), load_lm("llama")
    assert not any("wte" in name or "lm_head" in name for name in linear_layers(gpt2.model))
    assert "lm_head.weight" in linear_layers(llama.model)
    assert not any("norm" in name or "embed" in name for name in linear_layers(llama.model))


def test_adapters_have_their_own_factors(load_lm: LoadLM, stream: Stream) -> None:
    import peft

    lm = load_lm("gpt2")
    config = peft.LoraConfig(r=2, target_modules=["c_attn"], init_lora_weights=False)
    lm.model = peft.get_peft_model(lm.model, config)
    found = factors_of(lm, sentences(lm, stream), 6)
    assert len(found) == 4 and all("lora_" in name for name in found)
    sizes = {tuple(factors.inputs.shape) for factors in found.values()}
    assert sizes == {(32, 32), (2, 2)}


def test_only_sides_up_to_the_limit_have_full_factors(load_lm: LoadLM, stream: Stream) -> None:
    lm = load_lm("llama")
    batches = [collate(sentences(lm, stream), lm.coder.pad)]
    whole, partly = (
        kronecker_factors(lm.model, lambda batch: score(lm.model, batch), batches, widest)
        for widest in (1024, 32)
    )
    assert {side for one in partly.values() for side in (one.inputs.ndim, one.outputs.ndim)} == {
        1,
        2,
    }
    for name, factors in whole.items():
        for full, kept in (
            (factors.inputs, partly[name].inputs),
            (factors.outputs, partly[name].outputs),
        ):
            torch.testing.assert_close(kept, full if len(full) <= 32 else full.diagonal())


def test_no_linear_layer_is_trained(load_lm: LoadLM, stream: Stream) -> None:
    lm = load_lm("llama")
    for name, parameter in lm.model.named_parameters():
        parameter.requires_grad = "norm" in name
    assert factors_of(lm, sentences(lm, stream), 6) == {}


@pytest.mark.parametrize("kind", ["linear", "conv1d"])
@pytest.mark.parametrize("widest", [2048, 4, 3], ids=["whole", "a side's diagonal", "diagonals"])
def test_the_product_is_that_of_the_kronecker_product(kind: str, widest: int) -> None:
    torch.manual_seed(0)
    layer = nn.Linear(4, 5, bias=False) if kind == "linear" else Conv1D(5, 4)
    value, upstream = torch.randn(9, 4), torch.randn(9, 5)
    inputs, outputs = (second_moment(side, widest) for side in (value, upstream))
    factors = Factors(inputs, outputs, kind == "conv1d")
    left, right = upstream.T @ upstream, value.T @ value
    left = torch.diag(left.diagonal()) if widest < 5 else left
    right = torch.diag(right.diagonal()) if widest < 4 else right
    moved = torch.randn(layer.weight.shape)
    plain = moved if kind == "linear" else moved.T
    # vec stacks columns: vec(G ΔW A) = (A ⊗ G) vec(ΔW).
    expected = torch.kron(right, left) @ plain.T.flatten()
    applied = factors.apply(moved) if kind == "linear" else factors.apply(moved).T
    torch.testing.assert_close(applied.T.flatten(), expected, rtol=1e-4, atol=1e-3)
    assert factors.trace() == pytest.approx(float(torch.kron(right, left).trace()), rel=1e-4)


def test_for_constant_inputs_it_equals_the_fisher() -> None:
    torch.manual_seed(0)
    value = torch.randn(3).repeat(6, 1)
    upstream = torch.randn(6, 4)
    gradients = torch.einsum("ng,na->nga", upstream, value).flatten(1)
    exact = gradients.T @ gradients / 6
    factors = Factors(value.T @ value / 6, upstream.T @ upstream / 6)
    moved = torch.randn(4, 3)
    torch.testing.assert_close(factors.apply(moved).flatten(), exact @ moved.flatten())


def test_the_model_is_unchanged(load_lm: LoadLM, stream: Stream) -> None:
    lm = load_lm("llama")
    lm.model.train()
    factors_of(lm, sentences(lm, stream), 3)
    assert lm.model.training
    assert all(p.grad is None for p in lm.model.parameters())
    assert not any(module._forward_hooks for module in lm.model.modules())
    assert factors_of(lm, [], 3) == {}
