"""The learner: Avalanche's template, made right for language models."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import torch
from avalanche.core import SupervisedPlugin

from cltool.facts.stream import Stream
from cltool.lm.batches import collate
from cltool.lm.optimizers import schedule_factor
from cltool.lm.scoring import score
from cltool.training.learner import Learner

from ..conftest import ARCHITECTURES, LoadLM, MakeLearner, apply, weights
from .learner_tools import Gradients, counted, some, some_examples


class Diary(SupervisedPlugin):  # type: ignore[misc, type-arg]
    """A third party's plugin: counts its callbacks, and knows nothing of cltool."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.losses: list[float] = []
        self.rates: list[float] = []
        self.rows: list[int] = []

    def before_training(self, learner: Learner, **kwargs: Any) -> None:
        self.seen.append("before_training")

    def after_training(self, learner: Learner, **kwargs: Any) -> None:
        self.seen.append("after_training")

    def before_train_dataset_adaptation(self, learner: Learner, **kwargs: Any) -> None:
        self.seen.append("before_train_dataset_adaptation")

    def after_train_dataset_adaptation(self, learner: Learner, **kwargs: Any) -> None:
        self.seen.append("after_train_dataset_adaptation")

    def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        self.seen.append("before_training_exp")

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        self.seen.append("after_training_exp")

    def before_training_epoch(self, learner: Learner, **kwargs: Any) -> None:
        self.seen.append("before_training_epoch")

    def after_training_epoch(self, learner: Learner, **kwargs: Any) -> None:
        self.seen.append("after_training_epoch")

    def before_training_iteration(self, learner: Learner, **kwargs: Any) -> None:
        self.seen.append("before_training_iteration")

    def before_forward(self, learner: Learner, **kwargs: Any) -> None:
        self.seen.append("before_forward")
        self.rows.append(len(learner.mb_y))
        assert set(learner.mb_x) == {"input_ids", "attention_mask"}

    def after_forward(self, learner: Learner, **kwargs: Any) -> None:
        self.seen.append("after_forward")
        assert learner.mb_output.requires_grad

    def before_backward(self, learner: Learner, **kwargs: Any) -> None:
        self.seen.append("before_backward")
        self.losses.append(float(learner.loss.detach()))

    def after_backward(self, learner: Learner, **kwargs: Any) -> None:
        self.seen.append("after_backward")
        assert any(p.grad is not None for p in learner.model.parameters())

    def before_update(self, learner: Learner, **kwargs: Any) -> None:
        self.seen.append("before_update")
        self.rates.append(learner.optimizer.param_groups[0]["lr"])

    def after_update(self, learner: Learner, **kwargs: Any) -> None:
        self.seen.append("after_update")

    def after_training_iteration(self, learner: Learner, **kwargs: Any) -> None:
        self.seen.append("after_training_iteration")


# The optimizer.


def test_clipping_bounds_the_size_of_a_step(make_learner: MakeLearner) -> None:
    moved = {}
    for clip in (0.0, 0.5):
        watch = Gradients()
        learner = make_learner(
            plugins=[watch], optimizer="sgd", lr=1.0, epochs=1, batch_size=8, clip=clip
        )
        before = weights(learner.model)
        learner.fit_examples(some_examples(learner, 8))
        after = weights(learner.model)
        moved[clip] = torch.stack([(after[n] - before[n]).norm() for n in before]).norm().item()
        norm = torch.stack([grad.norm() for grad in watch.steps[0].values()]).norm().item()
        assert norm > 0.5
        assert moved[clip] == pytest.approx(norm if clip == 0 else clip, rel=1e-3)


