"""The first paragraph of the forgetting report: what it shows, how was asked, how was trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cltool.evaluation.matchers import CHOICE

Data = Mapping[str, Any]

SHOWS = (
    "This report shows how well each strategy learned the facts that the updates taught, how much"
    " it forgot of earlier facts, and how often it still gives outdated answers."
)
FREELY = (
    "The model answers freely, by greedy decoding, until it stops by itself or has written as many"
    " tokens as the run allows."
)
CHOSEN = "An answer is the name that the model finds most probable among several of its relation."


def lead(groups: Sequence[Data]) -> str:
    """Return the paragraph for the groups of a page."""
    matches = {group["match"] for group in groups}
    asked = [FREELY] * bool(matches - {CHOICE}) + [CHOSEN] * (matches == {CHOICE})
    return " ".join([SHOWS, *asked, *_training(groups)])


def _training(groups: Sequence[Data]) -> list[str]:
    """Return sentences on how long strategies trained, and on those that did not; none for none."""
    ways: dict[str, dict[str, None]] = {}
    idle: dict[str, None] = {}
    for group in groups:
        for strategy in group["strategies"]:
            if strategy["trained"]:
                ways.setdefault(strategy["training"], {})[strategy["name"]] = None
            else:
                idle[strategy["name"]] = None
    found = []
    if idle:
        found.append(f"Not trained on the updates: {', '.join(idle)}.")
    if ways:
        usual = max(ways, key=lambda way: len(ways[way]))
        others = [f"{', '.join(names)}: {way}" for way, names in ways.items() if way != usual]
        who = "The other strategies" if idle else "The strategies" if others else "Each strategy"
        exceptions = f" (except {'; '.join(others)})" if others else ""
        found.append(f"{who} trained on every update {usual}{exceptions}.")
    return [*found, "The table shows the tokens that they used."] if found else []
