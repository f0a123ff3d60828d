"""What each tool is told of a run: the same names, a step each, the settings as its config."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cltool.runs.groups import flatten
from cltool.runs.trackers import TRACKERS, mlflow
from cltool.runs.trackers.mlflow import LONGEST, MLflow
from cltool.runs.trackers.tensorboard import FOLDER, TensorBoard
from cltool.runs.trackers.trackio import Trackio
from cltool.runs.trackers.wandb import Wandb

from .fakes import FakeMLflow, FakeTrackio, FakeWandb, logged

VALUES = {"new": 0.5, "log.penalty": 2.0}


@pytest.fixture(autouse=True)
def _not_set_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Leave out what the user of this machine has set up."""
    for name in list(os.environ):
        if name.startswith(("WANDB_", "MLFLOW_", "TRACKIO_", "GRADIO_", "NETRC")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))


def test_nested_settings_have_dotted_names() -> None:
    assert flatten({"a": 1, "b": {"c": {"d": 2}, "e": [3]}}) == {"a": 1, "b.c.d": 2, "b.e": [3]}


def test_each_names_its_package_and_the_command_that_installs_it() -> None:
    for name in TRACKERS.names():
        adapter = TRACKERS.load(name)
        assert adapter.package == name and adapter.install == f"pip install {name}"


def test_wandb_is_offline_unless_the_user_has_logged_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake = FakeWandb(monkeypatch)
    assert Wandb().begin(logged(tmp_path)) == "id-1"

    assert fake.begun["mode"] == "offline"
    assert os.environ["WANDB_ERROR_REPORTING"] == "false"
    assert (fake.begun["project"], fake.begun["name"]) == ("cltool", "ewc-seed0")
    assert fake.begun["config"]["settings"]["strategy"] == {"lambda": 5}


@pytest.mark.parametrize("way", ["key", "netrc", "mode"])
def test_wandb_is_used_as_the_user_set_it_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, way: str
) -> None:
    fake = FakeWandb(monkeypatch)
    monkeypatch.setenv("WANDB_PROJECT", "mine")
    if way == "netrc":
        (tmp_path / ".netrc").write_text("machine api.wandb.ai login user password secret\n")
    else:
        name, value = {"key": ("API_KEY", "secret"), "mode": ("MODE", "online")}[way]
        monkeypatch.setenv(f"WANDB_{name}", value)
    Wandb().begin(logged(tmp_path))

    assert fake.begun["mode"] is None, "wandb decides"
    assert fake.begun["project"] == "mine"


def test_the_login_of_another_server_is_no_login(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake = FakeWandb(monkeypatch)
    monkeypatch.setenv("WANDB_BASE_URL", "https://wandb.example")
    (tmp_path / ".netrc").write_text("machine api.wandb.ai login user password secret\n")
    Wandb().begin(logged(tmp_path))

    assert fake.begun["mode"] == "offline"


def test_wandb_set_to_a_mode_stays_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake = FakeWandb(monkeypatch, mode="disabled")
    Wandb().begin(logged(tmp_path))

    assert fake.begun["mode"] is None


@pytest.mark.parametrize(("finished", "code"), [(True, 0), (False, 1)])
def test_wandb_receives_steps_and_the_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, finished: bool, code: int
) -> None:
    fake, tracker = FakeWandb(monkeypatch), Wandb()
    tracker.begin(logged(tmp_path, known="id-1", first=2))
    tracker.log(2, VALUES)
    tracker.end(finished)

    assert (fake.begun["id"], fake.begun["resume"]) == ("id-1", "allow")
    assert fake.calls == [("log", VALUES, 2), ("finish", code)]


def test_trackio_continues_a_run_by_its_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake, tracker = FakeTrackio(monkeypatch), Trackio()
    assert tracker.begin(logged(tmp_path)) == "ewc-seed0"
    assert (fake.begun["project"], fake.begun["resume"]) == ("cltool", "never")
    assert fake.begun["config"]["strategy"] == "ewc"
    tracker.begin(logged(tmp_path, known="ewc-seed0", first=3))
    tracker.log(3, VALUES)
    tracker.end(True)

    assert fake.begun["resume"] == "allow"
    assert fake.calls == [("log", VALUES, 3), ("finish",)]


def test_mlflow_has_parameters_and_metrics(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake, tracker = FakeMLflow(monkeypatch), MLflow()
    config = {f"name{number}": "x" * 1000 for number in range(130)}
    assert tracker.begin(logged(tmp_path, config={"settings": config})) == "run-1"
    tracker.log(4, VALUES)
    tracker.end(True)

    assert fake.calls[0] == ("create", "experiment cltool", "ewc-seed0", {"scenario": "leaders"})
    assert len(fake.params) == 130 and fake.params["settings.name0"] == "x" * LONGEST
    assert fake.metrics == [("new", 0.5, 4), ("log.penalty", 2.0, 4)]
    assert fake.calls[-1] == ("end", "run-1", "FINISHED")
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"


def test_mlflow_continues_a_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake, tracker = FakeMLflow(monkeypatch), MLflow()
    assert tracker.begin(logged(tmp_path, known="run-1", first=1)) == "run-1"
    tracker.end(False)

    assert fake.calls == [("update", "run-1", "RUNNING"), ("end", "run-1", "FAILED")]
    assert not fake.params, "they are there already"


def test_mlflow_uses_the_experiment_that_the_user_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "mine")
    fake = FakeMLflow(monkeypatch)
    fake.create_experiment("mine")
    MLflow().begin(logged(tmp_path))

    assert fake.calls[0][1] == "experiment mine" and list(fake.experiments) == ["mine"]


def test_mlflow_waits_for_a_run_that_makes_the_store_at_the_same_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake = FakeMLflow(monkeypatch)
    fake.busy = 2
    monkeypatch.setattr(mlflow, "PAUSE", 0.0)

    assert MLflow().begin(logged(tmp_path)) == "run-1"
    fake.busy = 99
    with pytest.raises(OSError, match="locked"):
        MLflow().begin(logged(tmp_path))


def test_tensorboard_reads_what_was_written(tmp_path: Path) -> None:
    accumulator = pytest.importorskip(
        "tensorboard.backend.event_processing.event_accumulator", reason="needs tensorboard"
    )
    tracker = TensorBoard()
    tracker.begin(logged(tmp_path))
    tracker.log(0, {"new": 0.25})
    tracker.log(1, VALUES)
    tracker.end(True)

    events = accumulator.EventAccumulator(str(tmp_path / FOLDER)).Reload()
    assert sorted(events.Tags()["scalars"]) == ["log.penalty", "new"]
    assert [(one.step, one.value) for one in events.Scalars("new")] == [(0, 0.25), (1, 0.5)]
    (settings,) = events.Tensors("settings/text_summary")
    assert b'"lambda": 5' in settings.tensor_proto.string_val[0]
