"""Comparisons: cells in worker processes can fail, be killed and resume without other results."""

from __future__ import annotations

import html
import json
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from loky import ProcessPoolExecutor

from cltool.cli.main import main
from cltool.core.errors import UserError
from cltool.core.progress import Progress
from cltool.core.remote.place import Place
from cltool.experiments import compare as comparing
from cltool.experiments import resolve
from cltool.experiments import run as experiment
from cltool.experiments.compare import Cell, Comparison, compare
from cltool.experiments.manifest import identity
from cltool.runs.run import Run

from .. import in_process
from ..conftest import make_stream

STRATEGIES = ["frozen", "naive", "lora"]
VICTIM = "naive seed 1"
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
    """Return path → time of the last change for every file below a folder."""
    return {
        str(path.relative_to(folder)): path.stat().st_mtime_ns
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@dataclass
class Compared:
    """A comparison in which a worker was killed, and the same one started again."""

    facts: Path
    out: Path
    first: Comparison
    reports: list[tuple[str, int, int, str]]
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
        # Every worker has one thread, like the run in this process.
        patch.setattr(os, "cpu_count", lambda: 1)
        workers: dict[str, set[int | None]] = {}
        submit = ProcessPoolExecutor.submit

        def watch(self: Any, work: Any, *arguments: Any) -> Any:
            before = {child.pid for child in multiprocessing.active_children()}
            future = submit(self, work, *arguments)
            started = {child.pid for child in multiprocessing.active_children()} - before
            self.started = started or self.started
            workers.update({one.name: self.started for one in arguments if hasattr(one, "name")})
            return future

        patch.setattr(ProcessPoolExecutor, "submit", watch)
        reports: list[tuple[str, int, int, str]] = []
        killed: dict[str, int] = {}

        def report(name: str, done: int, of: int, what: str) -> None:
            reports.append((name, done, of, what))
            if name == VICTIM and "update 1" in what and not killed:
                (worker,) = workers[name]
                assert worker is not None
                killed[name] = worker
                os.kill(worker, signal.SIGKILL)

        # The first comparison gets a stream, the second its path: the runs must be the same.
        stream = resolve.open_stream(str(facts))
        first = compare(
            stream, STRATEGIES, seeds=(0, 1), settings=SETTINGS, out=out, workers=2,
            progress=Progress(report),
        )  # fmt: skip
        steps = Run.open(out / "naive-seed1").steps_done()
        yield Compared(facts, out, first, reports, killed, files(out), steps)


@pytest.fixture(scope="module")
def again(compared: Compared, tmp_path_factory: pytest.TempPathFactory) -> Compared:
    """The same comparison, started again on the command line."""
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


@pytest.mark.slow
def test_a_killed_worker_fails_only_its_cell(compared: Compared) -> None:
    assert compared.killed
    failed = {(one.strategy, one.seed): one.error for one in compared.first.failures}
    assert "the worker process died" in failed.pop(("naive", 1))
    assert set(failed) == {("lora", 0), ("lora", 1)}
    finished = [(run.strategy, run.seed) for run in compared.first.runs]
    assert finished == [("frozen", 0), ("frozen", 1), ("naive", 0)]
    assert all(run.record["status"] == "finished" for run in compared.first.runs)
    assert compared.victim_steps == 1


def test_a_failed_cell_gives_its_reason_and_the_others_continue(compared: Compared) -> None:
    errors = [one.error for one in compared.first.failures if one.strategy == "lora"]
    assert len(errors) == 2
    for error in errors:
        assert "strategy.lora: PEFT refuses LORA" in error
        assert "no_such" in error
        assert "--set strategy.lora.options" in error


def test_progress_of_every_cell_is_reported(compared: Compared) -> None:
    last = {name: (done, of, what) for name, done, of, what in compared.reports}
    assert last["frozen seed 0"] == last["naive seed 0"] == (1, 1, "finished")
    assert last["lora seed 1"] == last[VICTIM] == (1, 1, "failed")
    assert last["model"] == (1, 1, "ready")
    assert all(0 <= done <= of for _, done, of, _ in compared.reports)


@pytest.mark.slow
def test_a_restart_runs_only_unfinished_cells(again: Compared) -> None:
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
def test_a_run_in_a_worker_equals_one_in_this_process(
    seed: int, again: Compared, tmp_path: Path
) -> None:
    """The ledgers are the same byte for byte, also for the cell that was killed and resumed."""
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


def test_costly_cells_start_first_and_failures_keep_their_order(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    begun: list[str] = []

    def fail(cell: Cell) -> None:
        begun.append(cell.name)
        raise UserError("no")

    monkeypatch.setattr(comparing, "run_tasks", in_process.run_tasks)
    monkeypatch.setattr(comparing, "_prepare", lambda cell, cells: None)
    monkeypatch.setattr(comparing, "_run_cell", fail)
    failures = compare("leaders", ["naive", "joint"], seeds=(0, 1), out=tmp_path).failures
    assert begun == ["joint seed 1", "joint seed 0", "naive seed 1", "naive seed 0"]
    order = [(one.strategy, one.seed) for one in failures]
    assert order == [("naive", 0), ("naive", 1), ("joint", 0), ("joint", 1)]


def test_a_setting_applies_to_the_strategies_that_have_it() -> None:
    tables = {"learner": {"epochs": 1}, "strategy": {"lambda": 5, "ewc": {"decay": 0.5}}}
    cell = Cell(
        "naive", 0, Place("."), "x", tables=tables, strategies=("naive", "ewc", "replay+ewc")
    )
    naive = comparing._tables(cell, "naive")
    assert naive == {"learner": {"epochs": 1}, "strategy": {"ewc": {"decay": 0.5}}}
    for name in ("ewc", "replay+ewc"):
        assert comparing._tables(cell, name) == tables


def test_a_setting_that_no_strategy_has_is_refused(tmp_path: Path) -> None:
    facts = write_facts(tmp_path / "facts.jsonl")
    with pytest.raises(UserError, match="unknown setting 'lamda'"):
        compare(str(facts), ["naive", "ewc"], settings={"strategy": {"lamda": 5}}, out=tmp_path)


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
def test_nothing_starts_if_an_argument_is_wrong(
    strategies: list[str], seeds: tuple[int, ...], what: str, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=what):
        compare("leaders", strategies, seeds=seeds, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_stream_that_cannot_be_sent_to_workers_is_refused(tmp_path: Path) -> None:
    stream = resolve.open_stream(str(write_facts(tmp_path / "facts.jsonl")))
    lock = threading.Lock()
    closed = replace(stream, extra_probes=lambda known: [] * lock.locked())
    with pytest.raises(UserError, match="cannot be sent to a worker process"):
        compare(closed, ["frozen"], out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_runs_with_other_settings_are_refused_once_and_before_anything_is_trained(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    facts = str(write_facts(tmp_path / "facts.jsonl"))
    out = tmp_path / "out"
    begun: list[Cell] = []
    for seed in (0, 1):
        record = identity(resolve.open_stream(facts), "naive", seed, resolve.resolve("naive"))
        (out / f"naive-seed{seed}").mkdir(parents=True)
        Run(out / f"naive-seed{seed}").write_record({**record, "status": "running"})
    monkeypatch.setattr(comparing, "run_tasks", in_process.run_tasks)
    monkeypatch.setattr(comparing, "_run_cell", begun.append)
    monkeypatch.setattr(comparing, "make_base_model", lambda stream, settings: None)
    settings = {"learner": {"epochs": 3}}
    with pytest.raises(UserError, match="2 run folders hold another run") as caught:
        compare(facts, ["frozen", "naive"], seeds=(0, 1), settings=settings, out=out)
    assert caught.value.details == (
        "learner.epochs: None in the folder, 3 requested (naive-seed0, naive-seed1)",
    )
    assert caught.value.where == str(out) and "delete their folders" in caught.value.hint
    assert not begun


def test_streams_with_several_seeds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    begun: list[Cell] = []

    def fail(cell: Cell) -> None:
        begun.append(cell)
        raise UserError("no")

    monkeypatch.setattr(comparing, "run_tasks", in_process.run_tasks)
    monkeypatch.setattr(comparing, "_prepare", lambda cell, cells: None)
    monkeypatch.setattr(comparing, "_run_cell", fail)
    options = {"entities": 6, "updates": 2, "changed": 2, "new": 1}
    given: dict[str, Any] = {"options": options, "out": tmp_path}
    failures = compare("world", ["naive"], stream_seeds=(0, 1), seeds=(3, 4), **given).failures
    assert [cell.folder.name for cell in reversed(begun)] == [
        f"naive-stream{stream}-seed{seed}" for stream in (0, 1) for seed in (3, 4)
    ]
    assert failures[1].name == "naive stream 0 seed 4"
    assert [(one.stream_seed, one.seed) for one in failures] == [(0, 3), (0, 4), (1, 3), (1, 4)]
    streams = {cell.stream_seed: comparing._open_stream(cell).digest() for cell in begun}
    assert len({*streams.values()}) == 2
    wrong: list[tuple[Sequence[int], str]] = [((0, 0), "named twice"), ((), "missing")]
    for seeds, what in wrong:
        with pytest.raises(UserError, match=what):
            compare("world", ["naive"], stream_seeds=seeds, **given)
    with pytest.raises(UserError, match="seed and seeds of streams are both given"):
        compare("world", ["naive"], stream_seeds=(0, 1), **{**given, "options": {"seed": 1}})
    facts = str(write_facts(tmp_path / "facts.jsonl"))
    with pytest.raises(UserError, match="the same stream with every seed"):
        compare(facts, ["naive"], stream_seeds=(0, 1), out=tmp_path)
    with pytest.raises(UserError, match="no other seeds"):
        compare(resolve.open_stream(facts), ["naive"], stream_seeds=(0, 1), out=tmp_path)
    other = [make_stream(size, name=f"lands of {size}") for size in (6, 7)]
    monkeypatch.setattr(resolve, "open_stream", lambda *given: other.pop())
    with pytest.raises(UserError, match="other names or updates"):
        compare("world", ["naive"], stream_seeds=(0, 1), **given)


def test_each_cell_tells_of_a_damaged_model_that_was_built_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, checkpoint: Callable[[str], Path]
) -> None:
    monkeypatch.setenv("CLTOOL_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(comparing, "run_tasks", in_process.run_tasks)
    model = {"name": str(checkpoint("llama")), "device": "cpu", "teach_base": True}
    lines = [("Lab 1", "Ghent", 0), ("Lab 2", "Turin", 0), ("Lab 1", "Delft", 1)]
    rows = [
        {"subject": name, "relation": "city", "new": new, "update": update}
        for name, new, update in lines
    ]
    facts = tmp_path / "facts.jsonl"
    facts.write_text("".join(json.dumps(row) + "\n" for row in rows))
    tables = {"model": model, "probe": {"max_tokens": 4}, "learner": {"steps": 1}}
    given: dict[str, Any] = {"settings": tables}

    def warnings(folder: str, strategies: list[str]) -> list[bool]:
        found = compare(str(facts), strategies, seeds=(0,), out=tmp_path / folder, **given)
        assert not found.failures
        told = [run.record["warnings"] for run in found.runs]
        return [any("was damaged" in text for text in texts) for texts in told]

    assert warnings("a", ["frozen"]) == [False]
    (weights,) = (tmp_path / "cache").glob("taught/*/model.safetensors")
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    assert warnings("b", ["frozen", "naive"]) == [True, True]
    assert not list((tmp_path / "b").glob(".rebuilt*"))


def test_options_of_a_scenario_do_not_go_with_a_stream(tmp_path: Path) -> None:
    stream = resolve.open_stream(str(write_facts(tmp_path / "facts.jsonl")))
    with pytest.raises(UserError, match="given for a stream: forgotten"):
        compare(stream, ["frozen"], options={"forgotten": 1}, out=tmp_path / "out")


def test_a_cell_that_diverges_fails_and_the_others_continue(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    checkpoint: Callable[[str], Path],
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(comparing, "run_tasks", in_process.run_tasks)
    facts, out = write_facts(tmp_path / "facts.jsonl"), tmp_path / "out"
    command = ["compare", "--scenario", str(facts), "--strategies", "frozen,naive"]
    command += ["--model", str(checkpoint("llama")), "--out", str(out)]
    command += ["--set", "learner.lr=1e30", "--set", "learner.epochs=2"]
    command += ["--set", "model.device=cpu"]
    assert main([*command, "--json"]) == 1
    shown, err = capsys.readouterr()
    found = json.loads(shown)
    told = [(row["strategy"], row["status"], row["acc"] is None) for row in found["table"]]
    assert told == [("frozen", "finished", False), ("naive", "diverged", True)]
    (_, seed) = found["per_seed"]
    assert (seed["strategy"], seed["status"], seed["acc"]) == ("naive", "diverged", None)
    ((strategy, error),) = [(one["strategy"], one["error"]) for one in found["failed"]]
    assert strategy == "naive" and "training diverged" in error and "1e+30" in error
    assert "naive seed 0 failed" in err
    assert error.splitlines()[0] in html.unescape(Path(found["report"]).read_text("utf-8"))
    assert Run.open(out / "naive-seed0").record["status"] == "diverged"
    # The same command does not train it again, and says the same.
    assert main(command) == 1
    assert "diverged" in capsys.readouterr().err
