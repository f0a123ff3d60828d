"""`in_context`: which facts stand before a prompt, and how many."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import pytest
import torch

from cltool.core.errors import UserError
from cltool.experiments import resolve
from cltool.experiments.build_learner import build_learner
from cltool.facts.facts import Fact, Update
from cltool.facts.stream import Stream
from cltool.models.tiny.reading import line
from cltool.strategies.memory.in_context import InContext
from cltool.training.learner import Learner

from ...chat_models import write_chat_model
from ...conftest import CHAIN, FORGOTTEN, MakeLearner, apply, weights

PROMPT = "Who rules Land 0?"


def framed(learner: Learner, prompt: str = PROMPT) -> list[str]:
    """The lines before the prompt."""
    text = learner.strategies.frame(prompt)
    assert text.endswith(prompt)
    return text.removesuffix(prompt).splitlines(keepends=True)


def lines(stream: Stream, facts: list[Fact]) -> list[str]:
    return [line(fact, stream.wordings) for fact in facts]


def wide(learner: Learner, context: int) -> Learner:
    learner.lm._text_config.max_position_embeddings = context
    learner.lm.__dict__.pop("context", None)  # it is computed once
    learner.strategies.attach(learner)
    return learner


def test_the_newest_facts_come_first(make_learner: MakeLearner, stream: Stream) -> None:
    learner = wide(make_learner("in_context"), 4096)
    assert framed(learner) == []
    for update in stream.updates[1:]:
        apply(learner, update)
    one, two, three = (list(update.learn) for update in stream.updates[1:])
    gone = {fact.key for fact in [*two, *three]}
    still = [fact for fact in one if fact.key not in gone]
    assert len(still) == 3
    found = framed(learner)
    assert sorted(found[:2]) == sorted(lines(stream, three))
    assert sorted(found[2:5]) == sorted(lines(stream, two))
    assert sorted(found[5:]) == sorted(lines(stream, still))


def test_superseded_and_erased_facts_are_removed_immediately(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = wide(make_learner("in_context", strategy={"base": True}), 4096)
    erased = stream.updates[3].forget[0]
    assert erased.key == FORGOTTEN
    chain = [f for update in stream for f in update.learn if f.key == CHAIN]
    for update in stream.updates[1:]:
        before = "".join(framed(learner))
        apply(learner, update)
        after = "".join(framed(learner)) + json.dumps(
            learner.strategies.parts["in_context"].stored()
        )
        if update.step < 3:
            assert chain[update.step - 1].object in before
            assert chain[update.step - 1].object not in after
            assert chain[update.step].object in after
        else:
            assert line(erased, stream.wordings) in before
            assert line(erased, stream.wordings) not in after
            assert erased.object not in after


def test_base_facts_come_last_and_only_with_the_setting(
    make_learner: MakeLearner, stream: Stream
) -> None:
    counts = {}
    for base in (False, True):
        learner = wide(make_learner("in_context", strategy={"base": base}), 4096)
        apply(learner, stream.updates[1])
        counts[base] = framed(learner)
    new = len(stream.updates[1].learn)
    assert len(counts[False]) == new
    assert counts[True][:new] == counts[False]
    assert len(counts[True]) == len(stream.knowledge(1).valid())


def test_facts_fill_the_context_up_to_the_answer(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("in_context", strategy={"base": True})
    coder = learner.lm.coder
    answers = [
        asking.wording.target(fact.object)
        for update in stream
        for fact in update.learn
        for asking in stream.wordings.askings(fact.key)
    ]
    longest = max(map(len, coder.prompts(answers)))
    found = {}
    for context in (40, 96, 200):
        wide(learner, context)
        text = learner.strategies.frame(PROMPT)
        size = len(coder.prompts([text])[0])
        assert size + longest < context
        found[context] = framed(learner)
        whole = wide(learner, 4096).strategies.frame(PROMPT)
        assert whole.startswith("".join(found[context]))  # the first ones are kept
        more = "".join(framed(learner)[: len(found[context]) + 1]) + PROMPT
        assert len(coder.prompts([more])[0]) + longest + 9 > context  # one more would not fit
    assert len(found[40]) < len(found[96]) < len(found[200])


def test_the_context_is_filled_completely(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("in_context", strategy={"base": True})
    framing = cast(InContext, learner.strategies.parts["in_context"])._framing
    facts = framing.facts()
    found = framing.first(facts)
    assert 0 < len(found) < len(facts)
    assert framing._size("".join(found)) <= framing._space
    more = framing.line(facts[len(found)])
    assert framing._size("".join([*found, more])) > framing._space


def test_a_prompt_that_fills_the_context_gets_no_facts(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("in_context", strategy={"base": True})
    long = "Who rules Land 0? " * 40
    assert learner.strategies.frame(long) == long


def test_nothing_is_trained_and_what_is_kept_is_counted(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("in_context")
    before = weights(learner.model)
    sizes = []
    for update in stream.updates[1:3]:
        apply(learner, update)
        sizes.append(learner.strategies.stored_bytes())
    assert all(torch.equal(tensor, before[n]) for n, tensor in learner.model.state_dict().items())
    assert learner.tokens == 0
    assert 0 < sizes[0] < sizes[1]


def test_composed_with_a_strategy_that_trains(make_learner: MakeLearner, stream: Stream) -> None:
    learner = wide(make_learner("replay+in_context", epochs=1), 4096)
    apply(learner, stream.updates[1])
    assert learner.tokens > 0
    assert len(framed(learner)) == len(stream.updates[1].learn)


def test_two_strategies_that_frame_prompts_are_refused() -> None:
    with pytest.raises(UserError, match="both put facts before the prompt"):
        resolve.build(resolve.resolve("in_context+retrieval"))


def test_a_fact_is_plain_text(make_learner: MakeLearner, stream: Stream) -> None:
    learner = wide(make_learner("in_context"), 4096)
    odd = Fact("{subject} %s \\1", "ruler", "{0.__class__}\n{object}")
    learner.known.apply(Update(1, "odd", (odd,)))
    cast(InContext, learner.strategies.parts["in_context"]).forget([])
    (only,) = framed(learner, "{prompt}")
    assert "{subject} %s \\1" in only
    assert "{0.__class__} {object}" in only  # on one line


def test_in_a_chat_the_turns_and_the_words_before_an_answer_have_room(
    stream: Stream, tmp_path: Path
) -> None:
    tables = {
        "model": {
            "name": str(write_chat_model(stream, tmp_path / "model")),
            "device": "cpu",
            "chat": "on",
            "system": "Be brief.",
        },
        "general": {"ask": "off"},
        "strategy": {"base": True},
    }
    learner = build_learner(stream, resolve.resolve("in_context", tables), seed=0)
    wide(learner, 128)
    coder = learner.lm.coder
    assert coder.chat is not None and "Be brief." in coder.chat.before
    asked = [
        (asking.prompt, asking.wording.target(fact.object))
        for fact in learner.stream.updates[0].learn
        for asking in learner.stream.wordings.askings(fact.key)
    ]
    for prompt, target in asked:
        given = framed(learner, prompt)
        assert given, "some facts fit"
        (whole,) = coder.pairs([("".join(given) + prompt, target)])
        assert len(whole) <= 128
        more = framed(wide(learner, 4096), prompt)[: len(given) + 1]
        (longer,) = coder.pairs([("".join(more) + prompt, target)])
        assert len(longer) > 128 - 24, "the room is used"
        wide(learner, 128)
