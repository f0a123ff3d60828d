"""Rounding: no weight moves by more than half a step, onto no more levels than bits allow."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn

from cltool.audit.attacks.case import Case
from cltool.audit.attacks.quantisation import BITS, linear_weights, quantise, quantised, rounded
from cltool.audit.attacks.target import Target
from cltool.audit.attacks.teacher_forcing import probabilities
from cltool.audit.attacks.weights import restored_afterwards

from ...conftest import ARCHITECTURES, LoadLM, weights


@pytest.mark.parametrize("bits", [8, 4, 2])
@pytest.mark.parametrize("channels", [0, 1])
def test_the_error_is_at_most_half_a_scale(bits: int, channels: int) -> None:
    weight = torch.randn(7, 11, generator=torch.Generator().manual_seed(0)) * 3
    levels = 2 ** (bits - 1) - 1
    scale = weight.abs().amax(dim=1 - channels, keepdim=True) / levels
    found = rounded(weight, bits, channels)
    assert ((weight - found).abs() <= scale / 2 * (1 + 1e-5)).all()
    for row in (found / scale).movedim(channels, 0):
        assert len(row.round().unique()) <= 2**bits
        torch.testing.assert_close(row, row.round(), atol=1e-4, rtol=0)


def test_the_largest_weight_of_a_channel_is_unchanged() -> None:
    weight = torch.tensor([[0.1, -2.0, 0.7], [0.0, 0.0, 0.0]])
    found = rounded(weight, 4)
    assert found[0, 1] == -2.0
    assert found[1].tolist() == [0.0, 0.0, 0.0]


def test_a_channel_is_rounded_by_itself() -> None:
    small = torch.tensor([[1e-3, 3e-4, -5e-4], [100.0, 1.0, 2.0]])
    assert torch.equal(rounded(small, 8)[:1], rounded(small[:1], 8))
    assert torch.equal(rounded(small.T, 8, 1), rounded(small, 8).T)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_linear_layer_is_rounded_and_no_embedding(name: str, load_lm: LoadLM) -> None:
    model = load_lm(name).model
    before = weights(model)
    tables = [m.weight for m in model.modules() if isinstance(m, nn.Embedding)]
    held = [table.detach().clone() for table in tables]
    with restored_afterwards(model):
        quantise(model, 4)
        for weight, channels in linear_weights(model):
            for row in weight.movedim(channels, 0):
                assert len(row.unique()) <= 15
        assert all(torch.equal(one, two) for one, two in zip(tables, held, strict=True))
        assert any(not torch.equal(one, before[n]) for n, one in model.state_dict().items())
    assert all(torch.equal(one, before[name]) for name, one in model.state_dict().items())


def test_the_attack_asks_the_rounded_model(target: Callable[[str], Target], case: Case) -> None:
    whole = target("knows")
    plain = probabilities(whole, case, case.erased).scores
    found = quantised(whole, case)
    assert probabilities(whole, case, case.erased).scores == plain
    for bits in BITS:
        attacked = found[f"int{bits}_probability"].scores
        other = target("knows")
        quantise(other.lm.model, bits)
        assert attacked == pytest.approx(probabilities(other, case, case.erased).scores, rel=1e-5)
        assert attacked != plain
