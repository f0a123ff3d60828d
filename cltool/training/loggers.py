"""Passes the scores of each step to Avalanche's loggers (TensorBoard, W&B, CSV, …)."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from avalanche.evaluation import PluginMetric
from avalanche.evaluation.metric_results import MetricValue
from avalanche.training.plugins import EvaluationPlugin


class Scores(PluginMetric[dict[str, float]]):  # type: ignore[misc]
    """The scores after the last update, as an Avalanche metric."""

    def __init__(self) -> None:
        super().__init__()
        self._values: dict[str, float] = {}
        self._step = 0

    def set(self, step: int, values: Mapping[str, float]) -> None:
        """Set the scores after ``step``; the next ``after_eval`` passes them to the loggers."""
        self._step, self._values = step, dict(values)

    def result(self) -> dict[str, float]:
        """Return the scores that the loggers have not received yet."""
        return self._values

    def reset(self) -> None:
        """Remove the scores."""
        self._values = {}

    def after_eval(self, strategy: Any) -> list[MetricValue]:
        """Pass the scores to the loggers."""
        values = [
            MetricValue(self, f"cltool/{name}", value, self._step)
            for name, value in self._values.items()
        ]
        self.reset()
        return values

    def __str__(self) -> str:
        return "cltool"


def evaluator(scores: Scores, loggers: Sequence[Any]) -> EvaluationPlugin:
    """Return Avalanche's evaluator, which passes ``scores`` to ``loggers``."""
    with warnings.catch_warnings():
        # Avalanche warns if there are no loggers; the ledger records everything anyway.
        warnings.simplefilter("ignore")
        return EvaluationPlugin(scores, loggers=list(loggers))
