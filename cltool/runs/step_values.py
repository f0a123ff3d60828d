"""The numbers of a run after a step, by the names of `Run.metrics`, while the run goes on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cltool.evaluation.scores import COSTS, installed_scores
from cltool.evaluation.summary import per_step
from cltool.runs import general, harness, trained
from cltool.runs.run import LOGGED, TRAINED, Run

if TYPE_CHECKING:
    import pandas as pd


class StepValues:
    """Computes the numbers of each step from its own answers, and from those when facts were new.

    The whole ledger is read only when a run goes on, and for the scores of installed packages.

    Args:
        run: the run.
        done: number of its finished steps.
    """

    def __init__(self, run: Run, done: int) -> None:
        self._run = run
        self._taught: list[pd.DataFrame] = []
        if done:
            rows = Run(run.folder).answers
            self._taught.append(_taught(rows[rows["step"] < done]))

    def of(
        self, step: int, answers: Sequence[Mapping[str, Any]], costs: Mapping[str, Any]
    ) -> dict[str, float]:
        """Return the finite numbers of a step.

        Args:
            step: the step; its files are on disk.
            answers: its rows of the ledger.
            costs: its row of ``steps.jsonl``.
        """
        if installed_scores():
            return _numbers(Run(self._run.folder).metrics().loc[step].to_dict())
        scores = self._scores(step, answers)
        training = {f"{TRAINED}{name}": value for name, value in trained.of(costs).items()}
        logs = {f"{LOGGED}{name}": value for name, value in (costs.get("logs") or {}).items()}
        beside = general.numbers([costs]).iloc[0].to_dict()
        spent = {name: costs.get(name) for name in COSTS}
        return _numbers({**scores, **beside, **spent, **training, **logs})

    def _scores(self, step: int, answers: Sequence[Mapping[str, Any]]) -> dict[Any, Any]:
        """Return the scores of a step; none if nothing was asked in a form that counts."""
        import pandas as pd

        if not answers:
            return {}
        rows = pd.DataFrame(answers)
        table = per_step(pd.concat([*self._taught, rows], ignore_index=True))
        self._taught.append(_taught(rows))
        return table.loc[step].to_dict() if step in table.index else {}


def evaluated(run: Run) -> dict[str, float]:
    """Return what EleutherAI's harness measured of the last model, as `Run.metrics` names it.

    Raises:
        UserError: the file is damaged.
    """
    return _numbers(harness.numbers(harness.read(run.folder, run.id)))


def _taught(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the answers about facts just after they were taught."""
    return rows[(rows["step"] == rows["learned"]) & (rows["group"] == "new")]


def _numbers(values: Mapping[Any, Any]) -> dict[str, float]:
    return {
        str(name): float(value)
        for name, value in values.items()
        if isinstance(value, int | float) and math.isfinite(value)
    }
