"""The order of an update's examples: by loss, or spaced by what the model recalls."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from typing import Any

import pytest
import torch
from avalanche.core import SupervisedPlugin

from cltool.core.errors import UserError
from cltool.core.settings import LearnerSettings, validate
from cltool.facts.stream import Stream
from cltool.lm.batches import bucketed
from cltool.lm.coder import Encoded
from cltool.training.learner import Learner
from cltool.training.loader import Loader
from cltool.training.order import ByLoss, Spaced, losses_before, spread

from ..conftest import MakeLearner, apply
from .learner_tools import some, some_examples
from .test_forward_size import Memory

ORDERS = ("given", "easy_first", "hard_first", "spaced")


class Watcher(SupervisedPlugin):  # type: ignore[misc, type-arg]
    """Keeps the update's examples of each epoch in the order of training, with their losses."""

    def __init__(self) -> None:
        super().__init__()
        self.epochs: list[list[Encoded]] = []
        self.losses: list[list[float]] = []
        self.rehearsed: list[list[int]] = []

    def before_training_epoch(self, learner: Learner, **kwargs: Any) -> None:
        self.epochs.append([])
        self.losses.append([])
        self.rehearsed.append([])

    def before_training_iteration(self, learner: Learner, **kwargs: Any) -> None:
        self.rehearsed[-1].append(0)

    def before_backward(self, learner: Learner, **kwargs: Any) -> None:
        own = learner.mbatch["own"]
        places = learner.mbatch["place"][own].tolist()
        self.epochs[-1] += [learner.loader.own[place] for place in places]
        self.losses[-1] += learner.losses()[own].tolist()
        self.rehearsed[-1][-1] += int((~own).sum())


def trained(
    make_learner: MakeLearner, strategy: str = "naive", count: int = 20, **settings: Any
) -> tuple[Learner, Watcher]:
    """Train on ``count`` examples; without a learning rate, no loss changes."""
    watcher = Watcher()
    given = {"lr": 0.0, "batch_size": 4, "epochs": 2, "stop_at": 2.0, **settings}
    learner = make_learner(strategy, plugins=[watcher], **given)
    learner.begin(learner.stream.updates[1])
    learner.fit_examples(some_examples(learner, count) if count > 1 else one_example(learner))
    return learner, watcher


def one_example(learner: Learner) -> list[Encoded]:
    return learner.examples(some(learner.stream, 1))[:1]


def made_up(count: int) -> list[Encoded]:
    return [Encoded((number, 1, 2), 1) for number in range(count)]


# What every order does.


@pytest.mark.parametrize("count", [20, 1])
@pytest.mark.parametrize("order", ORDERS)
def test_every_example_is_trained(order: str, count: int, make_learner: MakeLearner) -> None:
    learner, watcher = trained(make_learner, count=count, order=order)
    examples = learner.loader.examples
    assert len(examples) == count
    assert Counter(watcher.epochs[0]) == Counter(examples)
    if order != "spaced":
        assert Counter(watcher.epochs[1]) == Counter(examples)


@pytest.mark.parametrize("order", ORDERS)
def test_every_order_spends_the_budget_and_no_more(order: str, make_learner: MakeLearner) -> None:
    budget = 900
    learner, watcher = trained(make_learner, order=order, tokens=budget, epochs=None)
    longest = 4 * max(map(len, learner.loader.examples))
    assert budget <= learner.tokens < budget + longest
    shown = sum(len(one) for epoch in watcher.epochs for one in epoch)
    scored = sum(map(len, learner.loader.examples)) if "first" in order else 0
    assert learner.tokens == shown + scored


@pytest.mark.parametrize("order", ORDERS)
def test_micro_batches_change_no_order(order: str, make_learner: MakeLearner) -> None:
    _, whole = trained(make_learner, order=order, epochs=3)
    _, parts = trained(make_learner, order=order, epochs=3, micro_batch_size=3)
    assert parts.epochs == whole.epochs


@pytest.mark.parametrize("order", ORDERS[1:])
def test_an_attempt_without_memory_counts_once(order: str, make_learner: MakeLearner) -> None:
    memory = Memory(2)
    learner = make_learner(plugins=[memory], order=order, lr=0.0, batch_size=8, epochs=2)
    learner.begin(learner.stream.updates[1])
    examples = some_examples(learner, 12)
    learner.fit_examples(examples)
    assert max(memory.rows[4:]) == 2
    passes = 3 if "first" in order else 2
    assert learner.tokens == passes * sum(map(len, examples))


