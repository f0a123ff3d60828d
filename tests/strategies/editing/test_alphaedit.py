"""`alphaedit`: edits stay in the null space, earlier ones are held, memory is constant."""

from __future__ import annotations

from typing import Any, cast

import pytest
import torch

from cltool.core.errors import UserError
from cltool.facts.stream import Stream
from cltool.strategies.editing.alphaedit import AlphaEdit
from cltool.training.learner import Learner

from ...conftest import MakeLearner, apply, weights

PLAIN = ("llama", "gpt2", "qwen3", "gpt_neox", "opt", "gemma")
WEIGHT = "model.layers.1.mlp.down_proj.weight"


def state_of(learner: Learner) -> dict[str, Any]:
    return cast(AlphaEdit, learner.strategies.parts["alphaedit"]).state_dict()


def loss(learner: Learner, facts: Any) -> float:
    with torch.no_grad():
        return float(learner.score(learner.collate(learner.examples(facts))).loss_sum())


def test_every_change_is_in_the_null_space(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("alphaedit", strategy={"rounds": 2})
    before = weights(learner.model)[WEIGHT].double()
    basis = state_of(learner)["basis.1"].clone()
    assert 0 < basis.shape[1] < 48
    for update in stream.updates[1:3]:
        apply(learner, update)
    change = weights(learner.model)[WEIGHT].double() - before
    assert float(change.norm()) > 1e-3
    outside = change - change @ basis @ basis.T
    assert float(outside.norm()) < 1e-4 * float(change.norm())
    assert torch.equal(state_of(learner)["basis.1"], basis)


@pytest.mark.parametrize("lm", PLAIN)
def test_the_update_becomes_more_probable(
    lm: str, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("alphaedit", lm=lm, strategy={"rounds": 3, "rate": 1.0})
    was = loss(learner, stream.updates[1].learn)
    apply(learner, stream.updates[1])
    assert loss(learner, stream.updates[1].learn) < 0.95 * was


def test_keys_of_earlier_updates_protect_their_facts(
    make_learner: MakeLearner, stream: Stream
) -> None:
    # Without the sum of earlier keys, the second update disturbs the first one's outputs more.
    disturbed = []
    for keeps in (True, False):
        settings = {"rounds": 2, "share": 1.0, "layers": [1], "lambda": 1e-3}
        learner = make_learner("alphaedit", strategy=settings)
        apply(learner, stream.updates[1])
        earlier = state_of(learner)["earlier.1"].clone()
        if not keeps:
            cast(AlphaEdit, learner.strategies.parts["alphaedit"])._earlier[0].zero_()
        before = weights(learner.model)[WEIGHT].double()
        apply(learner, stream.updates[2])
        change = weights(learner.model)[WEIGHT].double() - before
        disturbed.append(float((change @ earlier * change).sum() / (change * change).sum()))
    assert disturbed[0] < 0.7 * disturbed[1]


def test_earlier_keys_are_summed_in_constant_memory(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("alphaedit", strategy={"rounds": 1, "layers": [1]})
    size = learner.strategies.stored_bytes()
    assert float(state_of(learner)["earlier.1"].abs().max()) == 0
    traces = []
    for update in stream.updates[1:]:
        apply(learner, update)
        traces.append(float(state_of(learner)["earlier.1"].trace()))
        assert learner.strategies.stored_bytes() == size
    assert 0 < traces[0] < traces[1] < traces[2]


def test_the_state_survives_a_round_trip(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("alphaedit", strategy={"rounds": 1})
    apply(learner, stream.updates[1])
    kept = state_of(learner)
    other = make_learner("alphaedit", strategy={"rounds": 1})
    cast(AlphaEdit, other.strategies.parts["alphaedit"]).load_state_dict(kept)
    for name, tensor in state_of(other).items():
        assert torch.equal(tensor, kept[name])
    before = {name: tensor.clone() for name, tensor in kept.items()}
    apply(learner, stream.updates[2])
    for name, tensor in before.items():
        assert torch.equal(tensor, kept[name]), "what was given is a copy"


def test_a_budget_is_kept(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("alphaedit", tokens=1500)
    tokens = learner.tokens
    learner.begin(stream.updates[1])
    apply(learner, stream.updates[1])
    assert 0 < learner.tokens - tokens <= 1500


def test_unsupported_models_and_compositions_are_refused(make_learner: MakeLearner) -> None:
    with pytest.raises(UserError, match="has no MLP"):
        make_learner("alphaedit", lm="mamba")
    with pytest.raises(UserError, match="cannot be composed"):
        make_learner("replay+alphaedit", attach=False)
