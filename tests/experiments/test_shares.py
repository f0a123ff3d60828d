"""Experiments whose cells several commands run, and whose runs are at a URL."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import fsspec
import pytest

from cltool.cli.main import main
from cltool.core.remote import lease

from .workplace import NAMES, TEXT, Workplace

SHARED = TEXT.replace("epochs = 2", "epochs = 3")


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "DOUBT", 0.0)


def test_commands_run_shares_of_the_cells_and_another_one_writes_the_report(
    work: Workplace, steps: list[tuple[str, int]], capsys: pytest.CaptureFixture[str]
) -> None:
    work.write(SHARED)
    assert work.reproduce("--cells", "2/2") == 0
    assert {name for name, _ in steps} == {NAMES[1], NAMES[3]}
    assert "2 of 2 cells of this share are finished" in capsys.readouterr().out
    assert set(work.stale()) == {NAMES[0], NAMES[2]}
    page = work.folder / "report.html"
    before = page.read_bytes()
    assert work.reproduce("--cells", "1/2") == 0
    assert not work.stale() and page.read_bytes() == before
    steps.clear()
    assert work.reproduce() == 0
    assert not steps and page.read_bytes() != before


@pytest.mark.parametrize("share", ["0/2", "3/2", "one", "1/0"])
def test_a_wrong_share_is_refused(
    work: Workplace, share: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert work.reproduce("--cells", share) == 2
    assert f"--cells: not a share of the cells: '{share}'" in capsys.readouterr().err
    assert work.reproduce("--cells", "1/2", "--partial") == 2


def test_results_at_a_url_are_taken_over_on_another_machine(
    work: Workplace,
    steps: list[tuple[str, int]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    url = f"memory://{tmp_path.name}"
    matrices = {name: work.cell(name)["matrix"] for name in NAMES}
    shutil.rmtree(work.folder / "cells")
    monkeypatch.setenv("CLTOOL_CACHE", str(tmp_path / "one"))
    assert work.reproduce("--out", url) == 0
    assert f"The runs are in {url}." in capsys.readouterr().out
    assert {name: work.cell(name)["matrix"] for name in NAMES} == matrices
    cells = {name: work.cell(name) for name in NAMES}
    # On another machine, which has neither the cells nor a copy of the runs.
    shutil.rmtree(work.folder / "cells")
    monkeypatch.setenv("CLTOOL_CACHE", str(tmp_path / "two"))
    steps.clear()
    assert work.reproduce("--out", url) == 0
    assert not steps
    assert {name: work.cell(name) for name in NAMES} == cells
    # A run whose settings have changed is replaced at the URL, too.
    work.write(SHARED)
    assert work.reproduce("--out", url, "--only", "naive") == 0
    assert {name for name, _ in steps} == {NAMES[0], NAMES[2]}
    fsspec.filesystem("memory").store.clear()


def test_a_slurm_array_runs_the_shares(work: Workplace, capsys: pytest.CaptureFixture[str]) -> None:
    needs = ("--memory-per-run", "16G", "--gpus-per-run", "0.5", "--time", "12:00:00")
    options = ("submit", str(work.folder), "--to", "slurm", "--out", "/shared/x y", *needs)
    assert main([*options, "--write", "job.sh"]) == 0
    script = capsys.readouterr().out
    assert Path("job.sh").read_text() == script
    lines = script.splitlines()
    assert lines[0] == "#!/bin/bash"
    for line in ("--array=1-4", "--mem=16384M", "--gres=gpu:1", "--time=12:00:00", "--requeue"):
        assert f"#SBATCH {line}" in lines
    assert lines[-1] == (
        "exec cltool reproduce reports/group/name --out '/shared/x y' --workers 1"
        ' --cells "$SLURM_ARRAY_TASK_ID/4"'
    )
    assert f"cd {Path.cwd()}" in lines
    (wrap,) = (shlex.split(line.lstrip("# ")) for line in lines if "--wrap" in line)
    assert wrap[2:-1] == [f"--chdir={Path.cwd()}", "--wrap"]
    assert shlex.split(wrap[-1])[2:] == ["reports/group/name", "--out", "/shared/x y"]
    assert main([*options, "--shares", "2"]) == 0
    assert "--array=1-2" in capsys.readouterr().out
    # Another file is not replaced.
    Path("notes.txt").write_text("mine")
    assert main([*options, "--write", "notes.txt"]) == 2


def test_a_ray_job_runs_all_cells(work: Workplace, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("submit", str(work.folder), "--to", "ray", "--out", "s3://bucket/runs")
    assert main([*options, "--gpus-per-run", "0.25"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == (
        "exec ray job submit --address http://127.0.0.1:8265 --working-dir . --no-wait --"
        " cltool reproduce reports/group/name --out s3://bucket/runs --backend ray"
        " --ray-address auto --cpus-per-run 1 --retries 2 --gpus-per-run 0.25"
    )
    # The job works in a copy of this folder.
    assert main([*options[:-1], "runs/x y"]) == 0
    command = shlex.split(capsys.readouterr().out.splitlines()[-1])
    assert command[command.index("--out") + 1] == str(Path.cwd() / "runs" / "x y")
    assert main(["submit", str(work.folder), "--to", "cloud"]) == 2
    assert "unknown kind 'cloud'" in capsys.readouterr().err
