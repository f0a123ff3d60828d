"""Modules that stand for tools, and note what they are told."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from cltool.runs.trackers.tracker import Logged

Calls = list[tuple[Any, ...]]


def install(patch: pytest.MonkeyPatch, name: str, **content: Any) -> ModuleType:
    """Let ``import name`` give a module with ``content``."""
    module = ModuleType(name)
    for key, value in content.items():
        setattr(module, key, value)
    patch.setitem(sys.modules, name, module)
    return module


def logged(tmp_path: Any, **changed: Any) -> Logged:
    config = {"strategy": "ewc", "settings": {"learner": {"lr": 0.01}, "strategy": {"lambda": 5}}}
    fields = {"name": "ewc-seed0", "folder": tmp_path, "group": "leaders", "config": config}
    return Logged(**fields | changed)


class FakeWandb:
    """Stands for wandb.

    Args:
        mode: the mode that its own settings say.
    """

    def __init__(self, patch: pytest.MonkeyPatch, mode: str = "online") -> None:
        self.begun: dict[str, Any] = {}
        self.calls: Calls = []
        run = SimpleNamespace(
            id="id-1",
            log=lambda values, step: self.calls.append(("log", values, step)),
            finish=lambda exit_code: self.calls.append(("finish", exit_code)),
        )

        def init(**given: Any) -> Any:
            self.begun = given
            return run

        install(
            patch,
            "wandb",
            init=init,
            setup=lambda: SimpleNamespace(settings=SimpleNamespace(mode=mode)),
            Settings=lambda **given: given,
        )


class FakeTrackio:
    """Stands for Trackio."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.begun: dict[str, Any] = {}
        self.calls: Calls = []

        def init(**given: Any) -> Any:
            self.begun = given
            log = lambda values, step: self.calls.append(("log", values, step))  # noqa: E731
            return SimpleNamespace(name=given["name"], log=log)

        install(patch, "trackio", init=init, finish=lambda: self.calls.append(("finish",)))


class FakeMLflow:
    """Stands for MLflow, with its client."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.calls: Calls = []
        self.busy = 0
        self.experiments: dict[str, str] = {}
        self.params: dict[str, str] = {}
        self.metrics: list[tuple[str, float, int]] = []
        module = install(patch, "mlflow", MlflowClient=lambda: self)
        module.entities = install(  # type: ignore[attr-defined]
            patch,
            "mlflow.entities",
            Param=lambda key, value: (key, value),
            Metric=lambda key, value, timestamp, step: (key, value, step),
        )

    def get_experiment_by_name(self, name: str) -> Any:
        self.busy -= 1
        if self.busy >= 0:
            raise OSError("the database is locked")
        found = self.experiments.get(name)
        return None if found is None else SimpleNamespace(experiment_id=found)

    def create_experiment(self, name: str) -> str:
        self.experiments[name] = f"experiment {name}"
        return self.experiments[name]

    def create_run(self, experiment: str, run_name: str, tags: dict[str, str]) -> Any:
        self.calls.append(("create", experiment, run_name, tags))
        return SimpleNamespace(info=SimpleNamespace(run_id="run-1"))

    def update_run(self, run: str, status: str) -> None:
        self.calls.append(("update", run, status))

    def log_batch(self, run: str, metrics: Any = (), params: Any = ()) -> None:
        assert run == "run-1" and len(params) <= 100
        self.params |= dict(params)
        self.metrics += metrics

    def set_terminated(self, run: str, status: str) -> None:
        self.calls.append(("end", run, status))
