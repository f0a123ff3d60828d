"""`gem`: the quadratic program, the projection, and a memory for each update."""

from __future__ import annotations

import json
from typing import Any, cast

import numpy as np
import pytest
import torch
from avalanche.core import SupervisedPlugin
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from torch import Tensor

from cltool.facts.facts import Fact, Update
from cltool.facts.stream import Stream
from cltool.lm.coder import Encoded
from cltool.strategies.rehearsal import gem
from cltool.strategies.rehearsal.gem import GEM, project, solve
from cltool.training.learner import Learner

from ...conftest import FORGOTTEN, MakeLearner, apply


def gem_of(learner: Learner) -> GEM:
    return cast(GEM, learner.strategies.parts["gem"])


def memories(learner: Learner) -> list[list[Fact]]:
    return gem_of(learner)._memories


def flat(tensors: dict[str, Tensor]) -> Tensor:
    return torch.cat([tensor.flatten() for tensor in tensors.values()]).double()


def gradient(learner: Learner) -> Tensor:
    grads = [parameter.grad for parameter in learner.trainable().values()]
    return torch.cat([grad.flatten() for grad in grads if grad is not None]).double()


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 10_000),
    st.integers(1, 6),
    st.sampled_from([0.0, 0.5]),
    st.sampled_from([1e-6, 1.0, 1e3]),
)
def test_the_conditions_of_the_optimum_hold(
    seed: int, count: int, margin: float, scale: float
) -> None:
    random = np.random.default_rng(seed)
    rows, own = scale * random.normal(size=(count, 8)), scale * random.normal(size=8)
    found = solve(rows @ rows.T, rows @ own, margin)
    slope = (rows @ (own + rows.T @ found)) / scale**2  # of the dual; G g̃ of the primal
    assert (found >= margin - 1e-9).all()
    assert (slope >= -1e-6).all()
    np.testing.assert_allclose(slope * (found - margin), 0, atol=1e-5)


def test_it_is_the_nearest_vector_that_keeps_the_constraints() -> None:
    random = np.random.default_rng(3)
    rows, own = random.normal(size=(4, 6)), random.normal(size=6)
    assert (rows @ own < 0).sum() >= 2
    found = own + rows.T @ solve(rows @ rows.T, rows @ own, 0.0)
    primal = minimize(
        lambda g: 0.5 * ((g - own) ** 2).sum(),
        own,
        jac=lambda g: g - own,
        constraints={"type": "ineq", "fun": lambda g: rows @ g, "jac": lambda g: rows},
        method="SLSQP",
        options={"ftol": 1e-12},
    )
    np.testing.assert_allclose(found, primal.x, atol=1e-5)


def test_dependent_and_empty_rows_are_allowed() -> None:
    row = np.random.default_rng(0).normal(size=5)
    rows = np.stack([row, row, 2 * row, np.zeros(5)])
    own = -3 * row + np.array([0, 0, 0, 0, 1.0])
    found = own + rows.T @ solve(rows @ rows.T, rows @ own, 0.0)
    assert found @ row == pytest.approx(0.0, abs=1e-8)
    assert (solve(np.zeros((2, 2)), np.zeros(2), 0.5) == 0).all()


def test_one_memory_gives_the_projection_of_agem(make_learner: MakeLearner) -> None:
    learner = make_learner("naive")
    random = torch.Generator().manual_seed(0)
    parameters = learner.trainable()
    reference = {n: torch.randn(p.shape, generator=random) for n, p in parameters.items()}
    for name, parameter in parameters.items():
        parameter.grad = torch.randn(parameter.shape, generator=random) - 0.3 * reference[name]
    g, ref = gradient(learner), flat(reference)
    project(learner, [reference], 0.0)
    torch.testing.assert_close(
        gradient(learner), g - (g @ ref) / (ref @ ref) * ref, rtol=1e-4, atol=1e-5
    )


