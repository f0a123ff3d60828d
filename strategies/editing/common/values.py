"""The values of new neurons, and how they are trained: each fact for itself.

A fact's neurons open at its own subject, so its values hardly depend on those of other facts. Each
fact has its own optimizer steps, and its training ends when it is learned.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from cltool.lm.batches import IGNORED, collate, split
from cltool.lm.coder import Encoded
from cltool.strategies.editing.common.background import usual_tokens
from cltool.strategies.editing.common.passes import Passes
from cltool.strategies.editing.common.patches import Patches
from cltool.strategies.editing.common.shared_start import SharedStart

if TYPE_CHECKING:
    from cltool.training.learner import Learner


AT_ONCE = 2
"""Sentences of a fact that a step reads. With all of them it takes as many steps to learn it."""


@dataclass(frozen=True)
class Lesson:
    """What one fact's values are trained on.

    Attributes:
        sentences: the sentences that state the fact.
        loose: for each of them, the places of words that may be replaced.
        first: the first place in any of them that is replaced, or where a neuron can fire.
    """

    sentences: Sequence[Encoded]
    loose: Sequence[Sequence[int]]
    first: int = 0


class Values:
    """The values of an update's neurons, while they are trained.

    Args:
        learner: its model is trained.
        patches: the neurons, of which the newest are those of the update.
        before: the values of the earlier neurons at each block.
        sizes: the usual root mean square of what an MLP adds, at each block.
        lessons: what each fact is trained on.
        rate: Adam's rate, × ``sizes``.
        swapped: probability that a loose word is replaced by a random token.
        random: chooses the words and the tokens.
    """

    def __init__(
        self,
        learner: Learner,
        patches: Patches,
        before: Sequence[Tensor],
        sizes: Sequence[float],
        lessons: Sequence[Lesson],
        *,
        rate: float,
        swapped: float,
        random: torch.Generator,
    ) -> None:
        self._learner, self._patches, self._before = learner, patches, before
        self._lessons, self._swapped, self._random = lessons, swapped, random
        self._usual = usual_tokens(learner.lm.coder)
        self._sizes = before[0].new_tensor(sizes)[:, None]
        width = before[0].shape[1]
        self._parts = [before[0].new_zeros(len(sizes), width, requires_grad=True) for _ in lessons]
        self._optimizer = torch.optim.Adam(self._parts, lr=rate)
        self._taken = [0] * len(lessons)
        self._put()
        sentences = [one for lesson in lessons for one in lesson.sentences]
        self._start = SharedStart(learner, sentences, _before_subjects(lessons))

    def cost(self, numbers: Sequence[int]) -> int:
        """Return the tokens that the next step on each of these facts reads."""
        return sum(
            len(self._lessons[number].sentences[place]) - self._start.size
            for number in numbers
            for place in self._next(number)
        )

    def step(self, numbers: Sequence[int]) -> list[list[tuple[int, bool, float]]]:
        """Take an optimizer step for some facts, each in the next of its sentences.

        Returns:
            For each of them, what `Passes.take` takes.
        """
        learner, spent = self._learner, self._learner.tokens
        chosen = [(number, place) for number in numbers for place in self._next(number)]
        batch = collate(
            [self._reworded(number, place) for number, place in chosen], learner.lm.coder.pad
        )
        total = int((batch["labels"] != IGNORED).sum())

        def attempt(size: int) -> list[tuple[bool, float]]:
            # What an attempt that ran out of memory left behind does not count.
            learner.tokens = spent
            found: list[tuple[bool, float]] = []
            self._optimizer.zero_grad()
            for part in split(batch, size):
                self._put()
                scored = self._start.score(part)
                self._add(scored.loss_sum() / total, numbers)
                found += zip(
                    map(bool, scored.hits().tolist()),
                    scored.loss_per_sample().tolist(),
                    strict=True,
                )
            return found

        found = learner.forward_size.run(attempt)
        self._optimizer.step()
        learner.steps += 1
        for number in numbers:
            self._taken[number] += 1
        read = [(one, (place, *two)) for (one, place), two in zip(chosen, found, strict=True)]
        return [[what for one, what in read if one == number] for number in numbers]

    def finish(self) -> None:
        """Let the neurons have the values as they are now."""
        self._put(detached=True)

    def _next(self, number: int) -> range:
        """Return the numbers of the sentences that the next step on a fact reads."""
        count = len(self._lessons[number].sentences)
        turns = -(-count // AT_ONCE)
        return range(self._taken[number] % max(turns, 1), count, max(turns, 1))

    def _reworded(self, number: int, place: int) -> Encoded:
        """Return a sentence of a fact, some of whose loose words are random tokens."""
        lesson = self._lessons[number]
        one, loose = lesson.sentences[place], lesson.loose[place]
        drawn = torch.rand(len(loose), generator=self._random) < self._swapped
        chosen = torch.tensor(loose, dtype=torch.long)[drawn].tolist()
        random = torch.randint(max(len(self._usual), 1), (len(chosen),), generator=self._random)
        ids = [*one.ids]
        for token, new in zip(chosen, self._usual[random].tolist(), strict=True):
            ids[token] = new
        return replace(one, ids=tuple(ids))

    def _put(self, *, detached: bool = False) -> None:
        """Give the neurons the values."""
        self._patches.drop()
        made = [(part.detach() if detached else part) * self._sizes for part in self._parts]
        self._patches.values = [
            torch.cat([old, torch.stack([one[place] for one in made])]) if made else old
            for place, old in enumerate(self._before)
        ]

    def _add(self, loss: Tensor, numbers: Sequence[int]) -> None:
        """Add the gradients of a loss to those of some facts; others must not move."""
        parts = [self._parts[number] for number in numbers]
        for one, grad in zip(parts, torch.autograd.grad(loss, parts), strict=True):
            one.grad = grad if one.grad is None else one.grad + grad


def _before_subjects(lessons: Sequence[Lesson]) -> int:
    """Return how many tokens are before the first neuron that can fire in any sentence."""
    return min((one.first for one in lessons if one.sentences), default=0)


def train(
    values: Values,
    learner: Learner,
    lessons: Sequence[Lesson],
    *,
    epochs: int,
    sure: float,
    random: torch.Generator,
) -> list[Passes]:
    """Train the values until each fact is learned, or the budget is spent.

    Args:
        values: the values.
        learner: its budget counts.
        lessons: what each fact is trained on.
        epochs: most steps on a fact.
        sure: probability of the completions of its sentences, their geometric mean, at which a
            fact is learned.
        random: the order of the facts.

    Returns:
        How the training of each fact went.
    """
    enough = learner.settings.stop_at
    counts = [len(one.sentences) for one in lessons]
    passes = [Passes(count, enough * count, -math.log(sure) * count) for count in counts]
    for epoch in range(epochs):
        going = [n for n, one in enumerate(passes) if lessons[n].sentences and one.go_on]
        order = [going[place] for place in torch.randperm(len(going), generator=random).tolist()]
        most = learner.left()
        if not order or (most is not None and most < values.cost(order)):
            break
        for chosen in _batches(order, lessons, learner.settings.batch_size):
            if learner.share_left() == 0.0:
                return passes
            for number, read in zip(chosen, values.step(chosen), strict=True):
                passes[number].take(read)
        learner.progress(epoch + 1, epochs)
    return passes


def _batches(order: Sequence[int], lessons: Sequence[Lesson], size: int) -> list[list[int]]:
    """Return facts whose next steps read at most ``size`` sentences, if one reads not more."""
    batches: list[list[int]] = []
    count = 0
    for number in order:
        own = min(len(lessons[number].sentences), AT_ONCE)
        if not batches or count + own > size:
            batches.append([])
            count = 0
        batches[-1].append(number)
        count += own
    return batches
