"""`cltool recall`: the texts, and what is counted as recalled."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cltool.cli.main import main
from cltool.core.errors import UserError
from cltool.evaluation.matching import Answer
from cltool.experiments.recall import recall
from cltool.experiments.recall_texts import BEGIN, END, MIDDLE, SUPERSEDED, TWO_HOP, Text, Texts
from cltool.facts.stream import Stream
from cltool.models.tiny.reading import line
from cltool.scenarios.world import World, WorldConfig

from ..conftest import LoadLM


def texts(stream: Stream, lm: Any, kind: str, tokens: int = 60, count: int = 6) -> list[Text]:
    return list(Texts(stream, lm.coder, together=2, seed=0).of(kind, tokens, count))


def places(stream: Stream, text: Text) -> list[int]:
    """Where the lines of the facts that are asked for stand."""
    known = stream.knowledge(len(stream) - 1)
    stated = [
        line(belief.fact, stream.wordings)
        for probe in text.probes
        if (belief := known.belief(probe.key)) is not None
    ]
    return [text.lines.index(one) for one in stated]


def test_the_facts_stand_where_they_should(stream: Stream, load_lm: LoadLM) -> None:
    lm = load_lm("llama")
    for kind in (BEGIN, MIDDLE, END):
        for text in texts(stream, lm, kind):
            others = len(text.lines) - len(text.probes)
            before = {BEGIN: 0, MIDDLE: round(others / 2), END: others}[kind]
            assert places(stream, text) == [*range(before, before + len(text.probes))]
            assert all(probe.outdated == () for probe in text.probes)


def test_the_other_lines_have_as_many_tokens_and_do_not_answer(
    stream: Stream, load_lm: LoadLM
) -> None:
    lm = load_lm("llama")
    for tokens in (0, 1, 90, 400):
        for text in texts(stream, lm, BEGIN, tokens):
            others = text.lines[len(text.probes) :]
            sizes = [len(ids) for ids in lm.coder.texts(others)]
            assert sum(sizes) >= tokens
            assert sum(sizes[:-1]) < max(tokens, 1)
            for probe in text.probes:
                assert not any(probe.key[0] in one for one in others)
                assert not any(name in one for one in others for name in probe.accepted)


def test_the_older_object_is_stated_first(stream: Stream, load_lm: LoadLM) -> None:
    lm = load_lm("llama")
    for text in texts(stream, lm, SUPERSEDED):
        for probe, place in zip(text.probes, places(stream, text), strict=True):
            older = [n for n, one in enumerate(text.lines) if probe.outdated[0] in one]
            assert older
            assert older[0] < place


def test_the_same_facts_are_asked_whatever_else_is_asked(stream: Stream, load_lm: LoadLM) -> None:
    made = Texts(stream, load_lm("llama").coder, together=2, seed=0)
    first = [text.probes for text in made.of(BEGIN, 30, 4)]
    assert [text.probes for text in made.of(END, 200, 4)] == first
    assert [text.probes for text in made.of(BEGIN, 30, 4)] == first
    other = Texts(stream, load_lm("llama").coder, together=2, seed=1)
    assert [text.probes for text in other.of(BEGIN, 30, 4)] != first


def test_two_hop_questions_have_both_facts_before_them(load_lm: LoadLM) -> None:
    stream = World(WorldConfig()).stream(0)
    lm = load_lm("llama")
    found = texts(stream, lm, TWO_HOP, 30, 5)
    assert len(found) == 5
    for text in found:
        (probe,) = text.probes
        assert probe.key[0] in text.lines[0]
        assert any(name in text.lines[1] for name in probe.accepted)


def test_a_model_that_copies_recalls_everything(
    stream: Stream, load_lm: LoadLM, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the model is: its answers are replaced by the object of the last line that fits."""

    def answers(self: Any, lines: Any, prompts: Any, limit: int) -> list[Answer]:
        self.bytes = 7
        found = []
        for prompt in prompts:
            about = [one for one in lines if one.startswith(prompt.strip())]
            said = about[-1].strip().removeprefix(prompt.strip()) if about else " nobody"
            found.append(Answer(said, "end"))
        return found

    monkeypatch.setattr("cltool.evaluation.reader.Reader.answers", answers)
    monkeypatch.setattr(
        "cltool.experiments.base_model.prepare", lambda s, *a: (load_lm("llama"), s)
    )
    found = recall(["any"], stream, tokens=(0, 40), count=4, together=2).rows
    assert {(row.kind, row.tokens) for row in found} == {
        (kind, size) for kind in (BEGIN, MIDDLE, END, SUPERSEDED) for size in (0, 40)
    }
    assert all(row.asked == row.right == 4 and row.outdated == 0 for row in found)
    assert {row.bytes for row in found} == {7}


def test_the_command_counts_and_says_what_is_too_long(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = [
        {"subject": f"Land {n}", "relation": "ruler", "new": f"Queen {n}", "update": 0}
        for n in range(9)
    ]
    rows = [*base, {**base[0], "new": "Rex", "update": 1}, {**base[1], "new": "Ada", "update": 1}]
    file = tmp_path / "facts.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    sizes = "0,30,100000"
    arguments = ["recall", "tiny", "--scenario", str(file), "--tokens", sizes, "--json"]
    assert main([*arguments, "--set", "model.reading=false"]) == 0
    data = json.loads(capsys.readouterr().out)
    long = [row for row in data["rows"] if row["tokens"] == 100000]
    assert long
    assert all(row["too_long"] and row["share"] is None for row in long)
    asked = [row for row in data["rows"] if row["tokens"] < 100000]
    assert all(row["asked"] == 2 and row["bytes"] > 0 for row in asked)


@pytest.mark.parametrize("word", ["ten", "64,-1", ""])
def test_a_wrong_number_of_tokens_is_refused(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recall", "tiny", "--tokens", word]) == 2
    assert "is not a number of tokens" in capsys.readouterr().err


def test_a_stream_without_updates_is_refused(stream: Stream) -> None:
    with pytest.raises(UserError, match="there is nothing to read"):
        recall(["tiny"], replace(stream, updates=stream.updates[:1]))
