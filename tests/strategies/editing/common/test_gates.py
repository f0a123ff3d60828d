"""The gates of `patcher`: open at their own states, closed at all others, without a bias."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn.functional import gelu, relu, silu

from cltool.strategies.editing.common.gates import Gates, fit, nearly_constant, no_gates

WIDTH = 24


BELOW = 1e-9
"""Less than rounding of a state that is added to."""


def cloud(centre: int, count: int, seed: int) -> Tensor:
    """States around an axis of their own, beside a part that all states share."""
    random = torch.Generator().manual_seed(seed)
    states = 0.3 * torch.randn(count, WIDTH, generator=random)
    states[:, centre] += 3.0
    states[:, -1] = 5.0
    return states


OTHERS = torch.cat([cloud(axis, 40, axis) for axis in range(8, 16)])


def fitted(*positives: Tensor, near: Tensor | None = None, others: Tensor = OTHERS) -> Gates:
    near = torch.zeros(0, WIDTH) if near is None else near
    return fit(positives, others, near, ridge=0.01, place=0.5)


def opened(gates: Gates, states: Tensor) -> Tensor:
    return gates.openings(states, silu, multiplied=True)


def test_the_constant_is_one_at_all_states() -> None:
    constant = nearly_constant(OTHERS, 1e-4)
    for states in (OTHERS, cloud(0, 20, 3), cloud(5, 20, 4)):
        torch.testing.assert_close(states @ constant, torch.ones(len(states)), rtol=0.01, atol=0.0)
    assert float((OTHERS @ constant).mean()) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("activation", [silu, gelu, relu])
@pytest.mark.parametrize("multiplied", [True, False])
def test_a_gate_opens_at_its_own_states_alone(
    activation: Callable[[Tensor], Tensor], multiplied: bool
) -> None:
    own = [cloud(0, 6, 100), cloud(1, 6, 101)]
    gates = fitted(*own)
    assert gates.openings(OTHERS, activation, multiplied=multiplied).abs().max() < BELOW
    for number, states in enumerate(own):
        openings = gates.openings(states, activation, multiplied=multiplied)
        assert (openings[:, number] > 0.5).all()
        assert openings[:, number].median().item() == pytest.approx(1.0, abs=0.02)
        assert openings[:, 1 - number].abs().max() < BELOW


def test_a_gate_opens_at_states_like_its_own() -> None:
    gates = fitted(cloud(0, 6, 100))
    assert (opened(gates, cloud(0, 50, 7)) > 0.1).all()
    assert opened(gates, cloud(9, 50, 8)).abs().max() < BELOW


def test_states_that_are_like_the_others_get_a_gate_that_never_opens() -> None:
    gates = fitted(cloud(9, 6, 9))
    assert not gates.can_open.any()
    assert (opened(gates, torch.cat([cloud(9, 6, 9), cloud(0, 6, 0)])) == 0).all()


def test_two_facts_with_the_same_states_get_no_gates() -> None:
    same = cloud(0, 6, 100)
    assert not fitted(same, same).can_open.any()


def test_without_a_constant_gates_are_closed_or_shut_elsewhere() -> None:
    for size in (0.5, 1.0, 5.0):
        centred = OTHERS - OTHERS.mean(dim=0)
        own, others = cloud(0, 6, 100) - OTHERS.mean(dim=0), size * centred
        gates = fitted(own, others=others)
        assert opened(gates, others).abs().max() < BELOW


def test_states_nearby_lower_a_gate_but_do_not_close_it() -> None:
    own, near = cloud(0, 6, 100), cloud(0, 30, 5)
    near[:, 1] += 2.0
    plain, lowered = fitted(own), fitted(own, near=near)
    assert opened(lowered, own).median().item() == pytest.approx(1.0, abs=0.02)
    assert opened(lowered, near).mean() < 0.5 * opened(plain, near).mean()


def test_a_class_without_states_never_opens() -> None:
    gates = fitted(torch.zeros(0, WIDTH), cloud(0, 6, 100))
    assert gates.can_open.tolist() == [False, True]
    assert not opened(gates, cloud(0, 6, 100)).isnan().any()


def test_gates_are_joined_and_chosen() -> None:
    one, two = fitted(cloud(0, 6, 100)), fitted(cloud(1, 6, 101))
    both = no_gates(WIDTH, torch.device("cpu")).with_(one).with_(two)
    states = torch.cat([cloud(0, 3, 1), cloud(1, 3, 2)])
    expected = torch.cat([opened(one, states), opened(two, states)], dim=1)
    torch.testing.assert_close(opened(both, states), expected)
    torch.testing.assert_close(opened(both.kept([1]), states), opened(two, states))
    assert len(both.kept([])) == 0


def test_states_that_are_not_finite_get_a_gate_that_never_opens() -> None:
    own = cloud(0, 6, 100)
    own[2, 3] = float("nan")
    assert not fitted(own).can_open.any()
