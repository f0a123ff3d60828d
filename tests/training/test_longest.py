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
