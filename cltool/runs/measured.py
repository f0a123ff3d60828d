"""The numbers that reports need from one run, computed from its ledger once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cltool.core.errors import UserError
from cltool.evaluation.by_step.ledger_scores import Asked as Asked
from cltool.evaluation.by_step.ledger_scores import LedgerScores, ledger_scores
from cltool.evaluation.summary import (
    general_summary,
    installed_summary,
    ledger_summary,
    total_costs,
)
from cltool.runs.run import DIVERGED, Run

if TYPE_CHECKING:
    import pandas as pd

Scores = dict[str, float]


@dataclass(frozen=True)
class Measured:
    """A run and the numbers that follow from its ledger, each computed once.

    Only finished steps count, so a run that is in progress or was interrupted is read up to its
    last finished step.
    """

    run: Run

    @property
    def has_answers(self) -> bool:
        """Whether the ledger is there, not only the scores."""
        return True

    @cached_property
    def labels(self) -> list[str]:
        """The labels of all steps of the stream, done or not."""
        labels = self.run.record.get("labels")
        if not isinstance(labels, list) or not labels:
            raise UserError("has no step labels", where=str(self.run.settings_file))
        return [str(label) for label in labels]

    @property
    def stream(self) -> str:
        """The digest of the stream; empty if it was not recorded."""
        stream = self.run.record.get("stream")
        return str(stream.get("digest") or "") if isinstance(stream, Mapping) else ""

    @property
    def stream_seed(self) -> int | None:
        """The seed of the stream; None if the scenario records none."""
        settings = self.run.record.get("settings")
        scenario = settings.get("scenario") if isinstance(settings, Mapping) else None
        seed = scenario.get("seed") if isinstance(scenario, Mapping) else None
        return seed if isinstance(seed, int) else None

    @cached_property
    def done(self) -> int:
        """Number of finished steps, with the base."""
        return self.run.steps_done()

    @property
    def finished(self) -> bool:
        """Whether all steps of the stream are done."""
        return self.done >= len(self.labels)

    @property
    def diverged(self) -> bool:
        """Whether the run stopped because its numbers are not finite."""
        return bool(self.run.record.get("status") == DIVERGED)

    @cached_property
    def ledger(self) -> LedgerScores:
        """The numbers of the ledger of the steps that are done, of which there is one at least.

        Raises:
            UserError: a file of the ledger is damaged, or is not the one that the run wrote.
        """
        self.run.refuse_other_answers(self.done)
        return ledger_scores(self.run.step_table, self.done)

    @cached_property
    def steps(self) -> pd.DataFrame:
        """One row for each step: its scores, and those of what was asked beside the stream."""
        return self.ledger.steps.join(self.run.general)

    @cached_property
    def training(self) -> pd.DataFrame:
        """How the update of each step that is done was trained (`Run.training`)."""
        return self.run.training.loc[: self.done - 1]

    @cached_property
    def matrix(self) -> pd.DataFrame:
        """The accuracy matrix R[i, j]."""
        return self.ledger.matrix

    @cached_property
    def summary(self) -> Scores:
        """The scores and costs of the steps that are done; empty where none is."""
        if not self.done:
            return {}
        own, run, last = self.ledger, self.run, self.done - 1
        return {
            **ledger_summary(own.steps, own.matrix, own.fuar, own.resurfaced),
            **general_summary(run.general.loc[:last]),
            **installed_summary(lambda: run.answers[run.answers["step"] <= last]),
            **total_costs(run.costs.loc[:last]),
            **run.evaluated(last),
        }

    @cached_property
    def asked(self) -> Asked:
        """The questions at the last finished step."""
        return self.ledger.asked if self.done else Asked()

    @cached_property
    def resurfacing(self) -> pd.DataFrame:
        """Erased facts that resurfaced (`cltool.evaluation.outcomes.resurfacing`)."""
        return self.ledger.resurfacing

    @cached_property
    def moves_from_base(self) -> pd.DataFrame:
        """Transitions from the first step to the last one that is done."""
        return self.ledger.moves_from_base

    @cached_property
    def moves_since_taught(self) -> pd.DataFrame:
        """Transitions from the step that taught each fact to the last one that is done."""
        return self.ledger.moves_since_taught

    @cached_property
    def lost_by_step(self) -> Counter[int]:
        """For each step, the probes right at the step before and not right at it."""
        return self.ledger.lost_by_step
