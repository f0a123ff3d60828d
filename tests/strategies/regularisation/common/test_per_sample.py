"""Squared gradients of single samples: exact on every architecture, whatever the batch size."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from cltool.facts.stream import Stream
from cltool.lm.batches import Batch, collate
from cltool.lm.coder import Encoded
from cltool.lm.language_model import LanguageModel
from cltool.lm.scoring import Scored, score
from cltool.strategies.regularisation.common import per_sample
from cltool.strategies.regularisation.common.per_sample import per_sample_sums, squared_gradients

from ....conftest import ARCHITECTURES, LoadLM, MakeLearner
from ...adapters.test_peft_methods import RUNS


def sentences(lm: LanguageModel, stream: Stream, count: int = 7) -> list[Encoded]:
    """Sentences of different lengths."""
    pairs = [pair for fact in stream.updates[0].learn for pair in stream.wordings.examples(fact)]
    encoded = lm.coder.pairs(pairs[:: len(pairs) // count])[:count]
    assert len({len(one) for one in encoded}) > 1
    return encoded


def in_batches(lm: LanguageModel, examples: list[Encoded], size: int) -> list[Batch]:
    return [
        collate(examples[begin : begin + size], lm.coder.pad)
        for begin in range(0, len(examples), size)
    ]


def by_hand(lm: LanguageModel, examples: list[Encoded]) -> dict[str, Tensor]:
    """One backward pass a sentence, nothing padded, no logits left out."""
    sums = {n: torch.zeros_like(p) for n, p in lm.model.named_parameters() if p.requires_grad}
    lm.model.eval()
    for example in examples:
        ids = torch.tensor([example.ids])
        labels = torch.tensor([[*[-100] * example.start, *example.ids[example.start :]]])
        lm.model.zero_grad()
        logits = lm.model(input_ids=ids, use_cache=False).logits
        torch.nn.functional.cross_entropy(logits[0, :-1], labels[0, 1:], reduction="sum").backward()
        for name, parameter in lm.model.named_parameters():
            if parameter.grad is not None:
                sums[name] += parameter.grad**2
    lm.model.zero_grad()
    return sums


def scorer(lm: LanguageModel) -> Any:
    return lambda batch: score(lm.model, batch)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_equals_one_backward_pass_a_sentence(name: str, load_lm: LoadLM, stream: Stream) -> None:
    lm = load_lm(name)
    examples = sentences(lm, stream)
    expected = by_hand(lm, examples)
    # A key's bias has no gradient (softmax does not see it), so its squares are rounding.
    noise = 1e-8 * max(float(tensor.max()) for tensor in expected.values())
    for size in (1, 3, 7):
        sums, count = squared_gradients(lm.model, scorer(lm), in_batches(lm, examples, size))
        assert count == len(examples)
        assert list(sums) == list(expected)
        for parameter, tensor in sums.items():
            scale = 1e-5 * float(expected[parameter].max())
            torch.testing.assert_close(
                tensor,
                expected[parameter],
                rtol=1e-3,
                atol=max(scale, noise),
                msg=f"{parameter}, batches of {size}",
            )
    assert sum(float(tensor.sum()) for tensor in expected.values()) > 1.0


# Weights that are read where their module is not called, called with more, or called otherwise.
ODD = (
    *("IA3", "VERA", "LOHA", "LILY", "LN_TUNING", "P_TUNING", "PROMPT_TUNING", "SUPERTUNING"),
    "LORA",  # DoRA
)


@pytest.mark.parametrize("method", ODD)
def test_adapters_equal_one_backward_pass_a_sentence(
    method: str, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("lora", strategy={"rank": 4, "peft": method, **RUNS[method]})
    lm, score = learner.lm, learner.score
    with torch.no_grad():  # many begin where half of their gradients are zero
        for parameter in learner.trainable().values():
            parameter.add_(0.02 * torch.randn_like(parameter))
    examples = sentences(lm, stream)[:5]
    single, _ = squared_gradients(lm.model, score, in_batches(lm, examples, 1))
    batched, count = squared_gradients(lm.model, score, in_batches(lm, examples, 5))
    assert count == 5
    assert sum(float(tensor.sum()) for tensor in single.values()) > 0
    for name, tensor in batched.items():
        scale = 1e-4 * float(single[name].max())
        torch.testing.assert_close(tensor, single[name], rtol=1e-3, atol=scale)


@pytest.mark.parametrize("name", ["llama", "gpt2", "gpt_neox", "opt", "gemma", "qwen3"])
def test_these_layers_are_computed_per_batch(
    name: str, load_lm: LoadLM, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    lm = load_lm(name)
    alone: list[object] = []
    single = per_sample._single
    monkeypatch.setattr(per_sample, "_single", lambda *args: alone.append(args) or single(*args))
    examples = sentences(lm, stream)
    batches = [*in_batches(lm, examples, 7), *in_batches(lm, examples, 7)]
    assert squared_gradients(lm.model, scorer(lm), batches)[1] == 14
    assert len(alone) == 1  # by which it is tried out


def test_tied_embeddings_add_both_uses_before_squaring(load_lm: LoadLM, stream: Stream) -> None:
    lm = load_lm("gpt2")
    model: Any = lm.model
    assert model.lm_head.weight is model.transformer.wte.weight
    examples = sentences(lm, stream)
    sums, _ = squared_gradients(model, scorer(lm), in_batches(lm, examples, 7))
    assert "lm_head.weight" not in sums
    expected = by_hand(lm, examples)["transformer.wte.weight"]
    torch.testing.assert_close(sums["transformer.wte.weight"], expected, rtol=1e-3, atol=1e-4)


def test_only_trainable_parameters(load_lm: LoadLM, stream: Stream) -> None:
    lm = load_lm("llama")
    for name, parameter in lm.model.named_parameters():
        parameter.requires_grad = "mlp" in name
    examples = sentences(lm, stream)
    expected = by_hand(lm, examples)
    sums, _ = squared_gradients(lm.model, scorer(lm), in_batches(lm, examples, 7))
    assert (
        set(sums)
        == set(expected)
        == {
            f"model.layers.{layer}.mlp.{name}_proj.weight"
            for layer in range(2)
            for name in ("gate", "up", "down")
        }
    )
    for name, tensor in sums.items():
        torch.testing.assert_close(tensor, expected[name], rtol=1e-3, atol=1e-4)


def test_lora(load_lm: LoadLM, stream: Stream) -> None:
    import peft

    lm = load_lm("llama")
    torch.manual_seed(0)
    config = peft.LoraConfig(r=2, target_modules="all-linear", init_lora_weights=False)
    lm.model = peft.get_peft_model(lm.model, config)
    examples = sentences(lm, stream)
    expected = by_hand(lm, examples)
    sums, _ = squared_gradients(lm.model, scorer(lm), in_batches(lm, examples, 7))
    assert sums and all("lora_" in name for name in sums)
    for name, tensor in sums.items():
        torch.testing.assert_close(tensor, expected[name], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("name", ["llama", "gpt2", "mamba"])
def test_absolute_gradients_of_another_quantity(name: str, load_lm: LoadLM, stream: Stream) -> None:
    """Of the squared logits at a sentence's first learned token, of some parameters."""
    lm = load_lm(name)

    def quantity(scored: Scored) -> Tensor:
        learned = scored.labels != -100
        first = learned & (learned.cumsum(dim=1) == 1)
        return (scored.logits[first] ** 2).sum()

    examples = sentences(lm, stream)
    names = [n for n, _ in lm.model.named_parameters() if "norm" in n or "ln_" in n or "emb" in n]
    assert names
    expected: dict[str, Tensor] = {}
    for example in examples:
        lm.model.zero_grad()
        logits = lm.model(input_ids=torch.tensor([example.ids]), use_cache=False).logits
        (logits[0, example.start - 1] ** 2).sum().backward()
        for parameter in names:
            grad = lm.model.get_parameter(parameter).grad
            assert grad is not None
            expected[parameter] = expected.get(parameter, torch.zeros_like(grad)) + grad.abs()
    lm.model.zero_grad()
    for size in (1, 4):
        batches = in_batches(lm, examples, size)
        sums, count = per_sample_sums(lm.model, scorer(lm), batches, quantity, torch.abs, names)
        assert count == len(examples) and set(sums) == set(names)
        for parameter, tensor in sums.items():
            scale = 1e-4 * float(expected[parameter].max())
            torch.testing.assert_close(
                tensor, expected[parameter], rtol=1e-3, atol=scale, msg=parameter
            )


