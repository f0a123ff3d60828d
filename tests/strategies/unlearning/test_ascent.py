"""`gradient_ascent`, `gradient_difference`, `kl_min` and `wga`: their losses, by hand."""

from __future__ import annotations

from typing import cast

import pytest
import torch
from torch import Tensor

from cltool.facts.stream import Stream
from cltool.strategies.unlearning.common.descent import Unlearning
from cltool.strategies.unlearning.common.sentences import Sentence, sentences
from cltool.strategies.unlearning.wga import wga
from cltool.training.learner import Learner

from ...conftest import MakeLearner


def method(learner: Learner) -> Unlearning:
    (part,) = learner.strategies.plugins
    return cast(Unlearning, part)


def token_logps(learner: Learner, one: Sentence) -> Tensor:
    """(tokens,): log-probabilities of the tokens that count, one sentence alone."""
    ids = torch.tensor([one.example.ids])
    logps = learner.model(input_ids=ids).logits[0].double().log_softmax(-1)
    places = torch.arange(one.start, one.stop)
    return logps[places - 1, ids[0, places]]


@pytest.mark.parametrize("name", ["gradient_ascent", "gradient_difference", "kl_min"])
def test_ascent_is_the_log_likelihood(name: str, make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner(name)
    chosen = sentences(learner, stream.updates[0].learn[2:4])
    assert len({len(one.example) for one in chosen}) > 1
    expected = sum(token_logps(learner, one).sum().item() for one in chosen)
    found = method(learner).loss(learner, chosen)
    assert found.item() == pytest.approx(expected, rel=1e-4)
    assert sum(map(method(learner).weight, chosen)) == sum(one.stop - one.start for one in chosen)


def test_the_retain_loss_of_each(make_learner: MakeLearner) -> None:
    names = ("gradient_ascent", "gradient_difference", "kl_min")
    held = [method(make_learner(name)).config.retain for name in names]
    assert held == ["none", "nll", "kl"]


@pytest.mark.parametrize("beta", [0.0, 0.5, 2.0])
def test_wga_weights_tokens_by_their_probability(
    beta: float, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("wga", strategy={"beta": beta})
    chosen = sentences(learner, stream.updates[0].learn[2:4])
    logps = torch.cat([token_logps(learner, one) for one in chosen])
    found = method(learner).loss(learner, chosen)
    assert found.item() == pytest.approx(float((logps.exp() ** beta * logps).sum()), rel=1e-3)


def test_wga_s_weights_are_held_constant() -> None:
    logits = torch.randn(3, 5, generator=torch.Generator().manual_seed(0)).requires_grad_()
    labels = torch.tensor([1, 0, 4])
    (found,) = torch.autograd.grad(wga(logits, labels, 1.5).sum(), logits)
    p = logits.detach().softmax(-1)
    onehot = torch.nn.functional.one_hot(labels, 5)
    own = p[torch.arange(3), labels].unsqueeze(-1)
    torch.testing.assert_close(found, own**1.5 * (onehot - p))
