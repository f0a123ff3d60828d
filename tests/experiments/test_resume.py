"""Runs that were killed at any point resume, and end like those that were not."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from cltool.core.errors import UserError
from cltool.core.progress import Progress
from cltool.core.settings import merge
from cltool.evaluation import ledger
from cltool.experiments import checkpoints, resolve
from cltool.experiments import steps as executing
from cltool.facts.stream import Stream
from cltool.lm import language_model
from cltool.models import load
from cltool.models.cache import cache_folder
from cltool.runs.run import Run
from cltool.training.learner import Learner

from .short_runs import SHORT, Killed, Start, answers, states

STRATEGIES = (
    "naive",
    "replay",
    "lora",
    pytest.param("ewc", marks=pytest.mark.slow),
    pytest.param("replay+ewc", marks=pytest.mark.slow),
)


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


@pytest.mark.parametrize("order", ["easy_first", pytest.param("spaced", marks=pytest.mark.slow)])
def test_a_run_with_an_order_resumes_to_the_same_bytes(
    order: str, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = merge(SHORT, {"learner": {"order": order, "epochs": 4}})
    whole = start(tmp_path / "whole", settings=settings)
    with monkeypatch.context() as patch:
        trap(patch, Learner, "optimizer_step", lambda learner: learner.known.step, 2, True)
        with pytest.raises(Killed):
            start(tmp_path / "killed", settings=settings)
    again = start(tmp_path / "killed", settings=settings)
    assert answers(tmp_path / "killed") == answers(tmp_path / "whole")
    assert list(whole.costs["tokens"]) == list(again.costs["tokens"])


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


@pytest.mark.slow
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


def test_patched_names_exist() -> None:
    # The traps above patch these names.
    assert executing.ledger is ledger
    assert cache_folder() == Path(os.environ["CLTOOL_CACHE"])
    assert resolve.resolve("naive").model.name == "tiny"
