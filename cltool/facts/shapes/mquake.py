"""MQuAKE (Zhong et al. 2023, "MQuAKE: Assessing knowledge editing in language models").

``requested_rewrite`` is a list of changes, each as in CounterFact and with a ``question``. The
single hops of the case, before and after the changes, give aliases, and the hops that stay the same
belong to the base.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cltool.facts.shapes.cells import items, part, text, texts
from cltool.facts.shapes.rewrite import rewrite
from cltool.facts.shapes.shape import LOCALITY, Cells, Shape, ShapeError, Told

Hops = Sequence[Mapping[str, object]]


def _facts(cells: Cells, file: str) -> list[Told]:
    before, after = items(cells.get("single_hops")), items(cells.get("new_single_hops"))
    changes = items(cells["requested_rewrite"])
    if not changes:
        raise ShapeError("requested_rewrite is not a list of objects")
    told = []
    for change in changes:
        edit = rewrite(change)
        edit["prompts"] = texts([edit["prompts"], change.get("question")])
        edit["aliases"] = _aliases(after, edit["new"])
        told.append(Told(edit, old_aliases=_aliases(before, edit["old"])))
    changed = {text(change.get("question"), "question") for change in changes}
    for hop in before:
        question = text(part(hop, "question"), "question of a hop")
        if question not in changed and any(_same(hop, other) for other in after):
            stays = {"prompt": question, "answer": text(part(hop, "answer"), "answer of a hop")}
            more = {"aliases": texts(part(hop, "answer_alias")), "part": LOCALITY}
            told.append(Told({**stays, **more}, base=True))
    return told


def _aliases(hops: Hops, answer: object) -> list[str]:
    return texts([hop.get("answer_alias") for hop in hops if hop.get("answer") == answer])


def _same(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    return all(one.get(name) == other.get(name) for name in ("question", "answer"))


SHAPE = Shape(
    name="mquake",
    about="MQuAKE: a list requested_rewrite, single_hops and new_single_hops",
    needs=(("requested_rewrite",),),
    reads=(
        *("single_hops", "new_single_hops", "questions", "answer", "answer_alias"),
        *("new_answer", "new_answer_alias", "orig"),
    ),
    lost="the multi-hop questions with their answers, and the triples",
    facts=_facts,
    marks=lambda cells, _: bool(items(cells["requested_rewrite"])),
)
