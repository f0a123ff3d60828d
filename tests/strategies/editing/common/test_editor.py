"""The closed form, and the keys and residuals that go into it."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from cltool.facts.stream import Stream
from cltool.lm.batches import IGNORED, Batch
from cltool.lm.layers import hidden
from cltool.strategies.editing.common.editor import Editor, Plan, null_basis, predicting, solve
from cltool.training.learner import Learner

from ....conftest import MakeLearner

PLAIN = ("llama", "gpt2", "qwen3", "gpt_neox", "opt", "gemma")


def random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed)).double()


def batches_of(learner: Learner, stream: Stream, size: int = 32) -> list[Batch]:
    examples = learner.examples(stream.updates[1].learn)
    return [learner.collate(examples[n : n + size]) for n in range(0, len(examples), size)]


def test_the_closed_form_is_the_minimum() -> None:
    keys, wanted, done = random(6, 4), random(3, 4, seed=1), random(3, 6, seed=2)
    root = random(6, 6, seed=3)
    hold = root @ root.T

    def objective(change: torch.Tensor) -> torch.Tensor:
        whole = done + change
        return ((change @ keys - wanted) ** 2).sum() + (whole @ hold * whole).sum()

    best = solve(wanted @ keys.T, keys @ keys.T, hold, done).requires_grad_()
    (gradient,) = torch.autograd.grad(objective(best), best)
    torch.testing.assert_close(gradient, torch.zeros_like(gradient), atol=1e-8, rtol=0)


def test_in_a_null_space_it_is_alphaedits_formula() -> None:
    keys, wanted, earlier = random(6, 4), random(3, 4, seed=1), random(6, 2, seed=2)
    basis = torch.linalg.qr(random(6, 3, seed=3)).Q
    project, unit = basis @ basis.T, torch.eye(6).double()
    inverse = torch.linalg.inv(earlier @ earlier.T @ project + keys @ keys.T @ project + unit)
    expected = wanted @ keys.T @ project @ inverse
    hold = earlier @ earlier.T + unit
    found = solve(wanted @ keys.T, keys @ keys.T, hold, torch.zeros(3, 6).double(), basis)
    torch.testing.assert_close(found, expected)


def test_the_null_space_is_orthogonal_to_the_keys() -> None:
    keys = random(8, 5)
    basis = null_basis(keys @ keys.T, 1e-9)
    assert basis.shape == (8, 3)
    torch.testing.assert_close(basis.T @ basis, torch.eye(3).double())
    assert float((basis.T @ keys).abs().max()) < 1e-6
    assert null_basis(keys @ keys.T, 1.0).shape[1] >= 7


def test_predicting_tokens_come_one_before_learned_ones() -> None:
    batch = {"labels": torch.tensor([[IGNORED, IGNORED, 7, 8, IGNORED]])}
    assert predicting(batch).tolist() == [[False, True, True, False, False]]


@pytest.mark.parametrize("name", PLAIN)
def test_moments_equal_those_of_the_projections_inputs(
    name: str, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner(lm=name)
    editor = Editor(learner.model, learner.score, [0, 1], "layers")
    (batch,) = batches_of(learner, stream)
    caught: list[torch.Tensor] = []
    module = editor.projections[1].module
    handle = module.register_forward_pre_hook(lambda m, args: caught.append(args[0]))
    moments = editor.moments([batch])
    handle.remove()
    keys = caught[0].view(*batch["labels"].shape, -1)[predicting(batch)].double()
    torch.testing.assert_close(moments[1], keys.T @ keys, rtol=1e-4, atol=1e-4)
    halves = editor.moments(batches_of(learner, stream, size=7))
    torch.testing.assert_close(halves, moments, rtol=1e-4, atol=1e-3)


def test_wanted_states_lower_the_loss_and_do_not_depend_on_the_batch(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner()
    editor = Editor(learner.model, learner.score, [1], "layers")
    whole = batches_of(learner, stream)
    tokens = learner.tokens
    wanted = editor.targets(whole, steps=2, rate=1.0)
    assert learner.tokens - tokens == 2 * int(whole[0]["attention_mask"].sum())
    parts = editor.targets(batches_of(learner, stream, size=4), steps=2, rate=1.0)
    torch.testing.assert_close(torch.cat(parts.states), wanted.states[0], rtol=1e-3, atol=1e-3)

    last: Any = editor._last

    def give(module: Any, args: Any, output: Any) -> Any:
        states = hidden(output).clone()
        states[predicting(whole[0])] = wanted.states[0]
        return states

    with torch.no_grad():
        before = float(learner.score(whole[0]).loss_sum())
        handle = last.register_forward_hook(give)
        after = float(learner.score(whole[0]).loss_sum())
        handle.remove()
    assert after < 0.7 * before


@pytest.mark.parametrize(("layers", "share"), [([1], 0.3), ([0, 1], 0.8)])
def test_an_edit_makes_its_sentences_more_probable(
    layers: list[int], share: float, make_learner: MakeLearner, stream: Stream
) -> None:
    # What is added early in a random model comes out of its last block as something else.
    learner = make_learner()
    editor = Editor(learner.model, learner.score, layers, "layers")
    batches = [learner.collate(learner.examples(stream.updates[1].learn[:1]))]
    with torch.no_grad():
        before = float(learner.score(batches[0]).loss_sum())
    hold = [1e-6 * torch.eye(48).double()] * len(layers)
    plan = Plan(rounds=10, steps=1, rate=2.0, damping=1.0, stop_at=1.1)
    editor.edit(batches, plan, hold, [None] * len(layers), lambda: None)
    with torch.no_grad():
        assert float(learner.score(batches[0]).loss_sum()) < share * before


def test_a_round_that_exceeds_the_budget_does_not_start(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner()
    editor = Editor(learner.model, learner.score, [1], "layers")
    batches = batches_of(learner, stream)
    cost = sum(int(batch["attention_mask"].sum()) for batch in batches)
    begun = learner.tokens
    plan = Plan(rounds=9, steps=1, rate=1.0, damping=1.0, stop_at=1.1)
    hold = [torch.eye(48).double()]
    left = lambda: int(begun + 2.5 * cost - learner.tokens)  # noqa: E731
    editor.edit(batches, plan, hold, [None], left)
    assert learner.tokens - begun == 2 * cost
