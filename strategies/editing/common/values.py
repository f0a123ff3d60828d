"""The values of new neurons, and how they are trained: each fact for itself.

A fact's neurons open at its own subject, so its values hardly depend on those of other facts. Each
fact has its own optimizer steps, and its training ends when it is learned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from cltool.lm.batches import IGNORED, Batch, collate, split
from cltool.lm.coder import Encoded
from cltool.strategies.editing.common.passes import Passes
from cltool.strategies.editing.common.patches import Patches
from cltool.strategies.editing.common.shared_start import SharedStart

if TYPE_CHECKING:
    from cltool.training.learner import Learner

KEPT = 4
"""Last tokens of a sentence in which a fact's subject stands, where predictions should stay."""


@dataclass(frozen=True)
class Lesson:
    """What one fact's values are trained on.

    Attributes:
        sentences: the sentences that state the fact.
        elsewhere: prompts that name its subject and ask something else.
        first: the first token of a subject in any of them.
    """

    sentences: Sequence[Encoded]
    elsewhere: Sequence[Encoded] = ()
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
        keep: weight of the divergence from the predictions before.
    """

    def __init__(
        self,
        learner: Learner,
        patches: Patches,
        before: Sequence[Tensor],
        sizes: Sequence[float],
        lessons: Sequence[Lesson],
        rate: float,
        keep: float,
    ) -> None:
        self._learner, self._patches, self._before = learner, patches, before
        self._lessons, self._keep = lessons, keep
        self._sizes = before[0].new_tensor(sizes)[:, None]
        width = before[0].shape[1]
        self._parts = [before[0].new_zeros(len(sizes), width, requires_grad=True) for _ in lessons]
        self._optimizer = torch.optim.Adam(self._parts, lr=rate)
        self._put()
        self._start = SharedStart(learner, _all(lessons), _before_subjects(lessons))
        self._expected = [self._predictions(one.elsewhere) for one in lessons] if keep else []

    def cost(self, numbers: Sequence[int]) -> int:
        """Return the tokens that a step on these facts reads."""
        lessons = [self._lessons[number] for number in numbers]
        kept = [one for lesson in lessons for one in lesson.elsewhere] if self._keep else []
        return sum(map(len, kept)) + sum(len(one) for two in lessons for one in two.sentences)

    def step(self, numbers: Sequence[int]) -> list[tuple[int, float]]:
        """Take an optimizer step for some facts.

        Returns:
            For each of them, how many sentences were completed correctly, and their summed loss.
        """
        learner, spent = self._learner, self._learner.tokens
        lessons = [self._lessons[number] for number in numbers]
        owners = [place for place, one in enumerate(lessons) for _ in one.sentences]
        batch = collate(
            [one for lesson in lessons for one in lesson.sentences], learner.lm.coder.pad
        )
        total = int((batch["labels"] != IGNORED).sum())

        def attempt(size: int) -> list[tuple[int, float]]:
            # What an attempt that ran out of memory left behind does not count.
            learner.tokens = spent
            found = [(0, 0.0)] * len(numbers)
            rows = iter(owners)
            self._optimizer.zero_grad()
            for part in split(batch, size):
                self._put()
                scored = self._start.score(part)
                self._add(scored.loss_sum() / total, numbers)
                hits, nats = scored.hits().tolist(), scored.loss_per_sample().tolist()
                for right, loss in zip(hits, nats, strict=True):
                    owner = next(rows)
                    found[owner] = found[owner][0] + int(right), found[owner][1] + loss
            self._hold(numbers, size)
            return found

        found = learner.forward_size.run(attempt)
        self._optimizer.step()
        learner.steps += 1
        return found

    def finish(self) -> None:
        """Let the neurons have the values as they are now."""
        self._put(detached=True)

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

    def _hold(self, numbers: Sequence[int], size: int) -> None:
        """Add the gradients of the divergence from the predictions before."""
        if not self._keep:
            return
        prompts = [one for number in numbers for one in self._lessons[number].elsewhere]
        expected = [one for number in numbers for one in self._expected[number]]
        if not prompts:
            return
        positions = sum(map(len, expected))
        for begin in range(0, len(prompts), size):
            self._put()
            chosen = prompts[begin : begin + size]
            found = self._completions(collate(chosen, self._learner.lm.coder.pad))
            loss = torch.zeros((), device=found.device)
            wanted = torch.cat(expected[begin : begin + size]).to(found.device).float()
            loss = (wanted.exp() * (wanted - found.log_softmax(-1))).sum() / positions
            self._add(self._keep * loss, numbers)

    @torch.no_grad()
    def _predictions(self, prompts: Sequence[Encoded]) -> list[Tensor]:
        """Return the log-probabilities after each of the last tokens of prompts, on the CPU."""
        learner, spent = self._learner, self._learner.tokens

        def attempt(size: int) -> list[Tensor]:
            learner.tokens = spent
            found: list[Tensor] = []
            for begin in range(0, len(prompts), size):
                chosen = prompts[begin : begin + size]
                logits = self._completions(collate(chosen, learner.lm.coder.pad))
                counts = [len(one) - max(one.start, 1) for one in chosen]
                logps = logits.log_softmax(-1).half().cpu()
                found += torch.split(logps, counts)
            return found

        return learner.forward_size.run(attempt) if prompts else []

    def _completions(self, batch: Batch) -> Tensor:
        """Return the logits of the labelled tokens of a batch, (tokens, vocabulary)."""
        self._patches.drop()
        scored = self._start.score(batch)
        return scored.logits[scored.labels != IGNORED].float()


def _all(lessons: Sequence[Lesson]) -> list[Encoded]:
    """Return all sentences of lessons."""
    return [one for lesson in lessons for one in (*lesson.sentences, *lesson.elsewhere)]


def _before_subjects(lessons: Sequence[Lesson]) -> int:
    """Return how many tokens are before the first neuron that can fire in any sentence."""
    return min((one.first for one in lessons if one.sentences), default=0)


def last_tokens(prompt: Encoded) -> Encoded:
    """Return the prompt with its last tokens after the subject as its completion.

    A token is added, of which only the prediction counts.
    """
    ids = (*prompt.ids, prompt.ids[-1])
    return Encoded(ids, max(prompt.start, len(ids) - KEPT), prompt.end)


def train(
    values: Values,
    learner: Learner,
    lessons: Sequence[Lesson],
    *,
    epochs: int,
    more: int,
    random: torch.Generator,
) -> list[Passes]:
    """Train the values until each fact is learned, or the budget is spent.

    Args:
        values: the values.
        learner: its budget counts.
        lessons: what each fact is trained on.
        epochs: most passes over a fact.
        more: passes over a fact after its sentences are completed correctly.
        random: the order of the facts.

    Returns:
        How the training of each fact went.
    """
    enough = learner.settings.stop_at
    passes = [Passes(more, enough * len(one.sentences)) for one in lessons]
    for epoch in range(epochs):
        going = [n for n, one in enumerate(passes) if lessons[n].sentences and one.go_on]
        order = [going[place] for place in torch.randperm(len(going), generator=random).tolist()]
        most = learner.left()
        if not order or (most is not None and most < values.cost(order)):
            break
        for chosen in _batches(order, lessons, learner.settings.batch_size):
            if learner.share_left() == 0.0:
                return passes
            for number, (hits, nats) in zip(chosen, values.step(chosen), strict=True):
                passes[number].take(hits, nats)
        learner.progress(epoch + 1, epochs)
    return passes


def _batches(order: Sequence[int], lessons: Sequence[Lesson], size: int) -> list[list[int]]:
    """Return whole facts with together at most ``size`` sentences, if one has not more."""
    batches: list[list[int]] = []
    count = 0
    for number in order:
        own = len(lessons[number].sentences)
        if not batches or count + own > size:
            batches.append([])
            count = 0
        batches[-1].append(number)
        count += own
    return batches
