"""New against retained: a point for each strategy, drawn by the script of the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from cltool.reporting import formats
from cltool.reporting.table import scores_of
from cltool.reporting.templates import fill
from cltool.runs.groups import Group, Variant
from cltool.runs.tables import compare

TITLE = "New against retained"


def data(group: Group) -> dict[str, Any]:
    """Return the scores of single runs; their means are in the view ``scores``.

    Returns:
        ``seeds``: strategy → for each run that counts, its ``seed``, its ``stream`` (the stream's
        seed, None if the group has one stream), and its ``scores`` by name.
    """
    names = [column.name for column in scores_of(compare(group))]
    return {"seeds": {variant.label: _runs(variant, names) for variant in group.variants}}


def _runs(variant: Variant, names: list[str]) -> list[dict[str, Any]]:
    values = {name: variant.values(name) for name in names}
    return [
        {
            "seed": one.run.seed,
            "stream": one.stream_seed if variant.several else None,
            "scores": {name: formats.number(column[place]) for name, column in values.items()},
        }
        for place, one in enumerate(variant.scored)
    ]


def render(data: Mapping[str, Any], group: Mapping[str, Any]) -> Markup:
    """Return the place of the chart; nothing if no strategy has a run that counts."""
    if not any(data["seeds"].values()):
        return Markup()
    return fill("views/front.html")
