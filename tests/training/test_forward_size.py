"""Training goes on with fewer sequences in a forward pass where memory runs out."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from avalanche.core import SupervisedPlugin
from torch import Tensor

from cltool.core.errors import UserError
from cltool.facts.stream import Stream
from cltool.training.forward_size import ForwardSize
from cltool.training.learner import Learner

from ..conftest import MakeLearner, apply


class Memory(SupervisedPlugin):  # type: ignore[misc, type-arg]
    """Runs out after ``room`` sequences passed through the model since the last gradient reset.

    It keeps the gradients of every step and the numbers of rows in the forward passes.
    """

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room
        self.rows: list[int] = []
        self.steps: list[dict[str, Tensor]] = []

    def before_backward(self, learner: Learner, **kwargs: Any) -> None:
        self.rows.append(len(learner.mb_y))
        has_gradients = any(p.grad is not None for p in learner.model.parameters())
        # The larger parts fail only after some gradients were added up.
        if len(learner.mb_y) > self.room and (has_gradients or len(learner.mb_y) > 4):
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 1 GiB.")

    def before_update(self, learner: Learner, **kwargs: Any) -> None:
        grads = {n: p.grad for n, p in learner.model.named_parameters() if p.grad is not None}
        self.steps.append({name: grad.clone() for name, grad in grads.items()})


@pytest.mark.parametrize("strategy", ["naive", "lwf", "replay+ewc"])
def test_a_step_that_ran_out_of_memory_has_the_same_gradient(
    strategy: str, make_learner: MakeLearner, stream: Stream
) -> None:
    found = {}
    for room in (100, 2):
        memory = Memory(room)
        learner = make_learner(
            strategy, plugins=[memory], batch_size=8, optimizer="sgd", lr=1e-2, epochs=1
        )
        apply(learner, stream.updates[1])
        found[room] = memory, learner.tokens
    (whole, tokens), (parts, tokens_of_parts) = found[100], found[2]
    assert parts.rows[:4] == [8, 4, 4, 2]
    assert max(parts.rows[4:]) == 2
    assert tokens == tokens_of_parts
    assert len(whole.steps) == len(parts.steps) > 2
    for one, other in zip(whole.steps, parts.steps, strict=True):
        scale = max(float(grad.abs().max()) for grad in one.values())
        for name in one:
            torch.testing.assert_close(one[name], other[name], atol=1e-6 * scale, rtol=1e-4)


def test_each_update_starts_with_the_size_of_the_settings(
    make_learner: MakeLearner, stream: Stream
) -> None:
    memory = Memory(2)
    learner = make_learner(plugins=[memory], batch_size=8, epochs=1)
    for update in stream.updates[1:3]:
        memory.rows = []
        learner.begin(update)
        apply(learner, update)
        assert memory.rows[:4] == [8, 4, 4, 2]


def test_memory_that_runs_out_with_one_sequence_is_told(
    make_learner: MakeLearner, stream: Stream
) -> None:
    class Full(SupervisedPlugin):  # type: ignore[misc, type-arg]
        def before_forward(self, learner: Learner, **kwargs: Any) -> None:
            raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: no")

    learner = make_learner(plugins=[Full()], batch_size=8, epochs=1)
    with pytest.raises(UserError, match="memory runs out") as caught:
        apply(learner, stream.updates[1])
    helps = ("learner.gradient_checkpointing=true", "learner.optimizer=adafactor", "lora")
    assert all(word in caught.value.hint for word in (*helps, "model.weights=bfloat16"))


def test_other_errors_are_raised_at_once() -> None:
    sizes = []

    def attempt(size: int) -> None:
        sizes.append(size)
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    with pytest.raises(RuntimeError, match="shapes"):
        ForwardSize(8).run(attempt)
    assert sizes == [8]