def test_no_gradient_opposes_any_memory(
    make_learner: MakeLearner, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    worst: dict[int, list[float]] = {}
    before: list[float] = []

    def watched(learner: Learner, rows: list[dict[str, Tensor]], margin: float) -> None:
        before.extend(float(gradient(learner) @ flat(row)) for row in rows)
        project(learner, rows, margin)
        products = [float(gradient(learner) @ flat(row) / flat(row).norm() ** 2) for row in rows]
        worst.setdefault(len(rows), []).append(min(products))

    monkeypatch.setattr(gem, "project", watched)
    learner = make_learner("gem", strategy={"margin": 0.0}, epochs=3, stop_at=2)
    for update in stream.updates[1:3]:
        apply(learner, update)
    assert set(worst) == {1, 2}
    assert min(before) < 0
    assert min(min(values) for values in worst.values()) > -1e-4


def test_gradients_without_violations_are_unchanged(make_learner: MakeLearner) -> None:
    learner = make_learner("naive")
    parameters = learner.trainable()
    for parameter in parameters.values():
        parameter.grad = torch.ones_like(parameter)
    project(learner, [{n: torch.ones_like(p) for n, p in parameters.items()}], 0.5)
    assert all(
        torch.equal(p.grad, torch.ones_like(p)) for p in parameters.values() if p.grad is not None
    )


def test_every_update_has_a_memory_and_all_share_the_capacity(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("gem", strategy={"capacity": 9}, epochs=1)
    assert [len(memory) for memory in memories(learner)] == [9]
    sizes = []
    for update in stream.updates[1:]:
        apply(learner, update)
        held = [fact for memory in memories(learner) for fact in memory]
        assert len(held) <= 9 and set(held) <= set(learner.known.valid())
        assert set(memories(learner)[-1]) <= set(update.learn)
        sizes.append([len(memory) for memory in memories(learner)])
    assert sizes[0] == [5, 4]
    assert len(sizes[2]) == 4 and max(sizes[2]) - min(sizes[2]) <= 2
    assert FORGOTTEN not in {fact.key for fact in held}


def test_an_empty_memory_is_removed(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("gem", epochs=1)
    apply(learner, stream.updates[1])
    assert len(memories(learner)) == 2
    gem_of(learner).forget(memories(learner)[1])
    assert len(memories(learner)) == 1


def test_the_margin_is_that_of_the_settings(
    make_learner: MakeLearner, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    margins: list[float] = []

    def note(learner: Learner, rows: object, margin: float) -> None:
        margins.append(margin)

    monkeypatch.setattr(gem, "project", note)
    learner = make_learner("gem", strategy={"margin": 0.3}, epochs=1)
    apply(learner, stream.updates[1])
    assert margins and set(margins) == {0.3}


@pytest.mark.parametrize(("groups", "rows"), [(8, [1, 2, 3]), (2, [1, 2, 2]), (1, [1, 1, 1])])
def test_no_more_gradients_than_groups_and_every_memory_has_its_share(
    groups: int,
    rows: list[int],
    make_learner: MakeLearner,
    stream: Stream,
) -> None:
    seen: list[list[list[Encoded]]] = []

    class Watch(SupervisedPlugin):  # type: ignore[misc, type-arg]
        def after_training_epoch(self, learner: Learner, **kwargs: Any) -> None:
            seen.append(gem_of(learner)._sentences)

    settings = {"groups": groups}
    learner = make_learner("gem", strategy=settings, epochs=1, plugins=[Watch()])
    found = []
    for update in stream.updates[1:]:
        apply(learner, update)
        worded = seen[-1]
        assert gem_of(learner)._sentences == []  # nothing of a fact that leaves later stays in them
        found.append(len(worded))
        old = [fact for memory in memories(learner)[:-1] for fact in memory]
        assert set(learner.examples(old)) <= {one for group in worded for one in group}
    assert found == rows


def test_its_cost_grows_with_the_updates(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("gem", epochs=1, strategy={"sentences": 4})
    passes = []
    for update in stream.updates[1:]:
        before = learner.tokens
        apply(learner, update)
        own = sum(map(len, learner.examples(update.learn)))
        passes.append((learner.tokens - before - own) / len(learner.loader))
    assert passes[0] < 0.7 * passes[1] < passes[2]


def test_a_resumed_memory_is_the_same(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("gem", epochs=1)
    apply(learner, stream.updates[1])
    other = make_learner("gem", epochs=1)
    gem_of(other).load_state_dict(json.loads(json.dumps(gem_of(learner).state_dict())))
    assert memories(other) == memories(learner)


def test_an_update_without_a_memory_trains_as_naive(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("gem", strategy={"capacity": 1}, epochs=1)
    other = make_learner("naive", epochs=1)
    (only,) = memories(learner)[0]
    update = Update(1, "one", stream.updates[1].learn, (only,))
    for one in (learner, other):
        apply(one, update)
    for name, parameter in learner.trainable().items():
        assert torch.equal(parameter, other.trainable()[name])
