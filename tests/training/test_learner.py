"""The learner: Avalanche's template, made right for language models."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import torch
from avalanche.core import SupervisedPlugin
from torch import Tensor

from cltool.core.errors import UserError
from cltool.core.progress import Progress
from cltool.experiments import resolve
from cltool.facts.facts import Fact
from cltool.facts.stream import Stream
from cltool.lm.batches import collate
from cltool.lm.coder import Encoded
from cltool.lm.optimizers import schedule_factor
from cltool.lm.scoring import score
from cltool.training.learner import Learner

from ..conftest import ARCHITECTURES, LoadLM, MakeLearner, apply, weights


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


class Gradients(SupervisedPlugin):  # type: ignore[misc, type-arg]
    """Keeps every step's gradient, as it is before clipping."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[dict[str, Tensor]] = []

    def before_update(self, learner: Learner, **kwargs: Any) -> None:
        grads = {n: p.grad for n, p in learner.model.named_parameters() if p.grad is not None}
        self.steps.append({name: grad.clone() for name, grad in grads.items()})


def some(stream: Stream, count: int) -> list[Fact]:
    return list(stream.updates[0].learn)[:count]


def some_examples(learner: Learner, count: int) -> list[Encoded]:
    """Sentences of different lengths."""
    examples = learner.examples(some(learner.stream, 24))
    chosen = examples[:: len(examples) // count][:count]
    assert len({len(one) for one in chosen}) > 1
    return chosen


def counted(reports: list[tuple[int, int]]) -> Progress:
    """Progress that appends (done, of) to ``reports``."""
    return Progress(lambda task, done, of, what: reports.append((done, of)))


def close(one: dict[str, Tensor], other: dict[str, Tensor], atol: float = 1e-6) -> None:
    assert list(one) == list(other)
    for name in one:
        torch.testing.assert_close(one[name], other[name], atol=atol, rtol=1e-4, msg=name)


# Accumulation.


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_padded_batch_has_the_gradient_of_its_sentences_one_by_one(
    name: str, make_learner: MakeLearner
) -> None:
    watch = Gradients()
    learner = make_learner(
        lm=name, plugins=[watch], optimizer="sgd", epochs=1, batch_size=8, clip=0.0, lr=1e-3
    )
    examples = some_examples(learner, 8)
    lm = learner.lm
    tokens = sum(len(example) - example.start for example in examples)
    for example in examples:
        ids = torch.tensor([example.ids])
        logits = lm.model(input_ids=ids).logits[0, example.start - 1 : -1]
        target = torch.tensor(example.ids[example.start :])
        loss = torch.nn.functional.cross_entropy(logits, target, reduction="sum")
        (loss / tokens).backward()
    expected = {n: p.grad.clone() for n, p in lm.model.named_parameters() if p.grad is not None}
    learner.fit_examples(examples)
    assert len(watch.steps) == 1
    scale = max(float(grad.abs().max()) for grad in expected.values())
    close(watch.steps[0], expected, atol=1e-5 * scale)


@pytest.mark.parametrize("strategy", ["naive", "ewc", "replay+ewc"])
@pytest.mark.parametrize("loss", ["answer", "all"])
def test_eight_micro_batches_of_one_are_one_batch_of_eight(
    strategy: str, loss: str, make_learner: MakeLearner, stream: Stream
) -> None:
    found = []
    for micro in (1, 3, 8):
        watch = Gradients()
        learner = make_learner(
            strategy,
            plugins=[watch],
            batch_size=8,
            micro_batch_size=micro,
            optimizer="sgd",
            lr=1e-2,
            epochs=2,
            loss=loss,
        )
        start = weights(learner.model)
        if strategy != "naive":
            # Away from the anchor, so that the penalty has a gradient from the first step on.
            with torch.no_grad():
                for parameter in learner.model.parameters():
                    parameter.add_(0.01)
        apply(learner, stream.updates[1])
        found.append((weights(learner.model), watch.steps))
        assert any(not torch.equal(start[name], found[-1][0][name]) for name in start)
    for state, steps in found[1:]:
        assert len(steps) == len(found[0][1]) > 2
        close(state, found[0][0], atol=2e-5)
        scale = max(float(grad.abs().max()) for grad in steps[0].values())
        close(steps[0], found[0][1][0], atol=1e-5 * scale)


def test_a_penalty_counts_once_per_step_with_any_micro_batch_size(
    make_learner: MakeLearner,
) -> None:
    class Penalty(SupervisedPlugin):  # type: ignore[misc, type-arg]
        def before_backward(self, learner: Learner, **kwargs: Any) -> None:
            learner.loss = learner.loss * 0 + learner.model.lm_head.weight.sum()

    for micro in (1, 3, 8):
        watch = Gradients()
        learner = make_learner(
            plugins=[Penalty(), watch], batch_size=8, micro_batch_size=micro, epochs=1
        )
        learner.fit_examples(some_examples(learner, 8))
        grad = watch.steps[0]["lm_head.weight"]
        torch.testing.assert_close(grad, torch.ones_like(grad))


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


# A budget of tokens.


@pytest.mark.parametrize("strategy", ["naive", "replay", "joint", "replay+ewc"])
def test_every_update_gets_its_tokens(
    strategy: str, make_learner: MakeLearner, stream: Stream
) -> None:
    budget = 3_000
    learner = make_learner(strategy, tokens=budget, epochs=1)
    for update in stream.updates[1:3]:
        learner.known.apply(update)
        learner.begin(update)
        longest = learner.settings.batch_size * max(map(len, learner.examples(update.learn)))
        before, fisher = learner.tokens, 0
        learner.strategies.update(learner, update)
        if "ewc" in strategy:
            fisher = sum(map(len, learner.examples(update.learn)))
        assert budget <= learner.tokens - before - fisher < budget + longest


def test_overspent_tokens_are_subtracted_from_the_next_update(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("naive", tokens=3_000)
    learner.known.apply(stream.updates[1])
    learner.begin(stream.updates[1], owed=2_000)
    learner.strategies.update(learner, stream.updates[1])
    longest = learner.settings.batch_size * max(map(len, learner.examples(stream.updates[1].learn)))
    assert 1_000 <= learner.tokens < 1_000 + longest


def test_a_schedule_ends_with_the_budget(make_learner: MakeLearner, stream: Stream) -> None:
    reports: list[tuple[int, int]] = []
    learner = make_learner("naive", tokens=6_000, schedule="linear")
    learner.progress = counted(reports)
    learner.known.apply(stream.updates[1])
    learner.begin(stream.updates[1])
    learner.strategies.update(learner, stream.updates[1])
    assert reports[-1][0] == pytest.approx(reports[0][1], rel=0.2)
    assert reports[-1][0] <= reports[-1][1] <= reports[-1][0] + 1


def test_tokens_spent_before_the_first_step_do_not_change_the_schedule(
    make_learner: MakeLearner, stream: Stream
) -> None:
    class Spender(SupervisedPlugin):  # type: ignore[misc, type-arg]
        def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
            learner.spend(3_000)

    reports: list[tuple[int, int]] = []
    learner = make_learner("naive", tokens=9_000, schedule="linear", plugins=[Spender()])
    learner.progress = counted(reports)
    learner.known.apply(stream.updates[1])
    learner.begin(stream.updates[1])
    learner.strategies.update(learner, stream.updates[1])
    assert all(of == pytest.approx(reports[-1][0], rel=0.2) for _, of in reports)


def test_tokens_count_with_and_without_gradients(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner()
    batch = learner.collate(some_examples(learner, 4))
    with torch.no_grad():
        learner.score(batch)
    size = int(batch["attention_mask"].sum())
    assert learner.tokens == size
    learner.score(batch)
    assert learner.tokens == 2 * size


@pytest.mark.parametrize("strategy", ["naive", "recitation"])
def test_an_update_that_stopped_in_its_last_epoch_does_not_stop_the_next(
    strategy: str, make_learner: MakeLearner, stream: Stream
) -> None:
    # At once learned, and with one epoch only: the stop comes when no epoch is left.
    learner = make_learner(strategy, epochs=1, stop_at=0.0)
    for update in stream.updates[1:3]:
        before = learner.steps
        learner.known.apply(update)
        learner.begin(update)
        learner.strategies.update(learner, update)
        assert learner.steps > before


# Other budgets.


@pytest.mark.parametrize("strategy", ["naive", "replay", "joint", "recitation"])
def test_every_update_gets_its_steps(
    strategy: str, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner(strategy, steps=7, epochs=1)
    for update in stream.updates[1:3]:
        before = learner.steps
        learner.known.apply(update)
        learner.begin(update)
        learner.strategies.update(learner, update)
        assert learner.steps - before == 7
        assert learner.left() is None
        assert learner.share_left() == 0.0


def test_a_schedule_ends_with_the_steps(make_learner: MakeLearner, stream: Stream) -> None:
    reports: list[tuple[int, int]] = []
    learner = make_learner("naive", steps=11, schedule="linear")
    learner.progress = counted(reports)
    learner.known.apply(stream.updates[1])
    learner.begin(stream.updates[1])
    learner.strategies.update(learner, stream.updates[1])
    assert reports == [(done, 11) for done in range(1, 12)]


def test_training_ends_when_the_seconds_are_used_up(
    make_learner: MakeLearner, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("cltool.training.budget.time.perf_counter", lambda: now[0])
    learner = make_learner("naive", seconds=5.0)
    plain = learner._training_step

    def step(*args: object) -> object:
        now[0] += 1.0
        return plain(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(learner, "_training_step", step)
    learner.known.apply(stream.updates[1])
    learner.begin(stream.updates[1], owed=2.0)
    assert learner.share_left() == pytest.approx(3 / 5)
    learner.strategies.update(learner, stream.updates[1])
    assert learner.steps == 3
    assert learner.left() is None


def test_two_budgets_are_refused() -> None:
    with pytest.raises(UserError, match="wrong") as caught:
        resolve.resolve("naive", {"learner": {"steps": 3, "tokens": 5}})
    assert "tokens and steps are both given" in str(caught.value)
