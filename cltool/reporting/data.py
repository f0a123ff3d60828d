"""What a page shows, as plain JSON values: the one source of its charts and tables."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from cltool.core.errors import UserError
from cltool.evaluation import metrics
from cltool.reporting.doubts import doubts
from cltool.reporting.erased import alarms
from cltool.reporting.moves import lost_facts, transitions
from cltool.reporting.table import columns_of as scores_of
from cltool.reporting.table import compare, leaders
from cltool.runs.groups import Group, Measured, Variant, flatten, group_runs
from cltool.runs.run import Run

FORMAT = 1
SERIES = ("new", "retained", "stale", "erased")

Data = dict[str, Any]


def page_data(
    runs: Sequence[Run],
    title: str | None = None,
    failed: Sequence[Mapping[str, Any]] = (),
    command: str | None = None,
) -> Data:
    """Everything the report shows; JSON types only, None where there is no number.

    Args:
        runs: run folders, finished or not.
        title: the page's; by default the scenario's name makes one.
        failed: runs that ended in an error: ``strategy``, ``seed``, ``error``.
        command: what was typed to make the report.

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
        "groups": [_group(group) for group in groups],
    }


def _group(group: Group) -> Data:
    frame = compare(group)
    columns = scores_of(frame)
    return {
        "scenario": group.scenario,
        "model": group.model,
        "labels": group.labels,
        "asked": _asked(group),
        "updates": _updates(group),
        "scores": [column.name for column in columns],
        "leaders": {column.name: leaders(frame, column) for column in columns},
        "strategies": [
            _variant(variant, [column.name for column in columns]) for variant in group.variants
        ],
        "lost": lost_facts(group.variants),
        "settings": _settings(group.variants, "settings"),
        "versions": _settings(group.variants, "versions"),
        "source": _source(group),
        "skipped": _skipped(group),
        "resurfaced": _resurfaced(group),
        "warnings": _warnings(group),
        "doubts": doubts(group),
    }


def _variant(variant: Variant, scores: Sequence[str]) -> Data:
    means = {name: variant.interval(name) for name in scores}
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
        "scores": {
            name: {"mean": _number(mean), "half": _number(half)}
            for name, (mean, half) in means.items()
        },
        "series": {name: _series(variant, name) for name in SERIES},
        "matrix": _matrix(variant),
        "transitions": transitions(variant),
    }


def _series(variant: Variant, name: str) -> Data:
    """A score after every step: mean over seeds and the interval's half-width."""
    columns = [measured.steps[name].tolist() for measured in variant.counted]
    points = [metrics.interval(list(values)) for values in zip(*columns, strict=True)]
    return {
        "mean": [_number(mean) for mean, _ in points],
        "half": [_number(half) for _, half in points],
    }


def _matrix(variant: Variant) -> list[list[float | None]]:
    """R[i, j], each cell the mean over the counted runs that have it."""
    tables = [measured.matrix.to_numpy().tolist() for measured in variant.counted]
    return [
        [_number(metrics.interval([float(v) for v in cell])[0]) for cell in zip(*rows, strict=True)]
        for rows in zip(*tables, strict=True)
    ]


def _example(group: Group) -> Measured | None:
    """The run that stands for what all runs of a group have in common."""
    furthest = max(group.runs, key=lambda measured: measured.done)
    return furthest if furthest.done else None


def _asked(group: Group) -> Data:
    """How many facts were asked at the last step, and in which forms those that count."""
    example = _example(group)
    if example is None:
        return {"facts": 0, "probes": 0, "forms": []}
    rows = metrics.held_out(example.answers)
    rows = rows[rows["step"] == rows["step"].max()]
    forms = [str(form) for form in rows["form"].unique()]
    facts = rows[["subject", "relation"]].drop_duplicates()
    return {"facts": len(facts), "probes": len(rows), "forms": forms}


def _updates(group: Group) -> list[Data]:
    """What each step teaches and asks to forget, as the first run recorded it."""
    stream = _stream(group.runs[0])
    sizes = stream.get("updates") or [{} for _ in group.labels]
    return [
        {"label": label, "learn": size.get("learn"), "forget": size.get("forget")}
        for label, size in zip(group.labels, sizes, strict=False)
    ]


def _source(group: Group) -> dict[str, str]:
    return {
        name: _text(value) for name, value in flatten(_stream(group.runs[0]).get("source")).items()
    }


def _skipped(group: Group) -> list[str]:
    lines = [line for run in group.runs for line in _stream(run).get("skipped") or ()]
    return list(dict.fromkeys(str(line) for line in lines))


def _warnings(group: Group) -> list[Data]:
    """Each warning once, with the runs that gave it."""
    texts: dict[str, list[str]] = {}
    for variant in group.variants:
        for measured in variant.runs:
            for text in dict.fromkeys(measured.run.record.get("warnings") or ()):
                name = f"{variant.label}, seed {measured.run.seed}"
                texts.setdefault(str(text), []).append(name)
    return [{"text": text, "runs": runs} for text, runs in texts.items()]


def _resurfaced(group: Group) -> list[Data]:
    """Each erased fact that came back, with the runs in which it did."""
    texts: dict[str, list[str]] = {}
    for variant in group.variants:
        for measured in variant.runs:
            for text in alarms(measured.answers, measured.labels) if measured.done else ():
                name = f"{variant.label}, seed {measured.run.seed}"
                texts.setdefault(text, []).append(name)
    return [{"text": text, "runs": runs} for text, runs in texts.items()]


def _settings(variants: Sequence[Variant], part: str) -> Data:
    """Settings that all variants share, and those that differ with one value a variant."""
    flats = [_shared([flatten(m.run.record.get(part)) for m in v.runs]) for v in variants]
    common: dict[str, str] = {}
    differing: list[Data] = []
    for name in dict.fromkeys(name for flat in flats for name in flat):
        values = [flat.get(name) for flat in flats]
        first = values[0]
        if first is not None and all(value == first for value in values):
            common[name] = first
        else:
            differing.append({"name": name, "values": values})
    return {"common": common, "differing": differing}


def _shared(flats: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The settings of some runs as text; where runs differ (their seed), all values."""
    merged: dict[str, dict[str, None]] = {}
    for flat in flats:
        for name, value in flat.items():
            merged.setdefault(name, {})[_text(value)] = None
    return {name: ", ".join(values) for name, values in merged.items()}


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _stream(measured: Measured) -> Mapping[str, Any]:
    stream = measured.run.record.get("stream")
    return stream if isinstance(stream, Mapping) else {}


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
