"""Moves each layer only in directions in which the inputs of earlier facts do not lie.

A linear layer whose inputs X are earlier facts' does to them what it did, wherever its weight
moves by a ΔW with ΔW X = 0. Two published ways to find such steps, M being a layer's
protected directions (orthonormal columns):

    ΔW ← ΔW − ΔW M Mᵀ

``gpm``: Saha, Garg & Roy (2021), "Gradient Projection Memory for Continual Learning", eq.
4-9: the update's inputs without what M already holds are decomposed, and M gains the leading
directions until it holds the share ``energy`` of what their squares add up to.
``null_space``: Wang et al. (2021), "Training Networks in Null Space of Feature Covariance for
Continual Learning" (Adam-NSCL), eq. 10-13: the uncentred covariance of all inputs so far is
kept, and everything is protected but the directions whose eigenvalue is at most ``ratio``
times the smallest.

Differences: all inputs are taken, at every token of every sentence, through their second
moments, which have the same directions and do not depend on batches; gpm's paper projects
the gradient of plain SGD, while here, as in Adam-NSCL, it is what the optimizer did that is
projected, for AdamW leaves the subspace that its gradient lies in. What is no linear layer
(embeddings, and a head tied to them, norms, biases) has no such inputs: it is frozen, or
left free.

Memory: at most the square of each layer's inputs, however many updates. A layer whose M is
full learns nothing more. Directions that only superseded or erased facts needed stay
protected, as published: M says nothing of whose they were. Of an erased fact, ``null_space``
takes the inputs out of the covariance again, as they are at the present weights, and finds M
anew from what is left; a head is given what a batch has in common, so there it is an estimate;
of gpm's M none can be told apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, Literal, cast

import torch
from pydantic import Field
from torch import nn
from transformers.pytorch_utils import Conv1D

from cltool.core.errors import UserError
from cltool.lm.batches import by_length
from cltool.strategies.regularisation.common.downdate import without_negative
from cltool.training.search_space import search
from cltool.training.strategy import INSEPARABLE, State, Strategy, StrategyConfig

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import Tensor

    from cltool.facts.facts import Fact
    from cltool.training.learner import Learner


class GradientProjectionConfig(StrategyConfig):
    """Settings of `gradient_projection`."""

    method: Literal["gpm", "null_space"] = Field(
        default="gpm", description="how protected directions are chosen: gpm or null_space"
    )
    energy: float = Field(
        json_schema_extra=search(0.3, 0.99),
        default=0.7,
        gt=0,
        le=1,
        description="gpm: share of the squared inputs that is protected",
    )
    ratio: float = Field(
        default=10.0,
        ge=1,
        description="null_space: free are eigenvalues up to so many times the smallest",
    )
    others: Literal["frozen", "free"] = Field(
        default="frozen", description="what is no linear layer: frozen or free"
    )


class GradientProjection(Strategy[GradientProjectionConfig]):
    """Steps orthogonal to the inputs of earlier facts, layer by layer."""

    # What is left to move learns slowly; a higher rate would cost more of what is kept.
    presets: ClassVar[Mapping[str, Any]] = {"epochs": 24, "stop_at": 0.95}

    def attach(self, learner: Learner) -> None:
        """Protect the base knowledge.

        Raises:
            UserError: no linear layer is trained.
        """
        self._layers = trained_layers(learner)
        self._bases: dict[str, Tensor] = {}
        self._moments: dict[str, Tensor] = {}
        self._seen = 0
        self._protect(learner, learner.known.valid())
        # What has no inputs of its own (a Mamba uses the weight of one) counts with the others.
        self._layers = {name: self._layers[name] for name in self._bases}
        if not self._layers:
            raise UserError(
                "gradient_projection finds no linear layer that is trained",
                where="strategy.gradient_projection",
                hint="Compose it with an adapter that is made of linear layers, as LoRA is, "
                "or with none.",
            )
        if self.config.others == "frozen":
            own = {id(layer.weight) for layer in self._layers.values()}
            for parameter in learner.trainable().values():
                parameter.requires_grad_(id(parameter) in own)

    def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Note where the update begins."""
        self._began = {n: layer.weight.detach().clone() for n, layer in self._layers.items()}

    @torch.no_grad()
    def before_update(self, learner: Learner, **kwargs: Any) -> None:
        """Project the gradients, so that the optimizer's averages are of what can be moved."""
        for name, layer in self._layers.items():
            if layer.weight.grad is not None:
                self._project(name, layer.weight.grad)

    @torch.no_grad()
    def after_update(self, learner: Learner, **kwargs: Any) -> None:
        """Project how far the weights are from where the update began."""
        for name, layer in self._layers.items():
            moved = layer.weight - self._began[name]
            layer.weight.copy_(self._began[name] + self._project(name, moved))

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Protect what the update taught."""
        self._began = {}
        self._protect(learner, learner.experience.update.learn)

    def purge(self, learner: Learner, facts: Sequence[Fact]) -> dict[str, str]:
        """Take the facts' inputs out of null_space's covariance, and find what it protects anew."""
        config = self.config
        if config.method == "gpm":
            told = f"{INSEPARABLE}: many facts' inputs lie in a direction, and none alone"
            return {"protected directions": told}
        sums, count = second_moments(learner, self._layers, facts)
        if not 0 < count < self._seen:
            return {}
        left = self._seen - count
        for name, moment in sums.items():
            held = without_negative((self._moments[name] * self._seen - moment) / left)
            basis = strong_directions(held, config.ratio)
            device = self._layers[name].weight.device
            self._moments[name] = held
            self._bases[name] = basis.to(device, torch.float32).contiguous()
        share = count / self._seen
        self._seen = left
        told = f"down-dated: {count} tokens are taken out, {share:.2%} of what it was taken over"
        return {"covariance": told, "protected directions": "recomputed: from the covariance"}

    def state_dict(self) -> State:
        """Protected directions by layer, and null_space's covariance."""
        state: State = {f"basis.{name}": basis for name, basis in self._bases.items()}
        state |= {f"moment.{name}": moment for name, moment in self._moments.items()}
        return {**state, "seen": self._seen}

    def load_state_dict(self, state: State) -> None:
        """Take them back."""
        for name, layer in self._layers.items():
            self._bases[name] = state[f"basis.{name}"].to(layer.weight.device)
            if name in self._moments:
                self._moments[name] = state[f"moment.{name}"]
        self._seen = int(state["seen"])

    def _project(self, name: str, moved: Tensor) -> Tensor:
        """``moved`` without its protected part, in place."""
        basis = self._bases[name]
        if isinstance(self._layers[name], Conv1D):
            return moved.sub_(basis @ (basis.T @ moved))
        return moved.sub_((moved @ basis) @ basis.T)

    def _protect(self, learner: Learner, facts: Sequence[Fact]) -> None:
        config = self.config
        moments, count = second_moments(learner, self._layers, facts)
        for name, moment in moments.items():
            device = self._layers[name].weight.device
            if config.method == "gpm":
                basis = self._bases.get(name, moment.new_zeros(len(moment), 0))
                basis = more_directions(basis.to(moment), moment, config.energy)
            else:
                if name in self._moments:
                    moment = (self._moments[name] * self._seen + moment) / (self._seen + count)
                else:
                    moment = moment / count
                self._moments[name] = moment
                basis = strong_directions(moment, config.ratio)
            self._bases[name] = basis.to(device, torch.float32).contiguous()
        self._seen += count


