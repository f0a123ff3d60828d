"""The order of an update's examples (``learner.order``), and which of them an epoch has.

``given``: random batches of similar length, in a new order in each epoch.

``easy_first``, ``hard_first``: the first epoch introduces the examples by their loss, −log of the
probability of the completion, under the model before the update. Once all were introduced, later
epochs are as with ``given`` (Bengio et al. 2009, "Curriculum learning", ICML, whose curriculum also
ends with the whole training set). The losses cost one forward pass over the update, and its tokens
count. Batches of the first epoch hold examples of similar loss, so their lengths differ more than
those of other epochs, and there is more padding.

``spaced``: an example that the model recalls is reviewed after a growing number of epochs (Amiri et
al. 2017, "Repeat before forgetting: Spaced repetition for efficient and effective training of
neural networks", EMNLP, which compares with boxes as Leitner used them). An example is recalled
if every token of its completion was the most probable one just before the step on it. After n
recalls in a row it is due again 2^(n−1) epochs later; after a failure, in the next epoch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from cltool.lm.batches import bucketed, by_length
from cltool.lm.coder import Encoded
from cltool.lm.modes import evaluating

if TYPE_CHECKING:
    from cltool.training.learner import Learner


class Order:
    """The order ``given``, and what every order provides.

    Attributes:
        follows: whether it needs the outcome of each epoch, see `record`.
    """

    follows = False

    def unscored(self, examples: Sequence[Encoded]) -> list[Encoded]:
        """Return the examples whose losses it needs before they are trained, each once."""
        return []

    def score(self, losses: Mapping[Encoded, float]) -> None:
        """Take note of the losses of `unscored` examples, in nats."""

    def due(self, examples: list[Encoded]) -> list[Encoded]:
        """Begin an epoch; return those of the update's ``examples`` that it trains."""
        return examples

    def batches(
        self,
        own: Sequence[Encoded],
        rehearsed: Sequence[Encoded],
        size: int,
        generator: torch.Generator,
    ) -> list[list[int]]:
        """Return the batches of an epoch, as indices in ``own`` followed by ``rehearsed``."""
        return bucketed([len(one) for one in (*own, *rehearsed)], size, generator)

    def record(
        self, examples: Sequence[Encoded], hits: Sequence[bool], losses: Sequence[float]
    ) -> None:
        """Take note of an epoch: each of the update's examples that was trained, in any order.

        Args:
            examples: the examples.
            hits: whether each was completed correctly just before the step on it.
            losses: the loss of each completion just before that step, in nats.
        """

    def outcomes(
        self, examples: Sequence[Encoded], hits: list[bool], losses: list[float]
    ) -> tuple[list[bool], list[float]]:
        """Return the hits and losses that say how far the update is learned.

        Args:
            examples: those of the update, all of them.
            hits: of the epoch that ends.
            losses: of the epoch that ends.
        """
        return hits, losses


class ByLoss(Order):
    """The order ``easy_first`` or ``hard_first``; rehearsed ones are spread over the first epoch.

    Args:
        hard_first: whether the highest loss comes first.
    """

    def __init__(self, hard_first: bool) -> None:
        self._sign = -1.0 if hard_first else 1.0
        self._losses: dict[Encoded, float] = {}
        self._first = True

    def unscored(self, examples: Sequence[Encoded]) -> list[Encoded]:
        """Return the examples whose losses are not known; none after the first epoch."""
        if not self._first:
            return []
        return [one for one in dict.fromkeys(examples) if one not in self._losses]

    def score(self, losses: Mapping[Encoded, float]) -> None:
        """Take note of losses, in nats."""
        self._losses.update(losses)

    def batches(
        self,
        own: Sequence[Encoded],
        rehearsed: Sequence[Encoded],
        size: int,
        generator: torch.Generator,
    ) -> list[list[int]]:
        """Return batches of ``own`` by loss, with the same share of ``rehearsed`` in each.

        After the first epoch they are those of the order ``given``.
        """
        if not self._first:
            return super().batches(own, rehearsed, size, generator)
        self._first = False
        order = sorted(range(len(own)), key=lambda index: self._sign * self._losses[own[index]])
        drawn = torch.randperm(len(rehearsed), generator=generator).tolist()
        mixed = spread(order, [len(own) + index for index in drawn])
        return [mixed[place : place + size] for place in range(0, len(mixed), size)]


