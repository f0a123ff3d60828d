"""`lwf`: what is distilled from whom, and where."""

from __future__ import annotations

import copy
from typing import Any, cast

import pytest
import torch
from avalanche.core import SupervisedPlugin
from torch import Tensor

from cltool.facts.stream import Stream
from cltool.lm.teacher import Teacher
from cltool.strategies.distillation.lwf import LwF
from cltool.training.learner import Learner

from ...conftest import MakeLearner, apply, weights


def lwf_of(learner: Learner) -> LwF:
    return cast(LwF, learner.strategies.parts["lwf"])


class Watch(SupervisedPlugin):  # type: ignore[misc, type-arg]
    """Runs before the strategy: the first micro-batch, its logits and its loss so far."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[dict[str, Tensor], float]] = []

    def before_backward(self, learner: Learner, **kwargs: Any) -> None:
        batch = {name: tensor.clone() for name, tensor in learner.mbatch.items()}
        self.seen.append((batch, float(learner.loss.detach())))


def by_hand(
    old: Any, new: Any, batch: dict[str, Tensor], temperature: float, positions: str
) -> float:
    """The sum of KL(old ‖ new), one token of one sentence at a time, per learned token."""
    total, learned = 0.0, 0
    completion = batch.get("completion", batch["labels"] != -100)
    for row in range(len(batch["labels"])):
        size = int(batch["attention_mask"][row].sum())
        ids = batch["input_ids"][row : row + 1, :size]
        with torch.no_grad():
            was, now = (
                (model(input_ids=ids).logits[0].double() / temperature).softmax(-1)
                for model in (old, new)
            )
        for place in range(1, size):
            learned += bool(batch["labels"][row, place] != -100)
            if bool(completion[row, place]) == (positions == "answer"):
                p, q = was[place - 1], now[place - 1]
                total += float((p * (p.log() - q.log())).sum())
    return total / learned


@pytest.mark.parametrize("loss", ["answer", "all"])
@pytest.mark.parametrize("positions", ["answer", "prompt"])
def test_is_the_divergence_from_the_model_before(
    positions: str, loss: str, make_learner: MakeLearner, stream: Stream
) -> None:
    settings = {"lambda": 0.7, "temperature": 1.5, "positions": positions}
    learner = make_learner("lwf", strategy=settings, loss=loss)
    old = copy.deepcopy(learner.model)
    lwf = lwf_of(learner)
    lwf.before_training_exp(learner)
    with torch.no_grad():
        generator = torch.Generator().manual_seed(0)
        for parameter in learner.model.parameters():
            parameter.add_(0.03 * torch.randn(parameter.shape, generator=generator))
    examples = learner.examples(stream.updates[1].learn)[::5]
    learner.mbatch = learner.collate(examples)
    learner._unpack_minibatch()
    learner.mb_output = learner.forward()
    expected = 0.7 * by_hand(old, learner.model, learner.mbatch, 1.5, positions)
    found = lwf.distillation(learner)
    assert expected > 0
    assert float(found.detach()) == pytest.approx(expected, rel=1e-4)
    grads = torch.autograd.grad(found, list(learner.trainable().values()))
    assert sum(float(grad.abs().sum()) for grad in grads) > 0


def test_the_model_agrees_with_itself_at_first(make_learner: MakeLearner, stream: Stream) -> None:
    watch, losses = Watch(), []

    class After(SupervisedPlugin):  # type: ignore[misc, type-arg]
        def after_backward(self, learner: Learner, **kwargs: Any) -> None:
            losses.append(float(learner.loss.detach()))

    learner = make_learner("lwf", plugins=[watch], epochs=1, batch_size=8)
    learner.plugins.append(After())
    apply(learner, stream.updates[1])
    # What the strategy adds is 0 before the first step, and more after it.
    assert losses[0] == pytest.approx(watch.seen[0][1], abs=1e-4)
    assert losses[1] > watch.seen[1][1] + 1e-3


def test_the_teacher_is_the_model_before_this_update(
    make_learner: MakeLearner, stream: Stream
) -> None:
    teachers: list[dict[str, Tensor]] = []

    class After(SupervisedPlugin):  # type: ignore[misc, type-arg]
        def after_training_epoch(self, learner: Learner, **kwargs: Any) -> None:
            teachers.append(weights(cast(Teacher, lwf_of(learner)._teacher).model))

    learner = make_learner("lwf", plugins=[After()], epochs=2, stop_at=2)
    for number, update in enumerate(stream.updates[1:3]):
        before = weights(learner.model)
        apply(learner, update)
        for teacher in teachers[2 * number :]:
            assert all(torch.equal(teacher[name], before[name]) for name in before)
        assert lwf_of(learner)._teacher is None
    assert len(teachers) == 4
    assert learner.strategies.stored_bytes() == 0


@pytest.mark.parametrize("positions", ["answer", "prompt"])
def test_micro_batches_add_up_to_the_batch(
    positions: str, make_learner: MakeLearner, stream: Stream
) -> None:
    found = []
    for size in (None, 5):
        learner = make_learner(
            "lwf",
            strategy={"positions": positions, "lambda": 2.0},
            micro_batch_size=size,
            optimizer="sgd",
            epochs=2,
            stop_at=2,
        )
        apply(learner, stream.updates[1])
        found.append(weights(learner.model))
    for name in found[0]:
        torch.testing.assert_close(found[0][name], found[1][name], rtol=1e-3, atol=1e-4)


def test_every_forward_pass_is_counted(make_learner: MakeLearner, stream: Stream) -> None:
    tokens = {}
    for positions in ("answer", "prompt"):
        learner = make_learner("lwf", strategy={"positions": positions}, epochs=1)
        apply(learner, stream.updates[1])
        tokens[positions] = learner.tokens / sum(map(len, learner.loader.own))
    # The update's own, the teacher's, and the student's second one.
    assert tokens == {"answer": 2, "prompt": 3}


def test_a_strong_teacher_keeps_the_old_answer(make_learner: MakeLearner, stream: Stream) -> None:
    # On the very tokens that change, distillation and learning contradict each other.
    changed = [fact for fact in stream.updates[1].learn if fact.subject.startswith("Land")]
    losses = {}
    for strength in (0.0, 20.0):
        learner = make_learner("lwf", strategy={"lambda": strength}, epochs=10, lr=3e-3)
        apply(learner, stream.updates[1])
        with torch.no_grad():
            scored = learner.score(learner.collate(learner.examples(changed)))
        losses[strength] = float(scored.loss_sum() / scored.tokens())
    assert losses[20.0] > 1.3 * losses[0.0]


@pytest.mark.parametrize("name", ["lora+lwf", "lwf+replay", "pseudo_replay+lwf"])
def test_composed(name: str, make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner(name, epochs=2)
    before = weights(learner.model)
    apply(learner, stream.updates[1])
    after = weights(learner.model)
    assert any(not torch.equal(before[n], after[n]) for n in before)


@pytest.mark.parametrize("architecture", ["gpt2", "mamba", "gemma"])
def test_other_architectures(architecture: str, make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("lwf", lm=architecture, strategy={"positions": "prompt"}, epochs=1)
    apply(learner, stream.updates[1])
    assert all(bool(torch.isfinite(p).all()) for p in learner.trainable().values())
