"""When training stops, and why."""

from __future__ import annotations

from typing import Any

import pytest

from cltool.core.settings import LearnerSettings
from cltool.training.stopping import ENOUGH, EPOCHS, FARTHEST, Stopping


def train(
    shares: list[float],
    losses: list[float],
    *,
    budget: bool = False,
    steps: int = 15,
    sentences: int = 500,
    **given: Any,
) -> Stopping:
    """Train some sentences; the last share and the last loss go on for ever."""
    stopping = Stopping(LearnerSettings(**given), budget, steps, sentences)
    for epoch in range(10_000 if budget else stopping.farthest):
        share, loss = (series[min(epoch, len(series) - 1)] for series in (shares, losses))
        hits = [number < sentences * share for number in range(sentences)]
        watched = [loss] * sentences if stopping.watches_loss else []
        if stopping.after_epoch(hits, watched) or (budget and epoch == 5):
            break
    return stopping


def ended(*args: Any, **options: Any) -> tuple[str, int, float | None]:
    result = train(*args, **options).result()
    return result.stop, result.epochs, result.learned


def test_it_stops_when_the_update_is_learned() -> None:
    assert ended([0.1, 0.5, 0.99], [1.0]) == ("learned", 3, 0.99)


@pytest.mark.parametrize("sentences", [24, 96])
def test_a_small_update_is_learned_over_several_epochs(sentences: int) -> None:
    needed = -(-ENOUGH * LearnerSettings().batch_size // sentences)
    stop, epochs, learned = ended([0.5, 0.5, 1.0], [1.0], sentences=sentences, steps=2)
    assert (stop, epochs, learned) == ("learned", 2 + needed, 1.0)


def test_a_small_update_that_is_completed_now_and_then_is_not_learned() -> None:
    assert not train([0.5, 1.0] * 40, [1.0], sentences=50, steps=2, epochs=80).learned


def test_a_small_update_that_was_known_ends_after_an_epoch() -> None:
    assert ended([1.0], [1.0], sentences=50, steps=2)[:2] == ("learned", 1)


def test_slow_progress_in_the_loss_goes_on_past_the_planned_epochs() -> None:
    falling = [0.97**epoch for epoch in range(60)]
    stop, epochs, _ = ended([0.5] * 50 + [0.99], falling)
    assert (stop, epochs) == ("learned", 51)


def test_progress_in_the_completed_sentences_counts_too() -> None:
    rising = [0.3 + 0.01 * epoch for epoch in range(80)]
    stop, epochs, _ = ended(rising, [1.0])
    assert (stop, epochs) == ("learned", 69)


def test_it_stops_when_nothing_improves_but_not_before_the_planned_epochs() -> None:
    stop, epochs, learned = ended([0.4], [1.0])
    assert (stop, learned) == ("no progress", 0.4)
    assert EPOCHS < epochs <= EPOCHS + 5


def test_an_update_of_few_steps_gets_more_epochs() -> None:
    assert ended([0.4], [1.0], steps=1)[1] > 150


def test_the_farthest_limit_ends_endless_progress() -> None:
    stop, epochs, _ = ended([0.4], [0.9**epoch for epoch in range(10_000)])
    assert (stop, epochs) == ("limit", FARTHEST * EPOCHS)


@pytest.mark.parametrize(
    ("given", "stop", "epochs"),
    [
        ({"epochs": 3}, "epochs", 3),
        ({"schedule": "linear"}, "schedule", EPOCHS),
        ({"stop_at": 1.5}, "no progress", EPOCHS + 1),
    ],
)
def test_settings_set_other_limits(given: dict[str, Any], stop: str, epochs: int) -> None:
    assert ended([0.4], [1.0], **given)[:2] == (stop, epochs)


def test_a_budget_alone_decides() -> None:
    assert ended([1.0], [0.0], budget=True) == ("budget", 6, 1.0)


def test_a_strategy_may_stop_it() -> None:
    stopping = Stopping(LearnerSettings(), False, 15, 2)
    stopping.after_epoch([True, False], [])
    assert stopping.result().stop == "strategy"


def test_the_share_is_that_of_the_last_training_on_each_sentence() -> None:
    stopping = Stopping(LearnerSettings(tokens=9), True, 15, 4)
    stopping.after_epoch([False] * 4, [])
    stopping.after_epoch([True], [])
    assert stopping.result().learned == 0.25