def test_the_default_is_random_batches_of_similar_length(make_learner: MakeLearner) -> None:
    assert LearnerSettings().order == "given"
    examples, more = made_up(10), made_up(3)
    loader = Loader(
        examples,
        4,
        torch.Generator().manual_seed(7),
        lambda chosen: {"labels": torch.zeros(len(chosen))},
        [],
    )
    expected = torch.Generator().manual_seed(7)
    for _ in range(3):
        loader.begin_epoch()
        assert loader.own is examples
        loader.rehearsed = more
        places = [batch["place"].tolist() for batch in loader]
        assert places == bucketed([3] * 13, 4, expected)
    learner, _ = trained(make_learner)
    assert learner.tokens == 2 * sum(map(len, learner.loader.examples))


@pytest.mark.parametrize("order", ["easy_first", "spaced"])
def test_training_still_stops_when_the_update_is_learned(
    order: str, make_learner: MakeLearner
) -> None:
    learner, watcher = trained(
        make_learner, count=4, order=order, lr=1e-2, stop_at=0.98, epochs=None
    )
    result = learner.trained
    assert result is not None
    assert (result.stop, result.learned) == ("learned", 1.0)
    assert result.epochs == len([epoch for epoch in watcher.epochs if epoch])


def test_a_strategy_that_chooses_the_examples_is_obeyed(make_learner: MakeLearner) -> None:
    class Chooser(SupervisedPlugin):  # type: ignore[misc, type-arg]
        def after_training_epoch(self, learner: Learner, **kwargs: Any) -> None:
            learner.loader.own = learner.loader.examples[:3]

    watcher = Watcher()
    learner = make_learner(
        plugins=[watcher, Chooser()], order="spaced", lr=0.0, batch_size=2, epochs=4
    )
    learner.begin(learner.stream.updates[1])
    examples = some_examples(learner, 8)
    learner.fit_examples(examples)
    assert [Counter(epoch) for epoch in watcher.epochs[1:]] == [Counter(examples[:3])] * 3


# By loss.


@pytest.mark.parametrize(("order", "sign"), [("easy_first", 1), ("hard_first", -1)])
def test_examples_come_by_the_loss_before_the_update(
    order: str, sign: int, make_learner: MakeLearner
) -> None:
    learner, watcher = trained(make_learner, order=order)
    before = losses_before(learner, learner.loader.examples)
    losses = watcher.losses[0]
    assert losses == pytest.approx([before[one] for one in watcher.epochs[0]], rel=1e-4)
    assert all(sign * one <= sign * other + 1e-4 for one, other in itertools.pairwise(losses))


def test_losses_are_those_of_the_completions(make_learner: MakeLearner) -> None:
    learner = make_learner(batch_size=4)
    example = one_example(learner)[0]
    ids = torch.tensor([example.ids])
    with torch.no_grad():
        logs = learner.model.eval()(ids).logits[0].log_softmax(-1)
    expected = -sum(float(logs[at - 1, ids[0, at]]) for at in range(example.start, len(example)))
    found = losses_before(learner, [example, *some_examples(learner, 6)])
    assert found[example] == pytest.approx(expected, rel=1e-4)


def test_later_epochs_are_as_by_default() -> None:
    order, examples = ByLoss(hard_first=False), made_up(4)
    assert order.unscored([*examples, examples[0]]) == examples
    order.score(dict(zip(examples, [3.0, 1.0, 4.0, 2.0], strict=True)))
    assert order.unscored(examples) == []
    random, same = torch.Generator().manual_seed(1), torch.Generator().manual_seed(1)
    assert order.batches(examples, [], 2, random) == [[1, 3], [0, 2]]
    more = made_up(6)
    assert order.unscored(more) == []
    for _ in range(2):
        assert order.batches(more, examples, 3, random) == bucketed([3] * 10, 3, same)


def test_rehearsed_examples_are_spread_over_the_epoch(make_learner: MakeLearner) -> None:
    assert spread([1, 2, 3, 4], [9, 8]) == [1, 9, 2, 3, 8, 4]
    assert spread([], [9, 8]) == [9, 8]
    order, own = ByLoss(hard_first=True), made_up(6)
    order.score({one: float(one.ids[0]) for one in own})
    batches = order.batches(own, made_up(6), 4, torch.Generator().manual_seed(0))
    assert [[place for place in batch if place < 6] for batch in batches] == [
        [5, 4],
        [3, 2],
        [1, 0],
    ]
    assert sorted(place for batch in batches for place in batch) == list(range(12))


# Spaced.


def reviews(order: Spaced, examples: list[Encoded], epochs: int, failing: Any) -> dict[int, Any]:
    """Return which examples are trained in each epoch, by number.

    Args:
        failing: (number of an example, epoch) → whether the model fails on it.
    """
    found: dict[int, list[int]] = {}
    for epoch in range(1, epochs + 1):
        due = order.due(examples)
        found[epoch] = [one.ids[0] for one in due]
        order.record(due, [not failing(one.ids[0], epoch) for one in due], [1.0] * len(due))
    return found