def trained_layers(learner: Learner) -> dict[str, nn.Linear]:
    """The linear layers that are trained, but for a head that shares the embeddings' weight."""
    trained = {id(parameter) for parameter in learner.trainable().values()}
    modules = dict(learner.model.named_modules())
    shared = {id(m.weight) for m in modules.values() if isinstance(m, nn.Embedding)}
    return {
        # A Conv1D is a linear layer that holds its weight the other way round.
        name: cast(nn.Linear, module)
        for name, module in modules.items()
        if isinstance(module, nn.Linear | Conv1D) and id(module.weight) in trained - shared
    }


@torch.no_grad()
def second_moments(
    learner: Learner, layers: dict[str, nn.Linear], facts: Sequence[Fact]
) -> tuple[dict[str, Tensor], int]:
    """Layer → Σ x xᵀ over its inputs x at every token of ``facts``, float64 on the CPU.

    Beside it, over how many tokens.
    """
    sums: dict[str, Tensor] = {}
    examples = learner.examples(facts)
    learner.model.eval()
    with _inputs_added(layers, sums) as masks:
        for indices in by_length([len(example) for example in examples], 64):
            batch = learner.collate([examples[index] for index in indices])
            masks[:] = [batch["attention_mask"].bool().to(learner.device)]
            learner.score(batch)
    return sums, sum(map(len, examples))


@contextmanager
def _inputs_added(layers: dict[str, nn.Linear], sums: dict[str, Tensor]) -> Iterator[list[Tensor]]:
    """Add the outer products of the layers' inputs to ``sums``, but for those of padding.

    Yields a list that must hold the batch's mask, (batch, length).
    """
    masks: list[Tensor] = []

    def adder(name: str) -> Any:
        def add(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            value, mask = inputs[0], masks[0]
            if value.ndim == 3:
                # A head may be given the last positions only.
                value = value[mask[:, -value.shape[1] :]]
            elif len(value) == mask.numel():
                value = value[mask.flatten()]
            rows = value.flatten(0, -2).cpu().double()
            product = rows.T @ rows
            sums[name] = sums[name] + product if name in sums else product

        return add

    handles = [m.register_forward_pre_hook(adder(name)) for name, m in layers.items()]
    try:
        yield masks
    finally:
        for handle in handles:
            handle.remove()


def more_directions(basis: Tensor, moment: Tensor, energy: float) -> Tensor:
    """``basis`` and the leading directions that make it hold ``energy`` of ``moment``.

    Args:
        basis: (inputs, protected), orthonormal columns.
        moment: (inputs, inputs), the new inputs' Σ x xᵀ.
        energy: share of the trace.
    """
    free = torch.eye(len(moment), dtype=moment.dtype) - basis @ basis.T
    values, vectors = torch.linalg.eigh(free @ moment @ free)
    room = len(moment) - basis.shape[1]
    values, vectors = values.flip(0)[:room].clamp(min=0), vectors.flip(1)[:, :room]
    missing = energy * moment.trace() - (moment.trace() - values.sum())
    before = values.cumsum(0) - values
    return torch.cat([basis, vectors[:, (before < missing) & (values > 0)]], dim=1)


def strong_directions(moment: Tensor, ratio: float) -> Tensor:
    """Eigenvectors of ``moment`` whose eigenvalue is over ``ratio`` times the smallest."""
    values, vectors = torch.linalg.eigh(moment)
    values = values.clamp(min=values[-1] * torch.finfo(torch.float32).eps)
    strong: Tensor = vectors[:, values > ratio * values[0]]
    return strong
