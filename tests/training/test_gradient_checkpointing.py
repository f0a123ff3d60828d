"""Gradient checkpointing: the same gradients, with fewer activations kept."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from avalanche.core import SupervisedPlugin
from torch import Tensor

from cltool.core.errors import UserError
from cltool.facts.stream import Stream
from cltool.training.learner import Learner

from ..conftest import ARCHITECTURES, LoadLM, MakeLearner, apply


class Kept(SupervisedPlugin):  # type: ignore[misc, type-arg]
    """Adds up the bytes that the forward passes keep for the backward passes."""

    def __init__(self) -> None:
        super().__init__()
        self.bytes = 0
        self.gradients: list[Tensor] = []

    def before_forward(self, learner: Learner, **kwargs: Any) -> None:
        def pack(tensor: Tensor) -> Tensor:
            self.bytes += tensor.nbytes * (not isinstance(tensor, torch.nn.Parameter))
            return tensor

        self._hooks = torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor)
        self._hooks.__enter__()

    def after_forward(self, learner: Learner, **kwargs: Any) -> None:
        self._hooks.__exit__()

    def before_update(self, learner: Learner, **kwargs: Any) -> None:
        grads = [p.grad.flatten() for p in learner.model.parameters() if p.grad is not None]
        self.gradients.append(torch.cat(grads).clone())


@pytest.mark.parametrize(
    ("strategy", "lm"), [*(("naive", name) for name in ARCHITECTURES), ("lora+ewc", "llama")]
)
def test_gradients_are_the_same_and_less_is_kept(
    strategy: str, lm: str, make_learner: MakeLearner, stream: Stream
) -> None:
    found = []
    for on in (False, True):
        kept = Kept()
        learner = make_learner(
            strategy, lm=lm, plugins=[kept], gradient_checkpointing=on, epochs=1, batch_size=8
        )
        apply(learner, stream.updates[1])
        found.append(kept)
    plain, again = found
    assert len(plain.gradients) == len(again.gradients) > 1
    for one, other in zip(plain.gradients, again.gradients, strict=True):
        torch.testing.assert_close(one, other, atol=1e-6 * float(one.abs().max()), rtol=1e-5)
    assert again.bytes < 0.7 * plain.bytes


def test_a_model_that_does_not_support_it_is_refused(
    make_learner: MakeLearner, load_lm: LoadLM
) -> None:
    lm = load_lm("llama")
    lm.model.supports_gradient_checkpointing = False
    with pytest.raises(UserError, match="does not support gradient checkpointing"):
        make_learner(lm=lm, gradient_checkpointing=True)
