"""Training that diverges is stopped, and the message names the step."""

from __future__ import annotations

import math
import pickle

import pytest
import torch

from cltool.core.errors import Diverged
from cltool.facts.stream import Stream
from cltool.training.divergence import Place, Watch, refuse_not_finite

from ..conftest import MakeLearner, apply

GPU = torch.device("cuda")
PLACE = Place("2013", 3, 2, 1, 0.5)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_the_step_of_the_first_bad_number_is_named(bad: float) -> None:
    watch = Watch(torch.device("cpu"))
    watch.record("loss", PLACE, torch.tensor(1e30), torch.tensor([1.0]))
    with pytest.raises(Diverged, match=r"update 2013, step 3 \(batch 1 of epoch 2\).* rate 0\.5"):
        watch.record("loss", PLACE, torch.tensor(1.0), torch.tensor(bad))


def test_a_step_before_any_batch_has_no_batch_in_its_message() -> None:
    with pytest.raises(Diverged, match=r"update base, step 1, at learning rate 2"):
        Watch(torch.device("cpu")).record(
            "loss", Place("base", 1, 1, 0, 2.0), torch.tensor(math.inf)
        )


def test_on_a_gpu_many_numbers_are_looked_at_together() -> None:
    watch = Watch(GPU)
    for step in range(1, 6):
        place = Place("2013", step, 1, step, 0.5)
        watch.record("gradient", place, torch.tensor(math.nan if step >= 3 else 1.0))
    with pytest.raises(Diverged, match="gradient is nan in update 2013, step 3 "):
        watch.look()
    watch.look()  # nothing is held any more


def test_a_rate_that_is_too_high_stops_the_update(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner(lr=1e30, epochs=3)
    with pytest.raises(Diverged, match="in update one, step") as caught:
        apply(learner, stream.updates[1])
    assert "1e+30" in caught.value.what
    again = pickle.loads(pickle.dumps(caught.value))
    assert isinstance(again, Diverged)
    assert str(again) == str(caught.value)


def test_weights_that_are_not_finite_are_refused(make_learner: MakeLearner) -> None:
    model = make_learner().model
    refuse_not_finite(model, "update one", 0.5)
    with torch.no_grad():
        next(model.parameters())[0] = math.nan
    with pytest.raises(Diverged, match=r"after update one, at learning rate 0\.5"):
        refuse_not_finite(model, "update one", 0.5)
