"""Runs that ask something beside their stream: files, resuming, and what a strategy is given."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cltool.core.errors import UserError
from cltool.evaluation.general.answers import short_answers
from cltool.evaluation.general.bank import RELATION
from cltool.experiments import checkpoints, general, resolve
from cltool.experiments import run as experiment
from cltool.experiments.build_learner import build_learner
from cltool.models import load
from cltool.reporting.report_data import page_data
from cltool.runs.run import Run
from cltool.runs.tables import comparison

from ..conftest import make_stream

STREAM = make_stream(6)


@pytest.fixture(scope="module")
def own(checkpoint: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Questions of which the random Llama answers some."""
    lm = load(str(checkpoint("llama")), STREAM, device="cpu")
    texts = [f"Number {n}, please?" for n in range(30)]
    said = [one.text.split() for one in short_answers(lm, texts)]
    file = tmp_path_factory.mktemp("bank") / "own.jsonl"
    rows = [
        {"question": text, "answer": next((w for w in words if w.isalpha()), "none")}
        for text, words in zip(texts, said, strict=True)
    ]
    rows.append({"question": "Who is it?", "answer": "nobody at all"})
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def tables(checkpoint: Callable[[str], Path], own: Path) -> dict[str, Any]:
    return {
        "model": {"name": str(checkpoint("llama")), "device": "cpu"},
        "learner": {"epochs": 1, "batch_size": 8, "lr": 1e-2},
        "general": {"file": str(own)},
    }


def run(out: Path, tables: dict[str, Any], strategy: str = "naive", **options: Any) -> Run:
    return experiment.run(STREAM, strategy=strategy, out=out, settings=tables, **options)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, tables: dict[str, Any]) -> Run:
    return run(tmp_path_factory.mktemp("whole") / "run", tables)


def test_what_is_asked_beside_the_stream_is_in_tables_and_files(whole: Run) -> None:
    done = whole
    steps = done.metrics()
    assert steps["unlisted"].loc[0] == steps["perplexity_ratio"].loc[0] == 1.0
    assert steps["kl_text"].loc[3] > steps["kl_text"].loc[0] == 0.0
    before = done.general_answers()
    known = [row for row in before if row.get("group") in ("protected", "unlisted")]
    assert len(known) >= 4
    assert all(row["right"] for row in known)
    last = [row for row in done.general_answers(3) if row.get("group") == "unlisted"]
    share = sum(row["right"] for row in last) / len(last)
    assert steps["unlisted"].loc[3] == done.summary()["unlisted"] == share
    assert done.summary()["unlisted_min"] == min(steps["unlisted"].loc[1:])
    frame = comparison([done])
    assert frame["unlisted"].tolist() == [share]
    assert "perplexity_ratio" in frame
    (group,) = page_data([done])["groups"]
    assert group["views"]["over_updates"]["unlisted"]["naive"]["mean"][3] == share
    assert any("general questions" in text for text in done.record["warnings"])


def test_an_interrupted_run_ends_with_the_same_files(
    tmp_path: Path, whole: Run, tables: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    save = checkpoints.save

    def stop(*args: Any) -> None:
        if args[1] == 2:
            raise KeyboardInterrupt
        save(*args)

    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "save", stop)
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path / "again", tables)
    again = run(tmp_path / "again", tables)
    files = sorted(file.name for file in (whole.folder / "general").iterdir())
    assert files == ["before.json", *(f"step-00{n}.json" for n in range(4))]
    for name in files:
        one, two = (one.folder / "general" / name for one in (whole, again))
        assert one.read_bytes() == two.read_bytes(), name
    numbers = [[row["general"] for row in one.cost_rows()] for one in (whole, again)]
    assert numbers[0] == numbers[1]
    (again.folder / "general" / "step-001.json").write_text('{"answers": []}', encoding="utf-8")
    with pytest.raises(UserError, match=r"step-001\.json"):
        again.general_answers(1)
    experiment.run(
        STREAM, strategy="frozen", out=again.folder, settings={"model": tables["model"]}, fresh=True
    )
    assert not (again.folder / "general").exists()


def test_protected_questions_are_base_facts_and_no_others_are(
    tmp_path: Path, tables: dict[str, Any]
) -> None:
    protects = tables | {"general": {**tables["general"], "protect": True}}
    learner = build_learner(STREAM, resolve.resolve("naive", protects), seed=0)
    given = [fact for fact in learner.stream.updates[0].learn if fact.relation == RELATION]
    assert learner.known.belief(given[0].key) is not None
    plain = build_learner(STREAM, resolve.resolve("naive", tables), seed=0)
    assert not [fact for fact in plain.stream.updates[0].learn if fact.relation == RELATION]
    done = run(tmp_path / "run", protects, "replay")
    rows = done.general_answers()
    protected = {row["prompt"] for row in rows if row.get("group") == "protected"}
    assert {fact.subject for fact in given} == protected
    asked = learner.stream.wordings.examples(given[0])
    assert [prompt for prompt, _ in asked] == [f"Question: {given[0].subject}\nAnswer:"]
    assert RELATION not in set(done.answers["relation"])
    assert not any("held-out wording" in text for text in done.record["warnings"])


def test_a_run_is_not_resumed_with_other_questions(
    tmp_path: Path, tables: dict[str, Any], own: Path
) -> None:
    copy = tmp_path / "own.jsonl"
    copy.write_bytes(own.read_bytes())
    asked = {"file": str(copy)}
    run(tmp_path / "run", tables | {"general": asked})
    for other in ({}, {**asked, "protect": True}, {"ask": "off"}):
        with pytest.raises(UserError, match="general"):
            run(tmp_path / "run", tables | {"general": other})
    copy.write_text('{"question": "Another?", "answer": "x"}\n', encoding="utf-8")
    with pytest.raises(UserError, match="questions of the file changed"):
        run(tmp_path / "run", tables | {"general": asked})


def test_only_models_that_cltool_did_not_build_are_asked(
    monkeypatch: pytest.MonkeyPatch, tables: dict[str, Any]
) -> None:
    def is_on(**given: Any) -> bool:
        return general.is_on(resolve.resolve("naive", given))

    other = {"name": "some/model"}
    assert not is_on(model=other)  # the tests set CLTOOL_GENERAL=0
    monkeypatch.delenv("CLTOOL_GENERAL")
    assert is_on(model=other)
    assert not is_on(model=other, general={"ask": "off"})
    assert not is_on()
    assert is_on(general={"protect": True})
    assert resolve.resolve("naive", {}).as_tables().keys() == {
        "model", "learner", "probe", "strategy",
    }  # fmt: skip


def test_a_bad_file_is_refused_before_anything_runs(tmp_path: Path, tables: dict[str, Any]) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text('{"question": "Who?"}\n', encoding="utf-8")
    with pytest.raises(UserError, match="answer is missing"):
        run(tmp_path / "run", tables | {"general": {"file": str(file)}})
    assert not (tmp_path / "run").exists()
