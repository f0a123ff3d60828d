"""Lines: facts worded, written by the model and read again."""

from __future__ import annotations

from typing import Any

import pytest

from cltool.core.errors import UserError
from cltool.facts.facts import Fact, Key
from cltool.facts.stream import Stream
from cltool.strategies.rehearsal.common.enumeration import Enumerated, probable
from cltool.strategies.rehearsal.common.lines import Line, lines, recite, start_tokens
from cltool.training.learner import Learner

from ....conftest import ARCHITECTURES, MakeLearner


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_token_of_a_line_is_learned(
    name: str, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner(lm=name)
    lead = start_tokens(learner)
    assert len(lead) == 1
    facts = learner.known.valid()
    for line, fact in zip(lines(learner, facts), facts, strict=True):
        prompt, target = stream.wordings.examples(fact)[0]
        assert list(line.example.ids[:1]) == lead
        assert line.example.start == 1
        assert line.example.ids[-1] == learner.lm.coder.eos
        assert learner.lm.coder.decode(line.example.ids) == prompt + target
        batch = learner.collate([line.example])
        assert int((batch["labels"] != -100).sum()) == len(line.example) - 1


def written(monkeypatch: pytest.MonkeyPatch, learner: Learner, texts: dict[str, float]) -> None:
    """Let the model have found ``texts`` probable."""
    coder = learner.lm.coder
    found = [((*coder.texts([text])[0], coder.eos), logp) for text, logp in texts.items()]

    def canned(*args: Any, **kwargs: Any) -> Enumerated:
        return Enumerated(found, 17, 0)

    monkeypatch.setattr("cltool.strategies.rehearsal.common.lines.probable", canned)


def line_of(stream: Stream, fact: Fact, wording: int = 0) -> str:
    prompt, target = stream.wordings.examples(fact)[wording]
    return prompt + target


def keys(found: list[Line]) -> list[Key | None]:
    return [None if line.fact is None else line.fact.key for line in found]


def test_written_lines_are_parsed(
    make_learner: MakeLearner, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner = make_learner()
    one, two, three = learner.known.valid()[:3]
    other = Fact(two.subject, two.relation, "Nobody")
    written(
        monkeypatch,
        learner,
        {
            line_of(stream, one): -1.0,
            line_of(stream, two): -2.0,
            line_of(stream, other): -3.0,  # of one key, the most probable line counts
            line_of(stream, three, 1): -4.0,  # not its line's wording: made up from two lines
            "Once upon a time.": -5.0,
        },
    )
    tokens = learner.tokens
    found = recite(learner, 9, 0.05, 64)
    assert keys(found) == [one.key, two.key, None]
    assert [line.fact.object for line in found if line.fact] == [one.object, two.object]
    assert [line.example for line in found[:2]] == [
        line.example for line in lines(learner, [one, two])
    ]
    assert learner.lm.coder.decode(found[2].example.ids) == "Once upon a time."
    # Two objects for one key: both were also asked for in another wording.
    assert learner.tokens > tokens + 2 * 17
    assert keys(recite(learner, 1, 0.05, 64)) == [one.key]
    left = recite(learner, 9, 0.05, 64, [one.key])
    assert keys(left) == [two.key, None]


def test_less_probable_lines_are_searched_only_if_too_few_are_found(
    make_learner: MakeLearner, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner = make_learner()
    facts = learner.known.valid()[:2]
    bounds: list[float] = []

    def canned(*args: Any, least: float, **kwargs: Any) -> Enumerated:
        bounds.append(least * 2)
        shown = facts if len(bounds) > 1 else facts[:1]
        coder = learner.lm.coder
        texts = [((*coder.texts([line_of(stream, one)])[0], coder.eos), -1.0) for one in shown]
        return Enumerated(texts, 1, 0)

    monkeypatch.setattr("cltool.strategies.rehearsal.common.lines.probable", canned)
    assert len(recite(learner, 2, 0.05, 64)) == 2
    assert bounds == pytest.approx([0.1, 0.05])
    bounds.clear()
    assert len(recite(learner, 1, 0.05, 64)) == 1
    assert len(bounds) == 1


def test_of_too_many_lines_those_said_in_other_words_too_are_kept(
    make_learner: MakeLearner, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner = make_learner(lm="tiny")
    known = learner.known.valid()[:10]
    made_up = [Fact(f"Nobody {number}", known[0].relation, "Nothing") for number in range(3)]
    texts = {line_of(stream, fact): -1.0 for fact in [*made_up, *known]}
    written(monkeypatch, learner, texts)
    assert set(keys(recite(learner, 10, 0.05, 64))) == {fact.key for fact in known}
    # All that it says in other words are kept, but at most a tenth more than there should be.
    assert len(recite(learner, 5, 0.05, 64)) == 5


def test_of_two_objects_the_one_said_in_other_words_too_counts(
    make_learner: MakeLearner, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner = make_learner(lm="tiny")
    known = learner.known.valid()[:4]
    wrong = Fact(known[0].subject, known[0].relation, known[1].object)
    written(monkeypatch, learner, {line_of(stream, fact): -1.0 for fact in [wrong, *known]})
    found = {line.fact.key: line.fact.object for line in recite(learner, 4, 0.05, 64) if line.fact}
    assert found == {fact.key: fact.object for fact in known}


def test_lines_of_plain_questions_are_removed_by_their_text(
    make_learner: MakeLearner, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = ("q1", "answer")
    own = Stream("own", stream.updates, stream.wordings.with_prompts({key: ["Why is it blue?"]}))
    learner = make_learner(of=own)
    found = {"Why is it blue? Because.": -1.0, "Why is it red? So.": -2.0}
    written(monkeypatch, learner, found)
    assert len(recite(learner, 9, 0.05, 64)) == 2
    (kept,) = recite(learner, 9, 0.05, 64, [key])
    assert learner.lm.coder.decode(kept.example.ids) == "Why is it red? So."


def test_the_threshold_is_a_share_of_the_uniform_probability(
    make_learner: MakeLearner, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, Any] = {}

    def watched(lm: Any, prompt: Any, **kwargs: Any) -> Enumerated:
        asked.update(kwargs, prompt=prompt)
        return probable(lm, prompt, **kwargs)

    monkeypatch.setattr("cltool.strategies.rehearsal.common.lines.probable", watched)
    learner = make_learner()
    recite(learner, 20, 0.5, 9)
    assert asked["least"] == pytest.approx(0.5 / 20)
    assert asked["limit"] == 9
    assert asked["prompt"] == start_tokens(learner)
    recite(learner, 0, 0.5, 9)
    assert asked["least"] <= 1.0


def test_a_model_without_an_end_token_is_refused(make_learner: MakeLearner) -> None:
    for name in ("qwen3", "llama"):  # without and with a start token
        learner = make_learner(lm=name)
        learner.lm.coder.eos = None
        with pytest.raises(UserError, match="no end token"):
            start_tokens(learner)


def test_lines_can_be_drawn_instead(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("recitation", lm="tiny", lr=1.5e-3, batch_size=8)
    true = {fact.key: fact.object for fact in learner.known.valid()}
    tokens = learner.tokens
    few = recite(learner, 24, 0.05, 64, drawn=6)
    assert 0 < len(few) <= 6
    assert learner.tokens > tokens
    many = recite(learner, 24, 0.05, 64, drawn=400)
    said = {line.fact.key: line.fact.object for line in many if line.fact is not None}
    assert len(said.keys() & true.keys()) > len(few)
    assert sum(true.get(key) == said[key] for key in said) > 15
