"""Settings and versions of the runs, and the stream step by step."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from cltool.reporting.templates import fill
from cltool.runs.groups import Group, Variant, flatten

Data = dict[str, Any]

TITLE = "Settings"
PARTS = {"settings": "Settings", "versions": "Versions"}


def data(group: Group) -> Data:
    """Return ``settings``, ``versions``, ``updates`` (a step each) and ``source``."""
    stream = group.runs[0].run.record.get("stream") or {}
    sizes = stream.get("updates") or [{} for _ in group.labels]
    return {
        **{part: _compared(group.variants, part) for part in PARTS},
        "updates": [
            {"label": label, "learn": size.get("learn"), "forget": size.get("forget")}
            for label, size in zip(group.labels, sizes, strict=False)
        ],
        "source": {name: _text(value) for name, value in flatten(stream.get("source")).items()},
    }


def _compared(variants: Sequence[Variant], part: str) -> Data:
    """Return settings that all variants share, and those that differ with a value a variant."""
    flats = [_merged([flatten(m.run.record.get(part)) for m in v.runs]) for v in variants]
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


def _merged(flats: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the settings of some runs as text; where runs differ, all values."""
    merged: dict[str, dict[str, None]] = {}
    for flat in flats:
        for name, value in flat.items():
            merged.setdefault(name, {})[_text(value)] = None
    return {name: ", ".join(values) for name, values in merged.items()}


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def render(data: Mapping[str, Any], group: Mapping[str, Any]) -> Markup:
    """Return the settings that differ, and all else folded away."""
    parts = [
        {
            "title": title,
            "differing": [(row["name"], _marked(row["values"])) for row in data[part]["differing"]],
            "common": data[part]["common"],
        }
        for part, title in PARTS.items()
    ]
    names = [strategy["name"] for strategy in group["strategies"]]
    updates, source = data["updates"], data["source"]
    return fill("views/settings.html", parts=parts, names=names, updates=updates, source=source)


def _marked(values: Sequence[str | None]) -> list[tuple[str | None, bool]]:
    """Return each value, and whether it differs from the most frequent one."""
    usual = max(values, key=lambda value: (values.count(value), value is not None))
    frequent = values.count(usual) > 1
    return [(value, frequent and value not in (usual, None)) for value in values]
