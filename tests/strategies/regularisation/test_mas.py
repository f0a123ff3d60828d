"""`mas`: sensitivities of single sentences, and how they add up."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor

from cltool.facts.stream import Stream
from cltool.strategies.regularisation.mas import MAS
from cltool.training.learner import Learner

from ...conftest import MakeLearner, apply


def mas_of(learner: Learner) -> MAS:
    return cast(MAS, learner.strategies.parts["mas"])


def importance(learner: Learner) -> dict[str, Tensor]:
    state = mas_of(learner).state_dict()
    start = "importance."
    return {n.removeprefix(start): t.clone() for n, t in state.items() if n.startswith(start)}


def test_the_mean_absolute_gradient_of_the_squared_output(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("mas", attach=False, strategy={"samples": 10_000})
    facts = list(stream.updates[0].learn)[:2]
    examples = learner.examples(facts)
    expected = {name: torch.zeros_like(p) for name, p in learner.trainable().items()}
    for example in examples:
        ids = torch.tensor([example.ids])
        logits = learner.model(input_ids=ids, use_cache=False).logits
        output = (logits[0, example.start - 1 : -1] ** 2).sum()
        grads = torch.autograd.grad(output, list(learner.trainable().values()))
        for name, grad in zip(expected, grads, strict=True):
            expected[name] += grad.abs() / len(examples)
    found = mas_of(learner).importances(learner, facts)[0]
    for name, tensor in expected.items():
        scale = 1e-4 * float(tensor.max())
        torch.testing.assert_close(found[name], tensor, rtol=1e-3, atol=scale, msg=name)


def test_does_not_depend_on_the_learners_batch_size(make_learner: MakeLearner) -> None:
    settings = {"normalise": False, "samples": 40}
    one, other = (importance(make_learner("mas", batch_size=s, strategy=settings)) for s in (1, 16))
    for name, tensor in one.items():
        torch.testing.assert_close(tensor, other[name])


def test_online(make_learner: MakeLearner, stream: Stream) -> None:
    settings = {"decay": 0.25, "normalise": False, "samples": 10_000}
    learner = make_learner("mas", strategy=settings, epochs=1)
    before, size = importance(learner), learner.strategies.stored_bytes()
    apply(learner, stream.updates[1])
    update = mas_of(learner).importances(learner, stream.updates[1].learn)[0]
    for name, tensor in importance(learner).items():
        expected = 0.25 * before[name] + update[name]
        scale = 1e-4 * float(expected.max())
        torch.testing.assert_close(tensor, expected, rtol=1e-3, atol=scale)
    assert learner.strategies.stored_bytes() == size
    # Held where they are now, not where they began.
    anchor = cast(MAS, learner.strategies.parts["mas"])._quadratic.anchor
    assert all(torch.equal(anchor[name], p) for name, p in learner.trainable().items())


def test_with_an_adapter_only_the_adapter_is_penalised(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("lora+mas", strategy={"samples": 20}, epochs=1)
    apply(learner, stream.updates[1])
    assert set(importance(learner)) == set(learner.trainable())
