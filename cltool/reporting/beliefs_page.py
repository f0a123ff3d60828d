"""The page of a model's beliefs, with their steps and every key; one HTML file."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cltool.reporting.beliefs_text import headline, sentences, with_interval
from cltool.reporting.charts import CHARACTER, shortened
from cltool.reporting.formats import DASH, precise, shown
from cltool.reporting.templates import page, write_page

Data = dict[str, Any]

LEAD = (
    "A key is known if the model finds one of the objects that held it more probable than many"
    " objects that never did. The model believes the most probable one. A step of the stream is its"
    " base or one of its updates. A model that stopped learning at some time believes the holders"
    " of that time."
)

WIDTH, HEIGHT = 720.0, 260.0
LEFT, RIGHT, TOP, BOTTOM = 40.0, 8.0, 10.0, 40.0
LABEL = 16
"""Characters of a label of the axis, at most."""

LEVELS = (0.0, 0.25, 0.5, 0.75, 1.0)


def write_beliefs(data: Data, path: Path) -> Path:
    """Write the page; the same data always gives the same file.

    Args:
        data: as `cltool.experiments.belief_summary.Beliefs.as_json` returns it, and ``command``.
        path: the HTML file.
    """
    return write_page(path, render(data))


def render(data: Data) -> str:
    """Return the page."""
    steps = zip(data["probable"]["holders_of"], data["named"]["holders_of"], strict=True)
    return page(
        "beliefs.html",
        data,
        f"How old is the knowledge of {data['model']}?",
        lead=LEAD,
        sentences=[headline(data), *sentences(data)],
        chart=chart(data["probable"]["holders_of"]),
        steps=[
            [
                one["label"],
                with_interval(one),
                _of(one),
                with_interval(other),
                _of(other),
            ]
            for one, other in steps
        ],
        relations=[_relation(one) for one in data["relations"]],
        facts=[_fact(one) for one in data["facts"]],
    )


def chart(steps: list[Data]) -> Data:
    """Return the bars of a histogram: a share with its interval for each step."""
    room = (WIDTH - LEFT - RIGHT) / max(len(steps), 1)
    # Labels that would overlap are left out.
    longest = max((min(len(one["label"]), LABEL) for one in steps), default=0)
    every = max(1, math.ceil((longest + 1) * CHARACTER / room))
    bars = []
    for place, one in enumerate(steps):
        middle = LEFT + room * (place + 0.5)
        known = one["share"] is not None
        bars.append(
            {
                "x": middle,
                "left": middle - 0.35 * room,
                "width": 0.7 * room,
                "y": height(one["share"] or 0.0),
                "low": height(one["low"]) if known else None,
                "high": height(one["high"]) if known else None,
                "label": shortened(one["label"], LABEL) if place % every == 0 else "",
                "title": f"{one['label']}: {with_interval(one)}",
            }
        )
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": WIDTH - RIGHT,
        "bottom": height(0.0),
        "ticks": [(level, height(level)) for level in LEVELS],
        "bars": bars,
    }


def height(value: float) -> float:
    """Return the y coordinate of a share."""
    return HEIGHT - BOTTOM - value * (HEIGHT - TOP - BOTTOM)


def _of(one: Mapping[str, Any]) -> str:
    return f"{one['keys']} of {one['of']}"


def _relation(one: Data) -> list[str]:
    row = [one["relation"], str(one["probable"]["unknown"]["of"])]
    for counted in (one["probable"], one["named"]):
        median = counted["median"]
        row += [
            with_interval(counted["unknown"]),
            with_interval(counted["outdated"]),
            median["label"] if median else DASH,
        ]
    return row


def _fact(one: Data) -> Data:
    return {
        "subject": one["subject"],
        "relation": one["relation"],
        "probable": one["probable"] or DASH,
        "named": one["named"] or DASH,
        "holders": [
            [holder["name"], _labels(holder["labels"]), shown(holder["score"], precise)]
            for holder in one["holders"]
        ],
        "rival": [one["rival"]["name"], shown(one["rival"]["score"], precise)],
        "answers": one["answers"],
    }


def _labels(labels: list[str]) -> str:
    return ", ".join(labels)
