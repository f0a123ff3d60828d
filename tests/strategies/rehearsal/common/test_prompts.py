"""Kept keys: what is asked, what the answers become, and what it costs."""

from __future__ import annotations

from collections import Counter

import torch

from cltool.facts.facts import Fact
from cltool.facts.stream import Stream
from cltool.strategies.rehearsal.common.prompts import Prompts, completed

from ....conftest import MakeLearner


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_keys_are_removed_with_their_facts_and_added_again() -> None:
    prompts = Prompts()
    facts = [Fact(f"S{number}", "is", f"object {number}") for number in range(4)]
    prompts.take(facts)
    prompts.forget([Fact("S1", "is", "whatever"), Fact("S2", "was", "object 2")])
    assert prompts.keys == [("S0", "is"), ("S2", "is"), ("S3", "is")]
    prompts.take([facts[1], facts[3]])
    assert prompts.keys == [("S0", "is"), ("S2", "is"), ("S3", "is"), ("S1", "is")]
    assert "object" not in str(prompts.state_dict())
    other = Prompts()
    other.load_state_dict(prompts.state_dict())
    assert other.keys == prompts.keys


def test_prompts_of_each_key_are_drawn_without_those_that_are_left_out(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner(of=stream)
    facts = stream.updates[0].learn[:4]
    prompts = Prompts()
    prompts.take(facts)
    texts = prompts.of_each(learner, 1, seeded(), {facts[0].key})
    assert len(texts) == 3
    for fact, text in zip(facts[1:], texts, strict=True):
        trained = [one.prompt for one in stream.wordings.askings(fact.key) if one.form == "trained"]
        assert text in trained


def test_a_model_that_knows_its_base_answers_with_it(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner(lm="tiny")
    prompts = Prompts()
    prompts.take(learner.known.valid())
    tokens = learner.tokens
    answered = prompts.answered(learner, 10_000, 48, seeded())
    true = learner.examples(learner.known.valid())
    assert len(set(answered) & set(true)) > 0.9 * len(true)
    assert {one.ids[: one.start] for one in answered} == {one.ids[: one.start] for one in true}
    # Each prompt and each answer, with its end token, went through the model once. The test of
    # whether the model masks padding reads three prompts more.
    assert 0 <= learner.tokens - tokens - sum(map(len, answered)) <= 40


def test_no_key_is_asked_twice_before_all_were_asked(make_learner: MakeLearner) -> None:
    learner = make_learner(lm="tiny")
    prompts = Prompts()
    prompts.take(learner.known.valid())
    whose = {
        example.ids[: example.start]: fact.key
        for fact in learner.known.valid()
        for example in learner.examples([fact])
    }
    count = len(prompts.keys)
    for most in (count // 2, count, 2 * count + 3):
        answered = prompts.answered(learner, most, 48, seeded(most))
        counts = Counter(whose[one.ids[: one.start]] for one in answered)
        assert sum(counts.values()) == most
        counts.update({key: 0 for key in prompts.keys})
        assert max(counts.values()) - min(counts[key] for key in prompts.keys) <= 1
    drawn = [prompts.answered(learner, 9, 48, seeded(seed)) for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_answers_that_are_cut_off_are_left_out(make_learner: MakeLearner) -> None:
    learner = make_learner(lm="tiny")
    prompts = Prompts()
    prompts.take(learner.known.valid())
    (whole, short) = (prompts.answered(learner, 200, limit, seeded()) for limit in (48, 2))
    assert short == [one for one in whole if len(one) - one.start <= 2]
    assert 0 < len(short) < len(whole)
    assert Prompts().answered(learner, 100, 48, seeded()) == []


def test_generated_answers_end_as_trained_pairs_do(make_learner: MakeLearner) -> None:
    learner = make_learner(lm="tiny")
    coder = learner.lm.coder
    (pair,) = coder.pairs([("The ruler of Land 1 is", " Bodema.")])
    head, tail = pair.ids[: pair.start], list(pair.ids[pair.start :])
    line_break = next(token for token in coder.stops if token != coder.eos)
    assert completed(learner, head, tail) == pair
    assert completed(learner, head, [*tail[:-1], line_break]) == pair
    assert completed(learner, head, tail[:-1]) is None
    assert completed(learner, head, tail[-1:]) is None
    # What a model reads is at most as long as its context.
    most = learner.lm.context - len(tail)
    assert completed(learner, [*head * 99][:most], tail) is not None
    assert completed(learner, [*head * 99][: most + 1], tail) is None
