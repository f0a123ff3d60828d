"""What a model writes by itself: texts, or questions with answers, and what they cost."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from cltool.facts.stream import Stream
from cltool.lm.token_count import passing
from cltool.strategies.editing.common.model_texts import (
    ANSWER,
    QUESTION,
    beginnings,
    shares,
    written,
)

from ....conftest import MakeLearner
from .test_subject_tokens import chatting


def test_plain_texts_begin_as_asked_and_their_tokens_count(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner(of=stream)
    coder = learner.lm.coder
    learner.tokens = 0
    with passing(coder) as passed:
        rows = written(learner, {"": 3, "The capital of": 4}, torch.Generator().manual_seed(0))
    # The last token of a text is written, and never passes through the model.
    assert 0 < passed.tokens <= learner.tokens <= 1.1 * passed.tokens
    begun = [row for row in rows if coder.decode(row).lstrip().startswith("The capital of")]
    assert 0 < len(begun) <= 4 and len(rows) <= 7
    assert all(len(row) <= len(coder.documents(["The capital of"])[0]) + QUESTION for row in rows)


def test_in_a_chat_they_are_whole_turns_with_answers(stream: Stream, tmp_path: Path) -> None:
    learner = chatting(stream, tmp_path / "model")
    chat, coder = learner.lm.coder.chat, learner.lm.coder
    assert chat is not None
    learner.tokens = 0
    with passing(coder) as passed:
        rows = written(learner, {"Who": 60}, torch.Generator().manual_seed(0))
    # The last token of a text is written, and never passes through the model.
    assert 0 < passed.tokens <= learner.tokens <= 1.1 * passed.tokens
    assert rows
    before, after = (tuple(coder.texts([text])[0]) for text in (chat.before, chat.after))
    for row in rows:
        assert row[: len(before)] == before
        turn = next(n for n in range(len(row), 0, -1) if row[n - len(after) : n] == after)
        assert len(row) - turn <= ANSWER


def test_the_same_generator_gives_the_same_texts(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner(of=stream)
    one, two = (written(learner, {"": 4}, torch.Generator().manual_seed(5)) for _ in range(2))
    assert one == two


def test_beginnings_are_those_of_the_prompts(make_learner: MakeLearner, stream: Stream) -> None:
    found = beginnings(make_learner(of=stream), stream.updates[0].learn[:1])
    assert {"The", "The capital of", "What", "Which city is the capital of"} & set(found)
    assert not any("Land" in head for head in found)


@pytest.mark.parametrize("count", [0, 1, 7, 240])
def test_shares_add_up(count: int) -> None:
    for heads in ([], ["What"], [f"head {n}" for n in range(60)]):
        found = shares(heads, count)
        assert sum(found.values()) == count
        given = [number for head, number in found.items() if head]
        assert not given or max(given) - min(given) <= 1
        assert sum(given) == (count // 2 if heads else 0)
