"""``tiny-memory-layer`` as an entry of the registry."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from cltool.models.tiny.architecture import Architecture, AtLeastOne
from cltool.models.tiny.model import Tiny

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from cltool.lm.coder import Coder
    from cltool.models.tiny.recipe import Recipe


@dataclass(frozen=True)
class MemoryLayers(Architecture):
    """A Llama with product-key memory in place of the feed-forward part of some blocks.

    Attributes:
        layers: numbers of the blocks with memory, negative from the last.
        slots: number of values of a memory.
        heads: number of queries of a token.
        top: number of slots that a query reads.
        gated: whether the output of a memory is gated by its input.
    """

    code: ClassVar[tuple[str, ...]] = (
        "cltool.models.memory_layer",
        "cltool.lm.architectures.memory_layer",
        "cltool.lm.product_keys",
    )

    layers: tuple[int, ...] = (-2, -1)
    slots: AtLeastOne = 16_384
    heads: AtLeastOne = 2
    top: AtLeastOne = 8
    gated: bool = True

    def key(self, recipe: Recipe) -> int:
        """Return the width of a query with which a token uses as many parameters as in an MLP."""
        width, side = recipe.hidden, math.isqrt(self.slots)
        rest = 3 * width * recipe.inner - self.heads * self.top * width
        rest -= 2 * width * width * self.gated
        return max(2, rest // (self.heads * (width + 1 + side)) // 2 * 2)

    def new_model(self, coder: Coder, recipe: Recipe) -> PreTrainedModel:
        """Return the untrained model."""
        from cltool.lm.architectures.memory_layer import MemoryLayerForCausalLM
        from cltool.lm.product_keys import memories
        from cltool.models.tiny.llama import new_model

        model = new_model(
            MemoryLayerForCausalLM,
            coder,
            recipe,
            memory_layers=list(self.layers),
            memory_slots=self.slots,
            memory_heads=self.heads,
            memory_top=self.top,
            memory_key=self.key(recipe),
            memory_gated=self.gated,
        )
        for memory in memories(model).values():
            memory.index.follows = True
        return model


class TinyMemoryLayer(Tiny):
    """The embedded model with product-key memories in place of its last two MLPs."""

    architecture: Architecture = MemoryLayers()
