"""A model with a chat template is taught and asked through it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cltool.core.errors import UserError
from cltool.core.progress import Progress
from cltool.core.settings import ModelSettings
from cltool.experiments import base_model
from cltool.experiments.asked_by_chat import CHAT, QUESTION, STATEMENT, Choice, choose, decide
from cltool.experiments.resolve import resolve
from cltool.experiments.run import run
from cltool.facts.stream import Stream
from cltool.lm.chat import ChatTurns
from cltool.models import load
from cltool.models.cache import rebuilt
from cltool.models.tiny.reading import line
from cltool.runs.run import Run
from cltool.training.learner import Learner

from ..chat_models import write_chat_model
from ..conftest import make_stream

QUICK = {"learner": {"epochs": 2, "lr": 1e-3}}


@pytest.fixture(scope="module")
def small() -> Stream:
    return make_stream(lands=4)


@pytest.fixture(scope="module")
def random_model(small: Stream, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_chat_model(small, tmp_path_factory.mktemp("chat") / "model")


@pytest.fixture(scope="module")
def taught(small: Stream, random_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that knows the base facts, and answers them only in chats."""
    folder = tmp_path_factory.mktemp("taught")
    run(
        small,
        strategy="frozen",
        model=str(random_model),
        out=folder / "run",
        settings={"model": {"teach_base": True}},
        save_model=folder / "model",
    )
    rows = answers(Run(folder / "run"), 0)
    assert rows[(rows["group"] == "new") & (rows["form"] == "trained")]["right"].mean() >= 0.5
    return folder / "model"


def answers(made: Run, step: int) -> pd.DataFrame:
    return pd.read_parquet(made.folder / "answers" / f"step-{step:03}.parquet")


def record(made: Run) -> dict[str, Any]:
    return dict(json.loads((made.folder / "run.json").read_text()))


def test_it_is_asked_in_the_way_in_which_it_answers(
    small: Stream, taught: Path, tmp_path: Path
) -> None:
    made = run(small, strategy="naive", model=str(taught), out=tmp_path / "r", settings=QUICK)
    kept = record(made)
    assert kept["settings"]["model"]["chat"] == "on"
    assert kept["requested"]["model"]["chat"] == "auto"
    assert "through its chat template" in kept["asked"] and "statements" in kept["asked"]
    rows = answers(made, 0)
    base = {fact.key for fact in small.updates[0].learn}
    known = rows[[(s, r) in base for s, r in zip(rows["subject"], rows["relation"], strict=True)]]
    assert known[known["form"] == "trained"]["right"].mean() >= 0.5
    assert "The capital of Land 0 is" in set(known["lead"])
    asked = set(known["prompt"])
    chats = small.wordings.as_chat()
    assert asked <= {one.prompt for key in base for one in chats.askings(key)}
    plain = run(
        small,
        strategy="frozen",
        model=str(taught),
        out=tmp_path / "p",
        settings={"model": {"chat": "off"}},
    )
    assert record(plain)["settings"]["model"]["chat"] == "off"
    assert "lead" not in answers(plain, 0)
    assert not any(prompt.startswith("Complete") for prompt in answers(plain, 0)["prompt"])


def test_what_was_found_is_taken_from_the_cache(small: Stream, taught: Path) -> None:
    lm = load(str(taught), small, device="cpu")
    with rebuilt() as sentences:
        found = [choose(lm, small, ModelSettings()) for _ in range(2)]
    assert found[0] == found[1] and found[0].turns is not None
    assert sentences == []


