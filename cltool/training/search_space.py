"""What may be searched of a strategy's settings, declared where the settings are."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

LR, LR_SCALE = "learner.lr", "learner.lr_scale"
"""Names of the learning rate among what is searched: where one is given, and where none is."""

RATES = (0.25, 4.0)
"""The learning rate is searched between these multiples of its default."""


@dataclass(frozen=True, slots=True)
class Range:
    """Values from ``low`` to ``high``, both included; ``log``: alike on a logarithmic scale."""

    low: float
    high: float
    log: bool = False
    whole: bool = False

    def rounded(self, value: float) -> float | int:
        """``value`` with three digits, as people would write it, or as a whole number."""
        if self.whole:
            return round(value)
        digits = 2 - math.floor(math.log10(abs(value))) if value else 2
        return min(max(round(value, digits), self.low), self.high)


def search(low: float, high: float, *, log: bool = False) -> dict[str, Any]:
    """For a config field's ``json_schema_extra``: `cltool tune` may search it in this range."""
    return {"search": [low, high, log]}


def space(config: type[BaseModel]) -> dict[str, Range]:
    """Setting (under its alias) → its range, of those that declare one."""
    found = {}
    for name, field in config.model_fields.items():
        extra = field.json_schema_extra
        given = extra.get("search") if isinstance(extra, Mapping) else None
        if isinstance(given, list | tuple):
            low, high, log = given
            whole = field.annotation is int
            found[field.alias or name] = Range(float(low), float(high), bool(log), whole)  # type: ignore[arg-type]
    return found
