"""Strategies in pairs: every pair runs, or is refused with a reason."""

from __future__ import annotations

from itertools import combinations

import pytest
import torch

from cltool.core.errors import UserError
from cltool.experiments import resolve
from cltool.facts.stream import Stream
from cltool.lm.memory_layers import attach
from cltool.lm.product_keys import MemorySize
from cltool.strategies import STRATEGIES
from cltool.training.strategy import Strategies, split_state

from ..conftest import LoadLM, MakeLearner, apply

NAMES = [entry.name for entry in STRATEGIES.entries() if entry.source == "built-in"]
COMMON = ("replay",)
"""What people compose most; all other pairs are walked by the slow tests."""

PAIRS = [
    pytest.param(f"{one}+{other}", marks=() if {one, other} & {*COMMON} else pytest.mark.slow)
    for one, other in combinations(NAMES, 2)
]


def composed(pair: str) -> Strategies:
    return resolve.build(resolve.resolve(pair))


@pytest.mark.parametrize("pair", PAIRS)
def test_a_pair_runs_or_is_refused_with_a_reason(
    pair: str, make_learner: MakeLearner, load_lm: LoadLM, stream: Stream
) -> None:
    try:
        composed(pair)
    except UserError as error:
        reason = error.what.partition("cannot be composed: ")[2]
        assert len(reason.split()) >= 4, error
        return
    lm = load_lm("llama")
    if any(part.needs_memory for part in composed(pair).plugins):
        attach(lm.model, [1], MemorySize(slots=256))
    learner = make_learner(pair, lm=lm, epochs=1, lr=1e-3)
    apply(learner, stream.updates[1])
    apply(learner, stream.updates[2])
    for parameter in learner.model.parameters():
        assert torch.isfinite(parameter).all()
    for state in learner.strategies.states().values():
        split_state(state)
    assert isinstance(learner.strategies.frame("The ruler of Land 2 is"), str)


@pytest.mark.parametrize("pair", PAIRS)
def test_the_order_of_a_pair_does_not_decide_whether_it_is_refused(pair: str) -> None:
    one, other = pair.split("+")

    def refused(text: str) -> bool:
        try:
            composed(text)
        except UserError:
            return True
        return False

    assert refused(pair) == refused(f"{other}+{one}")
