"""The gates of `patcher`: open at their own states, exactly closed at all others."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from cltool.strategies.editing.common.gates import WIDEST, Gates, fit, no_gates

WIDTH = 24


def cloud(centre: int, count: int, seed: int) -> Tensor:
    """States around an axis of their own."""
    random = torch.Generator().manual_seed(seed)
    states = 0.3 * torch.randn(count, WIDTH, generator=random)
    states[:, centre] += 3.0
    return states


def fitted(*positives: Tensor, near: Tensor | None = None) -> Gates:
    others = torch.cat([cloud(axis, 40, axis) for axis in range(8, 16)])
    near = torch.zeros(0, WIDTH) if near is None else near
    return fit(positives, others, near, ridge=0.01, place=0.5)


def test_a_gate_opens_at_its_own_states_alone() -> None:
    own = [cloud(0, 6, 100), cloud(1, 6, 101)]
    gates = fitted(*own)
    others = torch.cat([cloud(axis, 40, axis) for axis in range(8, 16)])
    assert (gates.openings(others) == 0).all()
    for number, states in enumerate(own):
        openings = gates.openings(states)
        assert (openings[:, number] > 0).all()
        assert openings[:, number].median().item() == pytest.approx(1.0, abs=1e-4)
        assert (openings[:, 1 - number] == 0).all()


def test_a_gate_opens_at_states_like_its_own() -> None:
    gates = fitted(cloud(0, 6, 100))
    assert (gates.openings(cloud(0, 50, 7)) > 0).all()
    assert (gates.openings(cloud(9, 50, 8)) == 0).all()


def test_the_length_of_a_state_does_not_count_and_openings_are_bounded() -> None:
    own = cloud(0, 6, 100)
    gates = fitted(own)
    torch.testing.assert_close(gates.openings(own), gates.openings(7.5 * own))
    strong = torch.zeros(1, WIDTH)
    strong[0, 0] = 1000.0
    assert 0 < gates.openings(strong).item() <= WIDEST


def test_states_that_are_like_the_others_get_a_gate_that_never_opens() -> None:
    gates = fitted(cloud(9, 6, 9))
    assert gates.thresholds.tolist() == [float("inf")]
    assert (gates.openings(torch.cat([cloud(9, 6, 9), cloud(0, 6, 0)])) == 0).all()


def test_two_facts_with_the_same_states_get_no_gates() -> None:
    same = cloud(0, 6, 100)
    assert not fitted(same, same).thresholds.isfinite().any()


def test_states_nearby_lower_a_gate_but_do_not_close_it() -> None:
    own, near = cloud(0, 6, 100), cloud(0, 30, 5)
    near[:, 1] += 2.0
    plain, lowered = fitted(own), fitted(own, near=near)
    assert lowered.openings(own).median().item() == pytest.approx(1.0, abs=1e-4)
    assert lowered.openings(near).mean() < plain.openings(near).mean()


def test_a_class_without_states_never_opens() -> None:
    gates = fitted(torch.zeros(0, WIDTH), cloud(0, 6, 100))
    assert gates.thresholds.isfinite().tolist() == [False, True]
    assert not gates.openings(cloud(0, 6, 100)).isnan().any()


def test_gates_are_joined_and_chosen() -> None:
    one, two = fitted(cloud(0, 6, 100)), fitted(cloud(1, 6, 101))
    both = no_gates(WIDTH, torch.device("cpu")).with_(one).with_(two)
    states = torch.cat([cloud(0, 3, 1), cloud(1, 3, 2)])
    expected = torch.cat([one.openings(states), two.openings(states)], dim=1)
    torch.testing.assert_close(both.openings(states), expected)
    torch.testing.assert_close(both.kept([1]).openings(states), two.openings(states))
    assert len(both.kept([])) == 0
