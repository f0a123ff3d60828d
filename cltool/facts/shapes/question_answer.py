"""A column of questions and a column of answers, under the names that they usually have.

Answers may be a list, or an object with a list ``text`` as in SQuAD: the first is the object of the
fact, and the others are its aliases.
"""

from __future__ import annotations

from cltool.facts.shapes.cells import part, some, text
from cltool.facts.shapes.shape import Cells, Shape, Told

_QUESTIONS = ("question", "query", "prompt")
_ANSWERS = ("answer", "answers", "response", "completion", "target")


def _facts(cells: Cells, file: str) -> list[Told]:
    asked = next(name for name in _QUESTIONS if name in cells)
    said = next(name for name in _ANSWERS if name in cells)
    value = cells[said]
    given = part(value, "text")
    answers = some(value if given is None else given, said)
    more = {"aliases": answers[1:]} if answers[1:] else {}
    return [Told({"prompt": text(cells[asked], asked), "answer": answers[0], **more})]


SHAPE = Shape(
    name="qa",
    about="questions and answers",
    needs=(_QUESTIONS, _ANSWERS),
    reads=("context", "title"),
    lost="context and title",
    facts=_facts,
)
