"""Drawing from a memory, and the gradient of what was drawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from avalanche.core import SupervisedPlugin

from cltool.facts.stream import Stream
from cltool.lm.coder import Encoded
from cltool.strategies.rehearsal.common.gradients import draw, losses, mean_gradient
from cltool.training.learner import Learner

from ....conftest import MakeLearner, apply


def test_no_example_is_drawn_twice() -> None:
    random = torch.Generator().manual_seed(0)
    for count in (0, 3, 10, 25):
        drawn = draw(range(10), count, random)
        assert len(drawn) == len(set(drawn)) == min(count, 10)
    assert draw([], 3, random) == []


@pytest.mark.parametrize("micro", [None, 3, 7])
def test_the_gradient_is_that_of_the_mean_over_tokens(
    micro: int | None, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("naive", batch_size=64, micro_batch_size=micro)
    examples = learner.examples(list(stream.updates[0].learn)[:4])
    batch = learner.collate(examples)
    scored = learner.score(batch)
    expected = torch.autograd.grad(
        scored.loss_sum() / scored.tokens(), list(learner.trainable().values())
    )
    before = learner.tokens
    found = mean_gradient(learner, examples)
    assert learner.tokens - before == sum(map(len, examples))
    for name, grad in zip(learner.trainable(), expected, strict=True):
        torch.testing.assert_close(found[name], grad, rtol=1e-3, atol=1e-5)
        assert learner.trainable()[name].grad is None


@pytest.mark.parametrize("micro", [None, 3])
def test_losses_are_those_of_each_and_are_counted(
    micro: int | None, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("naive", micro_batch_size=micro)
    examples = learner.examples(list(stream.updates[0].learn)[:4])
    before = learner.tokens
    found = losses(learner, examples)
    assert learner.tokens - before == sum(map(len, examples))
    with torch.no_grad():
        single = [learner.score(learner.collate([one])).loss_sum() for one in examples]
    torch.testing.assert_close(found, torch.stack(single), rtol=1e-4, atol=1e-4)
    assert losses(learner, []).shape == (0,)


def _sentences(held: object) -> Iterator[Encoded]:
    """Every sentence in plain containers."""
    if isinstance(held, Encoded):
        yield held
    elif isinstance(held, dict):
        yield from _sentences([*held.values()])
    elif isinstance(held, list | tuple | set):
        for one in held:
            yield from _sentences(one)


@pytest.mark.parametrize(
    "name", ["replay", "der", "mir", "agem", "gem", "pseudo_replay", "self_distill"]
)
def test_no_sentences_are_kept_between_updates(
    name: str, make_learner: MakeLearner, stream: Stream
) -> None:
    seen = 0

    class Watch(SupervisedPlugin):  # type: ignore[misc, type-arg]
        def after_training_epoch(self, learner: Learner, **kwargs: Any) -> None:
            nonlocal seen
            seen += len([*_sentences(vars(learner.strategies.parts[name]))])

    settings = {"max_tokens": 8} if name in ("pseudo_replay", "self_distill") else {}
    learner = make_learner(name, lm="tiny", strategy=settings, epochs=1, plugins=[Watch()])
    for update in stream.updates[1:]:
        apply(learner, update)
        assert [*_sentences(vars(learner.strategies.parts[name]))] == []
    assert seen > 0  # there is something to see while an update is trained
