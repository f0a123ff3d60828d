"""Updates with a budget of tokens, steps or seconds."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from avalanche.core import SupervisedPlugin

from cltool.core.errors import UserError
from cltool.experiments import resolve
from cltool.facts.stream import Stream
from cltool.training.learner import Learner

from ..conftest import MakeLearner
from .learner_tools import counted, some_examples

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
