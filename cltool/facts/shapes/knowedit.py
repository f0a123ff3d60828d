"""KnowEdit (Zhang et al. 2024, "A comprehensive study of knowledge editing for LLMs").

As EasyEdit publishes it: ``subject``, ``prompt``, ``target_new``, ``ground_truth`` (what was true
before), ``rephrase_prompt``, and two groups of further questions. Of ``portability``, those under
another name of the subject (``Subject_Aliasing``) become further prompts. Of ``locality``, those
about other properties (``Relation_Specificity``) belong to the base. Rows of WikiBio have ``text``,
``labels`` and ``concept``: the text is the prompt, and the labels are the answer. Rows of
Sanitation have ``question`` in place of ``prompt``.
"""

from __future__ import annotations

from cltool.facts.shapes.cells import changed, items, part, relation_of, text, texts
from cltool.facts.shapes.shape import EDIT, LOCALITY, Cells, Shape, Told


def _facts(cells: Cells, file: str) -> list[Told]:
    asked = next(name for name in _PROMPTS if name in cells)
    said = next(name for name in _OBJECTS if name in cells)
    prompt, new = text(cells[asked], asked), text(cells[said], said)
    subject = next(iter(texts(cells.get("subject"))), "")
    same = [*texts(cells.get("rephrase_prompt")), *texts(cells.get("rephrase")), *_aliasing(cells)]
    edit: dict[str, object] = {"part": EDIT}
    if subject:
        edit |= {"subject": subject, "relation": relation_of(prompt, subject), "new": new}
        edit["prompts"] = texts([prompt, same])
    else:
        edit |= {"prompt": prompt, "answer": new, "paraphrases": same}
    old = changed(new, texts(cells.get("ground_truth")))
    told = [Told(edit | {"old": old[0]} if old else edit, old_aliases=old[1:])]
    return told + [Told(stays, base=True) for stays in _locality(cells)]


def _aliasing(cells: Cells) -> list[str]:
    own = items(part(cells.get("portability"), "Subject_Aliasing")) or items(
        cells.get("portability_s")
    )
    return texts([one.get("prompt") for one in own])


def _locality(cells: Cells) -> list[dict[str, object]]:
    locality = cells.get("locality")
    asked = items(part(locality, "Relation_Specificity")) or items(cells.get("locality_rs"))
    pairs = [(one.get("prompt"), one.get("ground_truth")) for one in asked]
    pairs.append((cells.get("locality_prompt"), cells.get("locality_ground_truth")))
    return [
        {"prompt": prompts[0], "answer": answers[0], "aliases": answers[1:], "part": LOCALITY}
        for prompts, answers in ((texts(one), texts(other)) for one, other in pairs)
        if prompts and answers
    ]


def _marks(cells: Cells, file: str) -> bool:
    return "target_new" in cells or "concept" in cells


_PROMPTS = ("prompt", "question", "text")
_OBJECTS = ("target_new", "labels")

SHAPE = Shape(
    name="knowedit",
    about="KnowEdit: subject, prompt, target_new, ground_truth, portability and locality",
    needs=(_PROMPTS, _OBJECTS),
    reads=(
        *("subject", "ground_truth", "rephrase_prompt", "rephrase", "portability", "locality"),
        *("portability_s", "portability_r", "portability_l", "locality_rs", "locality_f"),
        *("locality_prompt", "locality_ground_truth", "portability_prompt"),
        *("portability_ground_truth", "cond"),
    ),
    lost="questions of portability that need reasoning, and those of Forgetfulness",
    facts=_facts,
    marks=_marks,
)