@dataclass(slots=True)
class _Review:
    """The last review of an example, and the epoch in which the next one is due."""

    due: int
    delay: int
    recalls: int
    hit: bool
    loss: float


class Spaced(Order):
    """The order ``spaced``: an epoch trains the examples that are due, in random batches.

    If no example is due, the epochs until the next one is due are skipped. An epoch that would not
    fill a batch is filled with those that are due next. If an example is recalled before it is due,
    its delay does not grow.

    Args:
        size: number of examples in a batch.
    """

    follows = True

    def __init__(self, size: int) -> None:
        self._size = size
        self._now = 0
        self._reviews: dict[Encoded, _Review] = {}

    def due(self, examples: list[Encoded]) -> list[Encoded]:
        """Begin an epoch; return the examples that are due, or at least a batch."""
        when = {one: self._due(one) for one in examples}
        self._now = max(self._now + 1, min(when.values(), default=0))
        waiting = sorted((one for one in when if when[one] > self._now), key=when.__getitem__)
        missing = max(0, self._size - (len(when) - len(waiting)))
        left_out = {*waiting[missing:]}
        return [one for one in examples if one not in left_out]

    def record(
        self, examples: Sequence[Encoded], hits: Sequence[bool], losses: Sequence[float]
    ) -> None:
        """Set when each of ``examples`` is due again."""
        # An example that was trained twice is recalled if it was recalled both times.
        last: dict[Encoded, tuple[bool, float]] = {}
        for one, hit, loss in zip(examples, hits, losses, strict=True):
            last[one] = hit and last.get(one, (True, 0.0))[0], loss
        for one, (hit, loss) in last.items():
            before = self._reviews.get(one)
            recalls = before.recalls if before is not None else 0
            if not hit:
                recalls = 0
            elif self._due(one) <= self._now:
                recalls += 1
            delay = 2 ** max(0, recalls - 1)
            self._reviews[one] = _Review(self._now + delay, delay, recalls, hit, loss)

    def outcomes(
        self, examples: Sequence[Encoded], hits: list[bool], losses: list[float]
    ) -> tuple[list[bool], list[float]]:
        """Return the last hit and the last loss of each example that was trained."""
        seen = [self._reviews[one] for one in examples if one in self._reviews]
        return [review.hit for review in seen], [review.loss for review in seen]

    def _due(self, example: Encoded) -> int:
        review = self._reviews.get(example)
        return review.due if review is not None else 0


def make_order(name: str, batch_size: int) -> Order:
    """Return the order that the setting ``learner.order`` names, for the training on one update.

    Args:
        name: one of the setting's values.
        batch_size: number of examples in a training step.
    """
    if name == "spaced":
        return Spaced(batch_size)
    if name in ("easy_first", "hard_first"):
        return ByLoss(hard_first=name == "hard_first")
    return Order()


def losses_before(learner: Learner, examples: Sequence[Encoded]) -> dict[Encoded, float]:
    """Return the loss of each completion under the learner's model as it is, in nats.

    The tokens of the forward passes count as training tokens.
    """
    begun = learner.tokens

    def attempt(size: int) -> dict[Encoded, float]:
        # What an attempt that ran out of memory left behind does not count.
        learner.tokens = begun
        found: dict[Encoded, float] = {}
        for indices in by_length([len(one) for one in examples], size):
            chosen = [examples[index] for index in indices]
            with torch.no_grad():
                losses = learner.score(learner.collate(chosen)).answer_losses()
            found.update(zip(chosen, losses.tolist(), strict=True))
        return found

    with evaluating(learner.model):
        return learner.forward_size.run(attempt)


def spread(first: Sequence[int], second: Sequence[int]) -> list[int]:
    """Return both sequences as one: each keeps its order, and is spread evenly over the whole."""
    placed = [
        ((number + 0.5) / len(part), index)
        for part in (first, second)
        for number, index in enumerate(part)
    ]
    # The sort is stable and looks at the place alone, so that equal places keep their order.
    return [index for _, index in sorted(placed, key=lambda pair: pair[0])]
