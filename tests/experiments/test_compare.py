"""Comparisons: cells in worker processes that fail, die, resume, and change no result."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from cltool.cli.main import main
from cltool.core.errors import UserError
from cltool.core.progress import QUIET, Progress
from cltool.core.workers import Lane, Lanes
from cltool.experiments import compare as comparing
from cltool.experiments import resolve
from cltool.experiments import run as experiment
from cltool.experiments.compare import Cell, Comparison, Job, compare
from cltool.runs.run import Run

STRATEGIES = ["frozen", "naive", "lora"]
VICTIM = Cell("naive", 1, Path("naive-seed1"))
SETTINGS: dict[str, Any] = {
    # Long enough to be killed in the middle.
    "learner": {"epochs": 40, "stop_at": 2.0},
    "model": {"device": "cpu"},
    "strategy": {"lora": {"options": {"no_such": 1}}},
}
NAMES = ("Ada Brook", "Jon Pell", "Mia Stone", "Lee Hart", "Tom Vale", "Eva Lund")


def write_facts(path: Path) -> Path:
    """Six base facts, two updates of a fact each."""
    rows = [
        {"subject": subject, "relation": relation, "new": NAMES[2 * place + second], "update": 0}
        for place, subject in enumerate(("Alden", "Borley", "Cresk"))
        for second, relation in enumerate(("mayor", "judge"))
    ]
    rows.append({"subject": "Alden", "relation": "mayor", "new": "Sam Reed", "update": 1})
    rows.append({"subject": "Cresk", "relation": "judge", "new": "Kim Dale", "update": 2})
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def files(folder: Path) -> dict[str, int]:
    """Every file below a folder, and when it was written."""
    return {
        str(path.relative_to(folder)): path.stat().st_mtime_ns
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@dataclass
class Compared:
    """One comparison in which a worker was killed, and the same one asked for again."""

    facts: Path
    out: Path
    first: Comparison
    told: list[tuple[str, int, int, str]]
    killed: dict[str, int]
    before: dict[str, int]
    victim_steps: int
    code: int = -1
    json: Any = None
    err: str = ""


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compared]:
    folder = tmp_path_factory.mktemp("compared")
    facts, out = write_facts(folder / "facts.jsonl"), folder / "out"
    with pytest.MonkeyPatch.context() as patch:
        # So that every worker has one thread, as the run in this process has.
        patch.setattr(comparing.os, "cpu_count", lambda: 1)
        watched: list[Any] = []
        work = Lanes.work

        def watch(self: Any, *arguments: Any) -> Any:
            watched.append(self)
            return work(self, *arguments)

        patch.setattr(Lanes, "work", watch)
        told: list[tuple[str, int, int, str]] = []
        killed: dict[str, int] = {}

        def report(name: str, done: int, of: int, what: str) -> None:
            told.append((name, done, of, what))
            if name == VICTIM.name and "update 1" in what and not killed:
                lane = next(
                    lane for lane in watched[0].lanes if lane.task and lane.task.name == name
                )
                (killed[name],) = lane.executor._processes
                os.kill(killed[name], signal.SIGKILL)

        # A stream here and its path below: they must be the same to the runs.
        stream = resolve.open_stream(str(facts))
        first = compare(
            stream, STRATEGIES, seeds=(0, 1), settings=SETTINGS, out=out, workers=2,
            progress=Progress(report),
        )  # fmt: skip
        steps = Run.open(out / "naive-seed1").steps_done()
        yield Compared(facts, out, first, told, killed, files(out), steps)


@pytest.fixture(scope="module")
def again(compared: Compared, tmp_path_factory: pytest.TempPathFactory) -> Compared:
    """The same comparison, asked for again on the command line."""
    import contextlib
    import io

    settings = tmp_path_factory.mktemp("settings") / "settings.toml"
    settings.write_text(
        "[learner]\nepochs = 40\nstop_at = 2.0\n[model]\ndevice = 'cpu'\n"
        "[strategy.lora.options]\nno_such = 1\n",
        encoding="utf-8",
    )
    arguments = ["--scenario", str(compared.facts), "--strategies", ",".join(STRATEGIES)]
    arguments += ["--seeds", "2", "--workers", "1", "--out", str(compared.out)]
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(["compare", *arguments, "--settings", str(settings), "--json"])
    compared.code, compared.json, compared.err = code, json.loads(out.getvalue()), err.getvalue()
    return compared


def test_a_killed_worker_takes_only_its_cell(compared: Compared) -> None:
    assert compared.killed
    failed = {(one.strategy, one.seed): one.error for one in compared.first.failures}
    assert "the worker process died" in failed.pop(("naive", 1))
    assert set(failed) == {("lora", 0), ("lora", 1)}
    finished = [(run.strategy, run.seed) for run in compared.first.runs]
    assert finished == [("frozen", 0), ("frozen", 1), ("naive", 0)]
    assert all(run.record["status"] == "finished" for run in compared.first.runs)
    assert compared.victim_steps == 1


def test_a_cell_that_fails_says_why_and_the_rest_goes_on(compared: Compared) -> None:
    errors = [one.error for one in compared.first.failures if one.strategy == "lora"]
    assert len(errors) == 2
    for error in errors:
        assert "strategy.lora: PEFT refuses LORA" in error
        assert "no_such" in error
        assert "--set strategy.lora.options" in error


def test_progress_of_every_cell_is_told(compared: Compared) -> None:
    last = {name: (done, of, what) for name, done, of, what in compared.told}
    assert last["frozen seed 0"] == last["naive seed 0"] == (1, 1, "finished")
    assert last["lora seed 1"] == last[VICTIM.name] == (1, 1, "failed")
    assert last["model"] == (1, 1, "ready")
    assert all(0 <= done <= of for _, done, of, _ in compared.told)


def test_asked_again_only_what_is_unfinished_is_done(again: Compared) -> None:
    after = files(again.out)
    for name in ("frozen-seed0", "frozen-seed1", "naive-seed0"):
        held = {path: time for path, time in again.before.items() if path.startswith(name)}
        assert held
        assert {path: time for path, time in after.items() if path.startswith(name)} == held
    answers = "naive-seed1/answers/step-{:03d}.parquet"
    assert after[answers.format(0)] == again.before[answers.format(0)]
    assert answers.format(2) not in again.before
    assert Run.open(again.out / "naive-seed1").record["status"] == "finished"


def test_the_command_line_reports_what_finished_and_what_failed(again: Compared) -> None:
    assert again.code == 1
    assert [row["strategy"] for row in again.json["table"]] == ["frozen", "naive"]
    assert [row["runs"] for row in again.json["table"]] == [2, 2]
    failed = [(one["strategy"], one["seed"]) for one in again.json["failed"]]
    assert failed == [("lora", 0), ("lora", 1)]
    assert "cltool: lora seed 0 failed: strategy.lora: PEFT refuses LORA" in again.err
    page = Path(again.json["report"]).read_text(encoding="utf-8")
    assert "PEFT refuses LORA" in page


@pytest.mark.parametrize("seed", [0, 1])
def test_a_worker_gives_the_run_of_this_process(seed: int, again: Compared, tmp_path: Path) -> None:
    """Also the cell that was killed and resumed: the same ledger, byte for byte."""
    import torch

    torch.set_num_threads(1)
    tables = {name: table for name, table in SETTINGS.items() if name != "strategy"}
    stream = resolve.open_stream(str(again.facts))
    here = experiment.run(stream, strategy="naive", seed=seed, settings=tables, out=tmp_path)
    there = again.out / f"naive-seed{seed}"
    for step in range(len(stream)):
        name = f"answers/step-{step:03d}.parquet"
        assert (here.folder / name).read_bytes() == (there / name).read_bytes(), name


# Without workers.


@dataclass
class _Here:
    """Stands for a worker process: what is submitted runs at once, or not at all."""

    broken: bool = False
    jobs: list[Any] = field(default_factory=list)

    def submit(self, work: Any, *arguments: Any) -> Future[None]:
        if self.broken:
            raise BrokenProcessPool
        self.jobs.append(arguments)
        future: Future[None] = Future()
        try:
            future.set_result(work(*arguments))
        except Exception as error:
            future.set_exception(error)
        return future

    def shutdown(self, **options: Any) -> None: ...


class _Empty:
    def empty(self) -> bool:
        return True


def _lanes(patch: pytest.MonkeyPatch, executors: list[_Here], cell: Any) -> Lanes[Job]:
    waiting = iter(executors)
    patch.setattr(comparing, "_prepare", lambda job: None)
    patch.setattr(comparing, "_run_cell", cell)
    patch.setattr(Lanes, "_open", lambda self: Lane[Job](next(waiting), _Empty()))
    return Lanes(1, QUIET, lambda: None)


JOB = Job("facts.jsonl", (), {})


def outcome(lanes: Lanes[Job], cells: list[Cell]) -> list[comparing.Failure]:
    with lanes:
        return comparing._all(lanes, JOB, cells)


def test_a_worker_that_died_while_idle_is_replaced(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    dying, fresh = _Here(), _Here()

    def die(job: Job) -> None:
        dying.broken = True

    lanes = _lanes(monkeypatch, [dying, fresh], lambda job: None)
    monkeypatch.setattr(comparing, "_prepare", die)
    assert outcome(lanes, [Cell("naive", 0, tmp_path / "naive-seed0")]) == []
    assert len(fresh.jobs) == 1


def test_a_bug_in_a_cell_is_kept_and_does_not_stand_in_the_way(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cell = Cell("naive", 0, tmp_path / "naive-seed0")

    def broken(job: Job) -> None:
        raise ZeroDivisionError("a bug")

    (failure,) = outcome(_lanes(monkeypatch, [_Here()], broken), [cell])
    assert failure.error == f"ZeroDivisionError: a bug (see {cell.error_file})"
    assert "Traceback" in cell.error_file.read_text(encoding="utf-8")
    # The run begins in its folder next time, so nothing else may lie there.
    assert not cell.folder.exists()
    lanes = _lanes(monkeypatch, [_Here()], lambda job: None)
    assert outcome(lanes, [cell]) == []
    assert not cell.error_file.exists()


def test_the_costly_cells_begin_first_and_failures_keep_the_order(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    begun: list[str] = []

    def fail(job: Job) -> None:
        assert job.cell is not None
        begun.append(job.cell.name)
        raise UserError("no")

    cells = [Cell(name, seed, tmp_path) for name in ("naive", "joint") for seed in (0, 1)]
    failures = outcome(_lanes(monkeypatch, [_Here()], fail), cells)
    assert begun == ["joint seed 1", "joint seed 0", "naive seed 1", "naive seed 0"]
    order = [(one.strategy, one.seed) for one in failures]
    assert order == [("naive", 0), ("naive", 1), ("joint", 0), ("joint", 1)]


def test_a_setting_goes_to_the_strategies_that_have_it() -> None:
    job = Job("x", (), {}, strategies=("naive", "ewc", "replay+ewc"))
    tables = {"learner": {"epochs": 1}, "strategy": {"lambda": 5, "ewc": {"decay": 0.5}}}
    naive = comparing._for(tables, "naive", job)
    assert naive == {"learner": {"epochs": 1}, "strategy": {"ewc": {"decay": 0.5}}}
    for name in ("ewc", "replay+ewc"):
        assert comparing._for(tables, name, job) == tables


def test_a_setting_that_no_strategy_has_stops_everything(tmp_path: Path) -> None:
    facts = write_facts(tmp_path / "facts.jsonl")
    job = Job(str(facts), (), {"strategy": {"lamda": 5}}, strategies=("naive", "ewc"))
    with pytest.raises(UserError, match="unknown setting 'lamda'"):
        comparing._prepare(job)


@pytest.mark.parametrize(
    ("strategies", "seeds", "what"),
    [
        ([], (0,), "at least one strategy"),
        (["naive"], (), "at least one seed"),
        (["naive", "naive"], (0,), "a strategy is named twice"),
        (["naive"], (1, 1), "a seed is named twice"),
        (["naive", "nayve"], (0,), "unknown strategy"),
    ],
)
def test_nothing_starts_where_the_question_is_wrong(
    strategies: list[str], seeds: tuple[int, ...], what: str, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=what):
        compare("leaders", strategies, seeds=seeds, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_stream_that_cannot_be_sent_to_workers_is_refused(tmp_path: Path) -> None:
    stream = resolve.open_stream(str(write_facts(tmp_path / "facts.jsonl")))
    closed = replace(stream, extra_probes=lambda known: [])
    with pytest.raises(UserError, match="stream cannot be sent to worker processes") as caught:
        compare(closed, ["frozen"], out=tmp_path / "out")
    assert caught.value.where == "stream facts"
    assert not (tmp_path / "out").exists()


def test_options_of_a_scenario_do_not_go_with_a_stream(tmp_path: Path) -> None:
    stream = resolve.open_stream(str(write_facts(tmp_path / "facts.jsonl")))
    with pytest.raises(UserError, match="given for a stream: forgotten"):
        compare(stream, ["frozen"], options={"forgotten": 1}, out=tmp_path / "out")
