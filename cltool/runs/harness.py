"""What EleutherAI's lm-evaluation-harness measured of a run's last model: the file and its numbers.

``lm_eval.json`` in the run folder holds, for each task that was asked for, how it was evaluated and
a row for each metric (`cltool.evaluation.harness.Harness.evaluate`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typing_extensions import TypedDict

from cltool.core.errors import UserError
from cltool.core.files import refuse_newer_format, write_json
from cltool.core.json_files import check, read_json, sealed, unsealed

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1
"""Version of the file."""

FILE = "lm_eval.json"

PREFIX = "lm_eval."
"""Comes before ``TASK.METRIC`` in tables."""

AGAIN = "Delete the file, and give the command of the run again."

COLUMNS = ("task", "metric", "value", "stderr", "n", "limit", "shots", "better", "version")
"""Columns of `table`."""


class _Row(TypedDict, total=False):
    task: str
    metric: str
    value: float | None
    stderr: float | None
    n: float | None
    shots: float | None
    better: str | None
    version: str


class _Task(TypedDict):
    rows: list[_Row]


def read(run: Path, owner: str) -> dict[str, dict[str, Any]]:
    """Return what was measured on each task that was asked for; empty without a file.

    Args:
        run: the run folder.
        owner: the run's id.

    Raises:
        UserError: the file cannot be read, is damaged, or belongs to another run.
    """
    file = run / FILE
    if not file.is_file():
        return {}
    content = read_json(file)
    if not isinstance(content, dict) or not isinstance(content.get("tasks"), dict):
        raise UserError("is not a file of results of lm-eval", where=str(file), hint=AGAIN)
    refuse_newer_format(content.get("format", FORMAT), FORMAT, file)
    found: dict[str, dict[str, Any]] = unsealed(content, file, owner, AGAIN)["tasks"]
    for measured in found.values():
        check(measured, _Task, file, AGAIN)
    return found


def write(run: Path, owner: str, tasks: Mapping[str, Mapping[str, Any]]) -> None:
    """Write what was measured on each task."""
    write_json(run / FILE, sealed({"format": FORMAT, "tasks": dict(tasks)}, owner))


def table(tasks: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Return a row for each task and metric, with `COLUMNS`; a task counts once."""
    import pandas as pd

    rows = {
        (row["task"], row["metric"]): {**row, "limit": measured.get("limit")}
        for measured in tasks.values()
        for row in measured["rows"]
    }
    frame = pd.DataFrame(list(rows.values()), columns=list(COLUMNS))
    return frame.astype({"value": float, "stderr": float})


def numbers(tasks: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Return ``lm_eval.TASK.METRIC`` → value; NaN where the harness has no number."""
    return {
        f"{PREFIX}{row['task']}.{row['metric']}": (
            math.nan if row["value"] is None else float(row["value"])
        )
        for measured in tasks.values()
        for row in measured["rows"]
    }
