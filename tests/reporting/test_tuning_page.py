"""The page of a search: every setting is a point where its scores are, and facts stay data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cltool.experiments.trials import Trial, choose, front
from cltool.experiments.tune import Tuning, Verdict
from cltool.reporting import pareto
from cltool.reporting.templates import read_data
from cltool.reporting.tuning_data import tunings
from cltool.reporting.tuning_page import render, write_tuning

from .conftest import EVIL, Tree, safe


def tuning(strategy: str = "ewc", *, judged: bool = True, kept: bool = True) -> Tuning:
    points = [(0.9, 0.2), (0.8, 0.6), (0.5, 0.5), (0.95, 0.1)]
    trials = [
        Trial(
            number,
            {"learner.lr_scale": 0.5 * number} if number else {},
            {"new": new, "retained": retained, "stale": 0.0, "tokens": 1000.0},
        )
        for number, (new, retained) in enumerate(points)
    ]
    scores = {"new": 0.75, "retained": 0.5, "stale": 0.25, "tokens": 1.0}
    verdict = Verdict(scores, {**scores, "new": 0.5, "retained": 0.75}) if judged else None
    return Tuning(strategy, trials, front(trials), choose(trials, []), kept, verdict)


def data(*found: Tuning, text: str = "world") -> dict[str, Any]:
    return {
        "about": {"Scenario": text, text: text},
        "keep": text,
        "tunings": tunings(found),
        "doubts": [],
        "command": text,
    }


def test_doubts_are_on_the_page() -> None:
    assert "2 cells of 4" in render(data(tuning()) | {"doubts": ["2 cells of 4 are missing."]})


def test_every_setting_is_a_point_with_its_scores_and_settings() -> None:
    page = render(data(tuning()))
    titles = [text for tag, text in Tree(page).text if tag == "title" and text.startswith("ewc")]
    # In the chart of all, and in the strategy's own.
    assert len(titles) == 2 * 4
    assert "ewc, presets: new 0.90, retained 0.20" in titles
    assert "ewc, learner.lr_scale 0.5: new 0.80, retained 0.60" in titles


@pytest.mark.parametrize(("score", "place"), [(0.0, "low"), (1.0, "high"), (1.5, "high")])
def test_points_are_placed_by_their_scores(score: float, place: str) -> None:
    x, y = pareto.point({"new": score, "retained": score})
    if place == "low":
        assert (x, y) == (pareto.LEFT, pareto.HEIGHT - pareto.BOTTOM)
    else:
        assert (x, y) == (pareto.WIDTH - pareto.RIGHT, pareto.TOP)


def test_more_new_is_higher_and_more_retained_is_further_right() -> None:
    low = pareto.point({"new": 0.2, "retained": 0.2})
    assert pareto.point({"new": 0.4, "retained": 0.2}) == (low[0], pytest.approx(low[1] - 57.6))
    assert pareto.point({"new": 0.2, "retained": 0.4})[1] == low[1]
    assert pareto.point({"new": 0.2, "retained": 0.4})[0] > low[0]


def test_the_verdict_has_the_differences_of_chosen_and_presets() -> None:
    cells = [text for tag, text in Tree(render(data(tuning()))).text if tag == "td"]
    assert cells[:9] == ["0.75", "0.50", "+0.25", "0.50", "0.75", "−0.25", "0.25", "0.25", "0.00"]


def test_missed_bounds_are_marked_and_untested_ones_have_no_verdict() -> None:
    page = Tree(render(data(tuning("ewc", kept=False), tuning("si"))))
    heads = [text for tag, text in page.text if tag == "bdi"]
    assert "ewc *" in heads and "si" in heads
    alone = Tree(render(data(tuning(judged=False))))
    assert any("No updates are left for the test" in text for tag, text in alone.text if tag == "p")


def test_a_chart_has_at_most_one_front_per_colour() -> None:
    page = Tree(render(data(*(tuning(f"one{number}") for number in range(10)))))
    assert len(page.all("svg")) == 10 + 10 + 2  # samples in legends, own charts, charts of all


def test_shown_data_can_be_read_back(tmp_path: Path) -> None:
    given = data(tuning(EVIL), text=EVIL)
    file = write_tuning(given, tmp_path / "page.html")
    safe(file.read_text("utf-8"))
    assert read_data(file) == given
