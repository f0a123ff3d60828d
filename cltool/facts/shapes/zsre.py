"""zsRE as MEND, ROME and EasyEdit publish it (Mitchell et al. 2022, "Fast model editing at scale").

``subject``, ``src`` (a question), ``rephrase`` (the same question in other words), ``alt`` (the new
answer), ``answers`` (the true ones), and ``loc`` with ``loc_ans``, an unrelated question whose
answer must stay. The base knows the true answer and the unrelated one, and an update teaches
``alt``. ROME teaches the true answer in place of ``alt``; so does a row without ``alt`` here.
"""

from __future__ import annotations

from cltool.facts.shapes.cells import changed, relation_of, text, texts
from cltool.facts.shapes.shape import EDIT, LOCALITY, Cells, Shape, ShapeError, Told

_LABEL = "nq question:"


def _facts(cells: Cells, file: str) -> list[Told]:
    subject, asked = text(cells["subject"], "subject"), text(cells["src"], "src")
    true, alternative = texts(cells.get("answers")), texts(cells.get("alt"))
    if not (true or alternative):
        raise ShapeError("alt and answers are empty")
    new, *aliases = alternative or true
    old = changed(new, true) if alternative else []
    edit: dict[str, object] = {
        "subject": subject,
        "relation": relation_of(asked, subject),
        "new": new,
        "aliases": aliases,
        "prompts": [asked, *texts(cells.get("rephrase"))],
        "part": EDIT,
    }
    told = [Told(edit | {"old": old[0]} if old else edit, old_aliases=old[1:])]
    unrelated, answers = texts(cells.get("loc")), texts(cells.get("loc_ans"))
    if unrelated and answers:
        question = unrelated[0].removeprefix(_LABEL).strip()
        question += "" if question.endswith("?") else "?"
        stays = {"prompt": question, "answer": answers[0], "aliases": answers[1:]}
        told.append(Told({**stays, "part": LOCALITY}, base=True))
    return told


SHAPE = Shape(
    name="zsre",
    about="zsRE: subject, src, rephrase, alt, answers, loc and loc_ans",
    needs=(("subject",), ("src",), ("alt", "answers")),
    reads=("answers", "rephrase", "loc", "loc_ans", "pred", "cond"),
    lost="pred and cond",
    facts=_facts,
)
