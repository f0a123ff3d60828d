"""What tests of the learner share: what it trains on, and what is seen while it trains."""

from __future__ import annotations

from typing import Any

from avalanche.core import SupervisedPlugin
from torch import Tensor

from cltool.core.progress import Progress
from cltool.facts.facts import Fact
from cltool.facts.stream import Stream
from cltool.lm.coder import Encoded
from cltool.training.learner import Learner


class Gradients(SupervisedPlugin):  # type: ignore[misc, type-arg]
    """Keeps every step's gradient, as it is before clipping."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[dict[str, Tensor]] = []

    def before_update(self, learner: Learner, **kwargs: Any) -> None:
        grads = {n: p.grad for n, p in learner.model.named_parameters() if p.grad is not None}
        self.steps.append({name: grad.clone() for name, grad in grads.items()})


def some(stream: Stream, count: int) -> list[Fact]:
    return list(stream.updates[0].learn)[:count]


def some_examples(learner: Learner, count: int) -> list[Encoded]:
    """Sentences of different lengths."""
    examples = learner.examples(some(learner.stream, 24))
    chosen = examples[:: len(examples) // count][:count]
    assert len({len(one) for one in chosen}) > 1
    return chosen


def counted(reports: list[tuple[int, int]]) -> Progress:
    """Progress that appends (done, of) to ``reports``."""
    return Progress(lambda task, done, of, what: reports.append((done, of)))
