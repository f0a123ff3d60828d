"""``tiny-compressive``: an embedded model with a compressed memory of what it has read.

Its blocks are those of `cltool.lm.architectures.compressive`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cltool.models.tiny.architecture import Architecture, AtLeastOne, SideTraining
from cltool.models.tiny.long_texts import LONG, long_recipe
from cltool.models.tiny.model import Tiny
from cltool.models.tiny.recipe import Recipe

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from cltool.lm.coder import Coder


@dataclass(frozen=True)
class Compressive(Architecture):
    """A Llama with a first-in, first-out memory and a compressed memory.

    Attributes:
        segment: tokens of a segment.
        memory: activations of the first-in, first-out memory.
        rate: activations that become one slot of the compressed memory.
        compressed: slots of the compressed memory.
        lr: learning rate of the compression.
    """

    segment: AtLeastOne = 32
    memory: AtLeastOne = 32
    rate: AtLeastOne = 4
    compressed: AtLeastOne = 256
    lr: float = 1e-3

    code = ("cltool.lm.architectures",)

    def recipe(self, facts: int, *, reading: bool = True) -> Recipe:
        """Return the recipe for ``facts``, with room for long texts."""
        return long_recipe(facts, reading=reading)

    def new_model(self, coder: Coder, recipe: Recipe) -> PreTrainedModel:
        """Return the untrained model."""
        from cltool.lm.architectures.compressive import CompressiveForCausalLM
        from cltool.models.tiny.llama import new_model

        return new_model(
            CompressiveForCausalLM,
            coder,
            recipe,
            segment=self.segment,
            memory=self.memory,
            rate=self.rate,
            compressed=self.compressed,
        )

    def side_training(self, model: PreTrainedModel) -> SideTraining:
        """Return what trains the compression by attention reconstruction."""
        return CompressionTraining(model, self.lr)


class CompressionTraining:
    """Trains the compression of a `CompressiveForCausalLM` with an optimizer of its own.

    Args:
        model: the model; gradients of its compression are enabled.
        lr: learning rate.
    """

    def __init__(self, model: Any, lr: float) -> None:
        import torch

        self._model = model
        self._weights = model.compressions()
        for weight in self._weights:
            weight.requires_grad_(True)
        self._optimizer = torch.optim.Adam(self._weights, lr=lr)

    def step(self) -> None:
        """Make one step on the reconstruction loss of the passes since the last step."""
        loss = self._model.take_reconstruction()
        # The loss of the language model left gradients, too; it does not train the compression.
        self._optimizer.zero_grad(set_to_none=True)
        if loss is not None:
            loss.backward()
            self._optimizer.step()
            self._optimizer.zero_grad(set_to_none=True)

    def end(self) -> None:
        """Freeze the compression."""
        for weight in self._weights:
            weight.requires_grad_(False)


class TinyCompressive(Tiny):
    """An embedded model with a compressed memory."""

    architecture = Compressive()
    context = LONG
