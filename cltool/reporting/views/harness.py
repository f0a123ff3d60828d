"""What EleutherAI's lm-evaluation-harness measured of the models after the last step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from cltool.reporting import formats
from cltool.reporting.table import extent
from cltool.reporting.templates import fill
from cltool.runs.groups import Group
from cltool.runs.tables import evaluated

if TYPE_CHECKING:
    import pandas as pd

Data = list[dict[str, Any]]

TITLE = "Evaluation by lm-eval"


def data(group: Group) -> Data:
    """Return a row for each strategy, task and metric: `cltool.runs.tables.evaluated`."""
    return plain(evaluated(group))


def plain(frame: pd.DataFrame) -> Data:
    """Return the rows of a table as values for JSON: null for missing and infinite numbers."""
    return [
        {
            str(name): value if isinstance(value, str | int) else formats.number(value)
            for name, value in row.items()
        }
        for row in frame.to_dict("records")
    ]


def render(data: Data, group: Mapping[str, Any]) -> Markup:
    """Return a table with a column for each task and metric; nothing if nothing was measured."""
    if not data:
        return Markup()
    columns = {(row["task"], row["metric"]): _title(row) for row in data}
    rows = []
    for strategy in group["strategies"]:
        held = [row for row in data if row["strategy"] == strategy["name"]]
        own = {(row["task"], row["metric"]): row for row in held}
        rows.append([strategy["name"], *(_cell(own.get(column)) for column in columns)])
    return fill("views/harness.html", titles=list(columns.values()), rows=rows)


def _title(row: Mapping[str, Any]) -> str:
    arrow = {"higher": " ↑", "lower": " ↓"}.get(row["better"], "")
    documents = "" if row["n"] is None else f" ({formats.plural(row['n'], 'document')})"
    return f"{row['task']}: {row['metric']}{arrow}{documents}"


def _cell(row: Mapping[str, Any] | None) -> str:
    if row is None or row["mean"] is None:
        return formats.DASH
    if row["half"] is not None or row["low"] is None:
        return formats.with_margin(row["mean"], row["half"], formats.figure)
    text = formats.figure(row["mean"])
    return f"{text} {extent(formats.figure, row['low'], row['high'])}".rstrip()
