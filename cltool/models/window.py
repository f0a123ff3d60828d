"""``tiny-window`` and ``tiny-full``: embedded models that take long texts.

Both have the blocks of `cltool.lm.architectures.window`. In ``tiny-window`` each token attends to
the last tokens and to the first ones, so a long text costs time in proportion to its length. In
``tiny-full`` each token attends to all earlier ones: it is what the others are compared with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cltool.models.tiny.architecture import Architecture, AtLeastOne, NotNegative
from cltool.models.tiny.long_texts import LONG, long_pages, long_recipe, longer_pages
from cltool.models.tiny.model import Tiny
from cltool.models.tiny.reading import Exercises
from cltool.models.tiny.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transformers import PreTrainedModel

    from cltool.facts.facts import Fact
    from cltool.facts.wordings import Wordings
    from cltool.lm.coder import Coder

PIECE = 2_048
"""Tokens that pass through a model with full attention together."""


@dataclass(frozen=True)
class Window(Architecture):
    """A Llama whose attention has a window.

    Attributes:
        window: number of tokens that a token attends to, itself included.
        sinks: number of first tokens that every token attends to.
        full: numbers of the blocks with full attention; None: all.
    """

    window: AtLeastOne = 64
    sinks: NotNegative = 4
    full: tuple[int, ...] | None = ()

    code = ("cltool.lm.architectures",)

    def recipe(self, facts: int, *, reading: bool = True) -> Recipe:
        """Return the recipe for ``facts``, with room for long texts.

        If all blocks have full attention, there are fewer, longer pages.
        """
        recipe = long_recipe(facts, reading=reading)
        return longer_pages(recipe) if self.full is None else recipe

    def exercises(
        self, facts: Sequence[Fact], wordings: Wordings, coder: Coder, recipe: Recipe, seed: int
    ) -> Exercises:
        """Return reading exercises, on longer pages if all blocks have full attention."""
        if self.full is None:
            return long_pages(facts, wordings, coder, recipe, seed)
        return super().exercises(facts, wordings, coder, recipe, seed)

    def new_model(self, coder: Coder, recipe: Recipe) -> PreTrainedModel:
        """Return the untrained model."""
        from cltool.lm.architectures.window import WindowForCausalLM
        from cltool.lm.layers import numbers
        from cltool.models.tiny.llama import new_model

        full = range(recipe.layers) if self.full is None else self.full
        return new_model(
            WindowForCausalLM,
            coder,
            recipe,
            segment=PIECE if self.full is None else self.window,
            sinks=self.sinks,
            full=numbers(full, recipe.layers, "model.options.full"),
        )


class TinyWindow(Tiny):
    """An embedded model whose attention has a window."""

    architecture = Window()
    context = LONG


class TinyFull(Tiny):
    """An embedded model with full attention that takes long texts."""

    architecture = Window(sinks=0, full=None)
    context = LONG
