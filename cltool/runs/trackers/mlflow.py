"""MLflow: the store of ``MLFLOW_TRACKING_URI``, or MLflow's own one in the working folder.

The experiment is that of ``MLFLOW_EXPERIMENT_NAME``, or ``cltool``.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from importlib import import_module
from typing import Any, ClassVar

from cltool.runs.groups import flatten
from cltool.runs.trackers.tracker import PROJECT, Logged

LONGEST = 500
"""Characters of a parameter that every version of MLflow accepts."""

MOST = 100
"""Parameters that MLflow accepts at once."""

TRIES = 4
PAUSE = 0.5
"""Seconds before the second try; later pauses are multiples of it."""


class MLflow:
    """Logs to a run of MLflow, which is continued with the run."""

    package: ClassVar[str] = "mlflow"
    install: ClassVar[str] = "pip install mlflow"
    _client: Any
    _id: str

    def begin(self, run: Logged) -> str:
        """Begin or continue the run of MLflow; return its id."""
        # MLflow reports its use to its makers unless it is told not to.
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        entities = import_module("mlflow.entities")
        self._client = import_module("mlflow").MlflowClient()
        if run.known:
            self._id = run.known
            self._client.update_run(self._id, status="RUNNING")
            return self._id
        place = self._experiment(os.environ.get("MLFLOW_EXPERIMENT_NAME") or PROJECT)
        tags = {"scenario": run.group}
        made = self._client.create_run(place, run_name=run.name, tags=tags)
        self._id = str(made.info.run_id)
        settings = [
            entities.Param(key, str(value)[:LONGEST]) for key, value in flatten(run.config).items()
        ]
        for begin in range(0, len(settings), MOST):
            self._client.log_batch(self._id, params=settings[begin : begin + MOST])
        return self._id

    def _experiment(self, name: str) -> str:
        """Return the id of an experiment, which is made if it does not exist."""
        for attempt in range(1, TRIES):
            try:
                return self._found_or_made(name)
            except Exception:
                # Runs that begin at the same time make the store and the experiment at once.
                time.sleep(attempt * PAUSE)
        return self._found_or_made(name)

    def _found_or_made(self, name: str) -> str:
        found = self._client.get_experiment_by_name(name)
        return str(found.experiment_id if found else self._client.create_experiment(name))

    def log(self, step: int, values: Mapping[str, float]) -> None:
        """Log the numbers at once."""
        metric = import_module("mlflow.entities").Metric
        now = round(1000 * time.time())
        metrics = [metric(name, value, now, step) for name, value in values.items()]
        self._client.log_batch(self._id, metrics=metrics)

    def end(self, finished: bool) -> None:
        """End the run of MLflow."""
        self._client.set_terminated(self._id, "FINISHED" if finished else "FAILED")
