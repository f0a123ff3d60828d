"""Optimizers by name, and the schedules of their rates."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from cltool.core.errors import UserError
from cltool.lm import optimizers
from cltool.lm.optimizers import MuonWithAdamW, schedule_factor, set_factor

from ..conftest import LoadLM


@pytest.mark.parametrize("name", ["adamw", "adafactor", "muon", "sgd"])
@pytest.mark.parametrize("lm", ["llama", "gpt2", "mamba"])
def test_every_trainable_parameter_once_and_no_other(name: str, lm: str, load_lm: LoadLM) -> None:
    model = load_lm(lm).model
    for number, parameter in enumerate(model.parameters()):
        parameter.requires_grad = number % 3 > 0
    built = optimizers.build(model, name, 1e-3, 0.1)
    held = [id(p) for group in built.param_groups for p in group["params"]]
    assert len(held) == len(set(held))
    assert set(held) == {id(p) for p in model.parameters() if p.requires_grad}


def test_muon_takes_the_matrices_inside_the_blocks(load_lm: LoadLM) -> None:
    lm = load_lm("llama")
    built = optimizers.build(lm.model, "muon", 3e-3, 0.1)
    assert isinstance(built, MuonWithAdamW)
    matrices, others = built.param_groups
    names = {id(p): n for n, p in lm.model.named_parameters()}
    inside = {names[id(p)] for p in matrices["params"]}
    assert inside == {n for n in names.values() if "_proj" in n}
    outside = {names[id(p)] for p in others["params"]}
    assert {"model.embed_tokens.weight", "lm_head.weight", "model.norm.weight"} <= outside
    assert (matrices["lr"], others["lr"]) == (pytest.approx(2e-2), 3e-3)
    assert (matrices["weight_decay"], others["weight_decay"]) == (0.1, 0.0)
    given = optimizers.build(lm.model, "muon", 3e-3, 0.0, matrix_lr=0.5)
    assert given.param_groups[0]["lr"] == 0.5


@pytest.mark.parametrize("name", ["adamw", "sgd"])
def test_gains_and_biases_have_no_weight_decay(name: str, load_lm: LoadLM) -> None:
    built = optimizers.build(load_lm("gpt2").model, name, 1e-3, 0.3)
    for group in built.param_groups:
        dimensions = {p.ndim for p in group["params"]}
        assert group["weight_decay"] == (0.0 if dimensions == {1} else 0.3)


@pytest.mark.parametrize("name", ["adamw", "muon", "sgd"])
def test_every_optimizer_steps_and_clears(name: str, load_lm: LoadLM) -> None:
    lm = load_lm("llama")
    built = optimizers.build(lm.model, name, 1e-2, 0.0)
    before = [p.detach().clone() for p in lm.model.parameters()]
    loss = lm.model(input_ids=torch.tensor([[5, 6, 7]])).logits.float().logsumexp(-1).sum()
    loss.backward()
    built.step()
    moved = [not torch.equal(p, old) for p, old in zip(lm.model.parameters(), before, strict=True)]
    assert all(moved)
    built.zero_grad()
    assert all(p.grad is None for p in lm.model.parameters())


def test_sgd_is_plain() -> None:
    model = torch.nn.Linear(2, 2)
    built = optimizers.build(model, "sgd", 0.5, 0.0)
    weight = model.weight.detach().clone()
    model(torch.ones(1, 2)).sum().backward()
    built.step()
    torch.testing.assert_close(model.weight.detach(), weight - 0.5)


def test_adamw_moves_by_its_rate_at_first() -> None:
    model = torch.nn.Linear(2, 2)
    built = optimizers.build(model, "adamw", 0.01, 0.0)
    weight = model.weight.detach().clone()
    (1000 * model(torch.ones(1, 2)).sum()).backward()
    built.step()
    torch.testing.assert_close(model.weight.detach(), weight - 0.01, atol=1e-5, rtol=0)


# Schedules.


def factors(shape: str, total: int = 10, warmup: int = 0) -> list[float]:
    return [schedule_factor(shape, step, total, warmup) for step in range(total)]


def test_schedules() -> None:
    assert factors("constant") == [1.0] * 10
    assert factors("linear") == pytest.approx([1 - step / 10 for step in range(10)])
    assert factors("cosine") == pytest.approx(
        [0.5 + 0.5 * math.cos(math.pi * step / 10) for step in range(10)]
    )


@pytest.mark.parametrize("shape", ["constant", "linear", "cosine"])
def test_warm_up_is_linear_and_then_the_schedule_starts(shape: str) -> None:
    found = factors(shape, warmup=4)
    assert found[:4] == pytest.approx([0.25, 0.5, 0.75, 1.0])
    assert found[4] == 1.0
    assert all(0 <= one <= 1 for one in found)
    assert found[4:] == sorted(found[4:], reverse=True)


@pytest.mark.parametrize("shape", ["constant", "linear", "cosine"])
def test_beyond_the_end_and_all_warm_up(shape: str) -> None:
    assert 0 <= schedule_factor(shape, 99, 10, 0) <= 1
    assert 0 <= schedule_factor(shape, 10, 10, 10) <= 1
    assert schedule_factor(shape, 3, 2, 8) == 0.5


def test_the_factor_applies_to_the_initial_rate(load_lm: LoadLM) -> None:
    model: Any = load_lm("llama").model
    built = optimizers.build(model, "muon", 1e-3, 0.0)
    for factor in (0.5, 0.25, 1.0):
        set_factor(built, factor)
        rates = [group["lr"] for group in built.param_groups]
        assert rates == pytest.approx([factor * 1e-3 * 20 / 3, factor * 1e-3])
    # The rates that the parts use are the rates that are set.
    set_factor(built, 0.0)
    before = [p.detach().clone() for p in model.parameters()]
    model(input_ids=torch.tensor([[5, 6, 7]])).logits.sum().backward()
    built.step()
    assert all(torch.equal(p, old) for p, old in zip(model.parameters(), before, strict=True))


def test_adafactor_keeps_vectors_in_place_of_matrices(load_lm: LoadLM) -> None:
    model = load_lm("llama").model
    held = {}
    for name in ("adamw", "adafactor"):
        built = optimizers.build(model, name, 1e-3, 0.0)
        for parameter in model.parameters():
            parameter.grad = torch.ones_like(parameter)
        built.step()
        tensors = [
            t for state in built.state.values() for t in state.values() if torch.is_tensor(t)
        ]
        held[name] = sum(t.numel() for t in tensors) / sum(p.numel() for p in model.parameters())
    assert held["adamw"] >= 2
    assert held["adafactor"] < 0.1


def test_adafactor_moves_each_matrix_by_the_rate(load_lm: LoadLM) -> None:
    model = load_lm("llama").model
    before = {n: p.detach().clone() for n, p in model.named_parameters()}
    built = optimizers.build(model, "adafactor", 1e-3, 0.0)
    for parameter in model.parameters():
        parameter.grad = torch.randn_like(parameter)
    built.step()
    for name, parameter in model.named_parameters():
        moved = (parameter.detach() - before[name]).pow(2).mean().sqrt()
        assert 0.5e-3 < float(moved) <= 1.01e-3, name


def test_an_optimizer_of_gpus_is_refused_on_a_cpu() -> None:
    with pytest.raises(
        UserError, match="adamw8bit needs an NVIDIA GPU, and the model is on cpu"
    ) as caught:
        optimizers.refuse_missing("adamw8bit", torch.device("cpu"))
    assert "adafactor" in str(caught.value)
    optimizers.refuse_missing("adamw", torch.device("cpu"))


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UserError, match="bitsandbytes, which is not installed"):
        optimizers.refuse_missing("adamw8bit", torch.device("cuda"))
