"""Runs from end to end: recorded, killed at any point and resumed, refused, saved."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd
import pytest
import torch

from cltool.core.errors import UserError
from cltool.core.progress import Progress
from cltool.core.settings import ProbeSettings
from cltool.evaluation import ledger, metrics
from cltool.evaluation.prober import Prober
from cltool.evaluation.scores import COSTS
from cltool.experiments import base_model, build_learner, checkpoints, resolve
from cltool.experiments import steps as executing
from cltool.experiments.run import run
from cltool.facts.facts import Fact, Update
from cltool.facts.stream import Stream
from cltool.lm import language_model
from cltool.models import load
from cltool.models.cache import cache_folder
from cltool.runs.run import Run
from cltool.testing.material import NAME, registered
from cltool.training.learner import Learner
from cltool.training.strategy import Strategy

from ..conftest import CHAIN, FORGOTTEN, make_stream

STRATEGIES = ("naive", "replay", "ewc", "lora", "replay+ewc")
SHORT = {"learner": {"epochs": 2, "batch_size": 8}, "model": {"device": "cpu"}}


class Killed(BaseException):
    """Simulates a power cut."""


Start = Callable[..., Run]


@pytest.fixture
def start(checkpoint: Callable[[str], Path], stream: Stream) -> Start:
    """Return a function that makes a short run on a Llama with random weights."""

    def go(out: Path, strategy: str = "naive", **options: Any) -> Run:
        options = {"settings": SHORT, "model": str(checkpoint("llama")), **options}
        return run(options.pop("of", stream), strategy=strategy, out=out, **options)

    return go


def answers(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted((folder / "answers").iterdir())}


def states(folder: Path) -> dict[str, bytes]:
    """Return the content of all files of the last checkpoint."""
    place = max((folder / "checkpoints").glob("step-*"))
    return {file.name: file.read_bytes() for file in sorted(place.iterdir())}


def test_bad_compositions_are_refused_before_a_model_is_made(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build_learner, "prepare", lambda *asked: pytest.fail("made a model"))
    with pytest.raises(UserError, match="each erases facts in its own way"):
        start(tmp_path / "run", "npo+simnpo")
    assert not (tmp_path / "run").exists()


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


# Killed and resumed.


def trap(
    patch: pytest.MonkeyPatch,
    owner: Any,
    name: str,
    step_of: Callable[..., int],
    at: int,
    after: bool,
) -> None:
    """Kill the run when ``owner.name`` is called in step ``at``."""
    plain = getattr(owner, name)

    def sprung(*args: Any, **kwargs: Any) -> Any:
        if step_of(*args) != at:
            return plain(*args, **kwargs)
        if after:
            plain(*args, **kwargs)
        raise Killed(name)

    patch.setattr(owner, name, sprung)


def _traps(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Set a trap at each point between two writes, one at a time."""

    def second(_: Any, step: int, *rest: Any) -> int:
        return step

    def of_learner(learner: Learner, *rest: Any, **kwargs: Any) -> int:
        return learner.known.step

    def of_costs(_: Run, rows: list[Any]) -> int:
        return len(rows) - 1

    training = (Learner, "optimizer_step", of_learner, True)
    early = (ledger, "write_step", second, False)  # trained, nothing written
    answered = (ledger, "write_step", second, True)  # answers written, no checkpoint
    saved = (checkpoints, "save", second, True)  # checkpoint written, no costs
    costed = (Run, "write_costs", of_costs, True)  # all written, older checkpoints still there
    over = (checkpoints, "keep_only", second, True)  # the step is over
    places: dict[int, list[tuple[Any, str, Callable[..., int], bool]]] = {
        0: [early, answered, saved, costed],
        1: [training, early, answered, saved, over],
        3: [training, answered, saved, costed],
    }
    for step, traps in places.items():
        for owner, name, step_of, after in traps:
            with monkeypatch.context() as patch:
                trap(patch, owner, name, step_of, step, after)
                yield f"{name} of step {step}, {'after' if after else 'before'}"


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_run_killed_anywhere_resumes_to_the_same_bytes(
    strategy: str, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(tmp_path / "whole", strategy)
    killed = tmp_path / "killed"
    for place in _traps(monkeypatch):
        with pytest.raises(Killed):
            start(killed, strategy)
        assert Run.open(killed).record["status"] == "running", place
    start(killed, strategy)
    assert answers(killed) == answers(tmp_path / "whole")
    assert states(killed) == states(tmp_path / "whole")
    whole, again = Run.open(tmp_path / "whole"), Run.open(killed)
    assert whole.record == again.record
    for name in ("label", "tokens", "stored_bytes"):
        assert list(whole.costs[name]) == list(again.costs[name])
    assert not list(killed.rglob("*.partial"))


def test_a_killed_run_resumes_where_a_step_that_was_made_again_has_other_answers(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = start(tmp_path / "run")
    shutil.rmtree(tmp_path / "run" / "checkpoints")
    run.change_record(status="running")
    before = run.cost_rows()[0]["ledger"]
    write_step = ledger.write_step

    def other(folder: Path, step: int, rows: list[dict[str, Any]]) -> None:
        write_step(folder, step, [{**row, "logp": row["logp"] - 1} for row in rows])
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(ledger, "write_step", other)
        start(tmp_path / "run")
    assert ledger.digest(tmp_path / "run", 0) != before
    assert start(tmp_path / "run").record["status"] == "finished"


def test_a_run_does_not_resume_from_other_weights(
    start: Start,
    checkpoint: Callable[[str], Path],
    stream: Stream,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mine = tmp_path / "mine"
    shutil.copytree(checkpoint("llama"), mine)
    with monkeypatch.context() as patch:
        trap(patch, checkpoints, "keep_only", lambda _, step, *more: int(step), 1, True)
        with pytest.raises(Killed):
            start(tmp_path / "run", model=str(mine))
    lm = load(str(mine), stream, device="cpu")
    with torch.no_grad():
        next(lm.model.parameters()).add_(1e-3)
    shutil.rmtree(mine)
    language_model.save_checkpoint(lm, mine)
    with pytest.raises(UserError, match="weights have changed"):
        start(tmp_path / "run", model=str(mine))
    assert start(tmp_path / "run", model=str(mine), fresh=True).record["status"] == "finished"


def test_a_run_does_not_resume_with_another_tokenizer(
    start: Start, checkpoint: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "mine"
    shutil.copytree(checkpoint("llama"), mine)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        trap(patch, checkpoints, "keep_only", lambda _, step, *more: int(step), 1, True)
        start(tmp_path / "run", model=str(mine))
    file = mine / "tokenizer_config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "eos_token": "<bos>"}))
    with pytest.raises(UserError, match="the model's tokenizer has changed"):
        start(tmp_path / "run", model=str(mine))
    run_file, steps = (tmp_path / "run" / name for name in ("run.json", "steps.jsonl"))
    record = json.loads(run_file.read_text())
    assert set(record.pop("model_parts")) >= {"tokenizer", "config", "chat_template"}
    with pytest.raises(UserError, match="it has changed since cltool wrote it"):
        run_file.write_text(json.dumps(record))
        start(tmp_path / "run", model=str(mine))
    rows = [json.loads(row) for row in steps.read_text("utf-8").splitlines()]
    # Earlier versions of cltool wrote no digests.
    for one in (record, *rows):
        del one["checksum"]
    del record["id"]
    run_file.write_text(json.dumps(record))
    steps.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert start(tmp_path / "run", model=str(mine)).record["status"] == "finished"


@pytest.mark.parametrize("part", ["weights", "generation config"])
def test_a_finished_run_is_not_that_of_a_model_that_has_changed(
    part: str, start: Start, checkpoint: Callable[[str], Path], tmp_path: Path
) -> None:
    mine = tmp_path / "mine"
    shutil.copytree(checkpoint("llama"), mine)
    whole = start(tmp_path / "run", model=str(mine))
    assert start(tmp_path / "run", model=str(mine)).record == whole.record
    if part == "weights":
        file = mine / "model.safetensors"
        content = bytearray(file.read_bytes())
        content[-1] ^= 1
        file.write_bytes(content)
    else:
        (mine / "generation_config.json").write_text('{"temperature": 0.5}')
    with pytest.raises(UserError, match=rf"the model's {part} ha(s|ve) changed"):
        start(tmp_path / "run", model=str(mine))
    shutil.rmtree(mine)
    assert start(tmp_path / "run", model=str(mine)).record == whole.record


def test_a_damaged_checkpoint_is_passed_over(
    start: Start,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    whole = start(tmp_path / "whole")
    for name, kept, goes_on_from in (("a", True, "step 1"), ("b", False, "the base model")):
        with monkeypatch.context() as patch, pytest.raises(Killed):
            trap(patch, checkpoints, "keep_only", lambda _, step, *more: int(step), 2, True)
            start(tmp_path / name, keep_checkpoints=kept)
        weights = tmp_path / name / "checkpoints" / "step-002" / "model.safetensors"
        content = bytearray(weights.read_bytes())
        content[len(content) // 2] ^= 1
        weights.write_bytes(content)
        done = start(tmp_path / name, keep_checkpoints=kept)
        (sentence,) = [text for text in done.record["warnings"] if "damaged" in text]
        assert "after step 2" in sentence and f"went on from {goes_on_from}" in sentence
        assert sentence in capsys.readouterr().err
        assert answers(tmp_path / name) == answers(whole.folder)
        assert states(tmp_path / name) == states(whole.folder)


def test_a_damaged_checkpoint_of_a_finished_run_is_not_used(
    start: Start, stream: Stream, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start(tmp_path / "run")
    place = tmp_path / "run" / "checkpoints" / "step-003"
    state = place / "naive.json"
    start(tmp_path / "run")
    assert "damaged" not in capsys.readouterr().err
    state.write_text(state.read_text() + " ")
    start(tmp_path / "run")
    told = capsys.readouterr().err
    assert f"{place}: this checkpoint is damaged (" in told and "naive.json has changed" in told
    assert "--save-model DIR" in told
    done = start(tmp_path / "run", save_model=tmp_path / "model")
    (sentence,) = [text for text in done.record["warnings"] if "damaged" in text]
    assert "naive.json has changed" in sentence and "went on from the base" in sentence
    assert "digests.json" in {file.name for file in place.iterdir()}
    assert not load(str(tmp_path / "model"), stream, device="cpu").warnings
    with (tmp_path / "model" / "generation_config.json").open("a") as file:
        file.write(" ")
    (warning,) = load(str(tmp_path / "model"), stream, device="cpu").warnings
    assert "generation_config.json has changed" in warning


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


def test_dropout_is_the_same_when_a_run_resumes(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {**SHORT, "strategy": {"options": {"lora_dropout": 0.5}}}
    start(tmp_path / "whole", "lora", settings=settings)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        trap(patch, checkpoints, "keep_only", lambda run, step, *more: step, 1, after=True)
        start(tmp_path / "killed", "lora", settings=settings)
    start(tmp_path / "killed", "lora", settings=settings)
    assert answers(tmp_path / "killed") == answers(tmp_path / "whole")
    assert states(tmp_path / "killed") == states(tmp_path / "whole")


def test_finished_steps_are_not_repeated(start: Start, tmp_path: Path) -> None:
    class Count:
        def __init__(self, most: int) -> None:
            self.most = most
            self.trained: list[str] = []

        def __call__(self, task: str, done: int, of: int, what: str) -> None:
            if "asking" in what:
                self.trained.append(what.rsplit(" ", 1)[-1])
                if len(self.trained) > self.most:
                    raise Killed

    first = Count(2)
    with pytest.raises(Killed):
        start(tmp_path / "run", progress=Progress(first))
    assert first.trained == ["base", "one", "two"]
    second = Count(99)
    start(tmp_path / "run", progress=Progress(second))
    assert second.trained == ["two", "three"]


def test_answers_that_were_deleted_are_asked_again(start: Start, tmp_path: Path) -> None:
    # `ledger.read` advises to delete a damaged file.
    for step, keep in ((1, False), (3, False), (1, True), (3, True)):
        folder = tmp_path / f"run-{step}-{keep}"
        start(folder, keep_checkpoints=keep)
        whole = answers(folder)
        ledger.step_file(folder, step).unlink()
        again = start(folder, keep_checkpoints=keep)
        assert answers(folder) == whole
        (told,) = [text for text in again.record["warnings"] if "missing" in text]
        begin = f"step {step - 1}" if keep else "the base model"
        assert told == f"answers/step-00{step}.parquet is missing, so the run went on from {begin}."


def test_kept_checkpoints(start: Start, tmp_path: Path) -> None:
    start(tmp_path / "run", keep_checkpoints=True)
    kept = sorted(path.name for path in (tmp_path / "run" / "checkpoints").iterdir())
    assert kept == ["step-000", "step-001", "step-002", "step-003"]


def test_checkpoints_of_chosen_steps_are_kept_with_the_last(start: Start, tmp_path: Path) -> None:
    run = start(tmp_path / "run", keep_checkpoints=[1])
    assert checkpoints.steps(run.folder) == [1, 3]
    with pytest.raises(UserError, match="no step 4"):
        start(tmp_path / "other", keep_checkpoints=[1, 4])
    assert not (tmp_path / "other").exists()


@pytest.mark.slow
def test_a_process_that_is_killed(
    start: Start, tmp_path: Path, checkpoint: Callable[[str], Path]
) -> None:
    start(tmp_path / "whole", "replay+ewc")
    helpers = str(Path(__file__).parents[1] / "conftest.py")
    code = f"""
import importlib.util, sys, os, signal, torch
torch.set_num_threads(1)
spec = importlib.util.spec_from_file_location("helpers", {helpers!r})
helpers = importlib.util.module_from_spec(spec)
spec.loader.exec_module(helpers)
from cltool.core.progress import Progress
from cltool.experiments.run import run
calls = 0
def report(*reports):
    global calls
    calls += 1
    if calls == int(sys.argv[1]):
        os.kill(os.getpid(), signal.SIGKILL)
run(helpers.make_stream(), strategy="replay+ewc", model={str(checkpoint("llama"))!r},
    out={str(tmp_path / "killed")!r}, settings={SHORT!r}, progress=Progress(report))
"""
    ends = []
    for calls in (7, 12, 3, 0):
        found = subprocess.run(
            [sys.executable, "-c", code, str(calls)],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            check=False,
        )
        ends.append(found.returncode)
    assert ends[0] == -signal.SIGKILL
    assert ends[-1] == 0
    assert answers(tmp_path / "killed") == answers(tmp_path / "whole")


# Refused.


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"seed": 1}, "seed"),
        ({"strategy": "replay"}, "strategy"),
        ({"settings": {**SHORT, "learner": {"epochs": 3, "batch_size": 8}}}, "learner.epochs"),
        ({"settings": {**SHORT, "probe": {"limit": 3}}}, "probe.limit"),
        ({"settings": {**SHORT, "learner": {"epochs": 2, "batch_size": 8, "lr": 1e-4}}}, "lr"),
        ({"of": make_stream(9)}, "the facts or their wordings"),
    ],
)
def test_another_run_in_the_folder_is_refused(
    change: dict[str, Any], named: str, start: Start, tmp_path: Path
) -> None:
    start(tmp_path / "run")
    before = answers(tmp_path / "run")
    with pytest.raises(UserError, match="other settings") as caught:
        start(tmp_path / "run", **change)
    assert any(named in line for line in caught.value.details)
    assert "--fresh" in caught.value.hint
    assert answers(tmp_path / "run") == before


@pytest.mark.slow
def test_a_set_rate_equal_to_the_default_is_another_run(start: Start, tmp_path: Path) -> None:
    start(tmp_path / "run", settings={**SHORT, "learner": {"lr": 1e-4}})
    with pytest.raises(UserError, match="other settings"):
        start(tmp_path / "run", settings={**SHORT, "learner": {}})


def test_fresh_replaces_the_run(start: Start, tmp_path: Path) -> None:
    start(tmp_path / "run")
    other = start(tmp_path / "run", "frozen", fresh=True)
    assert other.record["strategy"] == "frozen"
    assert list(other.costs["tokens"]) == [0, 0, 0, 0]


def test_a_folder_with_other_files_is_refused(start: Start, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    for fresh in (False, True):
        with pytest.raises(UserError, match="does not hold a run"):
            start(tmp_path / "mine", fresh=fresh)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"


def test_too_long_facts_are_reported_before_training(
    start: Start, stream: Stream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Learner, "fit", None)
    long = [Fact("Land 3", "capital", "x" * 400), Fact("Land " + "8 " * 90, "ruler", "Bo")]
    last = replace(stream.updates[3], learn=[*stream.updates[3].learn, *long])
    bad = replace(
        stream,
        updates=[*stream.updates[:3], last],
        origins={(3, long[0].key): "facts.csv:17"},
    )
    with pytest.raises(UserError, match="2 facts are too long") as caught:
        start(tmp_path / "run", of=bad)
    first, second = caught.value.details
    assert "facts.csv:17" in first and "takes 96" in first
    assert "update three" in second
    assert not (tmp_path / "run").exists()


def test_too_long_held_out_wordings_are_reported(
    start: Start, stream: Stream, tmp_path: Path
) -> None:
    wordy = stream.wordings.with_prompts({("Q", "question"): ("Who?", "Who, " * 200 + "who?")})
    last = replace(stream.updates[3], learn=[*stream.updates[3].learn, Fact("Q", "question", "Bo")])
    bad = replace(stream, updates=[*stream.updates[:3], last], wordings=wordy)
    with pytest.raises(UserError, match="too long"):
        start(tmp_path / "run", of=bad)


def test_probes_of_other_scenario_options_are_another_run(start: Start, tmp_path: Path) -> None:
    few = resolve.open_stream("world", {"entities": 60, "updates": 1, "two_hop": 2})
    many = resolve.open_stream("world", {"entities": 60, "updates": 1, "two_hop": 4})
    start(tmp_path / "run", "frozen", of=few, settings={"probe": {"limit": 3}})
    with pytest.raises(UserError, match="other settings") as caught:
        start(tmp_path / "run", "frozen", of=many, settings={"probe": {"limit": 3}})
    assert any("two_hop" in line for line in caught.value.details)


@pytest.mark.parametrize(
    "options",
    [
        {"strategy": "ewk"},
        {"settings": {"learner": {"epochs": 0}}},
        {"settings": {"strategy": {"lambda": 3}}},
        {"model": "no/such/model"},
        {"settings": {"model": {"device": "warp"}}},
    ],
)
def test_wrong_arguments_are_refused_and_nothing_is_written(
    options: dict[str, Any], start: Start, tmp_path: Path
) -> None:
    with pytest.raises(UserError):
        start(tmp_path / "run", **options)
    assert not (tmp_path / "run").exists()


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


def test_a_budget_holds_over_the_whole_run_and_when_it_resumes(
    start: Start, stream: Stream, tmp_path: Path
) -> None:
    options = {"settings": {"learner": {"tokens": 2_000}}}
    whole = start(tmp_path / "whole", "ewc", **options)
    spent = sum(row["tokens"] for row in whole.cost_rows()[1:])
    steps = sum(bool(update.learn) for update in stream.updates[1:])
    assert spent == pytest.approx(2_000 * steps, rel=0.5)
    with pytest.raises(KeyboardInterrupt):
        start(tmp_path / "killed", "ewc", progress=_stopping_at(2, len(stream)), **options)
    again = start(tmp_path / "killed", "ewc", **options)
    rows = [{**row, "seconds": 0, "peak_memory": 0} for row in again.cost_rows()]
    assert rows == [{**row, "seconds": 0, "peak_memory": 0} for row in whole.cost_rows()]


def _stopping_at(step: int, of: int) -> Any:
    def report(task: str, done: int, most: int, what: str) -> None:
        if most == of and done == step:
            raise KeyboardInterrupt

    return Progress(report)


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


def test_patched_names_exist() -> None:
    # The traps above patch these names.
    assert executing.ledger is ledger
    assert cache_folder() == Path(os.environ["CLTOOL_CACHE"])
    assert resolve.resolve("naive").model.name == "tiny"
