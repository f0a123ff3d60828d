"""Moves each layer only in directions orthogonal to the inputs of earlier facts.

If X are a linear layer's inputs for earlier facts, a step ΔW with ΔW X = 0 does not change its
outputs for them. Two published methods find such steps. With M, a layer's protected directions
(orthonormal columns), both project

    ΔW ← ΔW − ΔW M Mᵀ

``gpm``: Saha, Garg & Roy (2021), "Gradient Projection Memory for Continual Learning", eq.
4-9: the part of the update's inputs that is orthogonal to M is decomposed, and M gains the
leading directions until it covers the share ``energy`` of the inputs' squared norm.
``null_space``: Wang et al. (2021), "Training Networks in Null Space of Feature Covariance for
Continual Learning" (Adam-NSCL), eq. 10-13: the uncentred covariance of all inputs so far is
stored, and all directions are protected except those whose eigenvalue is at most ``ratio`` times
the smallest.

Differences from the papers: the inputs at every token of every sentence are used, through their
second moments, which have the same directions and do not depend on batches. The paper on gpm
projects the gradient of plain SGD; here, as in Adam-NSCL, the optimizer's step is projected,
because AdamW leaves the subspace of its gradient. Parameters outside linear layers (embeddings,
heads tied to them, norms, biases) have no such inputs; they are frozen or left free.

Memory: at most the square of each layer's number of inputs, for any number of updates. A layer
whose M is full learns nothing more. Directions that only superseded or erased facts needed stay
protected, as published: M does not record whose they were. When a fact is erased, ``null_space``
subtracts its inputs, computed at the current weights, from the covariance, and recomputes M. For
a head this is an estimate, because its inputs depend on the other sentences of a batch. An erased
fact cannot be removed from the M of ``gpm``.
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
from cltool.core.plurals import plural
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
        default="gpm", description="how the protected directions are chosen"
    )
    energy: float = Field(
        json_schema_extra=search(0.3, 0.99),
        default=0.7,
        gt=0,
        le=1,
        description="gpm: share of the inputs' squared norm that is protected",
    )
    ratio: float = Field(
        default=10.0,
        ge=1,
        description="null_space: directions with eigenvalues up to this multiple of the smallest"
        " are free",
    )
    others: Literal["frozen", "free"] = Field(
        default="frozen", description="parameters outside linear layers"
    )


class GradientProjection(Strategy[GradientProjectionConfig]):
    """Steps orthogonal to the inputs of earlier facts, layer by layer."""

    # The free directions learn slowly; a higher rate would forget more.
    presets: ClassVar[Mapping[str, Any]] = {"epochs": 24, "stop_at": 0.95}

    def attach(self, learner: Learner) -> None:
        """Protect the directions of the base knowledge.

        Raises:
            UserError: no linear layer is trained.
        """
        self._layers = trained_layers(learner)
        self._bases: dict[str, Tensor] = {}
        self._moments: dict[str, Tensor] = {}
        self._seen = 0
        self._protect(learner, learner.known.valid())
        # A layer without inputs of its own (Mamba reads a weight directly) counts as "others".
        self._layers = {name: self._layers[name] for name in self._bases}
        if not self._layers:
            raise UserError(
                "gradient_projection finds no trained linear layer",
                where="strategy.gradient_projection",
                hint="Compose it with an adapter that consists of linear layers, such as LoRA, "
                "or with no adapter.",
            )
        if self.config.others == "frozen":
            own = {id(layer.weight) for layer in self._layers.values()}
            for parameter in learner.trainable().values():
                parameter.requires_grad_(id(parameter) in own)

    def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Store the weights before the update."""
        self._began = {n: layer.weight.detach().clone() for n, layer in self._layers.items()}

    @torch.no_grad()
    def before_update(self, learner: Learner, **kwargs: Any) -> None:
        """Project the gradients, so that the optimizer's averages contain only free directions."""
        for name, layer in self._layers.items():
            if layer.weight.grad is not None:
                self._project(name, layer.weight.grad)

    @torch.no_grad()
    def after_update(self, learner: Learner, **kwargs: Any) -> None:
        """Project the weights' distance from those before the update."""
        for name, layer in self._layers.items():
            moved = layer.weight - self._began[name]
            layer.weight.copy_(self._began[name] + self._project(name, moved))

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Protect the directions of the update's facts."""
        self._began = {}
        self._protect(learner, learner.experience.update.learn)

    def purge(self, learner: Learner, facts: Sequence[Fact]) -> dict[str, str]:
        """Subtract the facts' inputs from the covariance and recompute the directions."""
        config = self.config
        if config.method == "gpm":
            text = f"{INSEPARABLE}: each direction comes from the inputs of many facts"
            return {"protected directions": text}
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
        text = f"down-dated: subtracted {plural(count, 'token')}, {share:.2%} of all"
        return {"covariance": text, "protected directions": "recomputed: from the covariance"}

    def state_dict(self) -> State:
        """Return the protected directions by layer, and the covariance of null_space."""
        state: State = {f"basis.{name}": basis for name, basis in self._bases.items()}
        state |= {f"moment.{name}": moment for name, moment in self._moments.items()}
        return {**state, "seen": self._seen}

    def load_state_dict(self, state: State) -> None:
        """Restore what `state_dict` returned."""
        for name, layer in self._layers.items():
            self._bases[name] = state[f"basis.{name}"].to(layer.weight.device)
            if name in self._moments:
                self._moments[name] = state[f"moment.{name}"]
        self._seen = int(state["seen"])

    def _project(self, name: str, moved: Tensor) -> Tensor:
        """Remove the protected part of ``moved``, in place."""
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
    """Return the trained linear layers, without a head that shares the embeddings' weight."""
    trained = {id(parameter) for parameter in learner.trainable().values()}
    modules = dict(learner.model.named_modules())
    shared = {id(m.weight) for m in modules.values() if isinstance(m, nn.Embedding)}
    return {
        # A Conv1D is a linear layer with a transposed weight.
        name: cast(nn.Linear, module)
        for name, module in modules.items()
        if isinstance(module, nn.Linear | Conv1D) and id(module.weight) in trained - shared
    }


@torch.no_grad()
def second_moments(
    learner: Learner, layers: dict[str, nn.Linear], facts: Sequence[Fact]
) -> tuple[dict[str, Tensor], int]:
    """Return layer → Σ x xᵀ over its inputs x at every token of ``facts``, and their number.

    The sums are float64 on the CPU.
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
    """Add the outer products of the layers' inputs, without padding, to ``sums``.

    Yields:
        A list, into which the caller puts the batch's mask, (batch, length).
    """
    masks: list[Tensor] = []

    def adder(name: str) -> Any:
        def add(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            value, mask = inputs[0], masks[0]
            if value.ndim == 3:
                # A head may get only the last positions.
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
    """Return ``basis`` with leading directions added, until it covers ``energy`` of ``moment``.

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
    """Return the eigenvectors of ``moment`` with eigenvalues over ``ratio`` × the smallest."""
    values, vectors = torch.linalg.eigh(moment)
    values = values.clamp(min=values[-1] * torch.finfo(torch.float32).eps)
    strong: Tensor = vectors[:, values > ratio * values[0]]
    return strong
