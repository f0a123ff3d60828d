"""``tiny-dnc``: an embedded model that writes lines into an external matrix and reads from it.

Its blocks are those of `cltool.lm.architectures.dnc`: attention with a window, and beside it, in
the last of two blocks, the matrix. Each line of a prompt takes one row. The window is shorter than
the lines and questions of a reading exercise together, so the model has to answer from the matrix.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cltool.facts.facts import Fact
from cltool.models.tiny.architecture import Architecture, AtLeastOne
from cltool.models.tiny.long_texts import LONG, long_recipe
from cltool.models.tiny.model import Tiny
from cltool.models.tiny.reading import Exercises
from cltool.models.tiny.recipe import Recipe

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from cltool.facts.wordings import Wordings
    from cltool.lm.coder import Coder

PAGE = 320
"""Longest reading exercise, in tokens."""

PAGES = 12_000
"""Reading exercises. They are longer than those of ``tiny``, so there are fewer of them."""

SUPERSEDED = 0.3
"""Share of the lines of an exercise that state another object for the key of an earlier line."""

SMALL_GATES = 0.3
"""Factor of the initial weights of the interface, which then begins near its biases."""


class LongExercises(Exercises):
    """Reading exercises with more lines, some of which supersede an earlier one."""

    lines = (2, 7)

    def invent_facts(self, count: int) -> list[Fact]:
        """Return ``count`` invented facts; of two with the same key, the later one is valid."""
        generator = self._generator
        facts: list[Fact] = []
        for _ in range(count):
            keys = [fact.key for fact in facts]
            if keys and generator.random() < SUPERSEDED:
                subject, relation = generator.choice(keys)
            else:
                subject, relation = self._key(keys)
            answer = self._object([fact.object for fact in facts])
            facts.append(Fact(subject, relation, answer))
        return facts


@dataclass(frozen=True)
class Dnc(Architecture):
    """A Llama with a window and an external matrix.

    Attributes:
        window: number of tokens that a token attends to, itself included.
        rows: rows of the matrix; a line takes one.
        cells: tokens of a line that a row holds.
        address: width of the address of a row.
        heads: read heads.
    """

    window: AtLeastOne = 32
    rows: AtLeastOne = 256
    cells: AtLeastOne = 24
    address: AtLeastOne = 64
    heads: AtLeastOne = 2

    code = ("cltool.lm.architectures",)

    def recipe(self, facts: int, *, reading: bool = True) -> Recipe:
        """Return the recipe for ``facts``, with room for long texts."""
        recipe = long_recipe(facts, reading=reading)
        return replace(recipe, page=PAGE, pages=PAGES if reading else 0)

    def new_model(self, coder: Coder, recipe: Recipe) -> PreTrainedModel:
        """Return the untrained model.

        If it is to learn to read, the read heads begin like heads of the attention beside them,
        some of which are induction heads.
        """
        from torch import nn

        from cltool.lm.architectures.dnc import DncForCausalLM
        from cltool.models.tiny.llama import config_values, new_model

        heads = int(config_values(coder, recipe)["num_attention_heads"])
        model = new_model(
            DncForCausalLM,
            coder,
            recipe,
            segment=self.window,
            block=1,
            rows=self.rows,
            cells=self.cells,
            address=self.address,
            read_heads=self.heads,
            head_size=recipe.hidden // heads,
            writes=coder.tokenizer.encode("\n", add_special_tokens=False),
            breaks=[*coder.documents([""])[0], coder.eos],
        )
        block: Any = model.model.layers[1]
        nn.init.orthogonal_(block.memory.address_proj.weight)
        if recipe.pages:
            _begin_like(block.self_attn, block.memory)
        return model

    def exercises(
        self, facts: Sequence[Fact], wordings: Wordings, coder: Coder, recipe: Recipe, seed: int
    ) -> Exercises:
        """Return exercises in which most questions cannot attend to the lines that answer them."""
        return LongExercises(facts, wordings, coder, recipe.page, seed, recipe.restarts)


def _begin_like(attention: Any, memory: Any) -> None:
    """Copy heads of an attention into the read heads, evenly chosen among all heads."""
    import torch

    size = memory.size
    with torch.no_grad():
        for head in range(memory.heads):
            begin = head * attention.heads // memory.heads * size
            source, target = slice(begin, begin + size), slice(head * size, (head + 1) * size)
            for name in ("q_proj", "k_proj", "v_proj"):
                getattr(memory, name).weight[target] = getattr(attention, name).weight[source]
            memory.o_proj.weight[:, target] = attention.o_proj.weight[:, source]
        memory.interface.weight.mul_(SMALL_GATES)


class TinyDnc(Tiny):
    """An embedded model with an external matrix."""

    architecture = Dnc()
    context = LONG
