"""`lora_merge`: an adapter for every update, gone into the weights after it."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from cltool.core.errors import UserError
from cltool.facts.stream import Stream
from cltool.training.learner import Learner

from ...conftest import MakeLearner, apply, weights

SMALL = {"rank": 4, "alpha": 8.0}


class Watch:
    """Keeps the low-rank factors of every update as they are when it is learned."""

    def __init__(self) -> None:
        self.factors: list[dict[str, torch.Tensor]] = []
        self.trained: list[set[str]] = []

    def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        groups = learner.optimizer.param_groups
        optimised = {id(p) for group in groups for p in group["params"]}
        assert optimised == {id(p) for p in learner.trainable().values()}
        assert learner.model.training
        self.trained.append(set(learner.trainable()))

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        self.factors.append({n: p.detach().clone() for n, p in learner.trainable().items()})


def kinds(learner: Learner) -> list[type]:
    return [type(module) for module in learner.model.modules()]


@pytest.mark.parametrize("lm", ["llama", "gpt2"])
def test_the_merged_weights_equal_the_trained_ones(
    lm: str, make_learner: MakeLearner, stream: Stream
) -> None:
    watch = Watch()
    learner = make_learner("lora_merge", lm=lm, strategy=SMALL, plugins=[watch], epochs=2)
    before, plain = weights(learner.model), kinds(learner)
    for update in stream.updates[1:3]:
        apply(learner, update)
    assert kinds(learner) == plain
    after = weights(learner.model)
    expected = dict(before)
    for factors in watch.factors:
        for name, a in factors.items():
            if ".lora_A." not in name:
                continue
            moved = 2.0 * factors[name.replace(".lora_A.", ".lora_B.")] @ a
            own = name.removeprefix("base_model.model.").replace("lora_A.default.", "")
            # GPT-2's layers hold their weight the other way round.
            expected[own] = expected[own] + (moved.T if lm == "gpt2" else moved)
    changed = 0
    for name, tensor in after.items():
        torch.testing.assert_close(tensor, expected[name], rtol=1e-4, atol=1e-5)
        changed += not torch.equal(tensor, before[name])
    assert changed == len(watch.factors[0]) / 2
    assert len(watch.factors) == 2


def test_every_update_starts_with_a_new_adapter(make_learner: MakeLearner, stream: Stream) -> None:
    watch = Watch()
    learner = make_learner("lora_merge", strategy=SMALL, plugins=[watch], epochs=1)
    whole = set(learner.trainable())
    for update in stream.updates[1:3]:
        apply(learner, update)
        assert set(learner.trainable()) == whole
    assert watch.trained[0] == watch.trained[1]
    assert all("lora_" in name for name in watch.trained[0])
    first, second = watch.factors
    assert all(not torch.equal(first[name], second[name]) for name in first)


def test_nothing_is_stored(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("lora_merge", strategy=SMALL, epochs=1)
    apply(learner, stream.updates[1])
    assert learner.strategies.stored_bytes() == 0


def test_an_option_of_lora(make_learner: MakeLearner, stream: Stream) -> None:
    watch = Watch()
    settings = {**SMALL, "options": {"use_dora": True}}
    learner = make_learner("lora_merge", strategy=settings, plugins=[watch], epochs=1)
    apply(learner, stream.updates[1])
    assert any("magnitude" in name for name in watch.trained[0])


def test_a_missing_target_is_refused(make_learner: MakeLearner) -> None:
    with pytest.raises(UserError, match="PEFT refuses LORA") as caught:
        make_learner("lora_merge", strategy={"target_modules": ["nowhere"]}, epochs=1)
    assert "strategy.lora_merge.target_modules" in caught.value.hint


@pytest.mark.parametrize("names", ["replay+lora_merge", "lora_merge+replay", "joint+lora_merge"])
def test_composed(names: str, make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner(names, strategy=SMALL, epochs=1)
    before = weights(learner.model)
    for update in stream.updates[1:3]:
        apply(learner, update)
    after = weights(learner.model)
    assert before.keys() == after.keys()
    assert any(not torch.equal(before[name], after[name]) for name in before)


@pytest.mark.parametrize("other", ["ewc", "lora", "o_lora", "osf", "gradient_projection"])
@pytest.mark.parametrize("name", ["lora_merge", "o_lora", "osf"])
def test_compositions_that_need_lasting_parameters_are_refused(
    name: str, other: str, make_learner: MakeLearner
) -> None:
    if name == other:
        return
    with pytest.raises(UserError, match="cannot be composed: the parameters that an update trains"):
        make_learner(f"{other}+{name}", attach=False)


@pytest.mark.parametrize("strategy", ["lora_merge", "o_lora"])
def test_a_model_that_peft_cannot_adapt_is_refused_before_the_first_update(
    strategy: str, make_learner: MakeLearner
) -> None:
    with pytest.raises(UserError, match="PEFT refuses LORA"):
        make_learner(strategy, lm="mamba")


@pytest.mark.parametrize("strategy", ["lora_merge", "o_lora", "osf"])
def test_the_check_leaves_the_model_as_it_was(strategy: str, make_learner: MakeLearner) -> None:
    plain = make_learner()
    learner = make_learner(strategy)
    assert kinds(learner) == kinds(plain)
    assert set(learner.trainable()) == set(plain.trainable())
    own, other = weights(learner.model), weights(plain.model)
    assert all(torch.equal(own[name], other[name]) for name in other)
    assert learner.tokens == 0
