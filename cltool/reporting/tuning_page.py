"""The page of a search of settings: its fronts, and the scores on later updates, one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cltool.reporting import formats
from cltool.reporting.pareto import front_chart, settings
from cltool.reporting.templates import page, write_page

Data = dict[str, Any]

LEAD = (
    "The settings of each strategy were searched on the first updates of the stream only. The"
    " charts show how much of what an update taught is known right after it (new) against how much"
    " of what was known before is still known (retained). The chosen settings were then tested on"
    " the later updates, which the search did not use."
)

SHOWN = ("new", "retained", "stale")

TOGETHER = 8
"""Most fronts in one chart; there are as many colours."""


def write_tuning(data: Data, path: Path) -> Path:
    """Write the page; the same data, the same file.

    Args:
        data: as `cltool.reporting.tuning_data.tuning_data` returns it.
        path: the HTML file.
    """
    return write_page(path, render(data))


def render(data: Data) -> str:
    """Return the page."""
    title = "Pareto fronts of new against retained"
    if data["about"].get("Scenario"):
        title += f": {data['about']['Scenario']}"
    tunings = data["tunings"]
    groups = [tunings[begin : begin + TOGETHER] for begin in range(0, len(tunings), TOGETHER)]
    return page(
        "tuning.html",
        data,
        title,
        lead=LEAD,
        shown=list(SHOWN),
        judged=[text for name in SHOWN for text in (f"{name}, chosen", "presets", "difference")],
        verdicts=[_verdict(one) for one in tunings if one["verdict"] is not None],
        charts=[
            ([one["strategy"] for one in some], front_chart(some, range(len(some))))
            for some in groups
        ],
        searches=[_search(place, one) for place, one in enumerate(tunings)],
    )


def _verdict(tuning: Data) -> list[str]:
    chosen, presets = tuning["verdict"]["chosen"], tuning["verdict"]["presets"]
    row = [tuning["strategy"] + " *" * (not tuning["kept"])]
    for name in SHOWN:
        both = chosen[name] is not None and presets[name] is not None
        difference = formats.signed(chosen[name] - presets[name]) if both else formats.DASH
        row += [formats.shown(one[name], formats.share) for one in (chosen, presets)]
        row.append(difference)
    return row


def _place(trial: Data) -> float:
    """Return what trials are sorted by: the best new first, or the best retained without new."""
    scores = trial["scores"]
    return -((scores["retained"] if scores["new"] is None else scores["new"]) or 0)


def _search(place: int, tuning: Data) -> Data:
    """Return all settings that were tried for a strategy, best new first."""
    best = {trial["number"] for trial in tuning["front"]}
    rows = []
    for trial in sorted(tuning["trials"], key=_place):
        marks = [
            "chosen" * (trial["number"] == tuning["chosen"]["number"]),
            "front" * (trial["number"] in best),
            "diverged" * ("diverged" in trial),
            "has warnings" * ("warnings" in trial),
        ]
        rows.append(
            [
                settings(trial),
                *(formats.shown(trial["scores"][name], formats.share) for name in SHOWN),
                formats.shown(trial["scores"]["tokens"], formats.count),
                ", ".join(filter(None, marks)),
            ]
        )
    kept = "" if tuning["kept"] else "; none meets the bounds"
    count = formats.plural(len(tuning["trials"]), "setting")
    return {
        "title": f"{tuning['strategy']}: {count}{kept}",
        "chart": front_chart([tuning], [place]),
        "rows": rows,
    }