def test_of_no_parameters(load_lm: LoadLM, stream: Stream) -> None:
    lm = load_lm("llama")
    batches = in_batches(lm, sentences(lm, stream), 4)
    assert squared_gradients(lm.model, scorer(lm), batches, []) == ({}, 0)


def test_little_memory_gives_the_same(
    load_lm: LoadLM, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    lm = load_lm("llama")
    batches = in_batches(lm, sentences(lm, stream), 7)
    sizes: list[int] = []

    def counted(batch: Batch) -> Scored:
        sizes.append(len(batch["labels"]))
        return score(lm.model, batch)

    whole, _ = squared_gradients(lm.model, counted, batches)
    size = sum(p.numel() * 4 for p in lm.model.parameters())
    monkeypatch.setattr(per_sample, "MEMORY", 2 * size)
    parts, count = squared_gradients(lm.model, counted, batches)
    # One sample alone, to try out whether a batch gives the same.
    assert sizes == [7, 1, 2, 1, 2, 2, 1]
    assert count == 7
    for name, tensor in parts.items():
        torch.testing.assert_close(tensor, whole[name], rtol=1e-3, atol=1e-4)


def test_the_model_is_unchanged(load_lm: LoadLM, stream: Stream) -> None:
    lm = load_lm("llama")
    lm.model.train()
    before = {name: tensor.clone() for name, tensor in lm.model.state_dict().items()}
    squared_gradients(lm.model, scorer(lm), in_batches(lm, sentences(lm, stream), 3))
    assert lm.model.training
    assert all(p.grad is None for p in lm.model.parameters())
    assert not any(module._forward_hooks for module in lm.model.modules())
    for name, tensor in lm.model.state_dict().items():
        assert torch.equal(tensor, before[name])


def test_no_examples_give_zero(load_lm: LoadLM) -> None:
    lm = load_lm("llama")
    sums, count = squared_gradients(lm.model, scorer(lm), [])
    assert count == 0
    assert all(float(tensor.abs().sum()) == 0 for tensor in sums.values())


def test_autocast_is_approximately_equal(load_lm: LoadLM, stream: Stream) -> None:
    lm = load_lm("llama")
    batches = in_batches(lm, sentences(lm, stream), 4)

    def rough(batch: Batch) -> Scored:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return score(lm.model, batch)

    exact, _ = squared_gradients(lm.model, scorer(lm), batches)
    near, count = squared_gradients(lm.model, rough, batches)
    assert count == 7
    for name, tensor in exact.items():
        assert near[name].dtype == torch.float32
        assert float((near[name] - tensor).norm()) <= 0.15 * float(tensor.norm()), name
