"""Runs that share a folder, are removed, lose their folder, or were killed between two writes."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch

from cltool.cli.main import main
from cltool.core import locks
from cltool.core.errors import UserError
from cltool.core.locks import FILE, HeldError, folder_lock
from cltool.core.progress import Progress
from cltool.experiments import checkpoints, manifest, resume, strategy_code
from cltool.experiments.run import run
from cltool.experiments.run_locks import worker_lock
from cltool.experiments.saved_model import SavedModel
from cltool.facts.stream import Stream
from cltool.lm import language_model
from cltool.runs.run import CLEARED, Run

from ..conftest import make_stream

SHORT = {"learner": {"epochs": 1, "batch_size": 8}, "model": {"device": "cpu"}}

TIMED = {"steps.jsonl", "erasures.json"}
"""Files that hold times."""

Start = Callable[..., Run]


class Killed(BaseException):
    """Simulates a power cut."""


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "PATIENCE", 0.0)


@pytest.fixture(scope="module")
def small() -> Stream:
    return make_stream(6, name="small")


@pytest.fixture(scope="module")
def start(checkpoint: Callable[[str], Path], small: Stream) -> Start:
    def go(out: Path, strategy: str = "naive", **options: Any) -> Run:
        options = {"settings": SHORT, "model": str(checkpoint("llama")), **options}
        return run(small, strategy=strategy, out=out, **options)

    return go


@pytest.fixture(scope="module")
def finished(start: Start, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return start(tmp_path_factory.mktemp("finished") / "run", keep_checkpoints=True).folder


@pytest.fixture
def folder(finished: Path, tmp_path: Path) -> Path:
    """A copy of a finished run that keeps all checkpoints."""
    return Path(shutil.copytree(finished, tmp_path / "run"))


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.name != FILE
    }


def other_process(folder: Path) -> tuple[Any, Any]:
    """Return a forked process that holds the lock of ``folder``, and what ends it."""
    fork = multiprocessing.get_context("fork")
    here, there = fork.Pipe()

    def hold() -> None:
        with folder_lock(folder):
            there.send("ready")
            there.poll(60)

    process = fork.Process(target=hold)
    process.start()
    assert here.poll(60)
    return process, lambda: (here.send("end"), process.join())


# Two processes, one folder.


@pytest.mark.parametrize("fresh", [False, True])
def test_a_folder_that_another_process_writes_is_left_alone(
    fresh: bool, start: Start, folder: Path
) -> None:
    before = contents(folder)
    process, end = other_process(folder)
    try:
        with pytest.raises(HeldError, match=f"process {process.pid} on "):
            start(folder, fresh=fresh)
    finally:
        end()
    assert contents(folder) == before


def test_two_threads_with_two_seeds_do_not_mix_their_answers(start: Start, tmp_path: Path) -> None:
    ends: list[Any] = []
    begun = threading.Event()

    def second() -> None:
        try:
            ends.append(start(tmp_path / "run", "frozen", seed=2))
        except UserError as error:
            ends.append(error)

    other = threading.Thread(target=second)

    def report(*parts: Any) -> None:
        if not begun.is_set():
            begun.set()
            other.start()
            other.join()

    done = start(tmp_path / "run", "frozen", seed=1, progress=Progress(report))
    assert isinstance(ends[0], HeldError)
    assert done.record["status"] == "finished"
    assert (done.seed, done.steps_done()) == (1, 4)
    assert not (done.folder / FILE).exists()


def test_a_finished_run_needs_no_lock_if_its_folder_cannot_be_written(
    start: Start, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: Any, **more: Any) -> Any:
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr("cltool.core.locks.folder_lock", refuse)
    assert start(folder).record["status"] == "finished"
    with pytest.raises(PermissionError):
        start(folder, fresh=True)


def test_a_run_whose_folder_disappears_stops(start: Start, tmp_path: Path) -> None:
    def report(task: str, done: int, of: int, what: str) -> None:
        if "asking after one" in what and (tmp_path / "run").exists():
            shutil.rmtree(tmp_path / "run")

    with pytest.raises(UserError, match="removed or replaced"):
        start(tmp_path / "run", "frozen", progress=Progress(report))
    assert not (tmp_path / "run").exists()


SEEDS = "run --scenario {facts} --strategy frozen --model {model} --device cpu --out {out} --seed"


def in_fork(words: list[str], stderr: Path, before: Callable[[], None]) -> int:
    """Start a command in a forked process, with its messages in a file; return its number."""
    child = os.fork()
    if child:
        return child
    code = 99
    try:
        os.dup2(os.open(stderr, os.O_WRONLY | os.O_CREAT), 2)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
        before()
        code = main(words)
        sys.stderr.flush()
    finally:
        os._exit(code)


def test_two_commands_with_two_seeds_do_not_mix_their_answers(
    checkpoint: Callable[[str], Path], tmp_path: Path
) -> None:
    facts, out = tmp_path / "facts.jsonl", tmp_path / "run"
    rows = [
        {"subject": f"Land {n}", "relation": "capital", "new": "Turin", "update": n // 2}
        for n in range(4)
    ]
    facts.write_text("".join(json.dumps(row) + "\n" for row in rows))
    words = SEEDS.format(facts=facts, model=checkpoint("llama"), out=out).split()
    ready, go = os.pipe(), os.pipe()

    def hold() -> None:
        torch.set_num_threads(1)
        save = checkpoints.save

        def held(*arguments: Any) -> None:
            os.write(ready[1], b"x")
            os.read(go[0], 1)
            save(*arguments)

        checkpoints.save = held

    first = in_fork([*words, "1"], tmp_path / "first.txt", hold)
    os.read(ready[0], 1)  # the first one has begun and waits
    second = in_fork([*words, "2"], tmp_path / "second.txt", lambda: torch.set_num_threads(1))
    assert os.waitstatus_to_exitcode(os.waitpid(second, 0)[1]) == 2
    assert f"process {first} on " in (tmp_path / "second.txt").read_text()
    os.write(go[1], b"xx")
    assert os.waitstatus_to_exitcode(os.waitpid(first, 0)[1]) == 0
    run = Run.open(out)
    assert (run.seed, run.record["status"], run.steps_done()) == (1, "finished", 2)
    for end in (*ready, *go):
        os.close(end)


# A new start.


def add_others(folder: Path, elsewhere: Path) -> dict[Path, str]:
    """Put files of others into a run folder, and move a part of it behind a link."""
    (folder / "audit").mkdir()
    (folder / "audit" / "base-0123abcd.json").write_text("findings")
    mine = {
        folder / "notes.txt": "mine",
        folder / "answers" / "notes.txt": "mine",
        folder / "answers" / "step-000.parquet.bak": "mine",
        folder / "checkpoints" / "step-001" / "notes.txt": "mine",
        folder / "checkpoints" / "keep" / "model.safetensors": "mine",
        folder / "audit" / "summary.json": "mine",
        elsewhere / "step-000.parquet": "theirs",
    }
    for file, text in mine.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (folder / "answers" / "step-003.parquet").unlink()
    (folder / "answers" / "step-003.parquet").symlink_to(elsewhere / "step-000.parquet")
    return mine


def test_fresh_removes_only_what_cltool_wrote(start: Start, folder: Path, tmp_path: Path) -> None:
    mine = add_others(folder, tmp_path / "elsewhere")
    start(folder, "frozen", fresh=True)
    assert {file: file.read_text() for file in mine} == mine
    assert not (folder / "audit" / "base-0123abcd.json").exists()
    assert checkpoints.steps(folder) == [3]
    assert Run.open(folder).steps_done() == 4


def test_fresh_removes_a_link_and_not_what_it_points_to(
    start: Start, folder: Path, tmp_path: Path
) -> None:
    parts = ("answers", "checkpoints", "audit")
    (folder / "audit").mkdir()
    (tmp_path / "elsewhere").mkdir()
    for part in parts:
        (folder / part).rename(tmp_path / "elsewhere" / part)
        (folder / part).symlink_to(tmp_path / "elsewhere" / part)
    before = contents(tmp_path / "elsewhere")
    start(folder, "frozen", fresh=True)
    assert contents(tmp_path / "elsewhere") == before
    assert not [part for part in parts if (folder / part).is_symlink()]


def test_fresh_removes_nothing_if_the_model_cannot_be_loaded(
    start: Start, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(folder)

    def fail(*arguments: Any, **more: Any) -> Any:
        raise UserError("the model cannot be loaded")

    with pytest.raises(UserError):
        start(folder, fresh=True, settings={**SHORT, "probe": {"limit": -1}})
    monkeypatch.setattr(language_model, "load_checkpoint", fail)
    with pytest.raises(UserError, match="cannot be loaded"):
        start(folder, fresh=True)
    assert contents(folder) == before


def test_a_removal_that_was_killed_goes_on(
    start: Start, finished: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = contents(finished)
    plain_remove, plain_clear = resume.remove, checkpoints.clear
    kills = 0
    for name, plain in (("remove", plain_remove), ("clear", plain_clear)):
        for after in (False, True):

            def sprung(*arguments: Any, plain: Any = plain, after: bool = after) -> None:
                if after:
                    plain(*arguments)
                raise Killed

            with monkeypatch.context() as patch:
                patch.setattr(resume if name == "remove" else checkpoints, name, sprung)
                with pytest.raises(Killed):
                    start(folder, fresh=True, keep_checkpoints=True)
            kills += 1
            assert Run.open(folder).record["status"] == CLEARED
            assert kills == 1 or Run.open(folder).steps_done() == 0
    start(folder, keep_checkpoints=True)
    again = contents(folder)
    assert again.keys() == whole.keys()
    assert all(again[name] == whole[name] for name in whole if name not in TIMED)


def test_another_run_may_begin_where_a_removal_was_killed(
    start: Start, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Run(folder).change_record(status=CLEARED)
    assert start(folder, "frozen").record["strategy"] == "frozen"
    assert Run.open(folder).steps_done() == 4


# Killed between two writes.


def test_a_resumed_run_leaves_no_extra_files(start: Start, finished: Path, folder: Path) -> None:
    rows = (folder / "steps.jsonl").read_text().splitlines(keepends=True)
    (folder / "steps.jsonl").write_text("".join(rows[:2]))
    Run(folder).change_record(status="running")
    partial = folder / "checkpoints" / ".step-002.partial"
    shutil.copytree(folder / "checkpoints" / "step-002", partial)
    for name in (".run.json.7.partial", "answers/.step-002.parquet.7.partial"):
        (folder / name).write_bytes(b"a part")
    (folder / "checkpoints" / "step-000" / "model.safetensors").unlink()
    assert checkpoints.steps(folder) == [1, 2, 3]
    assert Run.open(folder).steps_done() == 2

    def report(*parts: Any) -> None:
        raise Killed

    with pytest.raises(Killed):
        start(folder, progress=Progress(report))
    assert [path.name for path in (folder / "checkpoints").iterdir()] == ["step-001"]
    assert not list(folder.rglob("*.partial"))
    start(folder)
    assert [path.name for path in (folder / "checkpoints").iterdir()] == ["step-003"]
    whole, again = contents(finished), contents(folder)
    assert all(again[name] == whole[name] for name in again if name not in TIMED)


@pytest.mark.parametrize("earlier", [2, None])
def test_a_damaged_last_checkpoint_of_a_finished_run_is_made_again(
    earlier: int | None, start: Start, finished: Path, folder: Path, tmp_path: Path
) -> None:
    last = folder / "checkpoints" / "step-003"
    weights = last / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    for step in range(3 if earlier is None else 0):
        shutil.rmtree(folder / "checkpoints" / f"step-{step:03d}")
    begin = "the base model" if earlier is None else f"step {earlier}"
    assert f"goes on from {begin}" in checkpoints.way_on(folder, 3)
    assert "--fresh" not in checkpoints.way_on(folder, 3)
    if earlier is None:
        shutil.rmtree(last)  # as the message says
    run = start(folder, keep_checkpoints=True, save_model=tmp_path / "model")
    assert [text for text in run.record["warnings"] if f"went on from {begin}" in text]
    whole, again = contents(finished), contents(folder)
    changed = {name for name in whole if again[name] != whole[name]}
    assert changed <= {*TIMED, "run.json"}
    assert (tmp_path / "model" / "config.json").is_file()
    record = contents(folder)
    weights.write_bytes(b"damaged again")
    start(folder, keep_checkpoints=True, save_model=tmp_path / "model")  # the model is there
    assert contents(folder).keys() == record.keys()


def test_a_finished_run_that_somebody_reads_can_be_shown_and_not_written(
    start: Start, folder: Path, tmp_path: Path
) -> None:
    with ThreadPoolExecutor() as pool, folder_lock(folder, shared=True):
        assert pool.submit(start, folder).result().record["status"] == "finished"
        with worker_lock(folder):  # of a comparison that is given again
            pass
        for more in ({"fresh": True}, {"save_model": tmp_path / "model"}):
            with pytest.raises(HeldError, match="another command uses this folder"):
                pool.submit(start, folder, **more).result()


# The saved model.


def test_the_command_that_saved_a_model_may_be_given_again(start: Start, tmp_path: Path) -> None:
    out, model = tmp_path / "run", tmp_path / "model"
    start(out, "frozen", save_model=model)
    before, record = contents(model), contents(out)
    start(out, "frozen", save_model=model)
    (model / "README.md").write_text("mine")
    start(out, "frozen", save_model=model)
    (model / "README.md").unlink()
    assert contents(model) == before
    assert contents(out) == record
    assert json.loads((model / "cltool.json").read_text())["files"].keys() >= {"config.json"}


@pytest.mark.parametrize("place", ["", ".", "run", "run/answers", "run/checkpoints/x", "link"])
def test_a_model_never_takes_the_place_of_its_run(
    place: str, start: Start, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(folder / "answers")
    (tmp_path / "loop").symlink_to("loop")
    before = contents(folder)
    with pytest.raises(UserError, match="the model cannot be saved here: the run is in"):
        start(folder, save_model=tmp_path / place)
    for loop in ({"out": tmp_path / "loop"}, {"out": folder, "save_model": tmp_path / "loop"}):
        with pytest.raises(OSError, match=r"symbolic links.*loop"):
            start(**loop)
    assert contents(folder) == before


def test_a_folder_that_others_filled_during_the_run_is_left_to_them(
    start: Start, tmp_path: Path
) -> None:
    def report(*parts: Any) -> None:
        (tmp_path / "model").mkdir(exist_ok=True)
        (tmp_path / "model" / "notes.txt").write_text("mine")

    with pytest.raises(UserError, match="does not hold the model of this run"):
        start(tmp_path / "run", "frozen", save_model=tmp_path / "model", progress=Progress(report))
    assert contents(tmp_path / "model") == {"notes.txt": b"mine"}
    assert Run.open(tmp_path / "run").steps_done() == 4


def test_a_folder_that_is_there_is_filled_and_not_replaced(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It may be mounted, or in a folder that cannot be written.
    out, model = tmp_path / "run", tmp_path / "model"
    model.mkdir()
    (tmp_path / "link").symlink_to(model)
    place = model.stat().st_ino
    start(out, "frozen", save_model=tmp_path / "link")
    whole = contents(model)
    (model / "model.safetensors").unlink()  # so an interruption while it is filled leaves it
    monkeypatch.chdir(model)
    start(out, "frozen", save_model=".")
    assert contents(model) == whole
    assert (model.stat().st_ino, (tmp_path / "link").is_symlink()) == (place, True)
    code = {"frozen": {**strategy_code.code_of("frozen")["frozen"], "from": "cltool 99"}}
    monkeypatch.setattr(manifest, "code_of", lambda strategy: code)
    start(out, "frozen", save_model=model)  # another version of cltool
    assert contents(model) == whole


def test_two_commands_cannot_save_into_one_folder(folder: Path, tmp_path: Path) -> None:
    def second(place: Path) -> None:
        with SavedModel(place, {"seed": 1}).reserved(folder, False):
            pass

    (tmp_path / "there").mkdir()
    with ThreadPoolExecutor() as pool:
        for place in (tmp_path / "there", tmp_path / "new"):
            first = SavedModel(place, {"seed": 0}).reserved(folder, False)
            with first, pytest.raises(HeldError):
                pool.submit(second, place).result()
            pool.submit(second, place).result()


def test_the_saved_model_of_another_run_is_refused_before_anything_changes(
    start: Start, folder: Path, tmp_path: Path
) -> None:
    model = tmp_path / "model"
    start(tmp_path / "other", "frozen", save_model=model)
    before, saved = contents(folder), contents(model)
    with pytest.raises(UserError, match="does not hold the model of this run"):
        start(folder, save_model=model)
    config = model / "config.json"
    config.write_text(config.read_text() + " ")
    with pytest.raises(UserError, match=r"but config\.json has changed"):
        start(tmp_path / "other", "frozen", save_model=model)
    config.write_text(config.read_text()[:-1])
    assert contents(folder) == before
    assert contents(model) == saved
    for bad in (config, config / "deeper"):
        with pytest.raises(UserError, match=r"config\.json"):
            start(folder, save_model=bad)
    assert contents(folder) == before
