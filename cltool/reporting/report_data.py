"""The data of the forgetting report as plain JSON values, from which all of it is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cltool.core.errors import UserError
from cltool.evaluation.requirements.bounds import Bound
from cltool.reporting import formats, resurfaced
from cltool.reporting.doubts import by_text, doubts, warnings
from cltool.reporting.views import views
from cltool.runs.groups import Group, Variant, group_runs
from cltool.runs.measured import Measured
from cltool.runs.run import Run
from cltool.training.budget import KINDS

FORMAT = 2

FAILED = ("strategy", "stream", "seed", "error")
"""What the report says about a run that ended in an error."""

Data = dict[str, Any]


def page_data(
    runs: Sequence[Run | Measured],
    title: str | None = None,
    failed: Sequence[Mapping[str, Any]] = (),
    command: str | None = None,
    bounds: Sequence[Bound] = (),
    columns: Sequence[str] | None = None,
) -> Data:
    """Return everything that the report shows: JSON types only, None for a missing number.

    Args:
        runs: run folders, finished or not.
        title: the title of the page; by default it names the scenario.
        failed: runs that ended in an error: `FAILED`; ``stream`` if there are several.
        command: the command that makes the report.
        bounds: requirements that every strategy should meet.
        columns: the scores that the table of strategies shows first; by default the usual ones.

    Raises:
        UserError: there is nothing to report.
    """
    return groups_data(group_runs(runs, bounds), title, failed, command, columns)


def groups_data(
    groups: Sequence[Group],
    title: str | None = None,
    failed: Sequence[Mapping[str, Any]] = (),
    command: str | None = None,
    columns: Sequence[str] | None = None,
) -> Data:
    """Return the `page_data` of runs that are grouped."""
    if not groups and not failed:
        raise UserError("there are no runs to report", hint="Name one or more run folders.")
    for group in groups:
        group.failed = [str(cell["strategy"]) for cell in failed]
    scenarios = list(dict.fromkeys(group.scenario for group in groups))
    made = f"Forgetting report: {', '.join(scenarios)}" if scenarios else "Forgetting report"
    return {
        "format": FORMAT,
        "title": title or made,
        "command": command,
        "failed": [
            {name: str(cell[name]) for name in FAILED if cell.get(name) is not None}
            for cell in failed
        ],
        "groups": [group_data(group, columns) for group in groups],
    }


def group_data(group: Group, columns: Sequence[str] | None = None) -> Data:
    """Return what all views share of runs that can be compared, and each view's own data."""
    return {
        "scenario": group.scenario,
        "model": group.model,
        "match": group.match,
        "labels": group.labels,
        "columns": None if columns is None else [*columns],
        "asked": _asked(group),
        "strategies": [_variant(variant, _is_recorded(group)) for variant in group.variants],
        "resurfaced": by_text(group, _resurfaced),
        "warnings": warnings(group),
        "skipped": _skipped(group),
        "doubts": doubts(group),
        "views": {name: view.data(group) for name, view in views().items()},
    }


def _variant(variant: Variant, recorded: bool) -> Data:
    return {
        "name": variant.label,
        "strategy": variant.strategy,
        "runs": [
            {
                "folder": measured.run.folder.name,
                "seed": measured.run.seed,
                "stream": measured.stream_seed if variant.several else None,
                "done": measured.done,
                "of": len(measured.labels),
                "diverged": measured.diverged,
            }
            for measured in variant.runs
        ],
        "counted": len(variant.scored),
        "units": variant.units,
        "streams": len(variant.streams) if variant.several else 0,
        "done": variant.done,
        "training": _training(variant),
        "trained": _trained(variant, recorded),
    }


def _is_recorded(group: Group) -> bool:
    """Return whether runs of the group recorded how they trained; earlier versions did not."""
    return any(map(_stopped, group.runs))


def _stopped(measured: Measured) -> bool:
    if not measured.done:
        return False
    training = measured.training
    return "stop" in training and bool(training["stop"].notna().any())


def _trained(variant: Variant, recorded: bool) -> bool:
    """Return whether the learner trained on updates; without records, whether there were tokens."""
    if recorded:
        return any(map(_stopped, variant.runs))
    return any(one.summary.get("tokens", 1) != 0 for one in variant.runs)


def _training(variant: Variant) -> str:
    """Return how long the learner trained on every update, in words."""
    learner = (variant.runs[0].run.record.get("settings") or {}).get("learner") or {}
    for kind in KINDS:
        if (amount := learner.get(kind)) is not None:
            unit = "training tokens" if kind == "tokens" else kind
            return f"with a budget of {formats.whole(amount)} {unit}"
    epochs = learner.get("epochs")
    passes = formats.plural(epochs, "pass", "passes") if epochs else ""
    if learner.get("stop_at", 0) > 1:
        return f"for {passes}" if epochs else "until it made no more progress"
    if epochs:
        return f"until it was learned, for at most {passes}"
    return "until it was learned or made no more progress"


def _asked(group: Group) -> Data:
    """Return how many facts were asked at the last step, and in which forms those that count."""
    # The run that got furthest is an example of all: they were asked the same.
    example = max(group.runs, key=lambda measured: measured.done)
    asked = example.asked
    return {"facts": asked.facts, "probes": asked.probes, "forms": list(asked.counted)}


def _skipped(group: Group) -> list[str]:
    streams = [measured.run.record.get("stream") or {} for measured in group.runs]
    lines = [str(line) for stream in streams for line in stream.get("skipped") or ()]
    return list(dict.fromkeys(lines))


def _resurfaced(measured: Measured) -> Sequence[str]:
    return resurfaced.in_words(measured.resurfacing, measured.labels) if measured.done else ()
