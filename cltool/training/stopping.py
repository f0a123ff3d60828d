"""When training on an update stops.

It stops as soon as the model completes enough of the update's sentences. One epoch of a small
update says little, so its last few epochs are counted together. Training lasts up to ``EPOCHS``
epochs and ``STEPS`` steps, and longer while it makes progress. The decision uses only what training
computes, so it is the same each time a run is repeated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from cltool.core.settings import LearnerSettings

Reason = Literal["learned", "no progress", "epochs", "schedule", "budget", "limit", "strategy"]

REASONS: dict[Reason, str] = {
    "learned": "the update was learned (learner.stop_at)",
    "no progress": "neither the loss nor the number of completed sentences improved any more",
    "epochs": "the epochs that the settings allow were over (learner.epochs)",
    "schedule": "the schedule of the learning rate was over (learner.schedule)",
    "budget": "the budget was used up",
    "limit": "there was still progress, but the farthest limit was reached",
    "strategy": "the strategy stopped it",
}
"""Why training on an update stopped."""

EPOCHS, STEPS = 12, 150
"""Training goes on for this many epochs and steps before a lack of progress can stop it."""

ENOUGH = 12
"""Batches of the update's sentences over which the completed share is taken, if an epoch has fewer.

At the first epoch of a small update in which every sentence is completed, other wordings of the
same facts are not yet answered as reliably.
"""

FARTHEST = 20
"""The farthest limit, as a multiple of the epochs above."""

PATIENCE = 1 / 3
"""Epochs without progress after which training stops, as a share of the epochs above."""

FALL = 0.05
"""The smallest fall of the loss that is progress, as a share of the loss."""


@dataclass(frozen=True, slots=True)
class Training:
    """How the training on an update went.

    Attributes:
        stop: why it stopped, one of `REASONS`.
        epochs: passes over the update, the last of which may be incomplete.
        learned: share of the update's sentences that the model completed correctly when it was
            last trained on each; None if it was trained on none.
    """

    stop: Reason
    epochs: int
    learned: float | None

    def as_row(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        learned = None if self.learned is None else round(self.learned, 4)
        return {"stop": self.stop, "epochs": self.epochs, "learned": learned}


class Stopping:
    """Follows the training on one update, and says when to stop.

    Args:
        settings: the learner's.
        budget: whether the update has a fixed budget, which alone decides.
        steps: steps of an epoch over the update's own sentences.
        own: number of these sentences.

    Attributes:
        planned: epochs that training takes at most unless it goes on because of progress.
        farthest: epochs that it never exceeds.
        reason: why it is to stop; empty until this is known.
        learned: whether the share `stop_at` of the sentences was completed correctly, over an epoch
            and over at least `ENOUGH` batches of them; over one epoch under a budget, and in the
            first.
    """

    def __init__(self, settings: LearnerSettings, budget: bool, steps: int, own: int) -> None:
        self._settings = settings
        self._budget = budget
        self.planned = settings.epochs or max(EPOCHS, -(-STEPS // steps))
        self._adaptive = not budget and not settings.epochs and settings.schedule == "constant"
        self.farthest = self.planned * (FARTHEST if self._adaptive else 1)
        self.reason: Reason | Literal[""] = ""
        self.learned = False
        self._own = own
        self._counted = own if budget else max(own, ENOUGH * settings.batch_size)
        self._patience = max(1, round(PATIENCE * self.planned))
        self._epochs = 0
        self._recent: list[bool] = []
        self._shares: list[float] = []
        self._losses: list[float] = []

    @property
    def watches_loss(self) -> bool:
        """Whether the loss of the next epoch is needed."""
        return self._adaptive and self._epochs >= self.planned - self._patience

    def after_epoch(self, hits: list[bool], losses: list[float]) -> bool:
        """Take note of an epoch; return whether training may stop after it.

        Args:
            hits: whether each of the update's sentences was completed correctly, in the order in
                which they were trained on.
            losses: their losses, in nats; empty unless `watches_loss`.
        """
        self._epochs += 1
        self._recent = [*self._recent, *hits][-self._counted :]
        # What is completed in the first epoch was known before the update.
        if self._recent and (self._epochs == 1 or len(self._recent) == self._counted):
            self.learned |= sum(self._recent) >= self._settings.stop_at * len(self._recent)
        if self._budget or not hits:
            return False
        share = sum(hits) / len(hits)
        if losses:
            self._shares.append(share)
            self._losses.append(sum(losses) / len(losses))
        if self.learned:
            self.reason = "learned"
        elif self._adaptive and self._epochs > self.planned and not self._progressed():
            self.reason = self.reason or "no progress"
        return bool(self.reason)

    def _progressed(self) -> bool:
        """Return whether one of the last epochs was better than all before them."""
        before, since = slice(None, -self._patience), slice(-self._patience, None)
        if not self._losses[before]:
            return True
        more = max(self._shares[since]) > max(self._shares[before])
        return more or min(self._losses[since]) < (1 - FALL) * min(self._losses[before])

    def result(self) -> Training:
        """Return how the training went that has just ended."""
        settings = self._settings
        ended: Reason = "budget" if self._budget else "epochs" if settings.epochs else "limit"
        if ended == "limit" and not self._adaptive:
            ended = "schedule"
        if self._epochs < self.farthest and not self._budget:
            ended = "strategy"
        last = self._recent[-self._own :] if self._own else []
        learned = sum(last) / len(last) if last else None
        return Training(self.reason or ended, self._epochs, learned)
