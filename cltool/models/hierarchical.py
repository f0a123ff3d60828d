"""``tiny-hierarchical``: an embedded model with a fast and a slow memory behind a window.

Its blocks are those of `cltool.lm.architectures.hierarchical`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cltool.models.tiny.architecture import Architecture, AtLeastOne
from cltool.models.tiny.long_pages import LongPages
from cltool.models.tiny.long_texts import LONG, long_pages, long_recipe, longer_pages
from cltool.models.tiny.model import Tiny

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transformers import PreTrainedModel

    from cltool.facts.facts import Fact
    from cltool.facts.wordings import Wordings
    from cltool.lm.coder import Coder
    from cltool.models.tiny.recipe import Recipe

NARROWER = 16
"""How much narrower the MLPs are than those of a Llama, in place of the memories' weights."""


@dataclass(frozen=True)
class Hierarchical(Architecture):
    """A Llama whose attention has a window, with two memories of different speed and size.

    Attributes:
        window: number of tokens that a token attends to, itself included, and of a segment.
        memory_blocks: numbers of the blocks that have the memories.
    """

    window: AtLeastOne = 32
    memory_blocks: tuple[int, ...] = (1,)

    code = ("cltool.lm.architectures",)

    def recipe(self, facts: int, *, reading: bool = True) -> Recipe:
        """Return the recipe for ``facts``, with room for long texts and fewer, longer pages."""
        recipe = longer_pages(long_recipe(facts, reading=reading))
        return replace(recipe, inner=recipe.inner - NARROWER)

    def new_model(self, coder: Coder, recipe: Recipe) -> PreTrainedModel:
        """Return the untrained model."""
        from cltool.lm.architectures.hierarchical import HierarchicalForCausalLM
        from cltool.lm.layers import numbers
        from cltool.models.tiny.llama import new_model

        return new_model(
            HierarchicalForCausalLM,
            coder,
            recipe,
            segment=self.window,
            memory_blocks=numbers(self.memory_blocks, recipe.layers, "model.options.memory_blocks"),
            slow_size=recipe.hidden,
            fast_size=recipe.hidden // 4,
        )

    def exercises(
        self, facts: Sequence[Fact], wordings: Wordings, coder: Coder, recipe: Recipe, seed: int
    ) -> LongPages:
        """Return reading exercises on longer pages."""
        return long_pages(facts, wordings, coder, recipe, seed)


class TinyHierarchical(Tiny):
    """An embedded model with a fast and a slow memory."""

    architecture = Hierarchical()
    context = LONG
