"""`cumulative`: goes on from the last weights, on exactly what is true."""

from __future__ import annotations

import pytest
import torch

from cltool.core.errors import UserError
from cltool.experiments import resolve
from cltool.facts.facts import Update
from cltool.facts.stream import Stream
from cltool.training.strategy import facts_from_rows

from ...conftest import CHAIN, FORGOTTEN, MakeLearner, apply, weights


def test_trains_exactly_the_valid_facts(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("cumulative", epochs=1)
    for update in stream.updates[1:]:
        tokens = learner.tokens
        apply(learner, update)
        valid = learner.known.valid()
        assert learner.loader.own == learner.examples(valid)
        assert learner.tokens - tokens == sum(map(len, learner.loader.own))
        assert facts_from_rows(learner.strategies.parts["cumulative"].stored()["facts"]) == valid
    assert FORGOTTEN not in {fact.key for fact in valid}
    assert [fact.key for fact in valid].count(CHAIN) == 1


def test_continues_from_the_last_weights(make_learner: MakeLearner, stream: Stream) -> None:
    # With a rate of 0 the weights stay where they are; `joint` would put the base back.
    learner = make_learner("cumulative", epochs=1, lr=0.0)
    with torch.no_grad():
        for parameter in learner.model.parameters():
            parameter.add_(0.01)
    before = weights(learner.model)
    apply(learner, stream.updates[1])
    for name, tensor in learner.model.state_dict().items():
        assert torch.equal(tensor, before[name])


def test_keeps_earlier_facts(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("cumulative", lm="tiny", epochs=20, lr=1e-3)
    apply(learner, stream.updates[1])
    scored = learner.score(learner.collate(learner.examples(learner.known.valid())))
    assert float(scored.hits().float().mean()) > 0.9


def test_without_valid_facts_nothing_is_trained(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("cumulative", epochs=1)
    before = weights(learner.model)
    apply(learner, Update(1, "oblivion", (), stream.updates[0].learn))
    assert learner.strategies.parts["cumulative"].stored() == {"facts": []}
    assert all(torch.equal(t, before[n]) for n, t in learner.model.state_dict().items())


def test_there_is_nothing_to_rehearse() -> None:
    for name in ("cumulative+replay", "pseudo_replay+cumulative"):
        with pytest.raises(UserError, match="there is nothing to rehearse"):
            resolve.build(resolve.resolve(name))


@pytest.mark.parametrize("name", ["cumulative+ewc", "lora+cumulative"])
def test_composed(name: str, make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner(name, epochs=1)
    apply(learner, stream.updates[1])
    assert learner.loader.own == learner.examples(learner.known.valid())
