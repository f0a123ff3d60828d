"""Cells that other code made: kept, counted, told of, and made again when asked."""

from __future__ import annotations

import json

import pytest

from cltool.cli.main import main
from cltool.core.json_files import sealed
from cltool.experiments import cells
from cltool.experiments.source_digest import Sources
from cltool.reporting.templates import read_data

from .workplace import NAMES, TEXT, Workplace


def test_a_cell_made_by_other_code_is_kept_and_used(
    work: Workplace,
    steps: list[tuple[str, int]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(Sources, "digest", lambda *args, **more: "other")
    assert work.stale() == {}
    cells.file_of(work.folder, "naive-seed1").unlink()
    assert work.reproduce() == 0
    assert {name for name, _ in steps} == {"naive-seed1"}
    (group,) = read_data(work.folder / "report.html")["groups"]
    assert [strategy["name"] for strategy in group["strategies"]] == ["naive", "frozen"]
    (told,) = [text for text in group["doubts"] if "other code" in text]
    assert "3 of 4 finished cells were made by other code" in told
    assert "naive-seed0, frozen." in told and "The present code made the others." in told
    assert told in " ".join(capsys.readouterr().out.split())
    report = json.loads((work.folder / "report.json").read_text(encoding="utf-8"))
    assert told in report["doubts"]
    old = ["naive-seed0", "frozen-seed0", "frozen-seed1"]
    assert report["cells"] == {"planned": 4, "finished": 4, "other_code": old, "one_code": False}
    assert work.reproduce("--json") == 0
    (result,) = json.loads(capsys.readouterr().out)
    assert result["stale"] == [] and result["other_code"] == old


def test_list_and_check_tell_cells_of_other_code_from_those_that_have_to_run(
    work: Workplace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Sources, "digest", lambda *args, **more: "other")
    assert main(["reproduce", "--list"]) == 0
    assert capsys.readouterr().out == (
        "reports/group/name  4 of 4 cells, 4 of them made by other code: a test\n"
    )
    assert work.reproduce("--check", "--only", "frozen") == 0
    kept = (
        "reports/group/name: made by other code, kept without --renew: frozen-seed0, frozen-seed1"
    )
    assert capsys.readouterr().out.splitlines() == [kept]
    cells.file_of(work.folder, "naive-seed0").unlink()
    assert main(["reproduce", "--list", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["cells"], row["finished"], row["other_code"]) == (4, 3, 3)
    assert work.reproduce("--check") == 1
    missing, others = capsys.readouterr().out.splitlines()
    assert missing == "reports/group/name: naive-seed0: not run yet"
    assert "frozen-seed0, naive-seed1, frozen-seed1" in others
    assert work.reproduce("--check", "--json") == 1
    rows = json.loads(capsys.readouterr().out)
    assert [(row["cell"], row["has_to_run"]) for row in rows] == [
        (name, name == "naive-seed0") for name in NAMES
    ]


def test_renew_runs_the_cells_of_other_code_again_from_their_beginning(
    work: Workplace, steps: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Sources, "digest", lambda *args, **more: "other")
    assert work.reproduce("--renew", "--only", "frozen") == 0
    assert sorted(steps) == [(f"frozen-seed{seed}", step) for seed in (0, 1) for step in range(3)]
    assert work.cell("frozen-seed0")["digest"]["code"] == "other"
    assert work.cell("naive-seed0")["digest"]["code"] != "other"
    steps.clear()
    assert work.reproduce("--renew") == 0
    assert {name for name, _ in steps} == {"naive-seed0", "naive-seed1"}
    steps.clear()
    assert work.reproduce("--renew") == 0
    assert steps == []
    (group,) = read_data(work.folder / "report.html")["groups"]
    assert not any("other code" in text for text in group["doubts"])


def test_settings_or_facts_that_differ_too_make_a_cell_of_other_code_out_of_date(
    work: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Sources, "digest", lambda *args, **more: "other")
    work.write(TEXT.replace("epochs = 2", "epochs = 3"))
    assert work.stale() == dict.fromkeys(NAMES, "changed: settings, code")


def test_the_page_says_what_is_known_of_the_code_of_cells_that_the_present_code_did_not_make(
    work: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> str:
        assert work.reproduce() == 0
        (group,) = read_data(work.folder / "report.html")["groups"]
        (found,) = [text for text in group["doubts"] if "other code" in text]
        return str(found)

    def remake(name: str, shared: str | None, code: str) -> None:
        """Let a cell say that other code made it."""
        file = cells.file_of(work.folder, name)
        held = work.cell(name) | {"shared_code": shared}
        held["digest"] |= {"code": code}
        if shared is None:
            del held["shared_code"]
        file.write_text(json.dumps(sealed(held)), encoding="utf-8")

    for name in NAMES:
        remake(name, "one", f"{name.partition('-')[0]}'s")
    one_version = told()
    assert "4 of 4 finished cells" in one_version and "naive, frozen." in one_version
    assert "come from the code" not in one_version
    remake("frozen-seed1", "two", "frozen's")
    assert "Different versions of the code made them." in told()
    remake("frozen-seed1", "one", "frozen's of another day")
    assert "Different versions of the code made them." in told()
    remake("frozen-seed1", None, "frozen's")
    assert "do not say whether one version of the code made all" in told()
