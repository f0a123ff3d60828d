"""Where an erased object is to end."""

from __future__ import annotations

import math

import pytest
import torch

from cltool.facts.distractors import Distractors
from cltool.facts.facts import Update
from cltool.facts.stream import Stream
from cltool.strategies.unlearning.common.sentences import (
    Likelihoods,
    complete,
    likelihoods,
    sentences,
)
from cltool.strategies.unlearning.common.target import bounds

from ....conftest import MakeLearner


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def test_bounds_are_distractor_probabilities_without_the_object(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("frozen")
    fact = stream.updates[0].learn[2]
    known = [other for other in stream.updates[0].learn if other.key != fact.key]
    chosen = sentences(learner, [fact])
    sure = Likelihoods(torch.full((len(chosen),), math.log(0.75)), torch.ones(len(chosen)).bool())
    lower, upper = bounds(learner, chosen, sure, known, 1000, generator())
    objects = Distractors(known).of(fact)
    for place, one in enumerate(chosen):
        asked = complete(learner, [(fact, one.asking)] * len(objects), objects)
        q = likelihoods(learner, asked).logps - math.log(0.25)
        assert float(lower[place]) == pytest.approx(float(q.median()), abs=1e-4)
        assert float(upper[place]) == pytest.approx(float(q.exp().mean().log()), abs=1e-4)
    assert (lower <= upper).all()


def test_bounds_are_finite_for_a_certain_model(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("frozen")
    chosen = sentences(learner, stream.updates[0].learn[2:3])
    sure = Likelihoods(torch.zeros(len(chosen)), torch.ones(len(chosen)).bool())
    lower, upper = bounds(learner, chosen, sure, stream.updates[0].learn, 4, generator())
    assert lower.isfinite().all() and upper.isfinite().all()


def test_without_distractors_each_token_is_uniform(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("frozen")
    chosen = sentences(learner, stream.updates[0].learn[2:3])
    lower, upper = bounds(learner, chosen, likelihoods(learner, chosen), [], 4, generator())
    size = len(learner.lm.coder.tokenizer)
    expected = torch.tensor([-one.tokens * math.log(size) for one in chosen])
    torch.testing.assert_close(lower, expected)
    torch.testing.assert_close(upper, expected)


def test_all_wordings_and_calls_use_the_same_distractors(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("frozen")
    learner.known.apply(Update(1, "one", ()))
    chosen = sentences(learner, stream.updates[0].learn[2:4])
    said = likelihoods(learner, chosen)
    found = [bounds(learner, chosen, said, stream.updates[0].learn, 3, generator()) for _ in "ab"]
    torch.testing.assert_close(found[0], found[1], rtol=0, atol=0)
