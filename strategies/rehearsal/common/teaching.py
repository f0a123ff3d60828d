"""Teaches a model the lines of the facts that it knows, so that it can recite them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from cltool.lm import optimizers
from cltool.lm.batches import bucketed
from cltool.strategies.rehearsal.common.cooling import another_round
from cltool.strategies.rehearsal.common.gradients import learned_tokens
from cltool.strategies.rehearsal.common.lines import Line, lines
from cltool.strategies.rehearsal.common.schedule import DIFFICULT, Schedule
from cltool.training.stopping import STEPS

if TYPE_CHECKING:
    from cltool.facts.facts import Fact
    from cltool.lm.coder import Encoded
    from cltool.training.learner import Learner


REPEATS = 8
"""Most times that a difficult line is added to an epoch."""


@dataclass(frozen=True, slots=True)
class Amount:
    """How long lines are taught, and how fast.

    Attributes:
        epochs: epochs of the first round over the lines; few facts get more, up to `STEPS` steps;
            0: none.
        sentences: number of sentences in an epoch, in any trained wording, per line.
        rate: full learning rate, × the learner's.
        trouble: share of 1/N below which a line is difficult.
    """

    epochs: int
    sentences: float
    rate: float
    trouble: float


def line_schedule(targets: Sequence[Line], trouble: float, random: torch.Generator) -> Schedule:
    """Return a schedule of lines; a line is difficult if its probability is below trouble / N."""
    bound = math.log(max(len(targets), 1) / trouble)
    return Schedule([line.example for line in targets], bound, random, REPEATS)


def teach_lines(learner: Learner, facts: Sequence[Fact], amount: Amount) -> int:
    """Train on the lines of facts, and on some sentences, in rounds until no line is difficult.

    In every round the rate falls from its full value to zero. A further round has half the epochs
    of the one before. The last round is the one that hardly helped.

    Args:
        learner: its model is trained; it gets a new optimizer.
        facts: the facts.
        amount: how long, and how fast.

    Returns:
        the number of lines that are still difficult.
    """
    settings = learner.settings
    random = learner.generator("lines")
    index = line_schedule(lines(learner, facts), amount.trouble, random)
    answers = Schedule(learner.examples(facts), DIFFICULT, random)
    others = round(amount.sentences * len(facts))
    steps = -(-(len(facts) + others) // settings.batch_size)
    epochs = max(amount.epochs, -(-STEPS // steps)) if amount.epochs else 0
    rate = amount.rate * float(settings.lr or 0.0)
    before = math.inf
    learner.model.train()
    while epochs and another_round(missing := len(index.difficult()), before, len(facts)):
        before = missing
        learner.optimizer = optimizers.build(
            learner.model, settings.optimizer, rate, settings.weight_decay
        )
        for epoch in range(epochs):
            _epoch(learner, index, answers, others, epoch, epochs)
        epochs = 0 if epochs == 1 else math.ceil(epochs / 2)
    learner.optimizer.zero_grad(set_to_none=True)
    learner.model.eval()
    return len(index.difficult())


def _epoch(
    learner: Learner, index: Schedule, answers: Schedule, others: int, epoch: int, epochs: int
) -> None:
    """Train on every line, and on the given number of sentences, while the rate falls."""
    drawn = index.each()
    examples = [index.examples[number] for number in drawn]
    examples += [answers.examples[number] for number in answers.take(others)]
    lengths = [len(one) for one in examples]
    batches = bucketed(lengths, learner.settings.batch_size, index.random)
    for step, positions in enumerate(batches):
        done = (epoch + step / len(batches)) / epochs
        optimizers.set_factor(learner.optimizer, 1.0 - done)
        losses = _step(learner, [examples[position] for position in positions])
        for position, loss in zip(positions, losses, strict=True):
            if position < len(drawn):
                index.record(drawn[position], loss)


def _step(learner: Learner, examples: Sequence[Encoded]) -> list[float]:
    """Take one step on ``examples``; return the loss of each before it."""
    learner.optimizer.zero_grad()
    batch = learner.collate(examples)
    tokens = max(learned_tokens(batch), 1)
    losses: list[float] = []
    for part in learner.micro_batches(batch):
        scored = learner.score(part)
        torch.autograd.backward(scored.loss_sum() / tokens)
        losses += scored.answer_losses().tolist()
    learner.optimizer_step()
    return losses
