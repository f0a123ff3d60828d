"""What the prober found, told to Avalanche's loggers (TensorBoard, W&B, CSV, …)."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from avalanche.evaluation import PluginMetric
from avalanche.evaluation.metric_results import MetricValue
from avalanche.training.plugins import EvaluationPlugin


class Scores(PluginMetric[dict[str, float]]):  # type: ignore[misc]
    """What the prober found after the last update, for Avalanche's loggers."""

    def __init__(self) -> None:
        super().__init__()
        self._values: dict[str, float] = {}
        self._step = 0

    def set(self, step: int, values: Mapping[str, float]) -> None:
        """What was found after ``step``; the next ``after_eval`` hands it to the loggers."""
        self._step, self._values = step, dict(values)

    def result(self) -> dict[str, float]:
        """What was found, until the loggers have it."""
        return self._values

    def reset(self) -> None:
        """Forget it."""
        self._values = {}

    def after_eval(self, strategy: Any) -> list[MetricValue]:
        """Hand it to the loggers."""
        values = [
            MetricValue(self, f"cltool/{name}", value, self._step)
            for name, value in self._values.items()
        ]
        self.reset()
        return values

    def __str__(self) -> str:
        return "cltool"


def evaluator(scores: Scores, loggers: Sequence[Any]) -> EvaluationPlugin:
    """Avalanche's evaluator, which hands ``scores`` to ``loggers``."""
    with warnings.catch_warnings():
        # Without loggers it warns that nothing is logged; the ledger logs everything.
        warnings.simplefilter("ignore")
        return EvaluationPlugin(scores, loggers=list(loggers))
