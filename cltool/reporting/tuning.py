"""A search of settings as text and as JSON: its front, and what the later updates say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cltool.experiments.tune import Bound, Trial, Tuning, Values
from cltool.reporting import formats

SHOWN = ("new", "retained", "stale", "tokens")


def as_text(tunings: Sequence[Tuning], first: int, keep: Sequence[Bound]) -> str:
    """The fronts, one strategy after the other, then a table of the verdicts."""
    kept = " and ".join(map(str, keep))
    parts = []
    for tuning in tunings:
        parts.append(
            f"{tuning.strategy}: {len(tuning.trials)} settings tried on the first {first} "
            f"update{'s' * (first > 1)}; the front of new against retained "
            f"(* chosen for {kept}, + the presets)"
        )
        parts.append(_table(_front_rows(tuning)))
        if not tuning.kept:
            parts.append(f"None keeps {kept}; the one that misses least is chosen.")
        parts.append("")
    judged = [tuning for tuning in tunings if tuning.verdict is not None]
    if judged:
        parts.append("The later updates' verdict, chosen settings against presets:")
        parts.append(_table(_verdict_rows(judged)))
    else:
        parts.append("There are no later updates to judge: search on fewer of them (--first).")
    return "\n".join(parts).rstrip()


def as_json(tunings: Sequence[Tuning]) -> list[dict[str, Any]]:
    """Everything, a strategy an object."""
    return [
        {
            "strategy": tuning.strategy,
            "chosen": _trial(tuning.chosen),
            "kept": tuning.kept,
            "front": [_trial(trial) for trial in tuning.front],
            "trials": [_trial(trial) for trial in tuning.trials],
            "verdict": None
            if tuning.verdict is None
            else {"chosen": tuning.verdict.chosen, "presets": tuning.verdict.presets},
        }
        for tuning in tunings
    ]


def assignments(values: Values) -> str:
    """Settings as they are given to ``--set``."""
    named = ((name if name.startswith("learner.") else f"strategy.{name}", value)
             for name, value in values.items())  # fmt: skip
    return " ".join(f"{name}={value:g}" for name, value in named) or "(presets)"


def _trial(trial: Trial) -> dict[str, Any]:
    return {"number": trial.number, "settings": trial.values, "scores": trial.scores}


def _front_rows(tuning: Tuning) -> list[list[str]]:
    rows = [["", *SHOWN, "settings"]]
    shown = {trial.number: trial for trial in (*tuning.front, tuning.chosen, tuning.trials[0])}
    for trial in sorted(shown.values(), key=lambda one: -one.scores["new"]):
        mark = "*" * (trial.number == tuning.chosen.number) + "+" * (trial.number == 0)
        rows.append([mark, *_scores(trial.scores), assignments(trial.values)])
    return rows


def _verdict_rows(tunings: Sequence[Tuning]) -> list[list[str]]:
    rows = [["strategy", "settings", *SHOWN]]
    for tuning in tunings:
        if tuning.verdict is not None:
            rows.append([tuning.strategy, "chosen", *_scores(tuning.verdict.chosen)])
            rows.append(["", "presets", *_scores(tuning.verdict.presets)])
    return rows


def _scores(scores: dict[str, float]) -> list[str]:
    return [f"{scores[name]:,.0f}" if name == "tokens" else f"{scores[name]:.3f}" for name in SHOWN]


def _table(rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"  {line}" for line in formats.aligned(rows))
