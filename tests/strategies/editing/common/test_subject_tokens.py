"""Where sentences name their subjects, as plain text and in a chat."""

from __future__ import annotations

from pathlib import Path

import pytest

from cltool.experiments import resolve
from cltool.experiments.build_learner import build_learner
from cltool.facts.chat_wordings import chat_wording
from cltool.facts.facts import Fact
from cltool.facts.stream import Stream
from cltool.facts.wordings import Wordings
from cltool.strategies.editing.common.subject_tokens import located
from cltool.training.learner import Learner

from ....chat_models import write_chat_model
from ....conftest import MakeLearner


def chatting(stream: Stream, folder: Path) -> Learner:
    tables = {
        "model": {"name": str(write_chat_model(stream, folder)), "device": "cpu", "chat": "on"},
        "general": {"ask": "off"},
    }
    return build_learner(stream, resolve.resolve("naive", tables), seed=0)


@pytest.mark.parametrize("chat", [False, True])
def test_every_mention_is_found_to_its_last_token(
    chat: bool, make_learner: MakeLearner, stream: Stream, tmp_path: Path
) -> None:
    learner = chatting(stream, tmp_path / "model") if chat else make_learner(of=stream)
    coder = learner.lm.coder
    assert (coder.chat is not None) == chat
    for fact in stream.updates[1].learn:
        for one in located(learner, fact):
            text = coder.decode(one.example.ids)
            assert len(one.subject) == text.count(fact.subject) > 0
            for place in one.subject:
                assert coder.decode(one.example.ids[: place + 1]).endswith(fact.subject)


def test_an_answer_that_ends_with_the_subject(stream: Stream, tmp_path: Path) -> None:
    wordings = Wordings(
        {"capital": [chat_wording("Who leads {subject}?", "{object} leads {subject}")]}, {}
    )
    learner = chatting(Stream("ends", stream.updates, wordings), tmp_path / "model")
    fact = Fact("Land 0", "capital", "x")
    (one,) = located(learner, fact)
    _, place = one.subject
    assert learner.lm.coder.decode(one.example.ids[: place + 1]).endswith("x leads Land 0")
    assert place < len(one.example) - 1, "the token that ends the turn is no part of the subject"


def test_a_subject_that_begins_the_text_counts(make_learner: MakeLearner, stream: Stream) -> None:
    fact = Fact("Land 0", "capital", "x")
    first = stream.wordings.with_prompts({fact.key: ["Land 0 has the capital"]})
    (one,) = located(make_learner(of=Stream("first", stream.updates, first)), fact)
    assert one.subject == (len(make_learner(of=stream).lm.coder.documents(["Land 0"])[0]) - 1,)


def test_a_name_inside_another_word_does_not_count(
    make_learner: MakeLearner, stream: Stream
) -> None:
    fact = Fact("Lan", "capital", "x")
    prompts = stream.wordings.with_prompts({fact.key: ["The Land of Lan has the capital"]})
    learner = make_learner(of=Stream("inside", stream.updates, prompts))
    ((place,),) = [one.subject for one in located(learner, fact)]
    (example,) = learner.examples([fact])
    assert learner.lm.coder.decode(example.ids[: place + 1]).endswith("The Land of Lan")


def test_a_prompt_without_the_subject_has_no_place(
    make_learner: MakeLearner, stream: Stream
) -> None:
    fact = Fact("Land 0", "capital", "x")
    without = stream.wordings.with_prompts({fact.key: ["Where is the throne?"]})
    learner = make_learner(of=Stream("without", stream.updates, without))
    assert [one.subject for one in located(learner, fact)] == [()]