def test_delays_double_while_recall_is_good_and_fall_back_to_one() -> None:
    # Example 0 never fails, 1 fails once, 2 always: it keeps every epoch from being empty.
    found = reviews(
        Spaced(1), made_up(3), 18, lambda number, epoch: number == 2 or (number, epoch) == (1, 8)
    )
    when = {number: [e for e, those in found.items() if number in those] for number in range(3)}
    assert when[0] == [1, 2, 4, 8, 16]
    assert when[1] == [1, 2, 4, 8, 9, 10, 12, 16]
    assert when[2] == list(range(1, 19))


def test_an_epoch_in_which_nothing_is_due_is_skipped() -> None:
    found = reviews(Spaced(1), made_up(2), 6, lambda number, epoch: False)
    assert list(found.values()) == [[0, 1]] * 6


def test_an_epoch_is_filled_up_to_a_batch_with_what_is_due_next() -> None:
    order, examples = Spaced(3), made_up(5)
    found = reviews(order, examples, 3, lambda number, epoch: number == 4)
    assert found == {1: [0, 1, 2, 3, 4], 2: [0, 1, 2, 3, 4], 3: [0, 1, 4]}
    # Recalled before they were due, 0 and 1 have the same delay as before, from now on.
    assert reviews(order, examples, 2, lambda number, epoch: number == 4) == {
        1: [2, 3, 4],
        2: [0, 1, 4],
    }


def test_an_update_is_learned_by_the_last_review_of_every_example() -> None:
    order, examples = Spaced(1), made_up(3)
    reviews(order, examples, 3, lambda number, epoch: number == 2)
    assert [one.ids[0] for one in order.due(examples)] == [0, 1, 2]
    order.record(examples[2:], [False], [5.0])
    assert order.outcomes(examples, [False], [5.0]) == ([True, True, False], [1.0, 1.0, 5.0])


def test_an_example_that_is_trained_twice_is_recalled_if_it_was_both_times() -> None:
    order, examples = Spaced(1), made_up(1)
    order.due(examples)
    order.record([*examples, *examples], [False, True], [2.0, math.log(2)])
    assert order.outcomes(examples, [], []) == ([False], [math.log(2)])


def test_what_is_not_due_is_neither_trained_nor_paid(
    make_learner: MakeLearner, stream: Stream
) -> None:
    settings = {"lr": 1e-2, "epochs": 30, "order": "spaced"}
    learner, watcher = trained(make_learner, count=12, **settings)
    sizes = [len(epoch) for epoch in watcher.epochs]
    assert sizes[0] == 12
    assert min(sizes) >= 4
    assert sum(sizes) < 12 * 30
    assert learner.tokens == sum(len(one) for epoch in watcher.epochs for one in epoch)


# With strategies that rehearse.


@pytest.mark.parametrize("order", ORDERS[1:])
def test_replay_keeps_its_mix(order: str, make_learner: MakeLearner, stream: Stream) -> None:
    watcher = Watcher()
    learner = make_learner("replay", plugins=[watcher], order=order, batch_size=8, epochs=5)
    apply(learner, stream.updates[1])
    mix = learner.strategies.parts["replay"].config.mix
    for epoch, steps in zip(watcher.epochs, watcher.rehearsed, strict=True):
        assert sum(steps) == round(mix * len(epoch))
    assert order == "spaced" or min(watcher.rehearsed[0][:-1]) >= 3


@pytest.mark.slow
def test_recitation_cools_down_with_all_of_the_update(
    make_learner: MakeLearner, stream: Stream
) -> None:
    watcher = Watcher()
    learner = make_learner(
        "recitation",
        plugins=[watcher],
        strategy={"mix": 0, "base_epochs": 0, "steps": 0},
        order="spaced",
        batch_size=4,
        epochs=25,
    )
    apply(learner, stream.updates[1])
    sizes = [len(epoch) for epoch in watcher.epochs if epoch]
    assert min(sizes) < len(learner.loader.examples)
    assert Counter(watcher.epochs[len(sizes) - 1]) == Counter(learner.loader.examples)


# What a user sees.


def test_a_misspelt_order_is_guessed() -> None:
    with pytest.raises(UserError, match="1 setting is wrong") as caught:
        validate(LearnerSettings, {"order": "easyfirst"}, "learner")
    assert caught.value.details == (
        "learner.order = 'easyfirst': needs 'given', 'easy_first', 'hard_first' or 'spaced';"
        " did you mean 'easy_first'?",
    )
