"""Experiment trackers that a run can log to: a module for each. Importing this imports none.

They all get the same: the settings of the run, and after each step the scores and costs of that
step under the names of cltool's tables (`cltool.runs.step_values`).
"""

from __future__ import annotations

from cltool.core.registry import Entry, Registry

GROUP = "cltool.trackers"

TRACKERS = Registry(
    "tracker",
    GROUP,
    (
        # One line for each tracker.
        Entry(
            "tensorboard",
            "cltool.runs.trackers.tensorboard:TensorBoard",
            "event files in the run folder",
        ),
        Entry(
            "wandb",
            "cltool.runs.trackers.wandb:Wandb",
            "Weights & Biases; offline unless you have logged in",
        ),
        Entry(
            "mlflow",
            "cltool.runs.trackers.mlflow:MLflow",
            "the store that MLflow is set up with, by default one on this machine",
        ),
        Entry(
            "trackio",
            "cltool.runs.trackers.trackio:Trackio",
            "the store that Trackio is set up with, by default one on this machine",
        ),
    ),
)
"""The trackers of ``--log``."""
