"""The recipe and the reading exercises of embedded models that take long texts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cltool.models.tiny.long_pages import LongPages
from cltool.models.tiny.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cltool.facts.facts import Fact
    from cltool.facts.wordings import Wordings
    from cltool.lm.coder import Coder

LONG = 16_384
"""Longest text, in tokens, of the embedded models for long texts."""

PAGE = 1_024
"""Longest reading exercise with other text, in tokens."""

MOST, OTHERS = 8, 24
"""Most facts on such a page that may be asked for, and most lines of other text."""


def long_recipe(facts: int, *, reading: bool) -> Recipe:
    """Return the recipe of a model for long texts, which is also asked after it has read."""
    return replace(Recipe.for_facts(facts, reading=reading), context=LONG, restarts=0.5)


def longer_pages(recipe: Recipe) -> Recipe:
    """Return the recipe with fewer, longer reading exercises, as `long_pages` makes them."""
    return replace(
        recipe, page=PAGE, pages=recipe.pages * 3 // 5, page_batch=recipe.page_batch * 3 // 5
    )


def long_pages(
    facts: Sequence[Fact], wordings: Wordings, coder: Coder, recipe: Recipe, seed: int
) -> LongPages:
    """Return reading exercises with other text between the facts and the questions."""
    return LongPages(
        facts, wordings, coder, recipe.page, seed, recipe.restarts, most=MOST, others=OTHERS
    )
