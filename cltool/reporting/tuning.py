"""A search of settings as text and as JSON: its front, and what the later updates say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cltool.experiments.tune import Trial, Tuning, Values

SHOWN = ("new", "retained", "stale", "tokens")


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
