"""`o_lora`: the penalty, its gradient, and the directions that are kept."""

from __future__ import annotations

from typing import Any, cast

import pytest
import torch
from torch import Tensor

from cltool.facts.stream import Stream
from cltool.strategies.adapters.o_lora import OLoRA, directions
from cltool.training.learner import Learner

from ...conftest import MakeLearner, apply

SMALL = {"rank": 3, "alpha": 6.0}


def o_lora_of(learner: Learner) -> OLoRA:
    return cast(OLoRA, learner.strategies.parts["o_lora"])


class Watch:
    """Keeps A of every update as it is when it is learned, and the last penalty's gradient."""

    def __init__(self) -> None:
        self.learned: list[dict[str, Tensor]] = []
        self.penalty = 0.0
        self.new: dict[str, Tensor] = {}
        self.grads: dict[str, Tensor] = {}

    def before_backward(self, learner: Learner, **kwargs: Any) -> None:
        self.new = directions(learner.model)
        penalty = o_lora_of(learner).penalty(learner)
        self.penalty = float(penalty.detach())
        if penalty.requires_grad:
            grads = torch.autograd.grad(penalty, list(self.new.values()))
            self.grads = dict(zip(self.new, grads, strict=True))
        self.new = {name: a.detach().clone() for name, a in self.new.items()}

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        self.learned.append({n: a.detach().clone() for n, a in directions(learner.model).items()})


def run(
    make_learner: MakeLearner, stream: Stream, updates: int, epochs: int = 1, **settings: float
) -> tuple[Learner, Watch]:
    watch = Watch()
    learner = make_learner("o_lora", strategy={**SMALL, **settings}, plugins=[watch], epochs=epochs)
    for update in stream.updates[1 : 1 + updates]:
        apply(learner, update)
    return learner, watch


@pytest.mark.parametrize("strength", [0.5, 3.0])
def test_the_penalty_and_its_gradient(
    strength: float, make_learner: MakeLearner, stream: Stream
) -> None:
    _, watch = run(make_learner, stream, 3, **{"lambda": strength})
    first, second, _ = watch.learned
    expected = 0.0
    assert len(watch.grads) == 14
    for name, new in watch.new.items():
        earlier = (first[name], second[name])
        expected += strength * sum(float((a @ new.T).square().sum()) for a in earlier)
        # d/dA of |E A'|^2 is 2 A E'E.
        gradient = 2 * strength * sum(new @ a.T @ a for a in earlier)
        torch.testing.assert_close(watch.grads[name], gradient, rtol=1e-3, atol=1e-5)
    assert watch.penalty == pytest.approx(expected, rel=1e-4)


def test_the_first_update_has_no_penalty(make_learner: MakeLearner, stream: Stream) -> None:
    _, watch = run(make_learner, stream, 1)
    assert watch.penalty == 0.0 and not watch.grads


def test_a_large_lambda_makes_subspaces_orthogonal(
    make_learner: MakeLearner, stream: Stream
) -> None:
    shared = {}
    for strength in (0.0, 100.0):
        _, watch = run(make_learner, stream, 2, 20, **{"lambda": strength})
        first, second = watch.learned
        overlap = [
            # Cosines of the angles between the two row spaces.
            float(torch.linalg.svdvals(row_space(first[n]).T @ row_space(second[n])).max())
            for n in first
        ]
        shared[strength] = sum(overlap) / len(overlap)
    assert shared[100.0] < 0.1 < 0.3 < shared[0.0]


def row_space(matrix: Tensor) -> Tensor:
    """Orthonormal columns, (inputs, rank)."""
    return torch.linalg.qr(matrix.T).Q


def test_memory_never_exceeds_the_square_of_the_inputs(
    make_learner: MakeLearner, stream: Stream
) -> None:
    # With rank 20 the second update overfills layers of 32 inputs.
    learner, watch = run(make_learner, stream, 3, rank=20)
    state = o_lora_of(learner).state_dict()
    for name, rows in state.items():
        assert len(rows) == min(60, rows.shape[1])
        gram = sum(learned[name].T @ learned[name] for learned in watch.learned)
        torch.testing.assert_close(rows.T @ rows, gram, rtol=1e-4, atol=1e-5)
    assert {rows.shape[1] for rows in state.values()} == {32, 48}


def test_directions_grow_by_the_rank(make_learner: MakeLearner, stream: Stream) -> None:
    learner, watch = run(make_learner, stream, 2)
    for name, rows in o_lora_of(learner).state_dict().items():
        assert torch.equal(rows, torch.cat([learned[name] for learned in watch.learned]))


def test_the_state_survives_a_round_trip(make_learner: MakeLearner, stream: Stream) -> None:
    learner, _ = run(make_learner, stream, 1)
    state = o_lora_of(learner).state_dict()
    watch = Watch()
    other = make_learner("o_lora", strategy=SMALL, plugins=[watch], epochs=1)
    o_lora_of(other).load_state_dict(state)
    apply(other, stream.updates[1])
    assert watch.penalty > 0


@pytest.mark.parametrize("lm", ["gpt2", "gpt_neox", "opt"])
def test_other_architectures(lm: str, make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("o_lora", lm=lm, strategy=SMALL, epochs=1)
    for update in stream.updates[1:3]:
        apply(learner, update)
    assert o_lora_of(learner).state_dict()


def test_with_replay(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("replay+o_lora", strategy={"o_lora": SMALL}, epochs=1)
    for update in stream.updates[1:3]:
        apply(learner, update)
    assert all(len(rows) == 6 for rows in o_lora_of(learner).state_dict().values())
