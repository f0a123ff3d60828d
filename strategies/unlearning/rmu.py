"""Misdirects the hidden states at erased facts, and keeps those at a retain set.

Li et al. (2024), "The WMDP benchmark: Measuring and reducing malicious use with unlearning",
RMU: with M the hidden states after block ℓ, u a random unit vector with entries
drawn from [0, 1), and M⁻ those of the model before the erasing,

    L(θ) = E_forget 1/|x| Σ_t ‖M(x_t) − c u‖²  +  γ E_retain 1/|x| Σ_t ‖M(x_t) − M⁻(x_t)‖²

Only the MLP output projections of the blocks ℓ − 2, ℓ − 1 and ℓ are trained. The sums are over the
tokens that precede a token of the answer, because the retain set shares prompts with the erased
facts. The paper's c (6.5) and γ (1200) are specific to its models. Here c is a multiple of the mean
norm of the hidden states, as Dang et al. (2025), "On effects of steering latent representation
for large language model unlearning", set it for each layer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from pydantic import Field

from cltool.core.errors import UserError
from cltool.lm.layers import blocks, hidden, numbers, output_projection
from cltool.strategies.editing.common.editor import predicting
from cltool.strategies.unlearning.common.descent import Unlearning, UnlearningConfig
from cltool.strategies.unlearning.common.sentences import batch_of, parts
from cltool.training.search_space import search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor, nn

    from cltool.lm.batches import Batch
    from cltool.lm.scoring import Scored
    from cltool.strategies.unlearning.common.eraser import Phase
    from cltool.strategies.unlearning.common.sentences import Sentence
    from cltool.training.learner import Learner


class RMUConfig(UnlearningConfig):
    """Settings of `rmu`."""

    rate: float = Field(
        json_schema_extra=search(0.3, 10, log=True),
        default=3.0,
        gt=0,
        description="learning rate of the erasing, × the learner's",
    )
    gamma: float = Field(
        json_schema_extra=search(1, 1000, log=True),
        default=10.0,
        ge=0,
        description="γ, weight of the retain term",
    )
    layer: int | None = Field(
        default=None, description="ℓ, number of the block, negative from the last; none: the middle"
    )
    scale: float = Field(
        json_schema_extra=search(0.5, 10, log=True),
        default=2.0,
        gt=0,
        description="c, as a multiple of the mean norm of the hidden states at erased facts",
    )
    states: bool = Field(
        default=True,
        description="whether the retain loss is on hidden states, as published; else see retain",
    )


class RMU(Unlearning[RMUConfig]):
    """Trains hidden states towards a random vector at erased facts, and keeps the others."""

    needs_teacher = True

    def attach(self, learner: Learner) -> None:
        """Determine the block.

        Raises:
            UserError: the model has no such block.
        """
        super().attach(learner)
        depth, layer = len(blocks(learner.model)), self.config.layer
        chosen = [depth // 2 if layer is None else layer]
        (self._layer,) = numbers(chosen, depth, "strategy.rmu.layer")

    def prepare(self, phase: Phase) -> None:
        """Collect the hidden states of the block, and draw the vector."""
        self._hooks: list[Any] = []
        learner, config = phase.learner, self.config
        self._trained = {id(p) for p in _trained(learner, self._layer)}
        teacher: Any = self.teacher
        self._seen: list[Tensor] = []
        self._hooks += [
            blocks(model)[self._layer].register_forward_hook(self._keep_states)
            for model in (learner.model, teacher.model)
        ]
        length, tokens = 0.0, 0
        for part in parts(learner, phase.chosen):
            batch = batch_of(learner, part)
            with torch.no_grad():
                learner.score(batch)
            norms = self._states(batch)[predicting(batch)].norm(dim=-1)
            length, tokens = length + float(norms.sum()), tokens + len(norms)
        unit = unit_vector(self._width, learner.generator("rmu"))
        self._target = config.scale * length / tokens * unit.to(learner.device)

    def release(self) -> None:
        """Remove the hooks."""
        for hook in self._hooks:
            hook.remove()
        self._seen = []

    def weight(self, sentence: Sentence) -> int:
        """Return 1: the mean is over sentences."""
        return 1

    def loss(self, learner: Learner, chosen: Sequence[Sentence]) -> Tensor:
        """Return Σ over sentences of the mean over their tokens of ‖M − c u‖²."""
        batch = batch_of(learner, chosen)
        learner.score(batch)
        return distances(self._states(batch), self._target, predicting(batch)).sum()

    def retain_loss(self, learner: Learner, batch: Batch, scored: Scored) -> Tensor:
        """Return Σ over sentences of the mean over their tokens of ‖M − M⁻‖²."""
        if not self.config.states:
            return super().retain_loss(learner, batch, scored)
        now = self._states(batch)
        self.teacher_logits(learner, batch)
        mask = predicting(batch)
        return distances(now, self._states(batch), mask).sum()

    def retain_count(self, batch: Batch) -> int:
        """Return the number of sentences, as in the paper."""
        if not self.config.states:
            return super().retain_count(batch)
        return len(batch["labels"])

    def mask_gradients(self, learner: Learner) -> None:
        """Keep only the gradients of the output projections up to the block."""
        for parameter in learner.trainable().values():
            if id(parameter) not in self._trained:
                parameter.grad = None

    def _keep_states(self, module: nn.Module, inputs: object, output: Any) -> None:
        self._seen = [hidden(output)]

    @property
    def _width(self) -> int:
        return int(self._seen[0].shape[-1])

    def _states(self, batch: Batch) -> Tensor:
        """Return (batch, length, width), float32: the block's last output."""
        # Adapters may put virtual tokens before the prompt.
        return self._seen[0][:, -batch["labels"].shape[1] :].float()


def unit_vector(width: int, random: torch.Generator) -> Tensor:
    """Return (width,): entries drawn from [0, 1), scaled to length 1."""
    drawn = torch.rand(width, generator=random)
    unit: Tensor = drawn / drawn.norm()
    return unit


def distances(states: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    """Return (batch,): mean over the masked tokens of ‖states − target‖².

    Args:
        states: (batch, length, width).
        target: the same, or (width,).
        mask: (batch, length), bool.
    """
    mask = mask.to(states.device)
    squares = (states - target).pow(2).sum(dim=-1) * mask
    means: Tensor = squares.sum(dim=1) / mask.sum(dim=1).clamp(min=1)
    return means


def _trained(learner: Learner, layer: int) -> list[nn.Parameter]:
    """Return the trained parameters: output projections, else all of the blocks, else all."""
    chosen = blocks(learner.model)[max(0, layer - 2) : layer + 1]
    try:
        plain = [p for block in chosen for p in output_projection(block).module.parameters()]
    except UserError:
        plain = []
    of_blocks = [p for block in chosen for p in block.parameters()]
    for found in (plain, of_blocks):
        if open_ones := [p for p in found if p.requires_grad]:
            return open_ones
    return list(learner.trainable().values())
