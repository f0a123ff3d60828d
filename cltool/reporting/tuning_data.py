"""The data of the page of a search as plain JSON values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cltool.experiments.trials import Trial
from cltool.experiments.tune import Search, Tuning
from cltool.reporting.formats import number

Data = dict[str, Any]


def tuning_data(
    search: Search,
    found: Sequence[Tuning],
    command: str | None = None,
    doubts: Sequence[str] = (),
) -> Data:
    """Return everything that a search found.

    Args:
        search: what was searched.
        found: the result for each strategy.
        command: the command that makes the page.
        doubts: what limits the conclusions, a sentence each.
    """
    tokens = search.settings.get("learner", {}).get("tokens")
    return {
        "about": {
            "Scenario": search.stream.name,
            "Searched on": f"the first {search.first} of {len(search.stream) - 1} updates",
            "Settings tried per strategy": str(search.trials),
            "Tokens per update": "until it is learned" if tokens is None else f"{tokens:,}",
            "Seeds of the test": str(search.seeds),
        },
        "keep": " and ".join(map(str, search.keep)),
        "tunings": tunings(found),
        "doubts": list(doubts),
        "command": command,
    }


def tunings(found: Sequence[Tuning]) -> list[Data]:
    """Return all settings that were tried for each strategy, and their scores."""
    return [
        {
            "strategy": tuning.strategy,
            "chosen": _trial(tuning.chosen),
            "kept": tuning.kept,
            "front": [_trial(trial) for trial in tuning.front],
            "trials": [_trial(trial) for trial in tuning.trials],
            "verdict": None
            if tuning.verdict is None
            else {
                "chosen": _numbers(tuning.verdict.chosen),
                "presets": _numbers(tuning.verdict.presets),
            },
        }
        for tuning in found
    ]


def _trial(trial: Trial) -> Data:
    found: Data = {"number": trial.number, "settings": trial.values, "scores": trial.scores}
    if trial.diverged:
        found |= {"scores": dict.fromkeys(trial.scores), "diverged": trial.diverged}
    return found


def _numbers(scores: Mapping[str, float]) -> Data:
    return {name: number(value) for name, value in scores.items()}
