"""What holds weights in place holds them where an erasing left them."""

from __future__ import annotations

from typing import Any, cast

import pytest
import torch

from cltool.facts.facts import Update
from cltool.facts.stream import Stream
from cltool.strategies.averaging.weight_average import WeightAverage

from ...conftest import MakeLearner, apply, weights

ERASER = "gradient_ascent"
QUICK = {"steps": 2, "target": "none"}


@pytest.mark.parametrize("name", ["ewc", "kfac", "mas", "si", "rwalk"])
def test_penalties_are_anchored_at_the_weights_after_erasing(
    name: str, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner(f"{name}+{ERASER}", epochs=1, strategy={ERASER: QUICK})
    for update in stream.updates[1:]:
        apply(learner, update)
    assert stream.updates[3].forget
    part: Any = learner.strategies.parts[name]
    assert float(part.penalty(learner)) == 0.0
    with torch.no_grad():
        for parameter in learner.trainable().values():
            parameter += 0.01
    assert float(part.penalty(learner)) > 0.0


def test_the_base_anchor_is_replaced_after_erasing(
    make_learner: MakeLearner, stream: Stream
) -> None:
    tables = {ERASER: QUICK, "l2_anchor": {"anchor": "base"}}
    learner = make_learner(f"l2_anchor+{ERASER}", epochs=1, strategy=tables)
    base = weights(learner.model)
    for update in stream.updates[1:3]:
        apply(learner, update)
    part: Any = learner.strategies.parts["l2_anchor"]
    assert all(torch.equal(part._anchor[name], base[name]) for name in part._anchor)
    apply(learner, stream.updates[3])
    assert float(part.penalty(learner)) == 0.0
    again = make_learner(f"l2_anchor+{ERASER}", epochs=1, strategy=tables)
    again.strategies.parts["l2_anchor"].load_state_dict(part.state_dict())
    for name, parameter in learner.trainable().items():
        torch.testing.assert_close(
            cast(Any, again.strategies.parts["l2_anchor"])._anchor[name], parameter.detach()
        )


@pytest.mark.parametrize("method", ["task_arithmetic", "ties"])
def test_weight_averages_continue_from_the_erased_weights(
    method: str, make_learner: MakeLearner, stream: Stream
) -> None:
    tables = {ERASER: QUICK, "weight_average": {"method": method}}
    learner = make_learner(f"weight_average+{ERASER}", epochs=1, strategy=tables)
    for update in stream.updates[1:]:
        apply(learner, update)
    part = cast(WeightAverage, learner.strategies.parts["weight_average"])
    erased = weights(learner.model)
    for name, tensor in part._summed().items():
        torch.testing.assert_close(tensor, erased[name])
    state = part.state_dict()
    again = make_learner(f"weight_average+{ERASER}", epochs=1, strategy=tables)
    other = cast(WeightAverage, again.strategies.parts["weight_average"])
    other.load_state_dict(state)
    for name, tensor in other._summed().items():
        torch.testing.assert_close(tensor, erased[name])


def test_without_an_eraser_erasing_done_is_not_called(
    make_learner: MakeLearner, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner = make_learner("ewc", epochs=1)
    part = learner.strategies.parts["ewc"]
    monkeypatch.setattr(part, "erasing_done", lambda learner: pytest.fail("settled"))
    learner.strategies.erase(learner, Update(1, "one", (), stream.updates[3].forget))


def test_a_request_for_a_fact_of_the_same_update_erases_nothing(
    make_learner: MakeLearner, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner = make_learner(f"l2_anchor+{ERASER}", epochs=1, strategy={ERASER: QUICK})
    part = learner.strategies.parts["l2_anchor"]
    monkeypatch.setattr(part, "erasing_done", lambda learner: pytest.fail("settled"))
    one = stream.updates[0].learn[2]
    apply(learner, Update(1, "one", [one], [one]))
