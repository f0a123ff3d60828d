"""Records that somebody changed or damaged: one message that names the file and the field."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from cltool.core.errors import UserError
from cltool.core.files import write_json
from cltool.core.json_files import SEAL, read_json, sealed, unsealed
from cltool.evaluation import ledger
from cltool.runs import erasures
from cltool.runs.record import ID
from cltool.runs.run import LEDGER, Run

RECORD: dict[str, Any] = {
    "format": 1,
    "scenario": "x",
    "strategy": "naive",
    "seed": 0,
    "model": "tiny",
    "labels": ["base", "one"],
    "requested": {"learner": {"lr": 0.1}},
    "stream": {"digest": "d", "updates": [{"learn": 1, "forget": 0}]},
    "status": "running",
    "warnings": [],
}
REQUEST: dict[str, Any] = {
    "subject": "s",
    "relation": "r",
    "object": "o",
    "aliases": [],
    "learned": 0,
    "step": 1,
    "label": "one",
    "time": None,
    "stores": None,
    "scores": [],
    "taught_again": None,
    "resurfaced": [],
    "retrained": None,
}
ANSWER: dict[str, Any] = {
    **{name: "x" for name in ledger.COLUMNS},
    **dict.fromkeys(("step", "number", "learned"), 0),
    **dict.fromkeys(("right", "stale", "forced"), False),
    **dict.fromkeys(("logp", "logp_outdated"), -1.0),
    "accepted": ["x"],
    "outdated": ["x"],
}
DEEP = "[" * 100_000


def write_record(folder: Path, **changes: Any) -> Path:
    (folder / "run.json").write_text(json.dumps(RECORD | changes), encoding="utf-8")
    return folder


def refused(folder: Path, name: str, *parts: str) -> None:
    """Check that reading everything in the folder gives one error about one file."""
    with pytest.raises(UserError) as caught:
        run = Run.open_whole(folder)
        assert run.record["labels"]
        assert run.strategy and run.seed == 0
        run.cost_rows()
        erasures.open_record(run)
    assert name in caught.value.where
    assert all(part in str(caught.value) for part in parts), str(caught.value)
    assert not any(ord(letter) < 32 and letter != "\n" for letter in str(caught.value))


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({"labels": "base"}, ["labels = 'base'"]),
        ({"labels": ["base", 1]}, ["labels.1 = 1"]),
        ({"seed": "0"}, ["seed = '0'"]),
        ({"seed": True}, ["seed = True"]),
        ({"strategy": None}, ["strategy = None"]),
        ({"requested": {"learner": 3}}, ["requested.learner = 3"]),
        ({"stream": {"updates": [{"learn": "\x1b[31m"}]}}, ["stream.updates.0.learn"]),
        ({"warnings": {"a": 1}, "status": []}, ["2 wrong fields", "warnings", "status"]),
    ],
)
def test_a_wrong_type_in_the_record_is_named(
    changes: dict[str, Any], parts: list[str], tmp_path: Path
) -> None:
    refused(write_record(tmp_path, **changes), "run.json", *parts)


@pytest.mark.parametrize("text", [DEEP, '{"labels": ' + DEEP, '{"seed": NaN}', "[]", "{}", "\0"])
def test_a_record_that_is_none_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(text, encoding="utf-8")
    refused(tmp_path, "run.json")


@pytest.mark.parametrize(
    ("row", "part"),
    [
        ('{"step": 0, "seconds": "../../etc/passwd"}', "seconds"),
        ('{"step": 0, "logs": {"a": []}}', "logs.a"),
        ('{"step": 1}', "this is the row of step 0"),
        ('{"label": "base"}', "step is missing"),
        ('{"step": 0, "tokens": 1e999}', "tokens"),
        ("3", "not a JSON object"),
        (DEEP, "nested too deeply"),
    ],
)
def test_a_wrong_row_is_named(row: str, part: str, tmp_path: Path) -> None:
    (tmp_path / "steps.jsonl").write_text(row + "\n", encoding="utf-8")
    refused(write_record(tmp_path), "steps.jsonl:1", part)


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"step": "1"}, "requests.0.step"),
        ({"step": 9}, "names a step"),
        ({"resurfaced": [-1]}, "names a step"),
        ({"stores": {"replay": {}}}, "requests.0.stores.replay.entries_before is missing"),
        ({"scores": [3]}, "requests.0.scores.0"),
        ({"subject": ["s"]}, "requests.0.subject"),
    ],
)
def test_a_wrong_request_is_named(changes: dict[str, Any], part: str, tmp_path: Path) -> None:
    value = {"format": 1, "reference": None, "requests": [REQUEST | changes]}
    (tmp_path / "erasures.json").write_text(json.dumps(value), encoding="utf-8")
    refused(write_record(tmp_path), "erasures.json", part)


def test_a_good_record_is_read(tmp_path: Path) -> None:
    value = {"format": 1, "reference": None, "requests": [REQUEST]}
    (tmp_path / "erasures.json").write_text(json.dumps(value), encoding="utf-8")
    (tmp_path / "steps.jsonl").write_text('{"step": 0, "other": [1]}\n', encoding="utf-8")
    run = Run.open_whole(write_record(tmp_path, other=1))
    assert erasures.open_record(run) == value
    assert run.cost_rows() == [{"step": 0, "other": [1]}]


def test_a_finished_run_without_its_steps_is_told(tmp_path: Path) -> None:
    write_record(tmp_path, status="finished")
    with pytest.raises(UserError, match="only 0 of its 2 steps are there"):
        Run.open_whole(tmp_path)


@pytest.mark.parametrize(
    ("name", "found", "changed"),
    [
        ("run.json", '"seed": 0', '"seed": 1'),
        ("steps.jsonl", '"tokens": 5', '"tokens": 7'),
        (erasures.FILE, '"learned": 0', '"learned": 1'),
    ],
)
def test_a_changed_value_is_noticed(name: str, found: str, changed: str, tmp_path: Path) -> None:
    run = Run(tmp_path)
    run.write_record(RECORD)
    run.write_costs([{"step": 0, "label": "base", "tokens": 5}])
    write_json(tmp_path / erasures.FILE, sealed({"reference": None, "requests": [REQUEST]}))
    assert (run.seed, run.cost_rows()[0]["tokens"]) == (0, 5)
    assert erasures.open_record(run) == {"reference": None, "requests": [REQUEST]}
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert found in text
    (tmp_path / name).write_text(text.replace(found, changed), encoding="utf-8")
    refused(tmp_path, name, "has changed since cltool wrote it")


@pytest.mark.parametrize("step", [-1, 2])
def test_a_step_that_the_run_does_not_have_is_refused(step: int, tmp_path: Path) -> None:
    value = {"reference": None, "requests": [REQUEST | {"resurfaced": [step]}]}
    (tmp_path / erasures.FILE).write_text(json.dumps(value), encoding="utf-8")
    refused(write_record(tmp_path), erasures.FILE, "its last one is 1")


def whole_run(folder: Path, answer: str) -> Run:
    """Return a run with an id, its rows, answers and erasures."""
    run = Run(folder)
    run.write_record(RECORD | {ID: f"run-{answer}"})
    rows = []
    for step in range(2):
        ledger.write_step(folder, step, [ANSWER | {"step": step, "answer": answer}])
        written = ledger.digest(folder, step)
        rows.append({"step": step, "label": RECORD["labels"][step], LEDGER: written})
    run.write_costs(rows)
    record = {"reference": None, "requests": [REQUEST]}
    write_json(folder / erasures.FILE, sealed(record, run.id))
    return run


@pytest.mark.parametrize(
    "name", ["answers/step-001.parquet", "answers", "steps.jsonl", erasures.FILE, "run.json"]
)
def test_a_file_of_another_run_is_noticed(name: str, tmp_path: Path) -> None:
    mine, other = (whole_run(tmp_path / answer, answer) for answer in ("a", "b"))
    run = Run(mine.folder)
    assert erasures.open_record(run)["requests"] == [REQUEST]
    assert list(run.answers["answer"]) == ["a", "a"]
    if name == "answers":
        shutil.copytree(other.folder / name, mine.folder / name, dirs_exist_ok=True)
    else:
        shutil.copy(other.folder / name, mine.folder / name)
    with pytest.raises(UserError, match=r"another (step or )?run") as caught:
        _ = (erasures.open_record(Run(mine.folder)), Run(mine.folder).answers)
    assert str(mine.folder) in caught.value.where


@pytest.mark.parametrize("digests", [True, False])
def test_exchanged_files_of_steps_are_noticed(digests: bool, tmp_path: Path) -> None:
    run = whole_run(tmp_path, "a")
    if not digests:
        run.write_costs([{**row, LEDGER: None} for row in run.cost_rows()])
    one, other = (ledger.step_file(tmp_path, step) for step in range(2))
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)
    with pytest.raises(UserError, match=r"another step|after step 1"):
        _ = Run(tmp_path).answers


@pytest.mark.parametrize("name", ["run.json", "steps.jsonl", erasures.FILE])
def test_a_digest_cannot_be_left_out(name: str, tmp_path: Path) -> None:
    whole_run(tmp_path, "a")
    text = (tmp_path / name).read_text(encoding="utf-8")
    changed = re.sub(rf',\s*"{SEAL}": "[0-9a-f]+"', "", text)
    assert changed != text
    (tmp_path / name).write_text(changed, encoding="utf-8")
    refused(tmp_path, name, "has changed since cltool wrote it")


def test_what_is_written_is_read_whatever_its_types(tmp_path: Path) -> None:
    value = {
        "labels": ("a", "b"),
        "counts": {10: 1, 9: 2},
        "rate": 0.1 + 0.2,
        "name": "Zürich \u2028",
    }
    write_json(tmp_path / "value.json", sealed(value, "x"))
    plain = unsealed(read_json(tmp_path / "value.json"), tmp_path, "x")
    assert plain == {**value, "labels": ["a", "b"], "counts": {"10": 1, "9": 2}}
