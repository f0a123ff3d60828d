"""Kronecker-factored Laplace, online: penalises changes in directions that earlier facts need.

Ritter, Botev & Barber (2018), "Online structured Laplace approximations for overcoming
catastrophic forgetting", with the factors of Martens & Grosse (2015), "Optimizing
Neural Networks with Kronecker-factored Approximate Curvature":

    L(θ) = L_update(θ) + λ/2 · Σ_l vec(ΔW_l)ᵀ (A_l ⊗ G_l) vec(ΔW_l) + λ/2 · Σ_i F_i Δθ_i²
    vec(ΔW)ᵀ (A ⊗ G) vec(ΔW) = tr(Gᵀ ΔW A ΔWᵀ),     A = E[a aᵀ],  G = E[Σ_t g gᵀ]

The first sum is over linear layers l with inputs a and output gradients g. Every token t counts as
a separate data point (`cltool.strategies.regularisation.common.kronecker`). All other parameters
(embeddings and heads tied to them, gains, biases) use the diagonal F of the Fisher information. Δ
is the distance to the weights after the last update. If a side of a layer is longer than
``widest``, its factor (A or G) keeps only the diagonal. In a wide model the full factors of the
MLPs would be the largest part of what is stored.

The sum of two Kronecker products is not a Kronecker product, so one pair of factors represents
all updates: A is the mean over updates (γ discounts old ones) and G is the sum. This is exact
while the statistics of a layer's inputs do not change. The memory does not grow with the number
of updates. Two settings are not in the paper: γ < 1 reduces old curvature (the paper has γ = 1),
and ``normalise`` divides each update's curvature by the mean of its diagonal, so that one λ suits
all models.

When a fact is erased, the terms of its sentences are computed at the current weights and
subtracted from A, G and F, with the weights that they were added with. Negative eigenvalues are
then set to zero. This is exact for each factor if the weights have not changed since
(`cltool.strategies.regularisation.common.downdate`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from pydantic import Field

from cltool.strategies.regularisation.common.downdate import (
    Part,
    UpdateWeights,
    describe,
    without_negative,
)
from cltool.strategies.regularisation.common.importance import SampledImportanceConfig, Strength
from cltool.strategies.regularisation.common.kronecker import WIDEST, Factors
from cltool.strategies.regularisation.common.penalty import (
    DiagonalPenalty,
    add_quadratic,
    copies,
    displacements,
    prefixed,
    sample_batches,
    unprefixed,
)
from cltool.strategies.regularisation.common.shared_sums import (
    shared_factors,
    shared_squares,
)
from cltool.training.strategy import State, Strategy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

    from cltool.facts.facts import Fact
    from cltool.lm.batches import Batch
    from cltool.training.learner import Learner


class KFACConfig(SampledImportanceConfig):
    """Settings of `kfac`."""

    strength: Strength = 0.01
    widest: int = Field(
        WIDEST,
        ge=0,
        description="longest side of a layer whose factor is a full matrix; the factor of a longer"
        " side keeps only its diagonal",
    )


class KFAC(Strategy[KFACConfig]):
    """A quadratic penalty around the last weights, with Kronecker-factored curvature."""

    def attach(self, learner: Learner) -> None:
        """Compute the curvature of the base knowledge."""
        self._factors: dict[str, Factors] = {}
        self._anchor: dict[str, Tensor] = {}
        self._weight = 0.0
        self._rest = DiagonalPenalty(learner.trainable())
        self._origins = UpdateWeights(len(learner.stream))
        self._ages = UpdateWeights(len(learner.stream))
        self._tokens: dict[str, Tensor] = {}
        self._consolidate(learner, learner.known.valid())

    def after_backward(self, learner: Learner, **kwargs: Any) -> None:
        """Add the gradient of the penalty."""
        strength = self.config.strength
        self._rest.add_gradient(learner, strength)
        moved = displacements(learner, self._anchor)
        products = {name: self._factors[name].apply(step) for name, step in moved.items()}
        add_quadratic(learner, moved, products, strength)

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Add the curvature of the update's facts."""
        self._consolidate(learner, learner.experience.update.learn)

    def erasing_done(self, learner: Learner) -> None:
        """Set the anchor to the weights after the erasing."""
        parameters = learner.trainable()
        self._rest.set_anchor({n: p for n, p in parameters.items() if n in self._rest.anchor})
        self._anchor |= copies({n: p for n, p in parameters.items() if n in self._anchor})

    def penalty(self, learner: Learner) -> Tensor:
        """Return λ/2 · (Σ tr(Gᵀ ΔW A ΔWᵀ) + Σ F Δθ²), a scalar."""
        parameters = learner.trainable()
        total = self._rest.penalty(parameters)
        for name, anchor in self._anchor.items():
            if name in parameters:
                moved = parameters[name] - anchor
                total = total + 0.5 * (moved * self._factors[name].apply(moved)).sum()
        return self.config.strength * total

    def purge(self, learner: Learner, facts: Sequence[Fact]) -> dict[str, str]:
        """Subtract ``facts`` from the factors, and from the diagonal of the other parameters."""

        def squares(batches: Sequence[Batch]) -> Mapping[str, Tensor]:
            names = self._rest.importance
            return shared_squares(learner, batches, names)

        samples = self.config.samples
        done = {}
        if self._factors:
            before = self._trace()
            parts = self._origins.parts(learner, facts, samples)
            for part in parts if self._weight else ():
                self._subtract(learner, part)
            left = self._origins.inseparable(learner, facts)
            done["factors"] = describe(parts, learner, facts, before, self._trace(), left)
        rest = self._rest.importance
        if rest:
            done["diagonal"] = self._origins.down_date(rest, learner, facts, samples, squares)
        return done

    def state_dict(self) -> State:
        """Return factors, diagonal, anchor weights, and the weight of each update."""
        factors = self._factors
        return {
            **prefixed("inputs", {name: held.inputs for name, held in factors.items()}),
            **prefixed("outputs", {name: held.outputs for name, held in factors.items()}),
            **prefixed("origin", self._anchor),
            **self._rest.state_dict(),
            **prefixed("tokens", self._tokens),
            "origins": self._origins.weights,
            "ages": self._ages.weights,
            "by_input": [name for name, held in factors.items() if held.by_input],
            "weight": self._weight,
        }

    def load_state_dict(self, state: State) -> None:
        """Restore what `state_dict` returned."""
        device = next(iter([*self._anchor.values(), *self._rest.anchor.values()])).device
        inputs, outputs, anchor = (
            {name: tensor.to(device) for name, tensor in unprefixed(part, state).items()}
            for part in ("inputs", "outputs", "origin")
        )
        by_input = set(state["by_input"])
        self._factors = {
            name: Factors(inputs[name], outputs[name], name in by_input) for name in inputs
        }
        self._anchor = anchor
        self._weight = float(state["weight"])
        self._tokens = unprefixed("tokens", state)
        self._origins.weights = state["origins"].clone()
        self._ages.weights = state["ages"].clone()
        self._rest.load_state_dict(state)

    def _consolidate(self, learner: Learner, facts: Sequence[Fact]) -> None:
        config = self.config
        parameters = learner.trainable()
        batches = sample_batches(learner, facts, config.samples)
        sentences = sum(len(batch["labels"]) for batch in batches)
        found = shared_factors(learner, batches, config.widest)
        names = [n for n in parameters if n not in found and n not in self._factors]
        sums = shared_squares(learner, batches, names)
        fisher = {name: tensor / max(sentences, 1) for name, tensor in sums.items()}
        scale = 1.0
        if config.normalise:
            total = sum(float(tensor.sum()) for tensor in fisher.values())
            total += sum(factors.trace() for factors in found.values())
            scale = sum(p.numel() for p in parameters.values()) / total if total > 0 else 0.0
        self._merge(found, scale)
        self._record(learner, facts, found, scale / max(sentences, 1))
        self._rest.set_anchor({name: parameters[name] for name in names})
        self._rest.accumulate(fisher, config.decay, scale)
        self._anchor = copies({n: p for n, p in parameters.items() if n in self._factors})

    def _record(
        self, learner: Learner, facts: Sequence[Fact], found: dict[str, Factors], weight: float
    ) -> None:
        """Record the weight of a sentence in G and F, and of a token in A."""
        decay = self.config.decay
        self._ages.record(learner, facts, 1.0, decay)
        if self._origins.record(learner, facts, weight, decay):
            for name, factors in found.items():
                tokens = self._tokens.setdefault(name, torch.zeros(len(learner.stream)))
                tokens[learner.known.step] = factors.tokens

    def _subtract(self, learner: Learner, part: Part) -> None:
        """Apply A ← A − γᵏ Σ a aᵀ / (w n), G ← G − Σ scale · g gᵀ; n: the update's tokens."""
        if not part.count:
            return
        age = float(self._ages.weights[part.step])
        own_factors = shared_factors(learner, part.batches, self.config.widest)
        for name, own in own_factors.items():
            if name not in self._factors or name not in self._tokens:
                continue
            held, tokens = self._factors[name], float(self._tokens[name][part.step])
            share = age * own.tokens / (self._weight * tokens) if tokens else 0.0
            held.inputs = without_negative(held.inputs - share * own.inputs)
            held.outputs = without_negative(held.outputs - part.weight * part.count * own.outputs)

    def _trace(self) -> float:
        return sum(factors.trace() for factors in self._factors.values())

    def _merge(self, found: dict[str, Factors], scale: float) -> None:
        """Apply A ← (γ w A + A_update) / (γ w + 1), G ← γ G + scale · G_update, w ← γ w + 1."""
        decay = self.config.decay
        old = decay * self._weight
        for held in self._factors.values():
            held.outputs *= decay
        for name, new in found.items():
            new.outputs *= scale
            held = self._factors.setdefault(name, new)
            if held is not new:
                held.inputs.mul_(old).add_(new.inputs).div_(old + 1)
                held.outputs += new.outputs
        self._weight = old + bool(found)
