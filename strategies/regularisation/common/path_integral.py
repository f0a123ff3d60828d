"""Per-weight contribution to the decrease of the loss during training (path integral).

The loss decreases by −∫ g dθ along the path of the weights. The sum of −g_i Δθ_i over the steps
of a training is the contribution of weight i (Zenke, Poole & Ganguli 2017, eq. 3). Δθ is the
step that the optimizer took, whatever the optimizer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from cltool.lm import optimizers
from cltool.strategies.regularisation.common.penalty import copies
from cltool.strategies.rehearsal.common.gradients import learned_tokens
from cltool.training.loader import Loader

if TYPE_CHECKING:
    from cltool.facts.facts import Fact
    from cltool.training.learner import Learner


class StepRecorder:
    """Measures one step at a time: ``begin`` after the backward pass, ``end`` after the step."""

    @torch.no_grad()
    def begin(self, parameters: Mapping[str, nn.Parameter]) -> None:
        """Store the weights and −g."""
        self._weights = copies(parameters)
        self._descent = {name: -p.grad for name, p in parameters.items() if p.grad is not None}

    @torch.no_grad()
    def end(
        self, parameters: Mapping[str, nn.Parameter], contributions: Mapping[str, Tensor]
    ) -> dict[str, Tensor]:
        """Add −g Δθ to ``contributions``, in place.

        Returns:
            name → Δθ.
        """
        moved = {name: parameters[name] - weight for name, weight in self._weights.items()}
        for name, descent in self._descent.items():
            contributions[name].addcmul_(descent, moved[name])
        self._weights, self._descent = {}, {}
        return moved


def zeros_like(learner: Learner) -> dict[str, Tensor]:
    """Return a tensor of zeros for each trainable parameter, by name."""
    return {name: torch.zeros_like(p) for name, p in learner.trainable().items()}


def train_and_restore(
    learner: Learner, facts: Sequence[Fact], steps: int, contributions: Mapping[str, Tensor]
) -> Iterator[dict[str, Tensor]]:
    """Train on ``facts`` for ``steps`` steps without strategies' hooks, then restore the weights.

    This computes importances for knowledge that the model had before any strategy observed its
    training.

    Args:
        learner: provides the optimizer's settings.
        facts: trained in all their trained wordings.
        steps: number of steps.
        contributions: name → tensor to which −g Δθ is added.

    Yields:
        After each step, name → Δθ.
    """
    examples = learner.examples(facts)
    if not examples or not steps:
        return
    settings, model = learner.settings, learner.model
    parameters = learner.trainable()
    start = copies(parameters)
    # The word seeds the draw: another one would change the results.
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
        step = StepRecorder()
        step.begin(parameters)
        if settings.clip > 0:
            nn.utils.clip_grad_norm_(list(parameters.values()), settings.clip)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        yield step.end(parameters, contributions)
    with torch.no_grad():
        for name, parameter in parameters.items():
            parameter.copy_(start[name])
    model.eval()
