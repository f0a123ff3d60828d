"""Declares which settings of a strategy `cltool tune` may search, and in which range."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

LR, LR_SCALE = "learner.lr", "learner.lr_scale"
"""Names of the searched learning rate: if one is set, and if none is set."""

RATES = (0.25, 4.0)
"""The learning rate is searched between these multiples of its default."""


@dataclass(frozen=True, slots=True)
class Range:
    """Values from ``low`` to ``high``, both included.

    Attributes:
        low: smallest value.
        high: largest value.
        log: whether values are drawn uniformly on a logarithmic scale.
        whole: whether values are whole numbers.
    """

    low: float
    high: float
    log: bool = False
    whole: bool = False

    def rounded(self, value: float) -> float | int:
        """Return ``value`` with three significant digits, or as a whole number."""
        if self.whole:
            return round(value)
        digits = 2 - math.floor(math.log10(abs(value))) if value else 2
        return min(max(round(value, digits), self.low), self.high)


def search(low: float, high: float, *, log: bool = False) -> dict[str, Any]:
    """Return ``json_schema_extra`` of a config field that `cltool tune` may search."""
    return {"search": [low, high, log]}


def space(config: type[BaseModel]) -> dict[str, Range]:
    """Return setting (under its alias) → range, for those that declare one."""
    found = {}
    for name, field in config.model_fields.items():
        extra = field.json_schema_extra
        given = extra.get("search") if isinstance(extra, Mapping) else None
        if isinstance(given, list | tuple):
            low, high, log = given
            whole = field.annotation is int
            found[field.alias or name] = Range(float(low), float(high), bool(log), whole)  # type: ignore[arg-type]
    return found
