"""Strategies let the model write answers that are as long as what it was taught."""

from __future__ import annotations

from dataclasses import replace

from cltool.facts.facts import Fact
from cltool.facts.stream import Stream
from cltool.training.longest import answer_limit, sentence_limit

from ..conftest import MakeLearner

LONG = "名" * 40


def test_the_longest_known_object_decides(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner(of=stream)
    assert answer_limit(learner, 48) == 48
    assert sentence_limit(learner, 64) == 64
    assert answer_limit(learner, 2) < sentence_limit(learner, 2)
    base = stream.updates[0]
    fact = Fact("Land 99", "capital", LONG)
    longer = replace(stream, updates=[replace(base, learn=[*base.learn, fact])])
    learner = make_learner(of=longer)
    (needed,) = learner.lm.coder.texts([f" {LONG}."])
    assert answer_limit(learner, 48) > len(needed) >= 120
    pairs = learner.examples([fact])
    assert sentence_limit(learner, 48) >= max(map(len, pairs))


def test_a_limit_that_is_too_low_is_told_once(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner(of=stream)
    for _ in range(2):
        assert answer_limit(learner, 48, 2, "unknow") == 2
        assert sentence_limit(learner, 48, 400, "recitation") == 400
    assert sentence_limit(learner, 48, 3, "recitation") == 3
    first, second = learner.warnings
    assert "strategy.unknow.max_tokens = 2 is too low for the longest known object" in first
    assert "strategy.recitation.max_tokens = 3 is too low" in second
