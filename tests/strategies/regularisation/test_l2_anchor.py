"""`l2_anchor`: where the anchor is, and what it costs to keep."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from cltool.facts.stream import Stream

from ...conftest import MakeLearner, apply, weights


@pytest.mark.parametrize("anchor", ["last", "base"])
def test_the_anchor_is_the_weights_that_the_setting_names(
    anchor: str, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("l2_anchor", strategy={"anchor": anchor, "lambda": 2.0}, epochs=1)
    strategy: Any = learner.strategies.parts["l2_anchor"]
    origins = [weights(learner.model)]
    apply(learner, stream.updates[1])
    origins.append(weights(learner.model))
    moved = sum(float(((origins[1][n] - t) ** 2).sum()) for n, t in origins[0].items())
    assert moved > 0
    strategy.before_training_exp(learner)
    # One lambda half times the squared distance, and nothing at the anchor itself.
    expected = moved if anchor == "base" else 0.0
    assert float(strategy.penalty(learner).detach()) == pytest.approx(expected, rel=1e-3)


def test_only_a_fixed_anchor_is_stored(make_learner: MakeLearner, stream: Stream) -> None:
    for anchor, copies in (("last", 0), ("base", 1)):
        learner = make_learner("l2_anchor", strategy={"anchor": anchor}, epochs=1)
        apply(learner, stream.updates[1])
        size = 4 * sum(p.numel() for p in learner.trainable().values())
        assert learner.strategies.stored_bytes() == copies * size
        # Between updates, no second copy of the weights lies about.
        strategy: Any = learner.strategies.parts["l2_anchor"]
        assert len(strategy._anchor) == copies * len(learner.trainable())


def test_a_strong_penalty_keeps_the_weights_near_the_anchor(
    make_learner: MakeLearner, stream: Stream
) -> None:
    distances = []
    for strength in (0.0, 60.0):
        learner = make_learner(
            "l2_anchor", strategy={"lambda": strength}, epochs=3, optimizer="sgd", clip=0
        )
        before = weights(learner.model)
        apply(learner, stream.updates[1])
        now = weights(learner.model)
        distances.append(sum(float(((now[n] - t) ** 2).sum()) for n, t in before.items()))
    assert distances[1] < 0.5 * distances[0]


def test_a_fixed_anchor_is_restored(make_learner: MakeLearner, stream: Stream) -> None:
    settings: dict[str, Any] = {"anchor": "base"}
    learner = make_learner("l2_anchor", strategy=settings, epochs=1)
    apply(learner, stream.updates[1])
    one: Any = learner.strategies.parts["l2_anchor"]
    resumed = make_learner("l2_anchor", lm=learner.lm, strategy=settings)
    other: Any = resumed.strategies.parts["l2_anchor"]
    assert float(other.penalty(resumed).detach()) == 0.0
    other.load_state_dict(one.state_dict())
    assert torch.equal(other.penalty(resumed), one.penalty(learner))
    assert float(other.penalty(resumed).detach()) > 0.0
