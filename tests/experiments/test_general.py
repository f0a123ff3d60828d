"""Runs that ask something beside their stream: files, resuming, and what a strategy is given."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cltool.audit.attacks.case import Case
from cltool.cli import main
from cltool.cli.options import read_tables
from cltool.core.errors import UserError
from cltool.core.settings import without_added
from cltool.evaluation.general.answers import short_answers
from cltool.evaluation.general.bank import RELATION, Bank, Question
from cltool.evaluation.general.drift import Drift
from cltool.evaluation.limits import Askable, too_long
from cltool.experiments import checkpoints, general, general_doubts, resolve
from cltool.experiments import run as experiment
from cltool.experiments.build_learner import build_learner
from cltool.experiments.compare import compare
from cltool.lm.chat import chat_turns
from cltool.models import load
from cltool.reporting.report_data import page_data
from cltool.runs.run import Run
from cltool.runs.tables import comparison

from ..chat_models import write_chat_model
from ..conftest import make_stream

STREAM = make_stream(6)


@pytest.fixture(scope="module", autouse=True)
def _short_answers() -> Iterator[None]:
    """Answers to instructions of a few tokens, which take less time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cltool.evaluation.general.answers.LONG", 6)
        yield


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


def test_a_run_uses_one_reading_of_the_users_questions_and_text(tmp_path: Path) -> None:
    questions, text = tmp_path / "own.jsonl", tmp_path / "own.txt"
    questions.write_text('{"question": "Who?", "answer": "Ada"}', encoding="utf-8")
    text.write_text("A plain text.", encoding="utf-8")
    settings = resolve.resolve("naive", {"general": {"file": str(questions), "text": str(text)}})
    recorded = general.sources(settings)
    questions.write_text("no longer JSON", encoding="utf-8")
    text.write_text("Another text.", encoding="utf-8")
    assert [one.text for one in settings.questions.questions] == ["Who?"]
    assert settings.paragraphs == ["A plain text."]
    assert general.sources(settings) == recorded


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
    # Records and cells of versions without these settings stay valid.
    assert without_added(resolve.resolve("naive", {}).as_tables()).keys() == {
        "model", "learner", "probe", "strategy",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ({"unlisted": 0.95, "n_unlisted": 100.0, "perplexity_ratio": 1.1}, ""),
        ({"unlisted": 0.5, "n_unlisted": 10.0, "perplexity_ratio": 1.1}, ""),
        ({"unlisted": 0.9, "n_unlisted": 100.0, "perplexity_ratio": 1.1}, "only 90 of 100"),
        ({"unlisted": None, "n_unlisted": 0.0, "perplexity_ratio": 2.0}, "2.00 times"),
        ({"unlisted": 1.0, "n_unlisted": 100.0, "perplexity_ratio": None}, "is infinite"),
    ],
)
def test_damage_to_what_nobody_listed_is_told(numbers: dict[str, Any], told: str) -> None:
    rows = [{"label": "base"}, {"label": "one", "general": numbers}]
    (text,) = general_doubts.sentences(rows) or [""]
    assert (told in text) if told else text == ""
    assert general_doubts.sentences(rows[:1]) == []


def test_protected_questions_are_turns_of_a_chat_where_the_model_is_asked_so(
    tmp_path: Path,
) -> None:
    model = write_chat_model(STREAM, tmp_path / "chat")
    lm = load(str(model), STREAM, device="cpu")
    turns = chat_turns(lm.coder.tokenizer)
    lm = replace(lm, coder=lm.coder.with_chat(turns))
    stream = replace(STREAM, wordings=STREAM.wordings.as_chat())
    texts = [f"Number {n}, please?" for n in range(30)]
    said = [one.text.split() for one in short_answers(lm, texts)]
    asked = tuple(
        Question(text, next((word,) for word in [*words, "none"] if word.isalpha()))
        for text, words in zip(texts, said, strict=True)
    )
    drift = Drift(lm, stream, Bank("own", asked), ["Some text."])
    taught = general.with_protected(stream, drift, lm)
    extra = taught.updates[0].learn[len(stream.updates[0].learn) :]
    assert [fact.subject for fact in extra] == [one.text for one in drift.protected]
    assert extra
    for fact in extra:
        ((prompt, target),) = taught.wordings.examples(fact)
        assert (prompt, target) == (fact.subject.strip(), fact.object)