def test_steps_asked_by_chat_are_not_continued_as_plain_text(
    small: Stream, taught: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(task: str, done: int, of: int, text: str) -> None:
        if text.endswith(f": after {small.updates[1].label}"):
            raise KeyboardInterrupt

    out = tmp_path / "r"
    with pytest.raises(KeyboardInterrupt):
        run(small, model=str(taught), out=out, settings=QUICK, progress=Progress(stop))
    steps = len(list((out / "answers").iterdir()))
    monkeypatch.setattr(base_model, "choose", lambda *given, **more: Choice(None))
    with pytest.raises(UserError, match="through its chat template") as caught:
        run(small, model=str(taught), out=out, settings=QUICK)
    assert "--chat on" in caught.value.hint
    assert len(list((out / "answers").iterdir())) == steps


def test_the_line_of_a_fact_is_the_assistants_sentence(small: Stream) -> None:
    fact = small.updates[0].learn[0]
    chats = small.wordings.as_chat()
    assert line(fact, chats) == f"{chats.examples(fact)[0][1]}\n"


def test_a_run_of_a_version_without_the_setting_is_the_same_run(
    small: Stream, taught: Path, tmp_path: Path
) -> None:
    made = run(small, strategy="frozen", model=str(taught), out=tmp_path / "r")
    requested = record(made)["requested"]
    del requested["model"]["chat"], requested["model"]["system"]
    requested["general"] = {"ask": requested["general"]["ask"]}
    made.change_record(requested=requested)
    assert run(small, strategy="frozen", model=str(taught), out=tmp_path / "r").reused
    for section, name, value in (("model", "chat", "off"), ("general", "ask", "on")):
        other = {section: {name: value}}
        with pytest.raises(UserError, match=f"{section}.{name}"):
            run(small, strategy="frozen", model=str(taught), out=tmp_path / "r", settings=other)


def test_facts_in_a_prompt_stand_in_the_turn_of_the_user(
    small: Stream, taught: Path, tmp_path: Path
) -> None:
    made = run(small, strategy="retrieval", model=str(taught), out=tmp_path / "r")
    assert record(made)["status"] == "finished"


def test_a_run_is_not_continued_in_another_way(small: Stream, taught: Path, tmp_path: Path) -> None:
    settings = {**QUICK, "model": {"chat": "off"}}
    made = run(small, strategy="naive", model=str(taught), out=tmp_path / "r", settings=settings)
    kept = record(made)
    with pytest.raises(UserError, match="chat"):
        run(small, strategy="naive", model=str(taught), out=tmp_path / "r", settings=QUICK)
    assert record(made) == kept


def test_a_model_without_a_template(small: Stream, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no chat template") as caught:
        run(
            small,
            model="tiny",
            out=tmp_path / "r",
            settings={"model": {"chat": "on", "reading": False}},
        )
    assert "--chat off" in caught.value.hint


@pytest.mark.parametrize("strategy", ["recitation", "pseudo_replay"])
def test_strategies_that_read_out_lines_say_that_a_chat_has_none(
    strategy: str, small: Stream, taught: Path, tmp_path: Path
) -> None:
    options = {"pseudo_replay": {"prompts": "generated"}}.get(strategy, {})
    with pytest.raises(UserError, match="chat template"):
        run(
            small,
            strategy=strategy,
            model=str(taught),
            out=tmp_path / "r",
            settings={"strategy": {strategy: options}},
        )


@pytest.mark.parametrize(
    ("statements", "questions", "chats", "chat"),
    [
        ((9, 10), (7, 10), (7, 10), False),
        ((9, 10), (7, 10), (8, 10), True),
        ((9, 10), (0, 10), (5, 10), True),
        ((5, 10), (0, 0), (4, 10), False),
        ((0, 10), (0, 10), (0, 10), True),
        ((0, 0), (0, 0), (0, 0), True),
    ],
)
def test_the_shape_that_is_answered_at_least_as_often_is_chosen(
    statements: tuple[int, int], questions: tuple[int, int], chats: tuple[int, int], chat: bool
) -> None:
    turns = ChatTurns("<user>", "<said>", None)
    counts = {STATEMENT: statements, QUESTION: questions, CHAT: chats}
    assert decide(counts, turns).turns == (turns if chat else None)


def test_a_base_taught_in_a_chat_is_kept_for_its_system_turn(
    small: Stream, random_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLTOOL_CACHE", str(tmp_path))
    taught: list[int] = []
    monkeypatch.setattr(Learner, "fit", lambda learner, facts: taught.append(len(facts)))

    def prepared(**model: Any) -> str:
        given = {"name": str(random_model), "device": "cpu", "teach_base": True, **model}
        return base_model.prepare(small, resolve("naive", {"model": given}))[0].source

    brief = prepared(chat="on", system="Be brief.")
    assert prepared(chat="on", system="Be brief.") == brief
    assert len(taught) == 1
    others = {prepared(chat="on", system="Be long."), prepared(chat="on"), prepared(chat="off")}
    assert len({brief, *others}) == len(taught) == 4
