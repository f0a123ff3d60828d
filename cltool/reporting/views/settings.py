"""Settings and versions of the runs where they differ, and the stream step by step."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from cltool.reporting import formats
from cltool.reporting.templates import fill
from cltool.runs.groups import Group, Variant, flatten
from cltool.training.budget import KINDS

Data = dict[str, Any]

TITLE = "Methods and settings"
PARTS = {"settings": "Settings", "versions": "Versions"}

OWN = "strategy."
"""The beginning of the names of a strategy's own settings."""

UNEQUAL = {
    "scenario.": "They did not get the same facts",
    "model.": "They did not use the same model, or not in the same way",
    "probe.": "They were not asked in the same way",
    "general.": "They were not asked the same questions beside the stream",
    **dict.fromkeys(("learner.epochs", *(f"learner.{one}" for one in KINDS)),
                    "They did not get the same budget of training"),
}  # fmt: skip
"""Beginnings of settings that make runs incomparable if they differ, and what that means."""

MATTERS = ("cltool", "torch", "transformers", "peft")
"""Packages of which another version can change results."""

FEW = 3
"""How many strategies a sentence names; of more it gives the number."""


def data(group: Group) -> Data:
    """Return what differs between strategies, what they share, and the stream.

    Returns:
        ``unequal`` (sentences on what makes the runs incomparable), ``settings`` and ``versions``
        (each ``common`` and ``differing``), ``own`` (strategy → its own settings), ``updates`` (a
        step each) and ``source``.
    """
    stream = group.runs[0].run.record.get("stream") or {}
    sizes = stream.get("updates") or [{} for _ in group.labels]
    settings = {variant.label: _of(variant, "settings") for variant in group.variants}
    own = {variant.label: _own(variant, settings[variant.label]) for variant in group.variants}
    shared = {
        label: {name: one for name, one in flat.items() if not name.startswith(OWN)}
        for label, flat in settings.items()
    }
    versions = {variant.label: _of(variant, "versions") for variant in group.variants}
    return {
        "unequal": _unequal(group, shared, versions),
        "settings": _compared(shared),
        "versions": _compared(versions),
        "own": own,
        "updates": [
            {"label": label, "learn": size.get("learn"), "forget": size.get("forget")}
            for label, size in zip(group.labels, sizes, strict=False)
        ],
        "source": {name: _text(value) for name, value in flatten(stream.get("source")).items()},
    }


def _of(variant: Variant, part: str) -> dict[str, str]:
    """Return a part of the records of a variant's runs as text; where runs differ, all values."""
    merged: dict[str, dict[str, None]] = {}
    for measured in variant.runs:
        for name, value in flatten(measured.run.record.get(part)).items():
            merged.setdefault(name, {})[_text(value)] = None
    return {name: ", ".join(values) for name, values in merged.items()}


def _own(variant: Variant, flat: Mapping[str, str]) -> dict[str, str]:
    """Return a strategy's own settings; of a composition, with the name of the part."""
    prefix = f"{OWN}{variant.strategy}."
    # A strategy without settings is an empty table.
    own = {name: value for name, value in flat.items() if name.startswith(OWN) and value != "{}"}
    return {name.removeprefix(prefix).removeprefix(OWN): value for name, value in own.items()}


def _compared(flats: Mapping[str, Mapping[str, str]]) -> Data:
    """Return settings that all variants share, and those that differ with a value a variant."""
    common: dict[str, str] = {}
    differing: list[Data] = []
    for name in dict.fromkeys(name for flat in flats.values() for name in flat):
        values = [flat.get(name) for flat in flats.values()]
        first = values[0]
        if first is not None and all(value == first for value in values):
            common[name] = first
        else:
            differing.append({"name": name, "values": values})
    return {"common": common, "differing": differing}


def _unequal(
    group: Group,
    settings: Mapping[str, Mapping[str, str]],
    versions: Mapping[str, Mapping[str, str]],
) -> list[str]:
    """Return a sentence for each kind of difference that makes runs incomparable."""
    found: dict[str, list[str]] = {}
    for row in _compared(settings)["differing"]:
        what = next((UNEQUAL[one] for one in UNEQUAL if row["name"].startswith(one)), None)
        if len({*row["values"]} - {None}) < 2:
            continue  # some runs are of a version that did not have the setting
        # Streams that differ only in the seed are pooled, which the table says.
        if what and row["name"] != "scenario.seed":
            found.setdefault(what, []).append(_who(row["name"], settings, row["values"]))
    for row in _compared(versions)["differing"]:
        if row["name"] in MATTERS:
            what = "They were made with different versions"
            found.setdefault(what, []).append(_who(row["name"], versions, row["values"]))
    weights = [_distinct(variant, "weights") - {"null"} for variant in group.variants]
    known = [one for one in weights if one]
    # Every seed may have a base of its own.
    if known and not frozenset.intersection(*known):
        found["They did not start from the same weights"] = []
    seeds = [", ".join(sorted(_distinct(variant, "seed"))) for variant in group.variants]
    if len({*seeds}) > 1:
        found["They do not have the same seeds"] = [_having(settings, seeds)]
    return [f"{what}{': ' * bool(parts)}{'; '.join(parts)}." for what, parts in found.items()]


def _who(name: str, labels: Mapping[str, object], values: Sequence[str | None]) -> str:
    return f"{name} is {_having(labels, values)}"


def _having(labels: Mapping[str, object], values: Sequence[str | None]) -> str:
    """Return the values of a setting, each with the strategies that have it."""
    having: dict[str, list[str]] = {}
    for label, value in zip(labels, values, strict=True):
        having.setdefault("none" if value is None else value, []).append(label)
    parts = [f"{value} ({_several(of)})" for value, of in having.items()]
    return " and ".join(parts)


def _several(labels: Sequence[str]) -> str:
    if len(labels) <= FEW:
        return ", ".join(labels)
    return formats.plural(len(labels), "strategy", "strategies")


def _distinct(variant: Variant, field: str) -> frozenset[str]:
    return frozenset(_text(one.run.record.get(field)) for one in variant.runs)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def render(data: Mapping[str, Any], group: Mapping[str, Any]) -> Markup:
    """Return what makes runs incomparable, the settings that differ, and all else folded away."""
    parts = [
        {
            "title": title,
            "differing": [(row["name"], _marked(row["values"])) for row in data[part]["differing"]],
            "common": data[part]["common"],
        }
        for part, title in PARTS.items()
    ]
    return fill(
        "views/settings.html",
        parts=parts,
        own=[(name, _beside(data["own"], name, group)) for name in data["own"]],
        unequal=data["unequal"],
        names=[strategy["name"] for strategy in group["strategies"]],
        updates=data["updates"],
        source=data["source"],
    )


def _beside(
    own: Mapping[str, Mapping[str, str]], label: str, group: Mapping[str, Any]
) -> list[tuple[str, str, bool]]:
    """Return a strategy's settings, and whether other variants of it have another value."""
    kind = {one["name"]: one["strategy"] for one in group["strategies"]}
    others = [flat for name, flat in own.items() if kind[name] == kind[label]]
    return [
        (name, value, any(other.get(name) != value for other in others))
        for name, value in own[label].items()
    ]


def _marked(values: Sequence[str | None]) -> list[tuple[str | None, bool]]:
    """Return each value, and whether it differs from the most frequent one."""
    usual = max(values, key=lambda value: (values.count(value), value is not None))
    frequent = values.count(usual) > 1
    return [(value, frequent and value not in (usual, None)) for value in values]
