"""``cltool compare``; its workers are tested in `tests.experiments.test_compare`."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from cltool.experiments import compare as comparing
from cltool.runs.run import Run
from cltool.strategies import STRATEGIES

from .commands import QUICK, Cltool


@pytest.fixture
def compared(run_folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Comparisons give a finished run and a failure, without any worker."""
    calls: list[dict[str, Any]] = []

    def compare(scenario: str, strategies: list[str], **options: Any) -> comparing.Comparison:
        calls.append({"scenario": scenario, "strategies": strategies, **options})
        failure = comparing.Failure("lora", 0, "strategy.lora: it broke")
        return comparing.Comparison([Run.open(run_folder)], [failure])

    monkeypatch.setattr(comparing, "compare", compare)
    return calls


def test_compare_reports_failures(cltool: Cltool, compared: list[dict[str, Any]]) -> None:
    output = cltool("compare", *QUICK, "--strategies", "naive, lora", "--seeds", "3")
    assert output.code == 1
    assert "cltool: lora seed 0 failed: strategy.lora: it broke" in output.err
    assert "naive" in output.out
    assert "The report is in runs/facts/report.html, the runs are in runs/facts." in output.out
    assert list(compared[0]["strategies"]) == ["naive", "lora"]
    assert compared[0]["seeds"] == range(3)
    assert compared[0]["settings"]["learner"] == {"epochs": 1}
    assert "it broke" in Path("runs/facts/report.html").read_text(encoding="utf-8")


def test_compare_prints_json_even_if_all_runs_failed(
    cltool: Cltool, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = comparing.Comparison([], [comparing.Failure("lora", 0, "it broke")])
    monkeypatch.setattr(comparing, "compare", lambda *given, **options: failed)
    output = cltool("compare", *QUICK, "--strategies", "lora", "--json")
    assert (output.code, output.json["table"]) == (1, [])
    assert output.json["failed"] == [{"strategy": "lora", "seed": 0, "error": "it broke"}]


def test_compare_says_that_nothing_was_run_if_all_runs_were_finished_before(
    cltool: Cltool, run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def finish(tasks: Sequence[comparing.Cell], *given: Any, **options: Any) -> list[Any]:
        for cell in tasks:
            if not cell.folder.is_dir():
                shutil.copytree(run_folder, cell.folder)
        return []

    monkeypatch.setattr(comparing, "run_tasks", finish)
    asked = ["compare", *QUICK, "--strategies", "naive", "--out", "out", "--json"]
    shutil.copytree(run_folder, Path("out/naive-seed0"))
    told = "Nothing was run: the run in out/naive-seed0 was finished before."
    assert told in cltool(*asked).err
    assert "Nothing was run" not in cltool(*asked, "--seeds", "2").err  # one of them was
    assert "Nothing was run: all 2 runs were finished before." in cltool(*asked, "--seeds", "2").err
    assert "Nothing was run" not in cltool(*asked, "--fresh").err


def test_compare_prints_json_and_nothing_else(
    cltool: Cltool, compared: list[dict[str, Any]]
) -> None:
    output = cltool("compare", *QUICK, "--strategies", "naive,lora", "--json", "--report", "p.html")
    assert output.code == 1
    assert set(output.json) >= {"report", "table", "doubts", "failed", "resurfaced"}
    assert output.json["report"] == "p.html"
    assert output.json["failed"][0]["strategy"] == "lora"


def test_a_family_means_its_members_and_all_means_everything(
    cltool: Cltool, compared: list[dict[str, Any]]
) -> None:
    cltool("compare", *QUICK, "--strategies", "replay,rehearsal,naive+ewc")
    cltool("compare", *QUICK, "--strategies", "all")
    entries = [entry for entry in STRATEGIES.entries() if entry.source == "built-in"]
    members = [entry.name for entry in entries if entry.family == "rehearsal"]
    others = [name for name in members if name != "replay"]
    assert list(compared[0]["strategies"]) == ["replay", *others, "naive+ewc"]
    own = [entry.name for entry in entries if entry.family != "avalanche"]
    assert list(compared[1]["strategies"]) == own


def test_a_family_is_composed_member_by_member(
    cltool: Cltool, compared: list[dict[str, Any]]
) -> None:
    cltool("compare", *QUICK, "--strategies", "unlearning+replay,naive")
    cltool("compare", *QUICK, "--strategies", "replay+baselines")
    entries = [entry for entry in STRATEGIES.entries() if entry.source == "built-in"]
    unlearning = [entry.name for entry in entries if entry.family == "unlearning"]
    asked = list(compared[0]["strategies"])
    assert asked[-1] == "naive"
    # What replays beside it, or rather stands alone.
    assert [name.removesuffix("+replay") for name in asked[:-1]] == unlearning
    assert {"npo+replay", "relabel+replay"} <= set(asked)
    baselines = list(compared[1]["strategies"])
    assert {"replay+naive", "joint", "frozen"} <= set(baselines)
    assert len(baselines) == sum(entry.family == "baselines" for entry in entries)


def test_compare_keeps_the_chosen_checkpoints(
    cltool: Cltool, compared: list[dict[str, Any]]
) -> None:
    for more in ([], ["--keep-checkpoints"], ["--keep-checkpoints", "1, 2"]):
        cltool("compare", *QUICK, "--strategies", "naive", *more)
    assert [one["keep_checkpoints"] for one in compared] == [False, True, [1, 2]]
