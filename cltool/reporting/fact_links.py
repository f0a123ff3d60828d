"""Links from a number on the page to the facts behind it.

A link is a selection of the page's facts, written as the page's script reads it from the URL. The
page also has a place with the link's name, so that it leads somewhere without a script.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

WRONG = "state=partly,outdated,wrong"

BEHIND = {
    "new": f"group=new&{WRONG}",
    "retained": f"group=retained&{WRONG}",
    "kept": f"group=retained&{WRONG}",
    "stale": "state=outdated",
    "erased": "group=erased&state=produced,resurfaced",
    "resurfaced": "state=resurfaced",
    **dict.fromkeys(("valid", "trained", "forced", "acc"), f"group=new,retained&{WRONG}"),
    **dict.fromkeys(("bwt", "forgetting", "fuar"), f"group=retained&{WRONG}"),
}
"""The filters that select the facts behind a score."""

WORST = ("_min", "_max")


def fact_link(score: str, strategy: str, group: Mapping[str, Any]) -> str | None:
    """Return the selection of the facts that lower a strategy's score.

    Args:
        score: the name of the score.
        strategy: the strategy's name.
        group: a group of the page (`cltool.reporting.report_data.group_data`), with its ``number``.

    Returns:
        Without the ``#``; None if the score is not about the stream's facts.
    """
    name = score
    for end in WORST:
        name = name.removesuffix(end)
    if name not in BEHIND:
        return None
    names = [one["name"] for one in group["strategies"]]
    place = names.index(strategy)
    step = group["strategies"][place]["done"] - 1
    if name == "new" or name != score:
        step = _worst_step(name, strategy, group, step)
    return f"g={group['number']}&a={place}&s={step}&{BEHIND[name]}"


def _worst_step(score: str, strategy: str, group: Mapping[str, Any], last: int) -> int:
    """Return the update after which a score was worst; the last step if it is not known."""
    lines = group["views"].get("over_updates", {}).get(score, {})
    means = lines.get(strategy, {}).get("mean", [])
    known = [(mean, step) for step, mean in enumerate(means) if step and mean is not None]
    if not known:
        return last
    return max(known)[1] if score in ("stale", "erased") else min(known)[1]
