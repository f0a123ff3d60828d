"""The data of the forgetting report as plain JSON values, from which all of it is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cltool.core.errors import UserError
from cltool.evaluation import metrics
from cltool.reporting import formats
from cltool.reporting.doubts import doubts
from cltool.reporting.erased import alarms
from cltool.reporting.views import VIEWS
from cltool.runs.groups import Group, Variant, group_runs
from cltool.runs.run import Run
from cltool.training.budget import KINDS

FORMAT = 2

Data = dict[str, Any]


def page_data(
    runs: Sequence[Run],
    title: str | None = None,
    failed: Sequence[Mapping[str, Any]] = (),
    command: str | None = None,
) -> Data:
    """Return everything that the report shows: JSON types only, None for a missing number.

    Args:
        runs: run folders, finished or not.
        title: the title of the page; by default it names the scenario.
        failed: runs that ended in an error: ``strategy``, ``seed``, ``error``.
        command: the command that makes the report.

    Raises:
        UserError: there is nothing to report.
    """
    groups = group_runs(runs)
    if not groups and not failed:
        raise UserError("there are no runs to report", hint="Name one or more run folders.")
    scenarios = list(dict.fromkeys(group.scenario for group in groups))
    made = f"Forgetting report: {', '.join(scenarios)}" if scenarios else "Forgetting report"
    return {
        "format": FORMAT,
        "title": title or made,
        "command": command,
        "failed": [
            {name: str(cell.get(name, "")) for name in ("strategy", "seed", "error")}
            for cell in failed
        ],
        "groups": [group_data(group) for group in groups],
    }


def group_data(group: Group) -> Data:
    """Return what all views share of runs that can be compared, and each view's own data."""
    return {
        "scenario": group.scenario,
        "model": group.model,
        "labels": group.labels,
        "asked": _asked(group),
        "strategies": [_variant(variant) for variant in group.variants],
        "resurfaced": _resurfaced(group),
        "warnings": _warnings(group),
        "skipped": _skipped(group),
        "doubts": doubts(group),
        "views": {name: view.data(group) for name, view in VIEWS.items()},
    }


def _variant(variant: Variant) -> Data:
    return {
        "name": variant.label,
        "strategy": variant.strategy,
        "runs": [
            {
                "folder": measured.run.folder.name,
                "seed": measured.run.seed,
                "done": measured.done,
                "of": len(measured.labels),
            }
            for measured in variant.runs
        ],
        "counted": len(variant.counted),
        "done": variant.done,
        "training": _training(variant),
    }


def _training(variant: Variant) -> str:
    """Return how long the learner trained on every update, in words."""
    learner = (variant.runs[0].run.record.get("settings") or {}).get("learner") or {}
    for kind in KINDS:
        if (amount := learner.get(kind)) is not None:
            unit = "training tokens" if kind == "tokens" else kind
            return f"with a budget of {formats.whole(amount)} {unit}"
    epochs = learner.get("epochs")
    passes = formats.plural(epochs, "pass", "passes") if epochs else "a fixed number of passes"
    if learner.get("stop_at", 0) > 1:
        return f"for {passes}"
    return f"until it was learned, for at most {passes}" if epochs else "until it was learned"


def _asked(group: Group) -> Data:
    """Return how many facts were asked at the last step, and in which forms those that count."""
    # The run that got furthest stands for all: they were asked the same.
    example = max(group.runs, key=lambda measured: measured.done)
    if not example.done:
        return {"facts": 0, "probes": 0, "forms": []}
    rows = metrics.held_out(example.answers)
    rows = rows[rows["step"] == rows["step"].max()]
    forms = [str(form) for form in rows["form"].unique()]
    facts = rows[["subject", "relation"]].drop_duplicates()
    return {"facts": len(facts), "probes": len(rows), "forms": forms}


def _skipped(group: Group) -> list[str]:
    streams = [measured.run.record.get("stream") or {} for measured in group.runs]
    lines = [str(line) for stream in streams for line in stream.get("skipped") or ()]
    return list(dict.fromkeys(lines))


def _warnings(group: Group) -> list[Data]:
    """Return each warning once, with the runs that gave it."""
    texts: dict[str, list[str]] = {}
    for variant in group.variants:
        for measured in variant.runs:
            for text in dict.fromkeys(measured.run.record.get("warnings") or ()):
                name = f"{variant.label}, seed {measured.run.seed}"
                texts.setdefault(str(text), []).append(name)
    return [{"text": text, "runs": runs} for text, runs in texts.items()]


def _resurfaced(group: Group) -> list[Data]:
    """Return each erased fact that resurfaced, with the runs in which it did."""
    texts: dict[str, list[str]] = {}
    for variant in group.variants:
        for measured in variant.runs:
            for text in alarms(measured.answers, measured.labels) if measured.done else ():
                name = f"{variant.label}, seed {measured.run.seed}"
                texts.setdefault(text, []).append(name)
    return [{"text": text, "runs": runs} for text, runs in texts.items()]
