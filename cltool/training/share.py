"""The share of one process in a training step, and what all processes made of it together.

Each process draws the same batches and takes every n-th row of each. A micro-batch counts by its
share of the learned tokens of the whole batch, as on one process, so the gradients of all processes
add up to the gradient of the whole batch. They are added once a step, after the last micro-batch.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import torch
from torch import Tensor, nn

from cltool.core.team import Team
from cltool.lm.batches import IGNORED, Batch, split, token_shares


class Share:
    """Takes the share of a process, and adds up the results of all; trivial for one that is alone.

    Args:
        team: the processes.
    """

    def __init__(self, team: Team) -> None:
        self.team = team
        self._learned = 0
        self._rows = 0
        self._most = 0

    def take(self, batch: Batch) -> Batch:
        """Return the rows of this process; at least one, which teaches nothing if there are few."""
        if self.team.size == 1:
            return batch
        rows = len(batch["labels"])
        self._learned = int((batch["labels"] != IGNORED).sum())
        self._most = -(-rows // self.team.size)
        batch = {**batch, "row": torch.arange(self._rows, self._rows + rows)}
        self._rows += rows
        own = {name: tensor[self.team.rank :: self.team.size] for name, tensor in batch.items()}
        return own if len(own["labels"]) else _idle(batch)

    def split(self, own: Batch, size: int) -> list[Batch]:
        """Split the rows of this process into parts of at most ``size`` rows.

        With sharded weights all processes get the same number of parts.
        """
        parts = split(own, size)
        if self.team.sharded:
            parts += [_idle(own)] * (-(-self._most // size) - len(parts))
        return parts

    def works_on(self, parts: Sequence[Batch]) -> bool:
        """Return whether this process must run the model on ``parts``."""
        return self.team.size == 1 or self.team.sharded or bool((parts[0]["row"] >= 0).any())

    def weights(self, parts: Sequence[Batch]) -> list[float]:
        """Return the factor of each part's loss."""
        team = self.team
        if team.size == 1:
            return token_shares(parts)
        counts = [int((part["labels"] != IGNORED).sum()) for part in parts]
        # The gradients of sharded weights are averaged over the processes, not added.
        factor = team.size if team.sharded else 1
        return [factor * count / max(self._learned, 1) for count in counts]

    def add_up(
        self, parameters: Collection[nn.Parameter], losses: Sequence[Tensor], tokens: int
    ) -> tuple[list[Tensor], int]:
        """Give each parameter the gradient of the whole batch, if there are several processes.

        Args:
            parameters: the trained ones, in the same order on all processes.
            losses: of the parts, weighted.
            tokens: what strategies counted while the parts passed through the model.

        Returns:
            The loss of the whole batch, in parts or as one, and the tokens of all processes.
        """
        team = self.team
        device = next(iter(parameters)).device if parameters else torch.device("cpu")
        loss = sum(losses, torch.zeros((), device=device)) / (team.size if team.sharded else 1)
        whole = [] if team.sharded else list(parameters)
        given = [float(one.grad is not None) for one in whole]
        totals = torch.tensor([0.0, float(tokens), *given], dtype=torch.float64, device=device)
        totals[0] = loss
        team.add_up([totals])
        used = [one for one, count in zip(whole, totals[2:].tolist(), strict=True) if count]
        for one in used:
            if one.grad is None:
                one.grad = torch.zeros_like(one)
        team.add_up([one.grad for one in used if one.grad is not None])
        return [totals[0].to(loss.dtype)], int(totals[1])


def _idle(batch: Batch) -> Batch:
    """Return one row that teaches nothing and is no row of the batch."""
    row = {name: tensor[:1].clone() for name, tensor in batch.items()}
    row["labels"].fill_(IGNORED)
    for name in ("place", "row"):
        if name in row:
            row[name].fill_(-1)
    if "own" in row:
        row["own"].fill_(False)
    return row


class Outcomes:
    """What the model made of an update's own examples in an epoch, in the order of training.

    Attributes:
        hits: whether each was completed correctly just before the step on it, by micro-batch.
        losses: the loss of each completion just before that step, in nats.
        places: index of each among the update's examples.
    """

    def __init__(self) -> None:
        self.hits: list[Tensor] = []
        self.losses: list[Tensor] = []
        self.places: list[Tensor] = []
        self._rows: list[Tensor] = []

    def number(self, rows: Tensor) -> None:
        """Note which rows of the epoch a micro-batch of one of several processes had."""
        self._rows.append(rows)

    def marks(self) -> list[int]:
        """Return how much there is, for `back_to`."""
        return [len(part) for part in self._parts()]

    def back_to(self, marks: Sequence[int]) -> None:
        """Drop what was added since `marks`."""
        for part, kept in zip(self._parts(), marks, strict=True):
            del part[kept:]

    def of(self, team: Team) -> tuple[list[bool], list[float], list[int]]:
        """Return hits, losses and places of the examples that all processes trained on."""
        columns = [torch.cat(part).tolist() if part else [] for part in self._parts()]
        if team.size > 1:
            shares = team.gather(columns)
            *columns, rows = ([one for share in shares for one in share[n]] for n in range(4))
            order = sorted(range(len(rows)), key=rows.__getitem__)
            columns = [[column[n] for n in order] if column else [] for column in columns]
        hits, losses, places = columns[:3]
        return hits, losses, places

    def _parts(self) -> tuple[list[Tensor], ...]:
        return self.hits, self.losses, self.places, self._rows
