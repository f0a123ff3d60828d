"""Updates that exceed their budget, have little of it left, or teach nothing, are doubts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from cltool.core.settings import LearnerSettings
from cltool.experiments import run as experiment
from cltool.experiments.budget_doubts import sentences
from cltool.facts.facts import Update
from cltool.facts.stream import Stream
from cltool.reporting.doubts import with_warnings
from cltool.runs.groups import group_runs
from cltool.runs.run import Run
from cltool.testing.material import NAME, registered
from cltool.training.budget import Budget
from cltool.training.learner import Learner
from cltool.training.strategy import Strategy


class Spender(Strategy):
    """Reads the first update's sentences many times before it trains."""

    def begin_update(self, learner: Learner, update: Update) -> None:
        if update.step == 1:
            learner.spend(3000)


class Outside(Strategy):
    """Trains in a loop of its own, past everything that counts; first without the model."""

    def update(self, learner: Learner, update: Update) -> None:
        if update.step == 1:
            with torch.no_grad():
                for weight in learner.trainable().values():
                    weight.mul_(1.01)
            return
        batch = learner.collate(learner.examples(update.learn))
        weights = [*learner.trainable().values()]
        optimizer = torch.optim.SGD(weights, lr=0.1)
        inputs = {name: batch[name] for name in ("input_ids", "attention_mask")}
        logits = learner.model(**inputs).logits
        logits.logsumexp(-1).mean().backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)


def row(step: int, **values: Any) -> dict[str, Any]:
    usual = {"tokens": 100, "steps": 9, "owed": 0.0, "new_before": 0.0, "new_after": 0.9}
    return {"step": step, "label": f"20{step:02}", **usual, **values}


def said(*rows: dict[str, Any], teaches: bool = True, **settings: Any) -> str:
    budget = Budget(LearnerSettings.model_validate(settings))
    return " ".join(sentences([row(0), *rows], budget, teaches=teaches))


@pytest.fixture
def spent(stream: Stream, checkpoint: Callable[[str], Path], tmp_path: Path) -> Run:
    with registered(Spender):
        return experiment.run(
            stream,
            strategy=NAME,
            model=str(checkpoint("llama")),
            settings={"learner": {"tokens": 1000}, "model": {"device": "cpu"}},
            out=tmp_path / "run",
        )


def test_an_update_that_exceeds_its_budget_is_named_and_so_are_those_that_it_starves(
    spent: Run,
) -> None:
    rows = spent.cost_rows()
    assert "owed" not in rows[0]
    assert [one["owed"] for one in rows[1:3]] == [0.0, rows[1]["tokens"] - 1000]
    assert rows[1]["tokens"] > 3000 and rows[2]["steps"] == 1
    over, starved, *_ = [text for text in spent.record["warnings"] if "budget" in text]
    assert f"Update {rows[1]['label']} spent more than the budget of 1,000 training tokens" in over
    assert "deducted from later updates" in over
    assert rows[2]["label"] in starved
    assert "had less than half of" in starved
    assert "0 of 1,000 training tokens" in starved and "1 training step" in starved
    (group,) = group_runs([spent])
    told = with_warnings(group)
    assert all(any(text in one for one in told) for text in (over, starved))


def test_training_outside_of_the_learner_is_a_doubt(
    stream: Stream, checkpoint: Callable[[str], Path], tmp_path: Path
) -> None:
    given: Any = {"model": str(checkpoint("llama")), "settings": {"model": {"device": "cpu"}}}
    with registered(Outside):
        made = experiment.run(stream, strategy=NAME, out=tmp_path / "run", **given)
    rows = made.cost_rows()
    assert [one["tokens"] for one in rows] == [0] * len(stream)
    missed = [one.get("uncounted_tokens", 0) > 0 for one in rows]
    assert missed == [False, False, *[True] * (len(stream) - 2)]
    told, changed = [text for text in made.record["warnings"] if "count" in text]
    assert f"Update {rows[1]['label']} changed the weights without counting any token" in changed
    assert "of which only 0 are counted" in told
    assert said(row(1, uncounted_tokens=2)) == ""
    assert "ran the model on 110 tokens, of which only 100 are counted" in said(
        row(1, uncounted_tokens=10)
    )
    assert "Update 2001 ran the model on 400 tokens" in said(row(1, uncounted_tokens=300))


def test_nothing_is_said_about_updates_that_keep_to_their_budgets() -> None:
    assert said(row(1, tokens=110), row(2, tokens=95, owed=10.0), tokens=100) == ""
    assert said(row(1), row(2)) == ""


def test_a_small_excess_in_every_update_is_said_once() -> None:
    text = said(*(row(step, tokens=120) for step in range(1, 4)), tokens=100)
    assert text == "The updates spent 360 of 300 training tokens in all."


def test_updates_that_taught_nothing() -> None:
    text = said(row(1), row(2, new_after=0.01), row(3, new_after=0.0, steps=0, tokens=0))
    assert "2 updates (2002, 2003) taught nothing: new is no better than before" in text
    assert "Update 2003 took no training step." in text
    assert said(row(1, label="update 1", new_after=0.0)).startswith("Update 1 taught nothing")
    known = row(1, new_before=0.95, new_after=0.94)
    unasked = row(1, new_before=None, new_after=None)
    assert said(known) == said(unasked) == said(row(1, new_after=0.0), teaches=False) == ""


def test_an_update_with_less_than_half_of_its_budget_is_starved() -> None:
    assert said(row(1), row(2, tokens=51, owed=49.0), tokens=100) == ""
    text = said(row(1), row(2, tokens=40, owed=60.0), row(3, tokens=30, owed=70.0), tokens=100)
    assert "2 updates (2002, 2003) had less than half of their budget left" in text
    assert "as little as 30 of 100 training tokens" in text
