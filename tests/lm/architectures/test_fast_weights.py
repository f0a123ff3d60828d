"""Closed forms of the associative memories."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from cltool.lm.architectures.fast_weights import decay, features, read, written

WIDTH = 5


def random(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape)))


def orthonormal(count: int, size: int = 8) -> Tensor:
    """(1, count, size): keys of length 1, each at right angles to the others."""
    return torch.linalg.qr(random(size, size)).Q[None, :count]


def empty(size: int = 8) -> Tensor:
    return torch.zeros(1, size, WIDTH)


def test_orthonormal_keys_give_their_values_back() -> None:
    keys, values = orthonormal(8), random(1, 8, WIDTH)
    memory = written(empty(), keys, values, torch.ones(1, 8))
    assert torch.allclose(read(memory, keys), values, atol=1e-6)


def test_a_second_write_replaces_the_first() -> None:
    keys, values = orthonormal(2), random(1, 3, WIDTH)
    thrice = torch.stack([keys[:, 0], keys[:, 1], keys[:, 0]], dim=1)
    memory = written(empty(), thrice, values, torch.ones(1, 3))
    assert torch.allclose(read(memory, keys), values[:, [2, 1]], atol=1e-6)


def test_the_last_write_is_exact_even_if_keys_are_alike() -> None:
    keys = torch.nn.functional.normalize(random(1, 12, 8), dim=-1)
    values = random(1, 12, WIDTH)
    memory = written(empty(), keys, values, torch.ones(1, 12))
    assert torch.allclose(read(memory, keys[:, -1:]), values[:, -1:], atol=1e-5)


def test_a_strength_between_0_and_1_moves_the_value_so_far() -> None:
    key, values = orthonormal(1), random(1, 1, WIDTH)
    memory = written(empty(), key, values, torch.tensor([[0.25]]))
    again = written(memory, key, -values, torch.tensor([[0.5]]))
    assert torch.allclose(read(memory, key), 0.25 * values, atol=1e-6)
    assert torch.allclose(read(again, key), (0.5 * 0.25 - 0.5) * values, atol=1e-6)


@pytest.mark.parametrize("what", ["strength", "key"])
def test_a_write_without_strength_or_key_changes_nothing(what: str) -> None:
    memory, keys, strengths = random(1, 8, WIDTH), random(1, 4, 8), torch.ones(1, 4)
    keys, strengths = (keys, 0 * strengths) if what == "strength" else (0 * keys, strengths)
    assert torch.equal(written(memory, keys, random(1, 4, WIDTH), strengths), memory)


def test_writes_at_once_are_writes_one_after_the_other() -> None:
    rows, length = 3, 9
    memory, values = random(rows, 8, WIDTH), random(rows, length, WIDTH)
    keys = torch.nn.functional.normalize(random(rows, length, 8), dim=-1)
    strengths = torch.rand(rows, length, generator=torch.Generator().manual_seed(1))
    expected = memory
    for key, value, strength in zip(
        keys.unbind(1), values.unbind(1), strengths.unbind(1), strict=True
    ):
        surprise = value - (expected * key.unsqueeze(-1)).sum(1)
        change = key.unsqueeze(-1) * surprise.unsqueeze(1)
        expected = expected + strength[:, None, None] * change
    assert torch.allclose(written(memory, keys, values, strengths), expected, atol=1e-5)


def test_features_are_products_of_neighbours() -> None:
    found = features(torch.tensor([3.0, -4.0]), 1)
    # [3, 0, 0, 4] times the same, moved by one: [12, 0, 0, 0], of length 12.
    assert torch.allclose(found, torch.tensor([1.0, 0.0, 0.0, 0.0]))


@pytest.mark.parametrize("expansion", [1, 3])
def test_features_have_length_1_and_keep_no_scale(expansion: int) -> None:
    states = random(6, 10)
    found = features(states, expansion)
    assert found.shape == (6, 20 * expansion)
    assert torch.allclose(found.norm(dim=-1), torch.ones(6))
    assert torch.allclose(features(7 * states, expansion), found, atol=1e-6)
    assert not features(torch.zeros(10), expansion).any()


def test_more_features_keep_more_keys_apart() -> None:
    states, values = random(1, 64, 16), random(1, 64, WIDTH)
    errors = []
    for expansion in (1, 2, 4):
        keys = features(states, expansion)
        memory = written(torch.zeros(1, keys.shape[-1], WIDTH), keys, values, torch.ones(1, 64))
        errors.append(float((read(memory, keys) - values).square().mean()))
    assert errors[0] > 1.2 * errors[1] > 1.2**2 * errors[2]


def test_a_memory_halves_in_its_half_life() -> None:
    assert decay(64, 64) == 0.5
    assert decay(64, 32) ** 4 == pytest.approx(decay(64, 128)) == pytest.approx(0.25)
