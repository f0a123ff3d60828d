"""Every unlearning method, on a model that knows what it is to forget."""

from __future__ import annotations

import pytest

from cltool.facts.facts import Update
from cltool.facts.stream import Stream
from cltool.strategies import STRATEGIES
from cltool.strategies.unlearning.common.sentences import complete, likelihoods, sentences

from ...conftest import MakeLearner, apply

FAMILY = [entry.name for entry in STRATEGIES.entries() if entry.family == "unlearning"]
NAMES = [name for name in FAMILY if not STRATEGIES.load(name).rebuilds]
"""All that erase from the weights as they are; `retrain` needs a base that can be made anew."""

KEEPS_NOTHING = {"gradient_ascent", "task_vector"}
"""Those that hold no neighbours by themselves."""


def test_unlearning_methods_are_registered() -> None:
    assert len(NAMES) >= 15


@pytest.mark.parametrize("name", NAMES)
def test_erased_facts_are_not_answered_and_neighbours_mostly_are(
    name: str, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner(name, lm="tiny", lr=1.3e-3)
    base = stream.updates[0].learn
    fact, kept = base[2], [*base[:2], *base[3:]]
    chosen = sentences(learner, [fact])
    assert bool(likelihoods(learner, chosen).greedy.all())
    apply(learner, Update(1, "forget", (), [fact]))
    assert not bool(likelihoods(learner, chosen).greedy.any())
    asked = [(one, learner.stream.wordings.askings(one.key)[0]) for one in kept]
    said = likelihoods(learner, complete(learner, asked, [one.object for one in kept]))
    assert float(said.greedy.float().mean()) >= (0.3 if name in KEEPS_NOTHING else 0.85)
