"""A frozen copy of a model, for distillation."""

from __future__ import annotations

import copy

import torch

from cltool.lm.batches import Batch
from cltool.lm.language_model import LanguageModel
from cltool.lm.scoring import Scored, score


class Teacher:
    """A frozen copy of ``lm`` with its current weights, in evaluation mode, on the same device."""

    def __init__(self, lm: LanguageModel) -> None:
        self.model = copy.deepcopy(lm.model).eval().requires_grad_(False)
        self._device, self._precision = lm.device, lm.precision

    @torch.no_grad()
    def score(self, batch: Batch) -> Scored:
        """Run a forward pass without gradients; ``batch`` may be on any device."""
        moved = {name: tensor.to(self._device) for name, tensor in batch.items()}
        with self._precision.autocast():
            return score(self.model, moved)
