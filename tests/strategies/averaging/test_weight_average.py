"""`weight_average`: the four means in closed form, and what each keeps."""

from __future__ import annotations

from typing import Any, cast

import pytest
import torch
from avalanche.core import SupervisedPlugin
from torch import Tensor

from cltool.facts.stream import Stream
from cltool.strategies.averaging.weight_average import (
    WeightAverage,
    elected_mean,
    trimmed,
)
from cltool.training.learner import Learner

from ...conftest import MakeLearner, apply

Weights = dict[str, Tensor]


class Watch(SupervisedPlugin):  # type: ignore[misc, type-arg]
    """Runs before the strategy: the weights at the begin of training, and after each step."""

    def __init__(self) -> None:
        super().__init__()
        self.begun: list[Weights] = []
        self.steps: list[list[Weights]] = []

    def before_training_epoch(self, learner: Learner, **kwargs: Any) -> None:
        if learner.clock.train_exp_epochs == 0:
            self.begun.append(now(learner))
            self.steps.append([])

    def after_update(self, learner: Learner, **kwargs: Any) -> None:
        self.steps[-1].append(now(learner))

    @property
    def ended(self) -> list[Weights]:
        """Where each training ended."""
        return [steps[-1] for steps in self.steps]


def now(learner: Learner) -> Weights:
    return {name: p.detach().clone() for name, p in learner.trainable().items()}


def same(found: Weights, expected: Weights) -> None:
    assert found.keys() == expected.keys()
    for name in found:
        torch.testing.assert_close(found[name], expected[name], rtol=1e-4, atol=1e-5, msg=name)


Walk = tuple[Learner, Watch, Weights, list[Weights]]


def walk(
    make_learner: MakeLearner, stream: Stream, strategy: dict[str, Any], **settings: Any
) -> Walk:
    """All updates; the base weights, and those after each update."""
    watch = Watch()
    learner = make_learner(
        "weight_average", strategy=strategy, plugins=[watch], epochs=2, stop_at=2, **settings
    )
    base = now(learner)
    after = []
    for update in stream.updates[1:]:
        apply(learner, update)
        after.append(now(learner))
    return learner, watch, base, after


@pytest.mark.parametrize("alpha", [0.0, 0.3, 1.0])
def test_wise_ft_is_a_straight_line(
    alpha: float, make_learner: MakeLearner, stream: Stream
) -> None:
    _, watch, base, after = walk(make_learner, stream, {"method": "wise_ft", "alpha": alpha})
    for before, trained, averaged in zip([base, *after], watch.ended, after, strict=False):
        same(averaged, {n: (1 - alpha) * before[n] + alpha * trained[n] for n in before})
    for begun, before in zip(watch.begun, [base, *after], strict=False):
        same(begun, before)
    assert any(not torch.equal(watch.ended[0][n], base[n]) for n in base)


def test_ema_weights_are_geometric(make_learner: MakeLearner, stream: Stream) -> None:
    decay = 0.7
    _, watch, base, after = walk(make_learner, stream, {"method": "ema", "decay": decay})
    for before, steps, averaged in zip([base, *after], watch.steps, after, strict=False):
        count = len(steps)
        expected = {n: decay**count * before[n] for n in before}
        for place, step in enumerate(steps, start=1):
            for n in expected:
                expected[n] += (1 - decay) * decay ** (count - place) * step[n]
        same(averaged, expected)
    assert len(watch.steps[0]) > 1


@pytest.mark.parametrize("scale", [0.5, 1.0])
def test_task_arithmetic_adds_vectors_from_the_base(
    scale: float, make_learner: MakeLearner, stream: Stream
) -> None:
    settings = {"method": "task_arithmetic", "lambda": scale}
    _, watch, base, after = walk(make_learner, stream, settings)
    for number, averaged in enumerate(after, start=1):
        moves = [{n: end[n] - base[n] for n in base} for end in watch.ended[:number]]
        same(averaged, {n: base[n] + scale * sum(move[n] for move in moves) for n in base})
    for begun in watch.begun:
        same(begun, base)


def ties_by_hand(moves: list[Weights], keep: float) -> Weights:
    """Algorithm 1 of Yadav et al. with all vectors at hand, as one flat matrix."""
    flat = torch.stack([torch.cat([t.flatten() for t in move.values()]) for move in moves])
    count = max(1, round(keep * flat.shape[1]))
    for row in flat:
        kept = row.abs().topk(count).indices
        trimmed_row = torch.zeros_like(row)
        trimmed_row[kept] = row[kept]
        row.copy_(trimmed_row)
    signs = flat.sum(0).sign()
    agreeing = (flat.sign() == signs) & (flat != 0)
    merged = (flat * agreeing).sum(0) / agreeing.sum(0).clamp(min=1)
    sizes = [tensor.numel() for tensor in moves[0].values()]
    parts = merged.split(sizes)
    return {n: part.view_as(moves[0][n]) for n, part in zip(moves[0], parts, strict=True)}


