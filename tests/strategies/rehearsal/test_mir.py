"""`mir`: the virtual step leaves no trace, and what it harms most is rehearsed."""

from __future__ import annotations

import copy
from typing import Any, cast

import pytest
import torch
from torch import Tensor

from cltool.facts.facts import Update
from cltool.facts.stream import Stream
from cltool.lm.coder import Encoded
from cltool.strategies.rehearsal import mir
from cltool.strategies.rehearsal.common.gradients import losses
from cltool.strategies.rehearsal.mir import MIR, most_interfered, virtual_step
from cltool.training.learner import Learner

from ...conftest import FORGOTTEN, MakeLearner, apply


def mir_of(learner: Learner) -> MIR:
    return cast(MIR, learner.strategies.parts["mir"])


def pending(learner: Learner, stream: Stream) -> None:
    """An optimizer that has stepped once, and a gradient for its next step."""
    from cltool.lm import optimizers

    learner.optimizer = optimizers.build(learner.model, learner.settings.optimizer, 1e-2, 0.0)
    for update in stream.updates[1:3]:
        learner.optimizer.zero_grad()
        learner.score(learner.collate(learner.examples(update.learn))).loss_sum().backward()  # type: ignore[no-untyped-call]
        if update.step == 1:
            learner.optimizer_step()


def snapshot(learner: Learner) -> list[Tensor]:
    parameters = learner.trainable().values()
    grads = [parameter.grad for parameter in parameters]
    return [p.detach().clone() for p in parameters] + [g.clone() for g in grads if g is not None]


@pytest.mark.parametrize("optimizer", ["adamw", "muon", "sgd"])
def test_the_virtual_step_equals_a_real_one_and_is_undone(
    optimizer: str, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("naive", optimizer=optimizer)
    pending(learner, stream)
    before = snapshot(learner)
    held = learner.optimizer
    for _ in range(2):  # nor does the second differ from the first
        with virtual_step(learner):
            there = [p.detach().clone() for p in learner.trainable().values()]
        assert learner.optimizer is held
        for tensor, old in zip(snapshot(learner), before, strict=True):
            assert torch.equal(tensor, old)
    learner.optimizer_step()
    moved = False
    for parameter, tensor, old in zip(learner.trainable().values(), there, before, strict=False):
        assert torch.equal(parameter, tensor)
        moved |= not torch.equal(tensor, old)
    assert moved


def test_the_virtual_step_is_undone_after_an_error(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("naive")
    pending(learner, stream)
    before = snapshot(learner)
    with pytest.raises(RuntimeError), virtual_step(learner):
        raise RuntimeError
    for tensor, old in zip(snapshot(learner), before, strict=True):
        assert torch.equal(tensor, old)


def test_examples_whose_loss_rises_most_are_chosen(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("naive")
    pending(learner, stream)
    candidates = learner.examples(list(stream.updates[0].learn)[:8])
    chosen = most_interfered(learner, candidates, 6)
    before = losses(learner, candidates)
    twin = copy.deepcopy(learner.model)
    learner.optimizer_step()
    rise = (losses(learner, candidates) - before).tolist()
    learner.model.load_state_dict(twin.state_dict())
    rises = dict(zip(candidates, rise, strict=True))
    least = min(rises[one] for one in chosen)
    assert all(rises[one] <= least + 1e-4 for one in candidates if one not in chosen)
    assert len(set(chosen)) == 6


def test_the_step_uses_the_gradients_of_both_batches(
    make_learner: MakeLearner, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    from avalanche.core import SupervisedPlugin

    chosen: list[list[Encoded]] = []
    grads: list[dict[str, Tensor]] = []

    class Watch(SupervisedPlugin):  # type: ignore[misc, type-arg]
        def before_update(self, learner: Learner, **kwargs: Any) -> None:
            if grads:
                return
            found = {n: p.grad.clone() for n, p in learner.trainable().items()}
            expected: dict[str, Tensor] = {}
            for batch in (learner.mbatch, learner.collate(chosen[0])):
                scored = learner.score(batch)
                loss = scored.loss_sum() / scored.tokens()
                for name, grad in zip(
                    found,
                    torch.autograd.grad(loss, list(learner.trainable().values())),
                    strict=True,
                ):
                    expected[name] = expected.get(name, 0) + grad
            grads.extend([found, expected])

    def kept(learner: Learner, candidates: list[Encoded], count: int) -> list[Encoded]:
        chosen.append(most_interfered(learner, candidates, count))
        return chosen[-1]

    monkeypatch.setattr(mir, "most_interfered", kept)
    learner = make_learner("mir", epochs=1, plugins=[Watch()], batch_size=16)
    apply(learner, stream.updates[1])
    assert all(len(some) == 16 for some in chosen)
    for name, grad in grads[0].items():
        torch.testing.assert_close(grad, grads[1][name], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("micro", [None, 3])
def test_every_pass_is_counted(
    micro: int | None, make_learner: MakeLearner, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    spent: list[int] = []

    def counted(learner: Learner, candidates: list[Encoded], count: int) -> list[Encoded]:
        found = most_interfered(learner, candidates, count)
        assert len(candidates) == 24 and len(found) == 8
        spent.append(2 * sum(map(len, candidates)) + sum(map(len, found)))
        return found

    monkeypatch.setattr(mir, "most_interfered", counted)
    learner = make_learner("mir", epochs=2, stop_at=2, batch_size=8, micro_batch_size=micro)
    apply(learner, stream.updates[1])
    own = 2 * sum(map(len, learner.examples(stream.updates[1].learn)))
    assert len(spent) == 2 * len(learner.loader)
    assert learner.tokens == own + sum(spent)


def test_the_buffer_contains_only_valid_facts(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("mir", strategy={"capacity": 14}, epochs=1)
    for update in stream.updates[1:]:
        apply(learner, update)
        held = mir_of(learner)._buffer.facts
        assert 0 < len(held) <= 14 and set(held) <= set(learner.known.valid())
    assert FORGOTTEN not in {fact.key for fact in held}


@pytest.mark.parametrize("setting", [{"mix": 0.0}, {"capacity": 1}])
def test_with_an_empty_buffer_it_equals_naive(
    setting: dict[str, Any], make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("mir", strategy=setting, epochs=1)
    other = make_learner("naive", epochs=1)
    gone = mir_of(learner)._buffer.facts if "capacity" in setting else []
    update = Update(1, "one", stream.updates[1].learn, gone)
    for one in (learner, other):
        apply(one, update)
    for name, parameter in learner.trainable().items():
        assert torch.equal(parameter, other.trainable()[name])


def test_composed_with_an_adapter(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("lora+mir", epochs=1)
    apply(learner, stream.updates[1])
    assert all("lora_" in name for name in learner.trainable())
