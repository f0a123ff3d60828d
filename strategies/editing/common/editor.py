"""Writes facts into output projections in closed form: keys, residuals, least squares.

A block's MLP ends in h ← h + W k. As a linear memory, W maps the key k of a token to the vector
that the MLP adds at this token. An edit changes the outputs at the keys of some tokens, and
changes the outputs at others as little as possible (Meng et al. 2023, "Mass-editing memory in a
transformer"):

    min over Δ of  Σ_i ‖Δ k_i − r_i‖² + tr(Δ H Δᵀ)      ⇒      Δ = (Σ r_i k_iᵀ) (H + Σ k_i k_iᵀ)⁻¹

The keys are those of every token that predicts a token of the object or the end token. So the
whole object is written, and greedy decoding produces it token by token.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import torch
from pydantic import Field
from torch import Tensor, nn

from cltool.lm.batches import IGNORED, Batch, collate
from cltool.lm.layers import Projection, blocks, hidden, numbers, output_projection, with_hidden
from cltool.lm.precision import refuse_rounding
from cltool.lm.scoring import Scored

if TYPE_CHECKING:
    from cltool.facts.facts import Fact
    from cltool.training.learner import Learner

Score = Callable[[Batch], Scored]

Layers = Annotated[
    list[int],
    Field(description="numbers of the edited blocks, negative from the last; empty: the last four"),
]
Rounds = Annotated[int, Field(ge=1, description="most solves per update")]
Steps = Annotated[int, Field(ge=1, description="gradient steps for δ per round")]
Rate = Annotated[float, Field(gt=0, description="length of these steps")]
Damping = Annotated[
    float, Field(gt=0, le=1, description="share of each round's solution that is applied")
]


def predicting(batch: Batch) -> Tensor:
    """Return (batch, length), bool: the tokens that precede a learned token."""
    found = torch.zeros_like(batch["labels"], dtype=torch.bool)
    found[:, :-1] = batch["labels"][:, 1:] != IGNORED
    return found


def sentence_batches(learner: Learner, facts: Sequence[Fact]) -> list[Batch]:
    """Return all trained wordings of ``facts``, sorted by length, in batches."""
    examples = sorted(learner.examples(facts), key=len)
    size, pad = learner.settings.batch_size, learner.lm.coder.pad
    return [collate(examples[n : n + size], pad) for n in range(0, len(examples), size)]


@dataclass(frozen=True, slots=True)
class Plan:
    """How an update is solved.

    Attributes:
        rounds: most solves.
        steps: gradient steps per round for the target states.
        rate: length of these steps.
        damping: share of each solution that is applied.
        stop_at: stop when this share of the sentences is completed correctly.
    """

    rounds: int
    steps: int
    rate: float
    damping: float
    stop_at: float


@dataclass
class Targets:
    """Target outputs of the last edited block.

    Attributes:
        states: for each batch, (predicting tokens, width).
        correct: number of sentences that the model completes correctly without the change.
    """

    states: list[Tensor]
    correct: int


class Editor:
    """Edits the output projections of some blocks of a model.

    Args:
        model: a causal LM.
        score: its forward pass.
        layers: the numbers of the blocks; empty: the last four.
        where: name of the setting, for error messages.

    Attributes:
        projections: the output projections of the edited blocks, first to last.

    Raises:
        UserError: there is no such block, it has no ordinary MLP, or its weights are not float32.
    """

    def __init__(self, model: nn.Module, score: Score, layers: Sequence[int], where: str) -> None:
        found = blocks(model)
        self.layers = numbers(layers, len(found), where) or [*range(len(found))][-4:]
        self.projections = [output_projection(found[number]) for number in self.layers]
        refuse_rounding((one.weight for one in self.projections), "editing")
        self._last = found[self.layers[-1]]
        self._score = score

    @torch.no_grad()
    def moments(self, batches: Sequence[Batch]) -> list[Tensor]:
        """Return Σ k kᵀ over predicting tokens, float64 (inner, inner) for each projection."""
        sums = [_zeros(projection, square=True) for projection in self.projections]
        for batch in batches:
            with self._watched() as (keys, _):
                self._score(batch)
            for total, key in zip(sums, keys, strict=True):
                total += _second_moment(key[_flat(batch, key)])
        return sums

    def targets(self, batches: Sequence[Batch], steps: int, rate: float) -> Targets:
        """Return states after the last edited block that make the learned tokens more probable.

        Each token's δ starts at 0 and follows the negative gradient of its sentence's cross
        entropy, scaled by the mean square of the token's hidden state. Tokens that are already
        predicted with certainty have a gradient near 0 and do not change.

        Args:
            batches: sentences.
            steps: number of gradient steps.
            rate: length of the steps.
        """
        states, correct = [], 0
        for batch in batches:
            tokens = predicting(batch).to(self._device)
            held = delta = torch.zeros((), device=self._device)
            for step in range(steps):
                with self._watched((tokens, delta)) as (_, out):
                    scored = self._score(batch)
                grad = torch.autograd.grad(scored.loss_sum(), out[1])[0][tokens].float()
                held = out[0].detach()[tokens].float()
                if step == 0:
                    correct += int(scored.hits().sum())
                delta = delta - rate * held.pow(2).mean(dim=1, keepdim=True) * grad
            states.append((held + delta).cpu())
        return Targets(states, correct)

    @torch.no_grad()
    def products(
        self, index: int, batches: Sequence[Batch], targets: Targets
    ) -> tuple[Tensor, Tensor]:
        """Return Σ r kᵀ and Σ k kᵀ for one projection; r is its share of the residual.

        Meng et al. (2023), eq. 20: r = (z − h) / (number of edited blocks from this one on).
        """
        projection = self.projections[index]
        cross, square = _zeros(projection), _zeros(projection, square=True)
        for batch, target in zip(batches, targets.states, strict=True):
            with self._watched() as (keys, out):
                self._score(batch)
            key = keys[index][_flat(batch, keys[index])].float()
            residual = target.to(self._device) - out[0][predicting(batch).to(self._device)].float()
            residual = residual / (len(self.projections) - index)
            cross += (residual.T @ key).double().cpu()
            square += _second_moment(key)
        return cross, square

    def edit(
        self,
        batches: Sequence[Batch],
        plan: Plan,
        hold: Sequence[Tensor],
        bases: Sequence[Tensor | None],
        left: Callable[[], int | None],
    ) -> None:
        """Solve in rounds, until ``batches`` are completed correctly or the budget is spent.

        Args:
            batches: sentences to write.
            plan: how to solve.
            hold: H of each projection.
            bases: basis of the space in which each projection may change; None: no limit.
            left: returns the tokens that may still be spent; None: no limit.
        """
        sentences = sum(len(batch["labels"]) for batch in batches)
        # Each projection is solved for with one more forward pass.
        passes = plan.steps + len(self.projections)
        cost = passes * sum(int(batch["attention_mask"].sum()) for batch in batches)
        done = [_zeros(projection) for projection in self.projections]
        for _ in range(plan.rounds):
            most = left()
            if most is not None and most < cost:
                break
            targets = self.targets(batches, plan.steps, plan.rate)
            if targets.correct >= plan.stop_at * sentences:
                break
            for index, projection in enumerate(self.projections):
                cross, square = self.products(index, batches, targets)
                change = solve(cross, square, hold[index], done[index], bases[index])
                if not bool(change.isfinite().all()):
                    # Keeps the result of the last round instead of weights that are not finite.
                    return
                projection.add(plan.damping * change)
                done[index] += plan.damping * change

    @property
    def _device(self) -> torch.device:
        return self.projections[0].weight.device

    @contextmanager
    def _watched(
        self, shift: tuple[Tensor, Tensor] | None = None
    ) -> Iterator[tuple[list[Tensor], list[Tensor]]]:
        """Collect the keys of the edited blocks, and the output of the last one.

        With ``shift``, (tokens, δ), δ is added to this output at these tokens. The second list
        then has the hidden states without δ, and those with δ, which are differentiable.
        """
        keys: list[Tensor] = []
        out: list[Tensor] = []

        def keep_key(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            keys.append(inputs[0].detach())

        def shift_output(module: nn.Module, inputs: object, output: Tensor) -> object:
            states = hidden(output)
            out.append(states)
            if shift is None:
                return None
            tokens, delta = shift
            change = torch.zeros_like(states)
            change[tokens] = delta.to(states)
            out.append((states.detach() + change).requires_grad_())
            return with_hidden(output, out[1])

        handles = [p.module.register_forward_pre_hook(keep_key) for p in self.projections]
        handles.append(self._last.register_forward_hook(shift_output))
        try:
            yield keys, out
        finally:
            for handle in handles:
                handle.remove()


def solve(
    cross: Tensor, square: Tensor, hold: Tensor, done: Tensor, basis: Tensor | None = None
) -> Tensor:
    """Return the change X that brings an edit to the least-squares optimum of its total change.

    min over X of Σ ‖X k − r‖² + tr((D + X) H (D + X)ᵀ), with D the change of the edit so far:
    X = (Σ r kᵀ − D H) (H + Σ k kᵀ)⁻¹. With a ``basis``, the total change is in its span.

    Args:
        cross: Σ r kᵀ, (out, in).
        square: Σ k kᵀ, (in, in).
        hold: H, (in, in).
        done: D, (out, in).
        basis: (in, dimensions), orthonormal columns.
    """
    if basis is not None:
        square, hold = basis.T @ square @ basis, basis.T @ hold @ basis
        cross, done = cross @ basis, done @ basis
    change: Tensor = torch.linalg.solve(hold + square, (cross - done @ hold).T).T
    return change if basis is None else change @ basis.T


def null_basis(moment: Tensor, share: float) -> Tensor:
    """Return the smallest eigenvectors of ``moment`` that hold at most ``share`` of its trace.

    Returns:
        (size, dimensions), orthonormal columns.
    """
    values, vectors = torch.linalg.eigh(moment)
    values = values.clamp(min=0.0)
    basis: Tensor = vectors[:, values.cumsum(0) <= share * values.sum()]
    return basis


def _second_moment(rows: Tensor) -> Tensor:
    """Return Σ x xᵀ over ``rows``; float64, so that rounding does not make it indefinite."""
    rows = rows.detach().cpu().double()
    return rows.T @ rows


def _zeros(projection: Projection, *, square: bool = False) -> Tensor:
    out, inner = projection.weight.shape
    return torch.zeros(inner if square else out, inner, dtype=torch.float64)


def _flat(batch: Batch, key: Tensor) -> Tensor:
    """Return the predicting tokens, as a mask over all axes of a key but the last."""
    return predicting(batch).view(key.shape[:-1]).to(key.device)
