"""`npo`, `simnpo` and `dpo`: what they are at the reference, and their gradients."""

from __future__ import annotations

import math
from typing import cast

import pytest
import torch

from cltool.facts.facts import Update
from cltool.facts.stream import Stream
from cltool.strategies.unlearning.common.descent import Unlearning
from cltool.strategies.unlearning.common.eraser import Phase
from cltool.strategies.unlearning.common.sentences import likelihoods, sentences
from cltool.strategies.unlearning.dpo import dpo
from cltool.strategies.unlearning.npo import npo
from cltool.strategies.unlearning.simnpo import simnpo
from cltool.training.learner import Learner

from ...conftest import MakeLearner


def begun(learner: Learner, stream: Stream) -> tuple[Unlearning, Phase]:
    """The method after ``prepare``, with some facts to erase."""
    (part,) = learner.strategies.plugins
    facts = stream.updates[0].learn[2:6]
    learner.known.apply(Update(1, "one", (), facts))
    phase = Phase(learner, facts, sentences(learner, facts), stream.updates[0].learn[6:])
    method = cast(Unlearning, part)
    method.prepare(phase)
    return method, phase


@pytest.mark.parametrize("beta", [0.1, 1.0])
def test_npo_at_its_reference(beta: float, make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("npo", strategy={"beta": beta})
    method, phase = begun(learner, stream)
    loss = method.loss(learner, phase.chosen)
    assert loss.item() / len(phase.chosen) == pytest.approx(2 / beta * math.log(2), rel=1e-4)
    assert {method.weight(one) for one in phase.chosen} == {1}


def test_npo_starts_as_ascent_and_vanishes() -> None:
    reference = torch.tensor([-3.0, -3.0, -3.0])
    logps = torch.tensor([-3.0, -13.0, 7.0], requires_grad=True)
    (found,) = torch.autograd.grad(npo(logps, reference, 0.2).sum(), logps)
    # Zhang et al. (2024): the ascent's gradient times 2 π^β / (π^β + π_ref^β).
    ratios = ((logps - reference).detach() * 0.2).exp()
    torch.testing.assert_close(found, 2 * ratios / (1 + ratios))
    assert float(found[0]) == pytest.approx(1.0)


def test_npo_is_log_one_plus_the_ratio() -> None:
    logps, reference = torch.tensor([-1.0, -40.0]), torch.tensor([-2.0, -3.0])
    ratio = (logps - reference).exp()
    torch.testing.assert_close(npo(logps, reference, 0.5), 4 * (1 + ratio**0.5).log())


def test_simnpo_by_hand() -> None:
    logps, lengths = torch.tensor([-6.0, -1.0]), torch.tensor([3.0, 2.0])
    beta, delta = 2.5, 0.3
    inner = -beta * logps / lengths - delta
    expected = 2 / beta * (1 + (-inner).exp()).log()
    torch.testing.assert_close(simnpo(logps, lengths, beta, delta), expected)


def test_simnpo_divides_by_each_sentences_length(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("simnpo", strategy={"beta": 1.5})
    method, phase = begun(learner, stream)
    logps = likelihoods(learner, phase.chosen).logps
    lengths = torch.tensor([float(one.tokens) for one in phase.chosen])
    assert len({*lengths.tolist()}) > 1
    expected = -2 / 1.5 * (1 / (1 + (1.5 * logps / lengths).exp())).log().sum()
    assert method.loss(learner, phase.chosen).item() == pytest.approx(float(expected), rel=1e-3)


def test_dpo_at_its_reference(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("dpo")
    method, phase = begun(learner, stream)
    loss = method.loss(learner, phase.chosen)
    assert loss.item() / len(phase.chosen) == pytest.approx(math.log(2), rel=1e-4)


def test_dpo_decreases_as_the_refusal_becomes_more_probable_than_the_object() -> None:
    margin = torch.tensor([1.0, -2.0], requires_grad=True)
    reference = torch.tensor([0.5, 0.5])
    loss = dpo(margin, reference, 0.3)
    torch.testing.assert_close(loss.exp(), 1 + (-0.3 * (margin - reference)).exp())
    assert (torch.autograd.grad(loss.sum(), margin)[0] < 0).all()


@pytest.mark.parametrize("name", ["npo", "dpo"])
def test_the_reference_is_fixed_while_the_model_changes(
    name: str, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner(name)
    method, phase = begun(learner, stream)
    first = method.loss(learner, phase.chosen).item()
    with torch.no_grad():
        for parameter in learner.model.parameters():
            parameter.mul_(0.9)
    assert abs(method.loss(learner, phase.chosen).item() - first) > 1e-3
