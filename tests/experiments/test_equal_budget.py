"""Equal budgets that are given, or measured on naive."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest

from cltool.cli.main import main
from cltool.core.errors import UserError
from cltool.core.settings import LearnerSettings
from cltool.experiments.budget_doubts import overspent
from cltool.experiments.compare import Comparison, Failure
from cltool.experiments.equal_budget import budget, parse
from cltool.runs.run import Run
from cltool.training.budget import Budget


def finished(**spent: list[float]) -> Comparison:
    """Return a comparison with a run of naive that spent this on the base and on each update."""
    run = cast(Run, SimpleNamespace(costs=pd.DataFrame(spent)))
    return Comparison([run], [])


def never() -> Comparison:
    raise AssertionError("naive must not run")


def test_budgets_that_are_given() -> None:
    assert parse("tokens=50000") == ("tokens", 50_000)
    assert parse("steps") == ("steps", None)
    assert budget("steps=12", {}, never) == {"steps": 12}
    assert budget("seconds=0.5", {}, never) == {"seconds": 0.5}
    for wrong in ("tokens=", "tokens=-1", "tokens=x", "epochs", "tokens=inf", ""):
        with pytest.raises(UserError, match="not a valid budget"):
            parse(wrong)


def test_budgets_that_naive_spends() -> None:
    done = finished(tokens=[999.0, 100.0, 201.0], seconds=[9.0, 1.0, 2.0])
    assert budget("tokens", {}, lambda: done) == {"tokens": 151}
    assert budget("seconds", {}, lambda: done) == {"seconds": 1.5}


def test_budgets_that_are_refused() -> None:
    with pytest.raises(UserError, match="both given"):
        budget("tokens=5", {"learner": {"steps": 3}}, never)
    with pytest.raises(UserError, match="trains nothing"):
        budget("tokens", {}, lambda: finished(tokens=[5.0, 0.0]))
    failed = Comparison([], [Failure("naive", 0, "out of memory")])
    with pytest.raises(UserError, match="out of memory"):
        budget("tokens", {}, lambda: failed)


@pytest.mark.slow
def test_the_command_gives_each_update_what_naive_spends(
    checkpoint: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["compare", "--strategies", "replay,ewc", "--equal", "steps", "--workers", "1"]
    command += ["--scenario", "world", "--set", "scenario.entities=6"]
    command += ["--set", "scenario.updates=2", "--set", "scenario.changed=2"]
    command += ["--set", "scenario.new=1", "--set", "learner.epochs=3"]
    command += ["--set", "strategy.ewc.lambda=0.5", "--set", "probe.max_tokens=4"]
    command += ["--model", str(checkpoint("llama")), "--out", str(tmp_path / "out")]
    assert main(command) == 0
    taken = Run.open(tmp_path / "out" / "budget" / "naive-seed0").costs["steps"].iloc[1:]
    for name in ("replay", "ewc"):
        run = Run.open(tmp_path / "out" / f"{name}-seed0")
        assert run.record["settings"]["learner"]["steps"] == -(-taken.sum() // len(taken))
        assert set(run.costs["steps"].iloc[1:]) == {run.record["settings"]["learner"]["steps"]}
    assert main([*command, "--equal", "coins"]) == 2
    assert "not a valid budget" in capsys.readouterr().err


@pytest.mark.parametrize(("kind", "workers"), [("seconds", 1), ("tokens", 2)])
def test_a_budget_of_seconds_needs_one_worker(
    kind: str, workers: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[Any] = []

    def watched(*args: Any, **options: Any) -> Comparison:
        asked.append(options["workers"])
        raise UserError("stop here")

    monkeypatch.setattr("cltool.experiments.compare.compare", watched)
    command = ["compare", "--equal", f"{kind}=5", "--workers", "2", "--out", str(tmp_path)]
    assert main(command) == 2
    assert asked == [workers]


@pytest.mark.parametrize("kind", ["tokens", "steps", "seconds"])
def test_updates_after_an_expensive_one_get_less(kind: str) -> None:
    allowed = Budget(LearnerSettings.model_validate({kind: 10}))
    rows = [dict.fromkeys(("tokens", "steps", "seconds"), 99)]  # the base has no budget
    assert overspent(rows, allowed) == 0
    for spent, owed in ((14, 4), (11, 5), (2, 0), (13, 3)):
        rows.append({"tokens": 0, "steps": 0, "seconds": 0, kind: spent})
        assert overspent(rows, allowed) == owed
    assert overspent(rows, Budget(LearnerSettings.model_validate({}))) == 0
