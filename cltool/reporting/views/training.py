"""How each update was trained: for how long, and why training stopped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from cltool.reporting import formats
from cltool.reporting.templates import fill
from cltool.runs.groups import Group, Variant
from cltool.training.stopping import REASONS

Data = dict[str, Any]

TITLE = "Training of each update"


def data(group: Group) -> Data:
    """Return strategy → for each update ``epochs`` (least and most), ``stops`` and ``learned``.

    ``stops`` is how many runs stopped for each reason, ``learned`` the mean share of completed
    sentences. Strategies that trained nothing are left out.
    """
    found = {variant.label: _updates(variant) for variant in group.variants}
    return {name: updates for name, updates in found.items() if any(updates)}


def _updates(variant: Variant) -> list[Data | None]:
    runs = [measured.training.to_dict("index") for measured in variant.scored]
    return [_update([run.get(step, {}) for run in runs]) for step in range(1, variant.done)]


def _update(runs: Sequence[Mapping[Any, Any]]) -> Data | None:
    trained = [run for run in runs if isinstance(run.get("stop"), str)]
    if not trained:
        return None
    epochs = [int(run["epochs"]) for run in trained]
    learned = [formats.number(run.get("learned")) for run in trained]
    shares = [share for share in learned if share is not None]
    return {
        "epochs": [min(epochs), max(epochs)],
        "stops": dict(Counter(str(run["stop"]) for run in trained)),
        "learned": sum(shares) / len(shares) if shares else None,
    }


def render(data: Data, group: Mapping[str, Any]) -> Markup:
    """Return a table of the updates, and what its reasons mean."""
    rows = [
        [label, *(_cell(updates, step) for updates in data.values())]
        for step, label in enumerate(group["labels"][1:])
    ]
    used = {stop for updates in data.values() for one in updates if one for stop in one["stops"]}
    return fill(
        "views/training.html",
        names=list(data),
        rows=rows,
        reasons=[(reason, meaning) for reason, meaning in REASONS.items() if reason in used],
    )


def _cell(updates: Sequence[Data | None], step: int) -> str:
    one = updates[step] if step < len(updates) else None
    if one is None:
        return formats.DASH
    least, most = one["epochs"]
    epochs = str(least) if least == most else f"{least}–{most}"
    several = sum(one["stops"].values()) > 1 and len(one["stops"]) > 1
    stops = [f"{stop} ({runs})" if several else stop for stop, runs in one["stops"].items()]
    share = "" if one["learned"] is None else f", {formats.share(one['learned'])}"
    return f"{epochs}: {', '.join(stops)}{share}"
