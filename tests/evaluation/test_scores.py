"""The table of scores, and scores that packages add."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cltool.core.errors import UserError
from cltool.evaluation import summary
from cltool.evaluation.scores import METRICS, Score, all_scores

from ..reporting.conftest import Recipe, write_run


def failing(rows: pd.DataFrame) -> float:
    raise KeyError("no such column")


def marking(rows: pd.DataFrame) -> float:
    rows["right"] = False
    rows["mark"] = 1
    return float(len(rows))


@pytest.mark.parametrize(("better", "arrow", "sign"), [("higher", "↑", 1), ("lower", "↓", -1)])
def test_which_direction_is_better(better: str, arrow: str, sign: int) -> None:
    chosen = [score for score in all_scores().values() if score.better == better]
    assert chosen
    assert {(score.arrow, score.sign) for score in chosen} == {(arrow, sign)}


def test_names_are_registered_and_titles_are_unique() -> None:
    scores = all_scores()
    assert all(name == score.name and name in METRICS for name, score in scores.items())
    assert len({score.title for score in scores.values()}) == len(scores)


def test_a_metric_that_fails_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = Score("tokens", "bad", "fails", compute=failing)
    monkeypatch.setattr(summary, "installed_scores", lambda: {"tokens": bad})
    run = write_run(tmp_path / "run", Recipe())
    for compute in (run.summary, run.metrics):
        with pytest.raises(UserError, match="metric 'tokens' failed: KeyError: 'no such column'"):
            compute()


def test_a_metric_cannot_change_the_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = write_run(tmp_path / "run", Recipe())
    before = run.answers.copy()
    score = Score("marked", "marked", "writes into its table", compute=marking)
    monkeypatch.setattr(summary, "installed_scores", lambda: {"marked": score})
    assert run.summary()["marked"] == len(before)
    assert run.metrics()["marked"].tolist() == before.groupby("step").size().cumsum().tolist()
    pd.testing.assert_frame_equal(run.answers, before)
