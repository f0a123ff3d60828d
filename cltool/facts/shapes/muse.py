"""MUSE (Shi et al. 2024, "MUSE: Machine unlearning six-way evaluation for language models").

Of its parts, ``knowmem`` has ``question`` and ``answer``. The rows of files named ``forget_qa`` are
known at first and then to be forgotten, and those of ``retain_qa`` belong to the base. The other
parts are passages without questions: read them as documents.
"""

from __future__ import annotations

import re

from cltool.facts.shapes.cells import text
from cltool.facts.shapes.shape import Cells, Shape, Told

_FILE = re.compile(r"(?<![a-z])(?P<what>forget|retain)_qa")


def _facts(cells: Cells, file: str) -> list[Told]:
    fact: dict[str, object] = {
        "prompt": text(cells["question"], "question"),
        "answer": text(cells["answer"], "answer"),
    }
    found = _FILE.search(file)
    if found and found["what"] == "forget":
        return [Told({**fact, "forget": True})]
    return [Told(fact, base=found is not None)]


SHAPE = Shape(
    name="muse",
    about="MUSE: question and answer, in files named forget_qa and retain_qa",
    needs=(("question",), ("answer",)),
    reads=(),
    lost="the parts without questions (raw, verbmem, privleak, scal, sust)",
    facts=_facts,
    marks=lambda _, file: bool(_FILE.search(file)),
)
