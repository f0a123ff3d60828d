"""Which facts were rehearsed is found from the tokens that passed through the model."""

from __future__ import annotations

import pytest
import torch

from cltool.facts.stream import Stream
from cltool.lm.coder import Encoded
from cltool.strategies.rehearsal.common.lines import lines
from cltool.training.learner import Learner
from cltool.training.loader import Loader
from cltool.training.rehearsal import Rehearsal

from ..conftest import MakeLearner, apply


@pytest.fixture
def learner(make_learner: MakeLearner) -> Learner:
    return make_learner("naive")


def found(learner: Learner, examples: list[Encoded]) -> tuple[dict[tuple[str, str], int], int]:
    rehearsal = Rehearsal()
    rehearsal.note(examples)
    return rehearsal.facts(learner.lm.coder, learner.stream)


def test_each_example_is_of_its_fact(learner: Learner, stream: Stream) -> None:
    for fact in learner.known.valid():
        examples = learner.examples([fact])
        assert found(learner, examples) == ({fact.key: len(examples)}, 0)


def test_the_lines_of_facts_are_theirs(learner: Learner) -> None:
    facts = learner.known.valid()
    examples = [line.example for line in lines(learner, facts)]

    assert found(learner, examples) == (dict.fromkeys(sorted(fact.key for fact in facts), 1), 0)


def test_another_answer_to_a_prompt_is_about_its_fact(learner: Learner) -> None:
    fact = learner.known.valid()[0]
    prompt = learner.examples([fact])[0]
    answer = Encoded((*prompt.ids[: prompt.start], 5, 6, 7), prompt.start)

    assert found(learner, [answer]) == ({fact.key: 1}, 0)


def test_a_text_that_is_about_no_fact_is_counted_apart(learner: Learner) -> None:
    made_up = [Encoded((5, 6, 7, 8), 1), Encoded((5, 6, 7, 8), 3)]

    assert found(learner, made_up) == ({}, 2)


def test_they_are_counted_until_they_are_cleared(learner: Learner) -> None:
    rehearsal, fact = Rehearsal(), learner.known.valid()[0]
    example = learner.examples([fact])[0]
    rehearsal.note([example, example])
    rehearsal.note([example])
    assert rehearsal.facts(learner.lm.coder, learner.stream) == ({fact.key: 3}, 0)
    rehearsal.clear()
    assert rehearsal.facts(learner.lm.coder, learner.stream) == ({}, 0)


def test_only_batches_that_were_taken_are_noted(learner: Learner) -> None:
    examples = learner.examples(learner.known.valid())
    noted: list[Encoded] = []
    loader = Loader(
        examples[:8], 4, torch.Generator(), learner.collate, examples[8:16], note=noted.extend
    )
    expected = 0
    for taken, batch in enumerate(loader):
        if taken == 2:
            break
        expected = len(noted) + int((~batch["own"]).sum())
    assert len(noted) == expected < 8


@pytest.mark.parametrize("strategy", ["replay", "der", "mir", "agem", "gem", "pseudo_replay"])
def test_strategies_that_rehearse_are_noted(
    make_learner: MakeLearner, stream: Stream, strategy: str
) -> None:
    learner = make_learner(strategy, epochs=2, batch_size=8)
    update = stream.updates[1]
    before = {fact.key for fact in learner.known.valid()}
    apply(learner, update)

    facts, others = learner.rehearsal.facts(learner.lm.coder, stream)
    if strategy == "pseudo_replay":
        # A model with random weights writes texts that do not end, and those are left out.
        assert set(facts) <= before
        return
    assert facts and not others
    assert set(facts) <= before - {fact.key for fact in update.learn}


def test_training_alone_rehearses_nothing(learner: Learner, stream: Stream) -> None:
    apply(learner, stream.updates[1])

    assert learner.rehearsal.facts(learner.lm.coder, stream) == ({}, 0)