@pytest.mark.parametrize(("shape", "warmup"), [("constant", 0), ("linear", 2), ("cosine", 0)])
def test_the_rate_follows_the_schedule(
    shape: str, warmup: int, make_learner: MakeLearner, stream: Stream
) -> None:
    diary = Diary()
    learner = make_learner(
        plugins=[diary], schedule=shape, warmup=warmup, lr=1e-3, epochs=3, batch_size=8, stop_at=2
    )
    learner.fit(stream.updates[1].learn)
    total = len(diary.rates)
    assert total == 3 * -(-len(learner.examples(stream.updates[1].learn)) // 8)
    expected = [1e-3 * schedule_factor(shape, step, total, warmup) for step in range(total)]
    assert diary.rates == pytest.approx(expected)
    if warmup:
        assert diary.rates[:2] == pytest.approx([5e-4, 1e-3])
    if shape != "constant":
        assert diary.rates[-1] < 0.25e-3


def test_the_schedule_ends_with_the_training_with_rehearsal(
    make_learner: MakeLearner, stream: Stream
) -> None:
    diary = Diary()
    learner = make_learner(
        "replay", plugins=[diary], schedule="linear", lr=1e-3, epochs=4, batch_size=8, stop_at=2
    )
    apply(learner, stream.updates[1])
    total = len(diary.rates)
    assert diary.rates == pytest.approx([1e-3 * (1 - step / total) for step in range(total)])


@pytest.mark.parametrize("optimizer", ["adamw", "adafactor", "muon", "sgd"])
def test_the_loss_falls(optimizer: str, make_learner: MakeLearner, stream: Stream) -> None:
    diary = Diary()
    rate = {"sgd": 0.3}.get(optimizer, 3e-3)
    learner = make_learner(plugins=[diary], optimizer=optimizer, lr=rate, epochs=6, batch_size=64)
    learner.fit(stream.updates[1].learn)
    assert diary.losses[-1] < 0.7 * diary.losses[0]


def test_the_loss_that_plugins_see_is_the_mean_over_the_learned_tokens(
    make_learner: MakeLearner,
) -> None:
    for whole in (False, True):
        diary = Diary()
        learner = make_learner(
            plugins=[diary], epochs=1, batch_size=8, loss="all" if whole else "answer"
        )
        examples = some_examples(learner, 8)
        with torch.no_grad():
            scored = score(learner.model, collate(examples, learner.lm.coder.pad, whole=whole))
            expected = float(scored.loss_sum() / scored.tokens())
        learner.fit_examples(examples)
        assert diary.losses == pytest.approx([expected], rel=1e-5)


# Callbacks.


def test_callbacks_come_in_the_order_and_number_of_avalanche(make_learner: MakeLearner) -> None:
    diary = Diary()
    learner = make_learner(plugins=[diary], epochs=2, batch_size=4, stop_at=2)
    learner.fit_examples(some_examples(learner, 8))
    step = [
        "before_training_iteration",
        "before_forward",
        "after_forward",
        "before_backward",
        "after_backward",
        "before_update",
        "after_update",
        "after_training_iteration",
    ]
    epoch = ["before_training_epoch", *step, *step, "after_training_epoch"]
    assert diary.seen == [
        "before_training",
        "before_train_dataset_adaptation",
        "after_train_dataset_adaptation",
        "before_training_exp",
        *epoch,
        *epoch,
        "after_training_exp",
        "after_training",
    ]


def test_forward_is_called_for_each_micro_batch_and_the_optimizer_once(
    make_learner: MakeLearner,
) -> None:
    diary = Diary()
    learner = make_learner(plugins=[diary], epochs=1, batch_size=8, micro_batch_size=3, stop_at=2)
    learner.fit_examples(some_examples(learner, 8))
    assert sorted(diary.rows) == [2, 3, 3]
    counts = Counter(diary.seen)
    for name in ("before_forward", "after_forward", "before_backward"):
        assert counts[name] == 3
    for name in ("before_training_iteration", "after_backward", "before_update", "after_update"):
        assert counts[name] == 1


def test_avalanches_clock_counts_steps(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner(epochs=2, batch_size=8, stop_at=2)
    learner.fit(some(stream, 4))
    learner.fit(some(stream, 4))
    steps = 2 * -(-len(learner.examples(some(stream, 4))) // 8)
    assert learner.clock.train_exp_counter == 2
    assert learner.clock.train_iterations == 2 * steps


def test_nothing_to_learn_trains_nothing(make_learner: MakeLearner) -> None:
    diary = Diary()
    learner = make_learner(plugins=[diary])
    before = weights(learner.model)
    learner.fit([])
    assert diary.seen == []
    assert all(torch.equal(before[name], now) for name, now in learner.model.state_dict().items())


def test_progress_ends_at_its_end(make_learner: MakeLearner, stream: Stream) -> None:
    for strategy in ("naive", "replay"):
        reports: list[tuple[int, int]] = []
        learner = make_learner(strategy, epochs=3, batch_size=8, stop_at=2)
        learner.progress = counted(reports)
        apply(learner, stream.updates[1])
        assert [done for done, _ in reports] == list(range(1, len(reports) + 1))
        assert {of for _, of in reports} == {len(reports)}


# When to stop, and what it cost.


def test_stops_when_all_was_completed_right(make_learner: MakeLearner, stream: Stream) -> None:
    known = some(stream, 6)
    for facts, lr, least, most in ((known, 1e-6, 1, 1), (stream.updates[1].learn, 3e-4, 2, 49)):
        diary = Diary()
        learner = make_learner(lm="tiny", plugins=[diary], epochs=50, batch_size=8, lr=lr)
        learner.fit(facts)
        assert least <= Counter(diary.seen)["after_training_epoch"] <= most
        scored = score(learner.model, learner.collate(learner.examples(facts)))
        assert float(scored.hits().float().mean()) >= 0.8


@pytest.mark.parametrize(("stop_at", "epochs"), [(0.0, 1), (1.5, 4)])
def test_stop_at_bounds(
    stop_at: float, epochs: int, make_learner: MakeLearner, stream: Stream
) -> None:
    diary = Diary()
    learner = make_learner(lm="tiny", plugins=[diary], epochs=4, stop_at=stop_at)
    learner.fit(some(stream, 4))
    assert Counter(diary.seen)["after_training_epoch"] == epochs


def test_rehearsed_sentences_do_not_stop_the_training(
    make_learner: MakeLearner, stream: Stream
) -> None:
    # All that is rehearsed is known, the update is not: it must go on.
    diary = Diary()
    learner = make_learner(
        "replay",
        lm="tiny",
        plugins=[diary],
        epochs=3,
        lr=0.0,
        stop_at=0.5,
        strategy={"mix": 20.0},
    )
    apply(learner, stream.updates[1])
    assert Counter(diary.seen)["after_training_epoch"] == 3


def test_tokens_are_counted_without_the_padding(make_learner: MakeLearner, stream: Stream) -> None:
    facts = stream.updates[1].learn
    for micro in (None, 3):
        learner = make_learner(epochs=3, batch_size=8, stop_at=2, micro_batch_size=micro)
        learner.fit(facts)
        assert learner.tokens == 3 * sum(len(one) for one in learner.examples(facts))


def test_rehearsed_tokens_are_counted(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("replay", epochs=1, stop_at=2)
    apply(learner, stream.updates[1])
    own = sum(len(one) for one in learner.examples(stream.updates[1].learn))
    rehearsed = sum(len(one) for one in learner.loader.rehearsed)
    assert rehearsed > 0
    assert learner.tokens == own + rehearsed


# Randomness.


@pytest.mark.parametrize("strategy", ["naive", "replay+ewc", "lora"])
def test_the_same_seed_gives_the_same_weights(
    strategy: str, make_learner: MakeLearner, stream: Stream
) -> None:
    states = []
    for seed in (3, 3, 4):
        learner = make_learner(strategy, seed=seed, epochs=2, batch_size=8)
        for update in stream.updates[1:3]:
            apply(learner, update)
        states.append(weights(learner.model))
    first, again, other = states
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert any(not torch.equal(first[name], other[name]) for name in first)


def test_every_epoch_has_its_own_order(make_learner: MakeLearner) -> None:
    class Order(SupervisedPlugin):  # type: ignore[misc, type-arg]
        def __init__(self) -> None:
            super().__init__()
            self.rows: list[tuple[int, ...]] = []

        def before_forward(self, learner: Learner, **kwargs: Any) -> None:
            for ids, mask in zip(*learner.mb_x.values(), strict=True):
                self.rows.append(tuple(ids[: int(mask.sum())].tolist()))

    order = Order()
    learner = make_learner(plugins=[order], epochs=2, batch_size=2, stop_at=2)
    examples = some_examples(learner, 16)
    learner.fit_examples(examples)
    first, second = order.rows[:16], order.rows[16:]
    assert sorted(first) == sorted(second) == sorted(example.ids for example in examples)
    assert first != second


# What is trained.


def test_frozen_changes_nothing(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("frozen")
    before = weights(learner.model)
    for update in stream.updates[1:]:
        apply(learner, update)
    assert all(torch.equal(before[name], now) for name, now in learner.model.state_dict().items())
    assert learner.tokens == 0


@pytest.mark.parametrize("optimizer", ["adamw", "muon", "sgd"])
def test_only_the_adapter_is_in_the_optimizer(
    optimizer: str, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("lora", optimizer=optimizer, epochs=2)
    before = weights(learner.model)
    adapter = {id(p) for n, p in learner.model.named_parameters() if "lora_" in n}
    sizes = []
    for update in stream.updates[1:3]:
        apply(learner, update)
        groups = learner.optimizer.param_groups
        assert {id(p) for group in groups for p in group["params"]} == adapter
        sizes.append([len(group["params"]) for group in groups])
    assert sizes[0] == sizes[1]
    after = learner.model.state_dict()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed and all("lora_" in name for name in changed)


def test_parameters_without_gradients_are_unchanged(
    make_learner: MakeLearner, load_lm: LoadLM, stream: Stream
) -> None:
    lm = load_lm("gpt2")
    for name, parameter in lm.model.named_parameters():
        parameter.requires_grad = ".mlp." in name
    learner = make_learner(lm=lm, epochs=2, weight_decay=0.5)
    before = weights(learner.model)
    apply(learner, stream.updates[1])
    after = learner.model.state_dict()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed == {name for name in before if ".mlp." in name}


def test_the_model_is_left_in_evaluation_mode(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner(epochs=1)
    learner.fit(some(stream, 2))
    assert not any(module.training for module in learner.model.modules())


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_architecture_learns(name: str, make_learner: MakeLearner, stream: Stream) -> None:
    diary = Diary()
    learner = make_learner(lm=name, plugins=[diary], epochs=5, batch_size=16, lr=3e-3)
    apply(learner, stream.updates[1])
    assert sum(diary.losses[-3:]) < 0.8 * sum(diary.losses[:3])


def test_an_update_is_learned_with_unpredictable_prompts(make_learner: MakeLearner) -> None:
    # With the loss on all tokens, early stopping looks at what follows the prompts.
    learner = make_learner(lm="tiny", loss="all", epochs=40, batch_size=8, lr=3e-3)
    learner.fit(learner.stream.updates[1].learn)
    assert 0 < learner.clock.train_exp_epochs < 40