@pytest.mark.parametrize("keep", [0.2, 1.0])
def test_ties_from_running_sums_is_ties_of_all_vectors(
    keep: float, make_learner: MakeLearner, stream: Stream
) -> None:
    settings = {"method": "ties", "keep": keep, "lambda": 0.8}
    _, watch, base, after = walk(make_learner, stream, settings)
    for number, averaged in enumerate(after, start=1):
        moves = [{n: end[n] - base[n] for n in base} for end in watch.ended[:number]]
        merged = ties_by_hand(moves, keep)
        same(averaged, {n: base[n] + 0.8 * merged[n] for n in base})


def test_ties_on_the_papers_cases() -> None:
    # Entries of three vectors: one outvoted in size, all agreeing, all 0, cancelling out.
    entries = torch.tensor([[3.0, 1.0, 0.0, 2.0], [-1.0, 2.0, 0.0, -2.0], [-1.0, 0.0, 0.0, 0.0]])
    up, down = entries.clamp(min=0).sum(0), entries.clamp(max=0).sum(0)
    ups, downs = (entries > 0).sum(0).float(), (entries < 0).sum(0).float()
    found = elected_mean(up, down, ups, downs)
    torch.testing.assert_close(found, torch.tensor([3.0, 1.5, 0.0, 0.0]))
    found = elected_mean(-down, -up, downs, ups)
    torch.testing.assert_close(found, torch.tensor([-3.0, -1.5, 0.0, 0.0]))


def test_trimming_uses_magnitudes_over_all_parameters() -> None:
    move = {"a": torch.tensor([[1.0, -8.0], [3.0, 0.5]]), "b": torch.tensor([-5.0, 2.0])}
    kept = trimmed(move, 0.5)
    assert kept["a"].tolist() == [[0.0, -8.0], [3.0, 0.0]]
    assert kept["b"].tolist() == [-5.0, 0.0]
    same(trimmed(move, 1.0), move)
    assert sum(int((t != 0).sum()) for t in trimmed(move, 1e-9).values()) == 1


@pytest.mark.parametrize(
    ("method", "images"), [("wise_ft", 0), ("ema", 0), ("task_arithmetic", 2), ("ties", 5)]
)
def test_memory_does_not_grow_with_the_updates(
    method: str, images: int, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("weight_average", strategy={"method": method}, epochs=1)
    size = 4 * sum(p.numel() for p in learner.trainable().values())
    for update in stream.updates[1:]:
        apply(learner, update)
        assert learner.strategies.stored_bytes() == images * size


@pytest.mark.parametrize("method", ["ema", "task_arithmetic", "ties"])
def test_a_resumed_run_equals_an_uninterrupted_one(
    method: str, make_learner: MakeLearner, stream: Stream
) -> None:
    settings: dict[str, Any] = {"strategy": {"method": method}, "epochs": 1}
    whole = make_learner("weight_average", **settings)
    resumed = make_learner("weight_average", **settings)
    for update in stream.updates[1:3]:
        apply(whole, update)
        resumed.known.apply(update)
    resumed.strategies.load_states(whole.strategies.states())
    with torch.no_grad():
        for name, parameter in resumed.trainable().items():
            parameter.copy_(whole.trainable()[name])
    for learner in (whole, resumed):
        apply(learner, stream.updates[3])
    same(now(resumed), now(whole))


@pytest.mark.parametrize("name", ["lora+weight_average", "weight_average+ewc"])
def test_composed(name: str, make_learner: MakeLearner, stream: Stream) -> None:
    settings = {"weight_average": {"alpha": 0.0}}
    learner = make_learner(name, strategy=settings, epochs=2)
    before = now(learner)
    apply(learner, stream.updates[1])
    same(now(learner), before)  # nothing of the training is taken over


def test_micro_batches_average_once_a_step(make_learner: MakeLearner, stream: Stream) -> None:
    found = []
    for size in (None, 5):
        settings = {"method": "ema", "decay": 0.5}
        _, watch, _, after = walk(
            make_learner, stream, settings, micro_batch_size=size, optimizer="sgd"
        )
        found.append((len(watch.steps[0]), after[-1]))
    assert found[0][0] == found[1][0]
    same(found[0][1], found[1][1])


def part_of(learner: Learner) -> WeightAverage:
    return cast(WeightAverage, learner.strategies.parts["weight_average"])


@pytest.mark.parametrize("architecture", ["gpt2", "mamba"])
def test_other_architectures(architecture: str, make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("weight_average", lm=architecture, strategy={"method": "ties"}, epochs=1)
    apply(learner, stream.updates[1])
    assert part_of(learner).merged().keys() == learner.trainable().keys()