def test_a_bad_file_is_refused_before_anything_runs(tmp_path: Path, tables: dict[str, Any]) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text('{"question": "Who?"}\n', encoding="utf-8")
    with pytest.raises(UserError, match="answer is missing"):
        run(tmp_path / "run", tables | {"general": {"file": str(file)}})
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_a_comparison_refuses_a_bad_file_before_anything_runs(
    tmp_path: Path, tables: dict[str, Any]
) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text('{"question": "Who?"}\n', encoding="utf-8")
    with pytest.raises(UserError, match="answer is missing"):
        compare(
            STREAM,
            ["naive"],
            settings=tables | {"general": {"file": str(file)}},
            out=tmp_path / "all",
            workers=1,
        )
    assert not [*tmp_path.glob("all/*/run.json")]


def test_a_relation_of_the_users_is_never_taken_for_a_protected_question(
    tmp_path: Path, tables: dict[str, Any]
) -> None:
    base = STREAM.updates[0]
    rulers = [replace(one, relation=RELATION) for one in base.learn if one.relation == "ruler"]
    stream = replace(STREAM, updates=[replace(base, learn=rulers)])
    made = experiment.run(stream, strategy="frozen", out=tmp_path / "run", settings=tables)
    assert RELATION in set(made.answers["relation"])


def test_protected_questions_do_not_change_how_the_stream_is_asked(
    tables: dict[str, Any],
) -> None:
    protecting = {**tables, "general": {**tables["general"], "protect": True}}
    settings = resolve.resolve("naive", protecting)
    learner = build_learner(STREAM, settings, 0)
    assert len(learner.stream.updates[0].learn) > len(STREAM.updates[0].learn)
    assert learner.stream.first_taught() == STREAM.first_taught()
    own, plain = (Askable.of(one, learner.lm.coder) for one in (learner.stream, STREAM))
    assert (own.longest, own.closings) == (plain.longest, plain.closings)
    assert own.names.identities == plain.names.identities
    assert too_long(learner.stream, learner.lm.coder, 1) == too_long(STREAM, learner.lm.coder, 1)
    case = Case.of_facts(learner.stream, learner.known, ())
    assert {fact.key for fact in case.retained} == {fact.key for fact in STREAM.updates[0].learn}


def test_settings_without_an_effect_are_refused() -> None:
    for given in ({"file": "own.jsonl"}, {"text": "own.txt"}, {"protect": True}):
        with pytest.raises(UserError, match="would have no effect"):
            resolve.resolve("naive", {"general": {"ask": "off", **given}})
    with pytest.raises(UserError, match="would have no effect"):
        resolve.resolve("naive", {"model": {"chat": "off", "system": "Be brief."}})


def test_the_environment_is_a_part_of_the_record(monkeypatch: pytest.MonkeyPatch) -> None:
    assert resolve.resolve("naive", {}).general.ask == "off"  # the tests set CLTOOL_GENERAL=0
    monkeypatch.delenv("CLTOOL_GENERAL")
    assert resolve.resolve("naive", {}).general.ask == "auto"


def test_a_text_that_is_too_short_to_measure_is_no_damage() -> None:
    numbers = {"unlisted": 1.0, "n_unlisted": 30, "perplexity_ratio": None, "kl_text": None}
    assert general_doubts.sentences([{"label": "1", "general": numbers}]) == []
    assert general_doubts.sentences([{"label": "1", "general": {**numbers, "kl_text": 9.0}}])


def test_on_means_the_built_in_questions() -> None:
    given = ["run", "--general", "on", "--set", "general.file=own.jsonl"]
    options = main.parser().parse_args(given)
    assert read_tables(options)["general"] == {"ask": "on", "file": None}
