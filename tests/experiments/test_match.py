"""``--match``: what decides whether an answer is right, in every part of a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cltool.cli.main import main
from cltool.core.errors import UserError
from cltool.core.settings import ADDED, ProbeSettings
from cltool.evaluation import ledger
from cltool.evaluation.matchers import chosen
from cltool.experiments.answer_doubts import KEY, counts, sentences
from cltool.experiments.run import run
from cltool.experiments.saved_model import SavedModel
from cltool.facts.facts import Fact, Update
from cltool.facts.stream import Stream
from cltool.models import load
from cltool.reporting.doubts import doubts
from cltool.runs.groups import group_runs
from cltool.runs.references import references
from cltool.runs.run import Run

from ..conftest import LoadLM, make_wordings

SHORT: dict[str, Any] = {"learner": {"epochs": 1, "batch_size": 16}, "model": {"device": "cpu"}}
Start = Callable[..., Run]


class Killed(BaseException):
    """Simulates a power cut."""


@pytest.fixture(scope="module")
def start(checkpoint: Callable[[str], Path], stream: Stream) -> Start:
    def go(out: Path, match: str | None = None, strategy: str = "frozen", **more: Any) -> Run:
        probe = {} if match is None else {"match": match}
        return run(
            more.pop("of", stream),
            strategy=strategy,
            model=str(checkpoint("llama")),
            settings={**SHORT, "probe": probe},
            out=out,
            **more,
        )

    return go


@pytest.fixture(scope="module")
def by_choice(start: Start, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return start(tmp_path_factory.mktemp("choice") / "run", "choice")


@pytest.fixture(scope="module")
def by_default(start: Start, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return start(tmp_path_factory.mktemp("default") / "run")


def test_auto_is_exact_for_models_that_cltool_made(
    load_lm: LoadLM, stream: Stream, by_default: Run, tmp_path: Path
) -> None:
    lm, auto = load_lm("llama"), ProbeSettings()
    assert chosen(auto, lm) == "contains"
    assert by_default.record["requested"]["probe"]["match"] == "auto"
    assert by_default.record["settings"]["probe"]["match"] == by_default.match == "contains"
    for built, match in ((True, "exact"), (False, "contains")):
        lm.built = built
        assert chosen(auto, lm) == match
        assert chosen(ProbeSettings(match="choice"), lm) == "choice"
        saved = tmp_path / match
        SavedModel(saved, {"code": {}}).write(lm, by_default.folder)
        again = load(str(saved), stream, device="cpu")
        assert not again.warnings
        # A model that was trained on from a saved one is saved as such, too.
        SavedModel(tmp_path / f"{match}-2", {"code": {}}).write(again, by_default.folder)
        assert chosen(auto, load(str(tmp_path / f"{match}-2"), stream, device="cpu")) == match


def test_a_run_by_choice_scores_each_fact_by_one_question(by_choice: Run) -> None:
    rows = by_choice.answers
    asked = rows[rows["choice"].notna()]
    assert (asked.groupby(["step", "subject", "relation"]).size() == 1).all()
    assert len(asked) == len(rows.drop_duplicates(["step", "subject", "relation"]))
    assert not rows[rows["choice"].isna()][["right", "stale"]].to_numpy().any()
    steps = by_choice.metrics()
    for step, table in asked.groupby("step"):
        retained = table[table["group"] == "retained"]
        if len(retained):
            expected = (retained["choice"] == "right").mean()
            assert steps["retained"][step] == pytest.approx(expected)
    erased = asked[(asked["step"] == 3) & (asked["group"] == "erased")]
    assert len(erased) == 1
    assert steps["erased"][3] == float((erased["choice"] == "right").iloc[0])
    assert steps["trained"].isna().all()
    assert 0 <= by_choice.summary()["acc"] <= 1


def test_all_verdicts_are_kept_whichever_decides(by_choice: Run, by_default: Run) -> None:
    names = ["exact", "contains", "choice", "chosen", "answer"]
    # Only the longest answer differs.
    one, other = by_choice.answers, by_default.answers
    pd.testing.assert_frame_equal(one[["choice", "chosen"]], other[["choice", "chosen"]])
    for rows in (one, other):
        assert rows[names[:2]].isin(["right", "outdated", "wrong"]).all().all()
    assert (other["right"] == (other["contains"] == "right")).all()


def test_other_ways_to_match_are_not_compared(by_choice: Run, by_default: Run) -> None:
    groups = group_runs([by_choice, by_default])
    assert [group.match for group in groups] == ["choice", "contains"]
    by_choice_retrained = Run(by_choice.folder)
    by_choice_retrained.__dict__["record"] = {**by_choice.record, "strategy": "retrain"}
    assert references(by_choice, [by_choice_retrained]) == [by_choice_retrained]
    assert references(by_default, [by_choice_retrained]) == []


def test_a_killed_run_goes_on_in_the_same_way(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = start(tmp_path / "whole", "choice", "naive")
    write = ledger.write_step

    def killed(folder: Path, step: int, rows: Any) -> str:
        if step == 2:
            raise Killed
        return write(folder, step, rows)

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "write_step", killed)
        with pytest.raises(Killed):
            start(tmp_path / "run", "choice", "naive")
    with pytest.raises(UserError, match="other settings") as caught:
        start(tmp_path / "run", "contains", "naive")
    assert any("probe.match: 'choice' in the folder" in line for line in caught.value.details)
    again = start(tmp_path / "run", "choice", "naive")
    for step in range(4):
        files = [ledger.step_file(one.folder, step).read_bytes() for one in (whole, again)]
        assert files[0] == files[1]
    assert whole.record == again.record


def test_a_run_of_an_earlier_version_goes_on_exactly(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = start(tmp_path / "run", keep_checkpoints=True)
    assert made.match == "contains"
    record = {**made.record, "status": "running"}
    for part in ("requested", "settings"):
        probe = {name: value for name, value in record[part]["probe"].items() if name != "match"}
        record[part] = {**record[part], "probe": probe}
    made.write_record(record)
    for file in sorted((tmp_path / "run" / "answers").iterdir())[2:]:
        file.unlink()
    made.write_costs(made.cost_rows()[:2])
    assert ADDED["probe.match"] == "auto"
    again = start(tmp_path / "run", keep_checkpoints=True)
    assert again.match == "exact"
    assert set(again.answers[again.answers["step"] > 1]["match"]) == {"exact"}


def test_facts_without_anything_to_choose_from_are_told(start: Start, tmp_path: Path) -> None:
    base = [Fact(f"Land {n}", "capital", f"Bake{n}") for n in range(3)]
    alone = Fact("Land 0", "ruler", "Dodo")
    updates = [Update(0, "base", [*base, alone]), Update(1, "one", [Fact("X", "capital", "Dedo")])]
    few = Stream("few", updates, make_wordings())
    found = start(tmp_path / "few", "choice", of=few)
    told = [text for text in found.record["warnings"] if "--match choice" in text]
    assert len(told) == 1 and told[0].startswith("1 of 5 facts is left out")
    assert found.answers["relation"][found.answers["choice"].notna()].unique() == ["capital"]
    exact = start(tmp_path / "exact", "exact", of=few)
    assert not [text for text in exact.record["warnings"] if "choice" in text]
    single = Stream("single", [Update(0, "base", [alone]), Update(1, "x", [])], make_wordings())
    with pytest.raises(UserError, match="nothing to choose from"):
        start(tmp_path / "none", "choice", of=single)
    assert not (tmp_path / "none" / "run.json").exists()


def test_an_object_that_is_too_long_to_be_said_is_no_doubt_about_a_choice(
    start: Start, stream: Stream, tmp_path: Path, checkpoint: Callable[[str], Path]
) -> None:
    def told(match: str) -> list[str]:
        made = run(
            stream, strategy="frozen", model=str(checkpoint("llama")), out=tmp_path / match,
            settings={**SHORT, "probe": {"match": match, "max_tokens": 1}},
        )  # fmt: skip
        return [text for text in made.record["warnings"] if "can never be right" in text]

    assert told("contains") and not told("choice")


def test_a_doubt_about_the_base_follows_the_match(tmp_path: Path, by_default: Run) -> None:
    base = by_default.answers
    rows: list[dict[str, Any]] = base[base["step"] == 0].to_dict("records")  # type: ignore[assignment]
    said = [{**row, "contains": "right", "right": False, "match": "exact"} for row in rows]

    def told(answers: list[dict[str, Any]]) -> str:
        cost = {"step": 0, "label": "base", KEY: counts(tmp_path, 0, answers)}
        return " ".join(sentences([cost]))

    assert "(--match contains)" in told(said)
    wrong = [{**row, "contains": "wrong"} for row in said]
    assert "none of" in told(wrong) and "--match" not in told(wrong)
    other = [{**row, "match": "contains", "contains": "wrong"} for row in said]
    assert "none of" in told(other) and "--match" not in told(other)


def test_it_is_said_how_answers_were_matched(
    by_choice: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.html"
    assert main(["report", str(by_choice.folder), "--out", str(page)]) == 0
    assert "(--match choice)" in page.read_text(encoding="utf-8")
    subject = str(by_choice.answers["subject"].iloc[0])
    capsys.readouterr()
    assert main(["show", str(by_choice.folder), subject]) == 0
    assert "Most probable for the model: " in capsys.readouterr().out
    (group,) = group_runs([by_choice])
    assert not any("--match exact" in text for text in doubts(group))


def test_the_command_takes_it_and_prints_it(
    checkpoint: Callable[[str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = tmp_path / "facts.csv"
    lines = [f"Land {n},capital,Bake{n},{int(n > 3)}" for n in range(6)]
    facts.write_text("\n".join(["subject,relation,object,update", *lines]) + "\n")
    command = ["run", "--scenario", str(facts), "--strategy", "frozen", "--general", "off"]
    command += ["--model", str(checkpoint("llama")), "--out", str(tmp_path / "run")]
    assert main([*command, "--match", "choice"]) == 0
    assert "more probable than other objects of its relation (--match choice)" in (
        capsys.readouterr().out
    )
    assert main([*command, "--match", "exact"]) == 2
    assert "probe.match" in capsys.readouterr().err
    assert main([*command, "--match", "fuzzy"]) == 2
    assert "match" in capsys.readouterr().err
