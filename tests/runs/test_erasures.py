"""The record of erasures, held to the ledger; and the checkpoints that still know."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cltool.cli.erasures import requests
from cltool.cli.tables import as_text
from cltool.core.errors import UserError
from cltool.core.json_files import SEAL, sealed
from cltool.evaluation import ledger
from cltool.experiments import checkpoints
from cltool.facts.facts import Update
from cltool.facts.stream import Stream
from cltool.runs import erasures
from cltool.runs.run import Run

from .conftest import LABELS, SHORT, Start, forgetful, requests_of, timeless

# The record.


def test_the_record_has_requests_and_cleared_stores(start: Start, tmp_path: Path) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    settings = {**SHORT, "strategy": {"replay": {"share": 1.0}}}
    run = start(tmp_path / "run", "replay+ewc", settings=settings)
    first, second = requests_of(run)
    assert set(first) == set(erasures.COLUMNS)
    gone = forgetful().updates[1].forget[0]
    assert (first["subject"], first["relation"], first["object"]) == (*gone.key, gone.object)
    assert (first["step"], first["label"], first["learned"]) == (1, "one", 0)
    assert (second["step"], second["label"], second["learned"]) == (2, "two", 1)
    assert second["aliases"] == ["King Momo"]
    assert before <= datetime.fromisoformat(first["time"]) <= datetime.now(UTC)
    replay, ewc = first["stores"]["replay"], first["stores"]["ewc"]
    assert (replay["entries_before"], replay["entries_after"]) == (1, 0)
    assert replay["bytes_after"] < replay["bytes_before"]
    assert ewc["purged"]["Fisher information"].startswith("down-dated: ")


def test_scores_are_those_of_the_ledger(start: Start, tmp_path: Path) -> None:
    run = start(tmp_path / "run")
    first, second = requests_of(run)
    assert [(s["step"], s["when"]) for s in first["scores"]] == [
        (0, "before"),
        (1, "after"),
        (2, "later"),
        (3, "later"),
        (4, "later"),
    ]
    # Update 4 teaches the key of the second anew: from there on it is not erased.
    assert [s["step"] for s in second["scores"]] == [1, 2, 3]
    assert (first["taught_again"], second["taught_again"]) == (None, 4)
    rows = run.answers
    for request in (first, second):
        own = rows[(rows["subject"] == request["subject"])]
        own = own[own["relation"] == request["relation"]]
        for score in request["scores"]:
            there = own[own["step"] == score["step"]]
            assert score["asked"] == len(there) == 3
            assert score["right"] == there["right"].mean()
            assert score["logp"] == pytest.approx(float(there["logp"].mean()), abs=1e-4)
            assert score["label"] == LABELS[score["step"]]


def test_a_run_without_requests_has_no_record(start: Start, tmp_path: Path) -> None:
    stream = forgetful()
    quiet = Stream("quiet", [stream.updates[0], Update(1, "one", [])], stream.wordings)
    run = start(tmp_path / "run", "frozen", of=quiet)
    assert erasures.read(run) is None
    with pytest.raises(UserError, match="no record of erasures") as caught:
        erasures.open_record(run)
    assert "scenario.forgotten" in caught.value.hint


def test_a_fact_without_probes_has_no_scores(start: Start, tmp_path: Path) -> None:
    settings = {**SHORT, "probe": {"limit": 1}}
    found = requests_of(start(tmp_path / "run", "frozen", settings=settings))
    assert sorted(bool(one["scores"]) for one in found) in ([False, False], [False, True])
    assert [one["resurfaced"] for one in found] == [[], []]


@pytest.mark.parametrize(
    ("strategy", "options"),
    [
        ("replay+ewc", {}),
        pytest.param("kfac", {}, marks=pytest.mark.slow),
        pytest.param("rwalk", {"base_steps": 2}, marks=pytest.mark.slow),
    ],
)
def test_a_resumed_run_ends_with_the_same_record_except_times(
    strategy: str,
    options: dict[str, Any],
    start: Start,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = {**SHORT, "strategy": options}
    whole = start(tmp_path / "whole", strategy, settings=settings)
    places: list[tuple[Any, str, bool]] = [
        (ledger, "write_step", True),
        (erasures.Recorder, "write", True),
        (Run, "write_costs", False),
        (Run, "write_costs", True),
    ]
    for step in (1, 2):
        for owner, name, after in places:
            with monkeypatch.context() as patch:
                plain = getattr(owner, name)

                def sprung(
                    *args: Any, plain: Any = plain, after: bool = after, step: int = step
                ) -> None:
                    now = args[1] if isinstance(args[1], int) else len(args[1]) - 1
                    if now != step:
                        plain(*args)
                        return
                    if after:
                        plain(*args)
                    raise KeyboardInterrupt

                patch.setattr(owner, name, sprung)
                with pytest.raises(KeyboardInterrupt):
                    start(tmp_path / "broken", strategy, settings=settings)
    broken = start(tmp_path / "broken", strategy, settings=settings)
    assert timeless(broken) == timeless(whole)
    assert all(one["time"] for one in requests_of(broken))
    assert not list((tmp_path / "broken").rglob("*.partial"))


def test_a_finished_step_keeps_its_time(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = checkpoints.keep_only

    def trap(folder: Path, step: int, *others: Any) -> None:
        keep(folder, step, *others)
        if step == 1:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "keep_only", trap)
        with pytest.raises(KeyboardInterrupt):
            start(tmp_path / "run")
    file = tmp_path / "run" / erasures.FILE
    record = json.loads(file.read_text(encoding="utf-8"))
    record["requests"][0]["time"] = "2001-02-03T04:05:06+00:00"
    # Scores are read from the ledger, whatever the file says.
    record["requests"][0]["scores"] = []
    del record[SEAL]
    record = sealed(record, Run(tmp_path / "run").id)
    file.write_text(json.dumps(record), encoding="utf-8")
    first, second = requests_of(start(tmp_path / "run"))
    assert first["time"] == "2001-02-03T04:05:06+00:00" < second["time"]
    assert len(first["scores"]) == 5


def test_a_run_without_a_record_resumes(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = checkpoints.keep_only

    def trap(folder: Path, step: int, *others: Any) -> None:
        keep(folder, step, *others)
        if step == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "keep_only", trap)
        with pytest.raises(KeyboardInterrupt):
            start(tmp_path / "run")
    (tmp_path / "run" / erasures.FILE).unlink()
    found = requests_of(start(tmp_path / "run"))
    assert [(one["time"], one["stores"]) for one in found] == [(None, None)] * 2
    assert [len(one["scores"]) for one in found] == [5, 3]
    assert "?" in as_text(requests({"reference": None, "requests": found}, LABELS))


@pytest.mark.parametrize("text", ["{", "[]", '{"requests": [{}]}', '{"requests": 3}'])
def test_a_damaged_record_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / erasures.FILE).write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=r"cannot be read|not a record") as caught:
        erasures.read(Run(tmp_path))
    assert caught.value.where.endswith(erasures.FILE)


def test_a_fresh_run_starts_without_a_record(start: Start, tmp_path: Path) -> None:
    start(tmp_path / "run")
    again = start(tmp_path / "run", "frozen", fresh=True)
    assert all(one["stores"] == {} for one in requests_of(again))


# Checkpoints.


def kept(run: Run) -> list[int]:
    return checkpoints.steps(run.folder)


def test_checkpoints_of_earlier_steps_are_purged_with_the_setting(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = {"keep_checkpoints": True}
    assert kept(start(tmp_path / "all", "frozen", **options)) == [0, 1, 2, 3, 4]
    options["purge_checkpoints"] = True
    assert kept(start(tmp_path / "purged", "frozen", **options)) == [2, 3, 4]
    assert kept(start(tmp_path / "last", "frozen", purge_checkpoints=True)) == [4]
    # One that was finished with all of them loses them when that is asked for.
    assert kept(start(tmp_path / "all", "frozen", **options)) == [2, 3, 4]
    # One that is killed between costs and purge makes up for it.
    for name in ("keep_only", "drop_before"):
        with monkeypatch.context() as patch:

            def trap(folder: Path, step: int, *others: Any) -> None:
                raise KeyboardInterrupt

            patch.setattr(checkpoints, name, trap)
            with pytest.raises(KeyboardInterrupt):
                start(tmp_path / "broken", "frozen", **options)
    assert kept(start(tmp_path / "broken", "frozen", **options)) == [2, 3, 4]


def test_the_record_marks_keys_that_are_taught_again() -> None:
    request = {
        "label": "one", "subject": "A", "relation": "mayor", "object": "Bo", "scores": [],
        "retrained": None, "stores": {}, "resurfaced": [], "taught_again": 2,
    }  # fmt: skip
    record = {"requests": [request], "reference": None}
    assert "taught again by two" in as_text(requests(record, ["base", "one", "two"]))
