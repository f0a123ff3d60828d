"""The data of a survey's page as plain JSON values; ``cltool audit RUN RUN --json`` prints them.

A missing number is null.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cltool.reporting.formats import number

if TYPE_CHECKING:
    from cltool.audit.attacks.catalogue import Attack
    from cltool.audit.survey import Survey
    from cltool.audit.survey_tables import Surveyed, Table

Data = dict[str, Any]


def survey_data(survey: Survey, command: str | None = None) -> Data:
    """Return everything that a survey found.

    Args:
        survey: what was found.
        command: the command that makes the page.
    """
    from cltool.audit.survey_tables import RUN_SCORES

    attacks: dict[str, Attack] = {
        row.attack.name: row.attack
        for table in survey.tables
        for one in table.strategies
        for row in one.rows
    }
    settings = survey.settings
    return {
        "format": 1,
        "about": dict(survey.about),
        "attacks": [
            {
                "attack": one.name,
                "family": one.family,
                "title": one.title,
                "meaning": one.meaning,
                "tolerance": float(getattr(settings.tolerances, one.tolerance)),
            }
            for one in _in_order(attacks)
        ],
        "scores": [
            {"score": one.name, "title": one.title, "meaning": one.meaning}
            for one in RUN_SCORES.values()
        ],
        "steps": [_table(table) for table in survey.tables],
        "left_out": [{"run": name, "reason": reason} for name, reason in survey.left_out],
        "doubts": list(survey.doubts),
        "settings": settings.model_dump(mode="json"),
        "command": command,
    }


def _in_order(attacks: Mapping[str, Attack]) -> list[Attack]:
    from cltool.audit.attacks.catalogue import ATTACKS, FAMILIES, MEMBERSHIP_ATTACKS

    there = [one for one in (*ATTACKS, *MEMBERSHIP_ATTACKS) if one.name in attacks]
    return sorted(there, key=lambda one: FAMILIES.index(one.family))


def _table(table: Table) -> Data:
    return {
        "step": table.step,
        "label": table.label,
        "erased": table.erased,
        "reference": {
            "figures": {name: number(value) for name, value in table.reference.items()},
            "scores": _scores(table.reference_scores),
        },
        "before": {name: number(value) for name, value in table.before.items()},
        "strategies": [_strategy(one) for one in table.strategies],
    }


def _strategy(one: Surveyed) -> Data:
    attacks = {}
    for row in one.rows:
        named = row.as_json()
        attack = {key: named[key] for key in named if key not in ("attack", "family", "title")}
        attacks[row.attack.name] = attack | spread(one.figures[row.attack.name])
    return {
        "strategy": one.label,
        "seeds": list(one.seeds),
        "verdicts": one.tally,
        "attacks": attacks,
        "scores": _scores(one.scores),
    }


def _scores(scores: Mapping[str, Sequence[float | None]]) -> Data:
    return {name: spread(values) for name, values in scores.items()}


def spread(values: Sequence[float | None]) -> Data:
    """Return ``by_seed``, and ``mean``, ``min`` and ``max`` of the values that are numbers."""
    plain = [number(value) for value in values]
    there = [value for value in plain if value is not None]
    return {
        "mean": sum(there) / len(there) if there else None,
        "min": min(there, default=None),
        "max": max(there, default=None),
        "by_seed": plain,
    }
