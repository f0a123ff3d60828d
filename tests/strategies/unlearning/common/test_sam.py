"""A gradient that is taken where the loss is worst nearby."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from cltool.facts.stream import Stream
from cltool.strategies.unlearning.common.sam import perturbed
from cltool.training.learner import Learner

from ....conftest import MakeLearner, apply, weights
from .test_descent import forgetting, only


def bowl() -> tuple[nn.Linear, Tensor]:
    """½ xᵀAx of two weights, whose gradient is Ax."""
    model = nn.Linear(2, 1, bias=False)
    model.weight.data = torch.tensor([[3.0, -4.0]])
    return model, torch.tensor([[2.0, 0.0], [0.0, 1.0]])


def loss_of(model: nn.Linear, hollow: Tensor) -> Tensor:
    return 0.5 * (model.weight @ hollow @ model.weight.T).squeeze()


def test_gradient_is_taken_at_weights_perturbed_by_rho() -> None:
    model, hollow = bowl()
    before = model.weight.detach().clone()
    loss_of(model, hollow).backward()
    gradient = before @ hollow
    with perturbed(model, 0.5):
        there = before + 0.5 * gradient / gradient.norm()
        torch.testing.assert_close(model.weight.detach(), there)
        assert model.weight.grad is None
        loss_of(model, hollow).backward()
    torch.testing.assert_close(model.weight.grad, there @ hollow)
    assert torch.equal(model.weight.detach(), before)


def test_weights_are_restored_exactly_even_after_an_error() -> None:
    model, hollow = bowl()
    model.weight.data = torch.tensor([[0.1, 0.7]])
    loss_of(model, hollow).backward()
    before = model.weight.detach().clone()
    with pytest.raises(ZeroDivisionError), perturbed(model, 1e3):
        raise ZeroDivisionError
    assert torch.equal(model.weight.detach(), before)


@pytest.mark.parametrize("gradient", [[0.0, 0.0], [float("nan"), 1.0], [float("inf"), 1.0]])
def test_a_zero_gradient_perturbs_nothing(gradient: list[float]) -> None:
    model, _ = bowl()
    before = model.weight.detach().clone()
    model.weight.grad = torch.tensor([gradient])
    with perturbed(model, 0.5):
        assert torch.equal(model.weight.detach(), before)


def test_a_model_without_gradients_is_unchanged() -> None:
    model, _ = bowl()
    with perturbed(model, 0.5):
        assert model.weight.tolist() == [[3.0, -4.0]]


def test_the_forget_gradient_is_perturbed_and_the_retain_gradient_is_not(
    make_learner: MakeLearner, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One step of plain descent on ½‖W‖² as both losses, of which the gradient is W."""
    settings = {"target": "none", "steps": 1, "rho": 0.5, "rate": 1.0}
    plain = {"optimizer": "sgd", "weight_decay": 0.0, "clip": 0.0, "lr": 1e-2}
    learner = make_learner("npo", strategy=settings, **plain)
    parameters = dict(learner.model.named_parameters())
    trained = [name for name, one in parameters.items() if one.ndim == 2][-2:]
    before = {name: one.detach().clone() for name, one in parameters.items()}

    def energy(count: int) -> Tensor:
        # A mean over the sentences is that of one.
        return count * 0.5 * torch.stack([one.square().sum() for one in parameters.values()]).sum()

    def mask_gradients(_: Learner) -> None:
        for name in parameters.keys() - set(trained):
            parameters[name].grad = None

    method = only(learner)
    monkeypatch.setattr(method, "loss", lambda _, chosen: energy(len(chosen)))
    monkeypatch.setattr(method, "retain_loss", lambda _, batch, __: energy(len(batch["labels"])))
    monkeypatch.setattr(method, "retain_count", lambda batch: len(batch["labels"]))
    monkeypatch.setattr(method, "mask_gradients", mask_gradients)
    apply(learner, forgetting(stream))
    norm = float(torch.stack([before[name].norm() for name in trained]).norm())
    for name, was in before.items():
        gradient = was * (1 + 0.5 / norm) + was if name in trained else torch.zeros_like(was)
        torch.testing.assert_close(parameters[name].detach(), was - 1e-2 * gradient)


def test_erased_sentences_are_counted_twice(make_learner: MakeLearner, stream: Stream) -> None:
    """The step is another one, and the same whatever the batches are cut into."""
    found: dict[tuple[float, int | None], dict[str, Tensor]] = {}
    tokens = {}
    for rho in (0.0, 0.3):
        for size in (None, 3):
            learner = make_learner(
                "npo",
                strategy={"target": "none", "steps": 1, "retain": "none", "rho": rho},
                optimizer="sgd",
                micro_batch_size=size,
                clip=0.0,
                lr=1e-2,
            )
            before = weights(learner.model)
            apply(learner, forgetting(stream, count=2))
            tokens[rho, size] = learner.tokens
            found[rho, size] = {n: w - before[n] for n, w in weights(learner.model).items()}
    assert any(not torch.equal(found[0.0, None][n], found[0.3, None][n]) for n in before)
    for name, moved in found[0.3, None].items():
        torch.testing.assert_close(moved, found[0.3, 3][name], rtol=1e-3, atol=1e-6)
    # The pass that asks for the reference is not repeated.
    assert tokens[0.0, None] < tokens[0.3, None] < 2 * tokens[0.0, None]
