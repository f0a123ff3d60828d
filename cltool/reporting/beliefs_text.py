"""Sentences about the beliefs of a model, for the terminal and for the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cltool.reporting.formats import DASH, plural, share, shown

Data = Mapping[str, Any]


def with_interval(one: Data) -> str:
    """Return ``0.40 (0.31 to 0.50)``; a dash for a share of no keys."""
    if one["share"] is None:
        return DASH
    return f"{share(one['share'])} ({share(one['low'])} to {share(one['high'])})"


def headline(data: Data) -> str:
    """Return what was asked."""
    few = data["keys"] < data["changing"]
    keys = f"{data['keys']} of the {plural(data['changing'], 'key')}" if few else _all(data["keys"])
    one = data["single"] == 1
    rest = (
        f" {plural(data['single'], 'key')} with a single object"
        f" {'tells' if one else 'tell'} nothing about time and {'is' if one else 'are'} left out."
        if data["single"]
        else ""
    )
    asked = f" {data['asked']}" if data["asked"] else ""
    return (
        f"{data['model']} was asked about {keys} of {data['scenario']} whose objects change."
        f"{rest}{asked}"
    )


def _all(keys: int) -> str:
    return "the one key" if keys == 1 else f"all {plural(keys, 'key')}"


def sentences(data: Data) -> list[str]:
    """Return the share of unknown keys, the share of outdated ones, and the median step."""
    probable, named = data["probable"], data["named"]
    known = probable["outdated"]["of"]
    said = named["outdated"]["of"]
    return [
        f"Unknown: {with_interval(probable['unknown'])} of the keys. For an unknown key, an object"
        f" that never held it is at least as probable as every holder. With random guesses, the"
        f" share would be {share(1 - data['by_chance'])}.",
        f"Outdated: {with_interval(probable['outdated'])} of the {plural(known, 'known key')}."
        f" {_median(probable)}",
        f"Named in free answers: a holder for {shown(_named(data), share)} of the keys"
        f" ({plural(said, 'key')}); {with_interval(named['outdated'])} of these holders are"
        f" outdated. {_median(named)}",
    ]


def _named(data: Data) -> float:
    return 1 - float(data["named"]["unknown"]["share"])


def _median(counted: Data) -> str:
    found = counted["median"]
    if found is None:
        return "There is no median step."
    return f"Median step: {found['label']} ({found['low']} to {found['high']})."
