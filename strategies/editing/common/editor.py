"""Facts written into output projections in closed form: keys, residuals, least squares.

A block's MLP ends in h ← h + W k. Seen as a linear memory, W maps the key k of a token to
what the MLP adds at it. An edit wants other outputs at the keys of some tokens, and as little
change as can be at others (Meng et al. 2023, "Mass-editing memory in a transformer"):

    min over Δ of  Σ_i ‖Δ k_i − r_i‖² + tr(Δ H Δᵀ)      ⇒      Δ = (Σ r_i k_iᵀ) (H + Σ k_i k_iᵀ)⁻¹

Keys are taken at every token of a sentence that predicts a token of the object or the end:
so the whole object is written, and free decoding reads it token by token.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from cltool.lm.batches import IGNORED, Batch
from cltool.lm.layers import Projection, blocks, hidden, numbers, output_projection, with_hidden
from cltool.lm.scoring import Scored

Score = Callable[[Batch], Scored]


def predicting(batch: Batch) -> Tensor:
    """(batch, length), bool: the tokens after which a learned token comes."""
    found = torch.zeros_like(batch["labels"], dtype=torch.bool)
    found[:, :-1] = batch["labels"][:, 1:] != IGNORED
    return found


@dataclass(frozen=True, slots=True)
class Plan:
    """How an update is solved for.

    Attributes:
        rounds: most solves.
        steps: gradient steps for what is wanted, in a round.
        rate: length of these steps.
        damping: share of each solution that is taken.
        stop_at: stop when this share of the sentences is completed right.
    """

    rounds: int
    steps: int
    rate: float
    damping: float
    stop_at: float


@dataclass
class Wanted:
    """What the last edited block should give.

    Attributes:
        states: for each batch, (predicting tokens, width).
        right: how many sentences the model completed right before.
    """

    states: list[Tensor]
    right: int


class Editor:
    """Writes into the output projections of some blocks of a model.

    Args:
        model: a causal LM.
        score: its forward pass.
        layers: the blocks' numbers; none: the last four.
        where: the setting that names them, for errors.

    Attributes:
        projections: of the edited blocks, first to last.

    Raises:
        UserError: there is no such block, or it has no MLP of the plain kind.
    """

    def __init__(self, model: nn.Module, score: Score, layers: Sequence[int], where: str) -> None:
        found = blocks(model)
        self.layers = numbers(layers, len(found), where) or [*range(len(found))][-4:]
        self.projections = [output_projection(found[number]) for number in self.layers]
        self._last = found[self.layers[-1]]
        self._score = score

    @torch.no_grad()
    def moments(self, batches: Sequence[Batch]) -> list[Tensor]:
        """Σ k kᵀ over the predicting tokens, (inner, inner) for each projection, float64."""
        sums = [_zeros(projection, square=True) for projection in self.projections]
        for batch in batches:
            with self._watched() as (keys, _):
                self._score(batch)
            for total, key in zip(sums, keys, strict=True):
                total += _second_moment(key[_flat(batch, key)])
        return sums

    def wanted(self, batches: Sequence[Batch], steps: int, rate: float) -> Wanted:
        """Hidden states after the last edited block at which the learned tokens are likelier.

        Each token's δ goes down the gradient of its own sentence's cross entropy from δ = 0,
        measured in root mean squares of the token's hidden state. What is predicted surely
        has a gradient near 0 and stays as it is.

        Args:
            batches: sentences.
            steps: gradient steps.
            rate: their length.
        """
        states, right = [], 0
        for batch in batches:
            tokens = predicting(batch).to(self._device)
            held = delta = torch.zeros((), device=self._device)
            for step in range(steps):
                with self._watched((tokens, delta)) as (_, out):
                    scored = self._score(batch)
                grad = torch.autograd.grad(scored.loss_sum(), out[1])[0][tokens].float()
                held = out[0].detach()[tokens].float()
                if step == 0:
                    right += int(scored.hits().sum())
                delta = delta - rate * held.pow(2).mean(dim=1, keepdim=True) * grad
            states.append((held + delta).cpu())
        return Wanted(states, right)

    @torch.no_grad()
    def demands(
        self, place: int, batches: Sequence[Batch], wanted: Wanted
    ) -> tuple[Tensor, Tensor]:
        """Σ r kᵀ and Σ k kᵀ for one projection; r is its share of what is still missing.

        Meng et al. (2023), eq. 20: r = (z − h) / (number of edited blocks from this one on).
        """
        projection = self.projections[place]
        cross, square = _zeros(projection), _zeros(projection, square=True)
        for batch, target in zip(batches, wanted.states, strict=True):
            with self._watched() as (keys, out):
                self._score(batch)
            key = keys[place][_flat(batch, keys[place])].float()
            missing = target.to(self._device) - out[0][predicting(batch).to(self._device)].float()
            missing = missing / (len(self.projections) - place)
            cross += (missing.T @ key).double().cpu()
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
        """Solve round by round, until ``batches`` are said right or the budget is spent.

        Args:
            batches: sentences to write.
            plan: how many rounds, and how they find what is wanted.
            hold: H of each projection.
            bases: of the space in which each projection may change; None: anywhere.
            left: tokens that may still be spent; None: any number.
        """
        sentences = sum(len(batch["labels"]) for batch in batches)
        cost = plan.steps * sum(int(batch["attention_mask"].sum()) for batch in batches)
        done = [_zeros(projection) for projection in self.projections]
        for _ in range(plan.rounds):
            most = left()
            if most is not None and most < cost:
                break
            wanted = self.wanted(batches, plan.steps, plan.rate)
            if wanted.right >= plan.stop_at * sentences:
                break
            for place, projection in enumerate(self.projections):
                cross, square = self.demands(place, batches, wanted)
                change = solve(cross, square, hold[place], done[place], bases[place])
                if not bool(change.isfinite().all()):
                    # Better what the last round reached than weights that are no numbers.
                    return
                projection.add(plan.damping * change)
                done[place] += plan.damping * change

    @property
    def _device(self) -> torch.device:
        return self.projections[0].weight.device

    @contextmanager
    def _watched(
        self, shift: tuple[Tensor, Tensor] | None = None
    ) -> Iterator[tuple[list[Tensor], list[Tensor]]]:
        """Catch the keys of the edited blocks, and what the last of them gives.

        With ``shift``, a δ is added to that at some tokens; then the second list holds the
        hidden states without it, and those with it, of which gradients can be taken.
        """
        keys: list[Tensor] = []
        out: list[Tensor] = []

        def catch(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            keys.append(inputs[0].detach())

        def give(module: nn.Module, inputs: object, output: Tensor) -> object:
            states = hidden(output)
            out.append(states)
            if shift is None:
                return None
            tokens, delta = shift
            change = torch.zeros_like(states)
            change[tokens] = delta.to(states)
            out.append((states.detach() + change).requires_grad_())
            return with_hidden(output, out[1])

        handles = [p.module.register_forward_pre_hook(catch) for p in self.projections]
        handles.append(self._last.register_forward_hook(give))
        try:
            yield keys, out
        finally:
            for handle in handles:
                handle.remove()


def solve(
    cross: Tensor, square: Tensor, hold: Tensor, done: Tensor, basis: Tensor | None = None
) -> Tensor:
    """The change X that brings an edit to the least-squares optimum of its whole change.

    min over X of Σ ‖X k − r‖² + tr((D + X) H (D + X)ᵀ), with D what the edit has changed so
    far: X = (Σ r kᵀ − D H) (H + Σ k kᵀ)⁻¹. With a ``basis`` both are sought in its span.

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
    """The directions in which ``moment`` is smallest, as many as hold ``share`` of its trace.

    Returns:
        (size, dimensions), orthonormal columns.
    """
    values, vectors = torch.linalg.eigh(moment)
    values = values.clamp(min=0.0)
    basis: Tensor = vectors[:, values.cumsum(0) <= share * values.sum()]
    return basis


def _second_moment(rows: Tensor) -> Tensor:
    """Σ x xᵀ over ``rows``, (size, size): in float64, for rounding must not make it indefinite."""
    rows = rows.detach().cpu().double()
    return rows.T @ rows


def _zeros(projection: Projection, *, square: bool = False) -> Tensor:
    out, inner = projection.weight.shape
    return torch.zeros(inner if square else out, inner, dtype=torch.float64)


def _flat(batch: Batch, key: Tensor) -> Tensor:
    """The predicting tokens, as a mask over all of a key's axes but the last."""
    return predicting(batch).view(key.shape[:-1]).to(key.device)
