"""The data of the page of a search as plain JSON values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cltool.experiments.trials import Trial
from cltool.experiments.tune import Search, Tuning, Verdict
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
        doubts: what limits the conclusions, a sentence each; the `warnings` are added.
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
        "doubts": [*doubts, *warnings(found)],
        "command": command,
    }


def warnings(found: Sequence[Tuning]) -> list[str]:
    """Return each warning of the runs that the tables show, and the settings that it is about.

    These are the presets, the chosen settings and those of the front, and the runs on the later
    updates.
    """
    about: dict[str, dict[str, None]] = {}
    for tuning in found:
        shown = {one.number: one for one in (tuning.trials[0], tuning.chosen, *tuning.front)}
        for trial in shown.values():
            name = "presets" if trial.number == 0 else f"setting {trial.number}"
            for text in trial.warnings:
                about.setdefault(text, {})[f"{tuning.strategy}, {name}"] = None
        for text in tuning.verdict.warnings if tuning.verdict is not None else ():
            about.setdefault(text, {})[f"{tuning.strategy}, later updates"] = None
    return [f"{text} ({'; '.join(names)})" for text, names in about.items()]


def tunings(found: Sequence[Tuning]) -> list[Data]:
    """Return all settings that were tried for each strategy, and their scores."""
    return [
        {
            "strategy": tuning.strategy,
            "chosen": _trial(tuning.chosen),
            "kept": tuning.kept,
            "front": [_trial(trial) for trial in tuning.front],
            "trials": [_trial(trial) for trial in tuning.trials],
            "verdict": None if tuning.verdict is None else _verdict(tuning.verdict),
        }
        for tuning in found
    ]


def _trial(trial: Trial) -> Data:
    found: Data = {
        "number": trial.number,
        "settings": trial.values,
        "scores": _numbers(trial.scores),
    }
    if trial.warnings:
        found["warnings"] = list(trial.warnings)
    if trial.diverged:
        found |= {"scores": dict.fromkeys(trial.scores), "diverged": trial.diverged}
    return found


def _verdict(verdict: Verdict) -> Data:
    told = {"warnings": list(verdict.warnings)} if verdict.warnings else {}
    return {"chosen": _numbers(verdict.chosen), "presets": _numbers(verdict.presets)} | told


def _numbers(scores: Mapping[str, float]) -> Data:
    return {name: number(value) for name, value in scores.items()}
