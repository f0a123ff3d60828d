"""`joint`: after every update, what training from the base on all that is true gives."""

from __future__ import annotations

import pytest
import torch

from cltool.core.errors import UserError
from cltool.experiments import resolve
from cltool.facts.facts import Update
from cltool.facts.stream import Stream

from ...conftest import MakeLearner, apply, weights


def test_weights_depend_only_on_the_valid_facts(make_learner: MakeLearner, stream: Stream) -> None:
    settings = {"epochs": 2, "stop_at": 2}
    joint = make_learner("joint", **settings)
    for update in stream.updates[1:]:
        apply(joint, update)
    direct = make_learner("naive", **settings)
    base = weights(direct.model)
    for update in stream.updates[1:]:
        direct.known.apply(update)
    direct.fit(direct.known.valid())
    for name, tensor in joint.model.state_dict().items():
        assert torch.equal(tensor, direct.model.state_dict()[name]), name
    assert any(not torch.equal(base[n], t) for n, t in direct.model.state_dict().items())


def test_earlier_training_has_no_influence(make_learner: MakeLearner, stream: Stream) -> None:
    found = []
    for shake in (False, True):
        joint = make_learner("joint", epochs=1)
        apply(joint, stream.updates[1])
        if shake:
            with torch.no_grad():
                for parameter in joint.model.parameters():
                    parameter.normal_()
        apply(joint, stream.updates[2])
        found.append(weights(joint.model))
    assert all(torch.equal(found[0][name], found[1][name]) for name in found[0])


def test_trains_exactly_the_valid_facts(make_learner: MakeLearner, stream: Stream) -> None:
    joint = make_learner("joint", epochs=1)
    for update in stream.updates[1:]:
        tokens = joint.tokens
        apply(joint, update)
        assert joint.loader.own == joint.examples(joint.known.valid())
        assert joint.tokens - tokens == sum(map(len, joint.loader.own))


def test_also_retrains_for_updates_that_only_forget(
    make_learner: MakeLearner, stream: Stream
) -> None:
    joint = make_learner("joint", epochs=1)
    apply(joint, Update(1, "oblivion", [], [stream.updates[0].learn[0]]))
    assert len(joint.loader.own) == len(joint.examples(stream.updates[0].learn[1:]))


def test_counts_the_bytes_it_keeps(make_learner: MakeLearner, stream: Stream) -> None:
    joint = make_learner("joint", epochs=1)
    size = 4 * sum(p.numel() for p in joint.trainable().values())
    before = joint.strategies.stored_bytes()
    assert size < before < size + 4000
    for update in stream.updates[1:3]:
        apply(joint, update)
    assert size < joint.strategies.stored_bytes()
    assert joint.strategies.states() == {"joint": {}}  # a resumed run makes it all again


@pytest.mark.parametrize("order", ["lora+joint", "joint+lora"])
def test_with_an_adapter_the_adapter_is_reset(
    order: str, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner(order, epochs=1)
    before = weights(learner.model)
    apply(learner, stream.updates[1])
    changed = {n for n, t in learner.model.state_dict().items() if not torch.equal(before[n], t)}
    assert changed and all("lora_" in name for name in changed)


def test_two_strategies_that_override_update_are_refused() -> None:
    with pytest.raises(UserError, match="joint and frozen cannot be composed") as caught:
        resolve.build(resolve.resolve("joint+frozen"))
    assert caught.value.where == "joint+frozen"


@pytest.mark.parametrize(
    ("other", "reason"),
    [("replay", "there is nothing to rehearse"), ("ewc", "earlier weights do not matter")],
)
def test_compositions_without_effect_are_refused(other: str, reason: str) -> None:
    for name in (f"joint+{other}", f"{other}+joint"):
        with pytest.raises(UserError, match=reason):
            resolve.build(resolve.resolve(name))
