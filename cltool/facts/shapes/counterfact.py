"""CounterFact (Meng et al. 2022, "Locating and editing factual associations in GPT").

``requested_rewrite`` with ``subject``, ``prompt``, ``relation_id``, ``target_new`` and
``target_true``; ``paraphrase_prompts``, which ask for the same fact; and ``neighborhood_prompts``,
which ask for other subjects with the true object. The base knows the true object and the
neighbours, and an update teaches the new object.
"""

from __future__ import annotations

from cltool.facts.shapes.cells import items, texts
from cltool.facts.shapes.rewrite import rewrite
from cltool.facts.shapes.shape import LOCALITY, Cells, Shape, ShapeError, Told


def _facts(cells: Cells, file: str) -> list[Told]:
    asked = items([cells["requested_rewrite"]])
    if not asked:
        raise ShapeError("requested_rewrite is not one object")
    edit = rewrite(asked[0])
    edit["prompts"] = texts([edit["prompts"], cells.get("paraphrase_prompts")])
    stays = [
        Told({"prompt": prompt, "answer": edit["old"], "part": LOCALITY}, base=True)
        for prompt in texts(cells.get("neighborhood_prompts"))
    ]
    return [Told(edit), *stays]


SHAPE = Shape(
    name="counterfact",
    about="CounterFact: requested_rewrite, paraphrase_prompts and neighborhood_prompts",
    needs=(("requested_rewrite",),),
    reads=(
        *("paraphrase_prompts", "neighborhood_prompts"),
        *("attribute_prompts", "generation_prompts", "pararel_idx"),
    ),
    lost="attribute_prompts, generation_prompts, and identifiers of Wikidata",
    facts=_facts,
    marks=lambda cells, _: bool(items([cells["requested_rewrite"]])),
)
