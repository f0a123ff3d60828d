"""TOFU (Maini et al. 2024, "TOFU: A task of fictitious unlearning for LLMs").

``question`` and ``answer``; the perturbed files also have ``paraphrased_question``,
``paraphrased_answer`` and ``perturbed_answer``. The name of the file says what the rows are for:
those of ``forget01``, ``forget05`` and ``forget10`` are known at first and then to be forgotten,
those of ``retain…``, ``real_authors`` and ``world_facts`` belong to the base, and those of other
files, such as ``full``, are new.
"""

from __future__ import annotations

import re

from cltool.facts.shapes.cells import text, texts
from cltool.facts.shapes.shape import Cells, Shape, Told

_FORGET = re.compile(r"(?<![a-z])forget\d\d(?!\d)")
_BASE = re.compile(r"(?<![a-z])(retain\d\d(?!\d)|retain_perturbed|real_authors|world_facts)")


def _facts(cells: Cells, file: str) -> list[Told]:
    asked, answer = text(cells["question"], "question"), text(cells["answer"], "answer")
    fact: dict[str, object] = {
        "prompt": asked,
        "answer": answer,
        "paraphrases": texts(cells.get("paraphrased_question")),
        "aliases": texts(cells.get("paraphrased_answer")),
    }
    if _FORGET.search(file):
        return [Told({**fact, "forget": True})]
    return [Told(fact, base=bool(_BASE.search(file)))]


def _marks(cells: Cells, file: str) -> bool:
    own = ("paraphrased_answer", "perturbed_answer")
    return any(name in cells for name in own) or bool(_FORGET.search(file) or _BASE.search(file))


SHAPE = Shape(
    name="tofu",
    about="TOFU: question and answer, in files named forget10, retain90, full and the like",
    needs=(("question",), ("answer",)),
    reads=("paraphrased_question", "paraphrased_answer", "perturbed_answer"),
    lost="perturbed_answer",
    facts=_facts,
    marks=_marks,
)
