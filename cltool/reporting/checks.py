"""Requirements and their verdicts as plain values, for JSON, the page and files of other tools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from cltool.evaluation.requirements.checks import Check, Verdict, overall
from cltool.evaluation.scores import Score, all_scores
from cltool.reporting import formats
from cltool.runs.groups import Group
from cltool.runs.requirements import check_variant

Data = dict[str, Any]

NUMBERS = ("value", "low", "high", "p")


def checked(group: Group) -> list[Data]:
    """Return each strategy's verdict and checks: ``strategy``, ``verdict``, ``checks``.

    Empty if the group has no bounds. A check has ``bound`` (as on the command line), ``score`` and
    the attributes of `cltool.evaluation.requirements.checks.Check`; missing numbers are None.
    """
    if not group.bounds:
        return []
    failed = [*group.failed]
    rows = []
    for variant in group.variants:
        checks = check_variant(variant, group.bounds, failed.count(variant.strategy))
        rows.append(
            {
                "strategy": variant.label,
                "verdict": str(overall(checks)),
                "checks": [as_data(check) for check in checks],
            }
        )
    return rows


def as_data(check: Check) -> Data:
    """Return a check as plain values."""
    found = asdict(check) | {
        "bound": check.bound.text,
        "score": check.bound.score,
        "ratio": check.bound.ratio,
        "verdict": str(check.verdict),
    }
    return {name: formats.number(one) if name in NUMBERS else one for name, one in found.items()}


def all_pass(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether every strategy passes."""
    return all(row["verdict"] == Verdict.PASS for row in rows)


def value_of(check: Mapping[str, Any]) -> str:
    """Return the value of a check as text, in the format of its score."""
    score: Score | None = all_scores().get(check["score"])
    if check["ratio"]:
        return formats.shown(check["value"], lambda one: f"{one:.3f}×")
    if score is None or score.format in ("share", "signed"):
        return formats.shown(check["value"], formats.precise)
    return formats.shown(check["value"], formats.FORMATS[score.format])


def in_words(check: Mapping[str, Any]) -> str:
    """Return a check in one line: ``retained>=0.95: 0.912, fail (the 95% interval …)``."""
    return f"{check['bound']}: {value_of(check)}, {check['verdict']} ({check['reason']})"
