"""Notices the training step whose loss or gradient is not finite, and the weights that are not."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from cltool.core.errors import Diverged
from cltool.lm import finite

EVERY = 32
"""Numbers that are looked at together on a GPU, because each look waits for the GPU."""

HINT = "Use a lower learning rate, such as a tenth of it: --set learner.lr={lower:.3g}."


@dataclass(frozen=True, slots=True)
class Place:
    """A step of training.

    Attributes:
        update: the label of the update.
        step: its number in the update, from 1 on.
        epoch: from 1 on.
        batch: its number in the epoch, from 1 on; 0 before the first one.
        rate: the learning rate of the run.
    """

    update: str
    step: int
    epoch: int
    batch: int
    rate: float


class Watch:
    """Looks at the loss and at the norm of the gradient of each training step.

    Args:
        device: of the model. On the CPU each number is looked at; elsewhere, many at once.
    """

    def __init__(self, device: torch.device) -> None:
        self._every = 1 if device.type == "cpu" else EVERY
        self._held: list[tuple[str, Place, Tensor]] = []

    def record(self, what: str, place: Place, *numbers: Tensor) -> None:
        """Add numbers of a step.

        Args:
            what: their name.
            place: the step.
            numbers: scalars, such as the loss of each micro-batch.

        Raises:
            Diverged: one of them, or of an earlier step, is not finite.
        """
        self._held += [(what, place, number.detach().float().sum()) for number in numbers]
        if len(self._held) >= self._every:
            self.look()

    def look(self) -> None:
        """Look at all numbers since the last look.

        Raises:
            Diverged: one is not finite; the message names the first such step.
        """
        held, self._held = self._held, []
        values = torch.stack([number for *_, number in held]).tolist() if held else []
        for (what, place, _), value in zip(held, values, strict=True):
            if not math.isfinite(value):
                # A strategy may take steps of its own before any batch of the update.
                batch = f" (batch {place.batch} of epoch {place.epoch})" if place.batch else ""
                raise Diverged(
                    f"training diverged: the {what} is {value} in update {place.update}, "
                    f"step {place.step}{batch}, "
                    f"at learning rate {place.rate:g}",
                    hint=HINT.format(lower=place.rate / 10),
                )


def refuse_not_finite(model: nn.Module, when: str, rate: float) -> None:
    """Raise `Diverged` if a weight of ``model`` is NaN or infinite.

    Args:
        model: the model.
        when: what was done to it, such as ``update one``.
        rate: the learning rate of the run.
    """
    found = finite.in_words(model)
    if found:
        raise Diverged(
            f"the weights are not finite after {when}, at learning rate {rate:g}: {found}",
            hint=HINT.format(lower=rate / 10),
        )
