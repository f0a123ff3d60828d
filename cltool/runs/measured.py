"""The numbers that reports need from one run, computed from its ledger once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cltool.core.errors import UserError
from cltool.evaluation import metrics, outcomes
from cltool.evaluation.summary import per_step
from cltool.runs.run import DIVERGED, Run

if TYPE_CHECKING:
    import pandas as pd

Scores = dict[str, float]


@dataclass(frozen=True, slots=True)
class Asked:
    """The questions of a run at its last step.

    Attributes:
        facts: number of facts.
        probes: number of probes of the counted forms.
        counted: the forms that count for scores.
        forms: all forms.
    """

    facts: int = 0
    probes: int = 0
    counted: Sequence[str] = ()
    forms: Sequence[str] = ()


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
    def answers(self) -> pd.DataFrame:
        """The ledger of the steps that are done."""
        rows = self.run.answers
        return rows[rows["step"] < self.done]

    @cached_property
    def steps(self) -> pd.DataFrame:
        """One row for each step: its scores, and those of what was asked beside the stream."""
        return per_step(self.answers).join(self.run.general)

    @cached_property
    def training(self) -> pd.DataFrame:
        """How the update of each step that is done was trained (`Run.training`)."""
        return self.run.training.loc[: self.done - 1]

    @cached_property
    def matrix(self) -> pd.DataFrame:
        """The accuracy matrix R[i, j]."""
        return metrics.accuracy_matrix(self.answers)

    @cached_property
    def summary(self) -> Scores:
        """The scores and costs of the steps that are done; empty where none is."""
        return self.run.summary(until=self.done - 1) if self.done else {}

    @cached_property
    def asked(self) -> Asked:
        """The questions at the last finished step."""
        if not self.done:
            return Asked()
        last = self.answers[self.answers["step"] == self.done - 1]
        rows = metrics.held_out(last)
        return Asked(
            len(rows[["subject", "relation"]].drop_duplicates()),
            len(rows),
            [str(form) for form in rows["form"].unique()],
            [str(form) for form in last["form"].unique()],
        )

    @cached_property
    def resurfacing(self) -> pd.DataFrame:
        """Erased facts that resurfaced (`cltool.evaluation.outcomes.resurfacing`)."""
        return outcomes.resurfacing(self.answers)

    @cached_property
    def moves_from_base(self) -> pd.DataFrame:
        """Transitions from the first step to the last one that is done."""
        return outcomes.transitions(self.answers, 0, self.done - 1)

    @cached_property
    def moves_since_taught(self) -> pd.DataFrame:
        """Transitions from the step that taught each fact to the last one that is done."""
        return outcomes.moves_since_taught(self.answers)

    @cached_property
    def lost_by_step(self) -> Counter[int]:
        """For each step, the probes right at the step before and not right at it."""
        return outcomes.lost_by_step(self.answers)
