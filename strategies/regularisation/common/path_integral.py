"""What every weight has to do with the fall of the loss, along the way that it takes.

The loss falls by −∫ g dθ along a way; the sum of −g_i Δθ_i over a training's steps is the
share of weight i in it (Zenke, Poole & Ganguli 2017, eq. 3). Δθ is what the optimizer really
did, whatever it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from cltool.lm import optimizers
from cltool.strategies.rehearsal.common.gradients import learned_tokens
from cltool.training.loader import Loader

if TYPE_CHECKING:
    from cltool.facts.facts import Fact
    from cltool.training.learner import Learner


class Steps:
    """A step at a time: ``begin`` after the loss was differentiated, ``end`` after the step."""

    @torch.no_grad()
    def begin(self, parameters: Mapping[str, nn.Parameter]) -> None:
        """Keep the weights and −g."""
        self._weights = {name: p.detach().clone() for name, p in parameters.items()}
        self._downhill = {name: -p.grad for name, p in parameters.items() if p.grad is not None}

    @torch.no_grad()
    def end(
        self, parameters: Mapping[str, nn.Parameter], credit: Mapping[str, Tensor]
    ) -> dict[str, Tensor]:
        """Add −g Δθ to ``credit``, in place.

        Returns:
            name → Δθ.
        """
        moved = {name: parameters[name] - weight for name, weight in self._weights.items()}
        for name, downhill in self._downhill.items():
            credit[name].addcmul_(downhill, moved[name])
        self._weights, self._downhill = {}, {}
        return moved


def walk(
    learner: Learner, facts: Sequence[Fact], steps: int, credit: Mapping[str, Tensor]
) -> Iterator[dict[str, Tensor]]:
    """Train on ``facts`` for ``steps`` steps with no strategy's hooks, then put the weights back.

    For importances of what a model knew before any strategy saw it learn.

    Args:
        learner: gives the optimizer's settings.
        facts: in all their trained wordings.
        steps: how many.
        credit: name → where −g Δθ is added.

    Yields:
        After each step, name → Δθ.
    """
    examples = learner.examples(facts)
    if not examples or not steps:
        return
    settings, model = learner.settings, learner.model
    parameters = learner.trainable()
    start = {name: p.detach().clone() for name, p in parameters.items()}
    random = learner.generator("walk")
    loader = Loader(examples, settings.batch_size, random, learner.collate, [])
    optimizer = optimizers.build(
        model, settings.optimizer, float(settings.lr or 0.0), settings.weight_decay
    )
    batches = (batch for _ in range(steps) for batch in loader)
    model.train()
    for _, batch in zip(range(steps), batches, strict=False):
        tokens = max(learned_tokens(batch), 1)
        for part in learner.micro_batches(batch):
            torch.autograd.backward(learner.score(part).loss_sum() / tokens)
        step = Steps()
        step.begin(parameters)
        if settings.clip > 0:
            nn.utils.clip_grad_norm_(list(parameters.values()), settings.clip)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        yield step.end(parameters, credit)
    with torch.no_grad():
        for name, parameter in parameters.items():
            parameter.copy_(start[name])
    model.eval()
