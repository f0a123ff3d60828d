"""Instructions and outputs, as Stanford's Alpaca publishes them.

``{"instruction": …, "input": …, "output": …}``. The instruction, and on the next line the input if
there is one, is the prompt of a fact. The output is its answer.
"""

from __future__ import annotations

from cltool.facts.shapes.cells import text, texts
from cltool.facts.shapes.shape import Cells, Shape, Told


def _facts(cells: Cells, file: str) -> list[Told]:
    asked = [text(cells["instruction"], "instruction"), *texts(cells.get("input"))]
    return [Told({"prompt": "\n".join(asked), "answer": text(cells["output"], "output")})]


SHAPE = Shape(
    name="alpaca",
    about="Alpaca: instruction, input and output",
    needs=(("instruction",), ("output",)),
    reads=("input",),
    lost="",
    facts=_facts,
)
