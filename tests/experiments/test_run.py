"""Runs from end to end: what they write, the models that they save, and their logs."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd
import pytest
import torch

from cltool.core.errors import UserError
from cltool.core.progress import Progress
from cltool.core.settings import ProbeSettings
from cltool.evaluation import metrics
from cltool.evaluation.prober import Prober
from cltool.evaluation.scores import COSTS
from cltool.experiments import base_model, resolve
from cltool.experiments.run import run
from cltool.facts.facts import Update
from cltool.facts.stream import Stream
from cltool.lm import language_model
from cltool.models import load
from cltool.runs.run import Run
from cltool.testing.material import NAME, registered
from cltool.training.learner import Learner
from cltool.training.strategy import Strategy

from ..conftest import CHAIN, FORGOTTEN, make_stream
from ..wide_model import write_wide_model
from .short_runs import SHORT, Start, answers, states

# What a run writes.


def test_a_run_records_everything(start: Start, stream: Stream, tmp_path: Path) -> None:
    reports: list[tuple[int, int, str]] = []
    progress = Progress(lambda task, *what: reports.append(what))
    done = start(tmp_path / "run", "replay", progress=progress)
    record = Run.open(tmp_path / "run").record
    assert record["status"] == "finished"
    assert record["strategy"] == "replay"
    assert record["labels"] == ["base", "one", "two", "three"]
    assert record["stream"]["updates"][3] == {"learn": 2, "forget": 1}
    assert record["settings"]["learner"]["lr"] == pytest.approx(0.128 / 32)
    assert record["settings"]["learner"]["epochs"] == 2
    assert record["settings"]["strategy"]["replay"]["mix"] == 1.0
    assert (
        record["settings"]["model"] | {"device": "cpu", "dtype": "float32"}
        == (record["settings"]["model"])
    )
    assert record["versions"]["torch"] == torch.__version__.split("+")[0] or torch.__version__
    costs = done.costs
    assert list(costs.index) == [0, 1, 2, 3]
    assert list(costs["label"]) == record["labels"]
    assert costs["tokens"][0] == 0
    assert (costs["tokens"][1:] > 0).all()
    assert (costs[list(COSTS)] >= 0).all().all()
    assert (costs["peak_memory"] > 1e7).all()
    assert (costs["stored_bytes"] > 0).all()
    rows = done.answers
    probes = 3 * len(stream.first_taught())
    assert list(rows.groupby("step").size()) == [probes] * 4
    assert [path.name for path in (tmp_path / "run" / "checkpoints").iterdir()] == ["step-003"]
    assert not list((tmp_path / "run").rglob("*.pkl")) + list((tmp_path / "run").rglob("*.pt"))
    assert reports[-1][0] == reports[-1][1] == 4
    shares = [now / of for now, of, _ in reports if of != 1]
    assert shares == sorted(shares)


def test_the_ledger_has_the_groups_of_the_stream(start: Start, tmp_path: Path) -> None:
    rows = start(tmp_path / "run").answers
    keyed = rows[rows["form"] == "trained"].set_index(["subject", "relation", "step"])
    keyed = keyed.sort_index()
    chain = keyed.loc[CHAIN]
    assert list(chain["group"]) == ["new", "new", "new", "retained"]
    assert list(chain["learned"]) == [0, 1, 2, 2]
    # Superseded objects with their aliases, the latest last.
    assert [len(old) for old in chain["outdated"]] == [0, 2, 3, 3]
    assert list(keyed.loc[FORGOTTEN]["group"]) == ["new", "retained", "retained", "erased"]
    isle = keyed.loc[("Isle 2", "ruler")]
    assert list(isle["group"]) == ["future", "future", "future", "new"]
    assert list(isle["learned"]) == [3, 3, 3, 3]


def test_a_finished_run_is_returned_as_it_is(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(tmp_path / "run")
    monkeypatch.setattr(language_model, "load_checkpoint", None)
    assert start(tmp_path / "run").record["status"] == "finished"


def test_the_same_run_twice_gives_the_same_bytes_and_another_seed_others(
    start: Start, tmp_path: Path
) -> None:
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        start(tmp_path / name, "replay", seed=seed)
    assert answers(tmp_path / "one") == answers(tmp_path / "again")
    assert states(tmp_path / "one") == states(tmp_path / "again")
    assert answers(tmp_path / "one") != answers(tmp_path / "other")


def test_asking_does_not_change_the_run(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(tmp_path / "plain", "replay")
    ask = Prober.ask

    def noisy(self: Prober, *args: Any, **kwargs: Any) -> Any:
        torch.rand(3), random.random()
        return ask(self, *args, **kwargs)

    monkeypatch.setattr(Prober, "ask", noisy)
    start(tmp_path / "noisy", "replay")
    assert states(tmp_path / "plain") == states(tmp_path / "noisy")


def test_probe_limit_asks_about_a_sample_of_the_keys(start: Start, tmp_path: Path) -> None:
    settings = {**SHORT, "probe": {"limit": 5}}
    rows = start(tmp_path / "one", settings=settings).answers
    keys = rows.groupby("step")[["subject", "relation"]].apply(
        lambda part: frozenset(part.itertuples(index=False, name=None))
    )
    assert len(keys.iloc[0]) == 5
    assert keys.nunique() == 1
    again = start(tmp_path / "two", "frozen", settings=settings, seed=5).answers
    assert set(again["subject"]) == set(rows["subject"])


def test_the_files_of_a_run_get_the_mode_of_the_umask(start: Start, tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        start(tmp_path / "run", "replay")
    finally:
        os.umask(before)
    modes = {
        path.name: path.stat().st_mode & 0o777
        for path in (tmp_path / "run").rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }
    assert modes == dict.fromkeys(modes, 0o640) and "model.safetensors" in modes


def test_a_taught_model_belongs_to_its_tokenizer(
    checkpoint: Callable[[str], Path],
    stream: Stream,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CLTOOL_CACHE", str(tmp_path / "cache"))
    taught: list[int] = []
    monkeypatch.setattr(Learner, "fit", lambda learner, facts: taught.append(len(facts)))
    mine = Path(shutil.copytree(checkpoint("llama"), tmp_path / "mine"))
    settings = resolve.resolve("naive", {"model": {"name": str(mine), "teach_base": True}})
    assert base_model.prepare(stream, settings)[0].coder.tokenizer.eos_token == "<eos>"
    base_model.prepare(stream, settings)
    assert len(taught) == 1
    file = mine / "tokenizer_config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "eos_token": "<bos>"}))
    lm, _ = base_model.prepare(stream, settings)
    assert lm.coder.tokenizer.eos_token == "<bos>" and len(taught) == 2
    assert any("'<bos>'" in text for text in lm.warnings)
    (folder,) = {*(tmp_path / "cache" / "taught").glob("*")} - {Path(lm.source)}
    (folder / "model.safetensors").unlink()
    file.write_text(json.dumps({**json.loads(file.read_text()), "eos_token": "<eos>"}))
    lm, _ = base_model.prepare(stream, settings)
    assert len(taught) == 3 and any("was damaged" in text for text in lm.warnings)


# Models.


@pytest.mark.parametrize("strategy", ["replay", "lora"])
def test_the_saved_model_gives_the_same_answers(
    strategy: str, start: Start, stream: Stream, tmp_path: Path
) -> None:
    done = start(tmp_path / "run", strategy, model="tiny", save_model=tmp_path / "model")
    lm = load(str(tmp_path / "model"), stream, device="cpu")
    assert not hasattr(lm.model, "peft_config")
    known = stream.knowledge(3)
    rows = Prober(lm, ProbeSettings()).ask(3, list(stream.probes(known, stream.first_taught())))
    last = done.answers[done.answers["step"] == 3]
    assert [row["answer"] for row in rows] == list(last["answer"])
    assert [row["logp"] for row in rows] == pytest.approx(list(last["logp"]), rel=1e-3, abs=1e-3)


def test_a_saved_model_has_the_neurons_of_patcher(
    start: Start, stream: Stream, tmp_path: Path
) -> None:
    given: dict[str, Any] = {
        "model": str(write_wide_model(stream, tmp_path / "wide")),
        "settings": {"strategy": {"written": 8, "epochs": 3, "rate": 0.3}},
    }
    done = start(tmp_path / "run", "patcher", **given)
    again = start(tmp_path / "run", "patcher", **given, save_model=tmp_path / "model")
    assert not any("saved model" in text for text in again.record["warnings"])
    known = stream.knowledge(3)
    asked = list(stream.probes(known, stream.first_taught()))
    saved, before = (
        [row["logp"] for row in Prober(lm, ProbeSettings()).ask(3, asked)]
        for lm in (load(str(tmp_path / name), stream, device="cpu") for name in ("model", "wide"))
    )
    last = done.answers[done.answers["step"] == 3]
    assert saved == pytest.approx(list(last["logp"]), rel=1e-3, abs=1e-3)
    assert saved != pytest.approx(before, rel=1e-2, abs=1e-2)


def test_the_model_of_a_finished_run_can_still_be_saved(
    start: Start, stream: Stream, tmp_path: Path
) -> None:
    start(tmp_path / "one", save_model=tmp_path / "first")
    start(tmp_path / "two")
    before = answers(tmp_path / "two")
    done = start(tmp_path / "two", save_model=tmp_path / "second")
    assert done.record["status"] == "finished"
    assert answers(tmp_path / "two") == before
    digests = {
        load(str(tmp_path / name), stream, device="cpu").digest() for name in ("first", "second")
    }
    assert len(digests) == 1


def test_a_model_is_never_saved_over_something(start: Start, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "mine").touch()
    with pytest.raises(UserError, match="not empty"):
        start(tmp_path / "run", save_model=tmp_path / "model")
    assert [path.name for path in (tmp_path / "model").iterdir()] == ["mine"]


def test_teach_base_teaches_the_base_facts(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = make_stream(6, name="few")
    settings = {**SHORT, "model": {"device": "cpu", "teach_base": True}}
    done = start(tmp_path / "taught", "frozen", of=few, settings=settings)
    plain = start(tmp_path / "plain", "frozen", of=few)
    assert plain.metrics()["trained"][0] == 0.0
    assert done.metrics()["trained"][0] >= 0.9
    # The second run gets the model from the cache.
    monkeypatch.setattr(Learner, "fit", None)
    again = start(tmp_path / "again", "frozen", of=few, settings=settings)
    assert answers(tmp_path / "again") == answers(tmp_path / "taught")
    assert again.record["model"] == done.record["model"]


def test_scores_show_what_was_learned(start: Start, tmp_path: Path) -> None:
    settings = {**SHORT, "learner": {"epochs": 60, "stop_at": 2, "schedule": "linear"}}
    runs = {
        name: start(tmp_path / name, name, model="tiny", settings=settings)
        for name in ("naive", "frozen")
    }
    naive, frozen = runs["naive"].metrics(), runs["frozen"].metrics()
    assert naive["new"][0] == frozen["new"][0] >= 0.95
    assert (naive["new"][1:] >= 0.8).all()
    assert (frozen["new"][1:] == 0).all()
    assert frozen["stale"][1] >= 0.95 > 0.4 >= naive["stale"][1]
    assert frozen["erased"][3] == 1.0
    # A model that is never changed still knows the facts that are never superseded.
    matrix = metrics.accuracy_matrix(runs["frozen"].answers)
    assert matrix[0].nunique() == 1 and matrix[0][3] >= 0.95
    assert runs["frozen"].summary()["forgetting"] == 0.0
    assert runs["naive"].summary()["forgetting"] > 0.0


# Avalanche.


def test_avalanches_loggers_are_called(start: Start, tmp_path: Path) -> None:
    from avalanche.logging import BaseLogger

    class Heard(BaseLogger):  # type: ignore[misc]
        updates = 0

        def after_training_exp(self, *args: Any, **kwargs: Any) -> None:
            self.updates += 1

    heard = Heard()
    start(tmp_path / "run", loggers=[heard])
    assert heard.updates == 3


class Logging(Strategy):
    """Logs the number of the update in each update."""

    def update(self, learner: Learner, update: Update) -> None:
        super().update(learner, update)
        learner.log("number", torch.tensor(0.0))
        learner.log("number", torch.tensor(float(update.step)))
        learner.log("endless", float("inf"))


def test_logs_of_a_strategy_are_recorded_for_each_step(start: Start, tmp_path: Path) -> None:
    from avalanche.logging import BaseLogger

    class Heard(BaseLogger):  # type: ignore[misc]
        metrics: ClassVar[dict[str, list[float]]] = {}

        def log_single_metric(self, name: str, value: float, x_plot: int) -> None:
            self.metrics.setdefault(name, []).append(value)

    with registered(Logging):
        done = start(tmp_path / "run", NAME, loggers=[Heard()])
    assert Heard.metrics["cltool/log.number"] == [1.0, 2.0, 3.0]
    assert done.metrics()["log.number"].fillna(-1).tolist() == [-1.0, 1.0, 2.0, 3.0]
    assert "logs" not in done.cost_rows()[0]
    assert done.cost_rows()[1]["logs"] == {"number": 1.0, "endless": None}
    # Two epochs teach an untrained model nothing; the base is not trained.
    training = done.cost_rows()[1]["training"]
    assert (training["stop"], training["epochs"]) == ("epochs", 2)
    assert "training" not in done.cost_rows()[0]
    assert done.metrics()["training.stop"].fillna("").tolist() == ["", *["epochs"] * 3]
    (said,) = [text for text in done.record["warnings"] if text.startswith("Not learned")]
    assert "3 of 3 updates" in said


def test_a_stream_of_one_step(start: Start, stream: Stream, tmp_path: Path) -> None:
    only = replace(stream, updates=stream.updates[:1])
    done = start(tmp_path / "run", of=only)
    assert len(done.costs) == 1
    assert pd.isna(done.summary()["new"])


def test_an_update_that_only_forgets(start: Start, stream: Stream, tmp_path: Path) -> None:
    only = Update(1, "oblivion", [], [stream.updates[0].learn[0]])
    short = replace(stream, updates=[stream.updates[0], only])
    done = start(tmp_path / "run", "replay+ewc", of=short)
    assert done.costs["tokens"][0] > 0  # the Fisher information of the base
    # One fact of 24 is removed from it; a strategy without importances spends nothing.
    assert 0 < done.costs["tokens"][1] < done.costs["tokens"][0] / 8
    assert start(tmp_path / "plain", "replay", of=short).costs["tokens"][1] == 0
    rows = done.answers
    assert set(rows[(rows["step"] == 1) & (rows["group"] == "erased")]["subject"]) == {"Land 0"}


def test_different_runs_have_different_default_folders(
    checkpoint: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    few = make_stream(3, name="three")
    for epochs in (1, 2):
        settings = {**SHORT, "learner": {"epochs": epochs}}
        run(few, strategy="frozen", model=str(checkpoint("llama")), settings=settings)
    folders = sorted(path.name for path in Path("runs").iterdir())
    assert len(folders) == 2
    assert all(name.startswith("three-frozen-seed0-") for name in folders)
    for name in folders:
        assert json.loads(Path("runs", name, "run.json").read_text())["status"] == "finished"


@pytest.mark.parametrize(
    ("strategy", "what"), [("grace", "its codebook"), ("retrieval+naive", "the facts")]
)
def test_a_warning_names_what_a_saved_model_lacks(
    strategy: str, what: str, start: Start, tmp_path: Path
) -> None:
    settings = {"learner": {"epochs": 1}}
    few = make_stream(6, name="few")
    given: dict[str, Any] = {"of": few, "model": "tiny", "settings": settings}
    done = start(tmp_path / "run", strategy, **given)
    unread = [text for text in done.record["warnings"] if "model.reading = false" in text]
    assert bool(unread) == ("retrieval" in strategy)
    assert not any("saved model" in text for text in done.record["warnings"])
    again = start(tmp_path / "run", strategy, **given, save_model=tmp_path / "model")
    (said,) = [text for text in again.record["warnings"] if "saved model" in text]
    assert what in said and strategy.partition("+")[0] in said
