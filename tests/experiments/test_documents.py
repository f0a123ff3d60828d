"""Runs over documents: strategies train texts, and questions about them are asked closed book."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cltool import models
from cltool.cli.main import main
from cltool.core.errors import UserError
from cltool.evaluation.general.drift import update_examples
from cltool.experiments.draft import draft
from cltool.experiments.resolve import open_stream
from cltool.experiments.run import run
from cltool.facts.stream import Stream
from cltool.lm.language_model import load_checkpoint

from ..chat_models import write_chat_model

TEXTS = {
    "1-quay.md": "# The quay\n\nThe quay has seven arches. It is long and grey.\n",
    "2-bell.md": "# The bell\n\nTam Orrel rings the bell. It is as old as the quay.\n",
}
ASKED = [
    {"prompt": "How many arches has the quay?", "answer": "seven", "document": "1-quay"},
    {"prompt": "Who rings the bell?", "answer": "Tam Orrel", "document": "2-bell"},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / name).write_text(text)
    (folder / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ASKED))
    return folder


STRATEGIES = ["naive", "replay", "lora", "cumulative", "ewc", "recitation", "in_context", "read"]


@pytest.fixture
def documents(folder: Path) -> Stream:
    return open_stream("documents", {"path": str(folder), "updates": 2, "orders": 2})


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_run(documents: Stream, tmp_path: Path, strategy: str) -> None:
    model = write_chat_model(documents, tmp_path / "model")
    chat = "off" if strategy == "recitation" else "auto"
    settings = {"model": {"name": str(model), "chat": chat}, "learner": {"epochs": 2, "lr": 1e-3}}
    settings |= {"general": {"ask": "off"}}
    done = run(documents, strategy=strategy, settings=settings, out=tmp_path / "run")
    found = [
        (row["step"], row["subject"], row["group"], row["learned"])
        for row in done.answers.to_dict("records")
    ]
    quay, bell = (str(row["prompt"]) for row in ASKED)
    assert found == [
        (0, quay, "future", 1),
        (0, bell, "future", 2),
        (1, quay, "new", 1),
        (1, bell, "future", 2),
        (2, quay, "retained", 1),
        (2, bell, "new", 2),
    ]
    tokens = done.metrics()["tokens"].tolist()
    assert min(tokens[1:]) > 0 or strategy in ("in_context", "read")
    assert not [text for text in done.record["warnings"] if "held out" in text]
    passage = ("The quay", "passage 1")
    if strategy == "recitation":
        return  # it rehearses what the model writes by itself
    rehearsed = done.rehearsed(2)
    assert {*rehearsed} == ({passage} if strategy == "replay" else set())
    assert done.rehearsed(1) == {}


def test_general_drift_is_measured_on_the_passages(documents: Stream, tmp_path: Path) -> None:
    coder = load_checkpoint(write_chat_model(documents, tmp_path / "model"), device="cpu").coder
    (passage,) = update_examples(documents, 1, coder)
    (fact,) = documents.updates[1].learn
    assert documents.wordings.askings(fact.key) == []
    (prompt, text), *_ = documents.wordings.examples(fact)
    assert coder.decode(passage.ids[passage.start :]).split() == text.split()
    assert prompt == ""


def test_texts_are_learned_from_their_first_token(documents: Stream, tmp_path: Path) -> None:
    from cltool.core.settings import ModelSettings
    from cltool.experiments.asked_by_chat import choose, with_choice
    from cltool.lm.language_model import load_checkpoint

    lm = load_checkpoint(str(write_chat_model(documents, tmp_path / "model")))
    lm, stream = with_choice(lm, documents, choose(lm, documents, ModelSettings(chat="on")))
    (fact,) = stream.updates[1].learn
    pairs = [("Who?", " Orrel"), *stream.wordings.examples(fact)]
    asked, text, *_ = lm.coder.pairs(pairs)
    assert asked.start > 0 and "assistant" in lm.coder.tokenizer.decode(asked.ids)
    # A text is no turn of the chat.
    assert text.start == 0
    assert lm.coder.tokenizer.decode(text.ids[:-1]) == pairs[1][1]
    assert text.ids[-1] == lm.coder.eos


def test_a_passage_that_is_too_long_is_refused_with_its_place(folder: Path, tmp_path: Path) -> None:
    long = " ".join(f"Arch {number} of the quay is grey." for number in range(60))
    (folder / "1-quay.md").write_text(f"# The quay\n\n{long}\n")
    stream = open_stream("documents", {"path": str(folder)})
    model = write_chat_model(stream, tmp_path / "model")
    with pytest.raises(UserError, match="too long for the model") as caught:
        run(stream, settings={"model": {"name": str(model)}}, out=tmp_path / "run")
    assert caught.value.details[0].startswith("1-quay.md: ")


class TestDrafts:
    @pytest.fixture
    def answers(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """What the model writes, in order: questions of a document, then answers."""
        from cltool.experiments import draft as module

        lines = ["How many? More", "How many?", "?", "Seven.", "seven", "seven"]
        lines += ["Who rings?", "Why?", "Tam Orrel.", "because"]

        def written(self: object, prompts: list[str]) -> list[str]:
            assert all("Text: The quay" in one or "Text: The bell" in one for one in prompts)
            return [lines.pop(0) for _ in prompts]

        monkeypatch.setattr(module._Writer, "_written", written)
        return lines

    def test_are_marked_and_grounded(
        self, folder: Path, documents: Stream, tmp_path: Path, answers: list[str]
    ) -> None:
        (folder / "1-quay.md").write_text("# The quay\n\nIt has seven arches. It is. It was.\n")
        model = write_chat_model(documents, tmp_path / "model")
        out = tmp_path / "drafts.jsonl"
        command = ["facts", "draft", str(folder), "--model", str(model), "--out", str(out)]
        assert main(command) == 0
        rows = [json.loads(line) for line in out.read_text().splitlines()]
        assert [(row["prompt"], row["answer"], row["document"]) for row in rows] == [
            ("How many?", "Seven", "1-quay"),
            ("Who rings?", "Tam Orrel", "2-bell"),
        ]
        assert all(row["draft"] is True for row in rows)
        assert rows[0]["sentence"] == "It has seven arches."
        with pytest.raises(UserError, match="2 questions of 2 are drafts"):
            open_stream("documents", {"path": str(folder), "questions": str(out)})

    def test_other_models_by_name_may_write(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def load(name: str, *unused: object, **more: object) -> None:
            raise UserError(f"{name} is loaded")

        monkeypatch.setattr(models, "load", load)
        with pytest.raises(UserError, match="smollm2 is loaded"):
            draft(folder, "smollm2")

    def test_a_built_model_writes_none(self, folder: Path) -> None:
        with pytest.raises(UserError, match="cannot write questions"):
            draft(folder, "tiny")
