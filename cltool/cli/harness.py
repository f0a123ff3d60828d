"""What commands show of EleutherAI's lm-evaluation-harness: tables and JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cltool.cli.tables import Part, table
from cltool.reporting import formats

if TYPE_CHECKING:
    from cltool.experiments.harness import Evaluation
    from cltool.runs.groups import Group
    from cltool.runs.run import Run

TITLE = "\nMeasured by lm-eval after the last step:"


def of_run(run: Run) -> list[Part]:
    """Return the table of what was measured of a run; nothing if nothing was."""
    rows = [
        [
            str(row["task"]),
            str(row["metric"]),
            formats.shown(row["value"], formats.figure),
            formats.shown(row["stderr"], formats.precise),
            formats.shown(row["n"], formats.whole),
        ]
        for row in run.lm_eval.to_dict("records")
    ]
    header = ["task", "metric", "value", "standard error", "documents"]
    return [TITLE, table(header, rows, text=["task", "metric"])] if rows else []


def of_group(group: Group) -> list[Part]:
    """Return the table of what was measured of runs that are compared: means over the runs."""
    from cltool.runs.tables import evaluated

    frame = evaluated(group)
    if frame.empty:
        return []
    columns = list(dict.fromkeys(zip(frame["task"], frame["metric"], strict=True)))
    rows = []
    for strategy, held in frame.groupby("strategy", sort=False):
        own = {(row["task"], row["metric"]): row for row in held.to_dict("records")}
        shown = (own.get(column, {"mean": None, "half": None}) for column in columns)
        cells = [formats.with_margin(one["mean"], one["half"], formats.figure) for one in shown]
        rows.append([str(strategy), *cells])
    header = ["strategy", *(f"{task} {metric}" for task, metric in columns)]
    return [TITLE, table(header, rows, text=["strategy"])]


def as_json(run: Run) -> dict[str, Any]:
    """Return ``lm_eval``: an object for each task and metric; nothing if nothing was measured."""
    from cltool.reporting.views.harness import plain

    rows = plain(run.lm_eval)
    return {"lm_eval": rows} if rows else {}


def group_as_json(group: Group) -> dict[str, Any]:
    """Return ``lm_eval``: an object for each strategy, task and metric; nothing without."""
    from cltool.reporting.views.harness import data

    rows = data(group)
    return {"lm_eval": rows} if rows else {}


def lacks(evaluation: Evaluation | None, runs: Sequence[Run]) -> bool:
    """Return whether one of ``runs`` has no results of a task that was asked for."""
    return evaluation is not None and any(evaluation.missing(run.folder) for run in runs)
