"""Patches: neurons beside the MLPs of some blocks, what they read and add, and their removal.

At block l they add Σ_i a_i(n) v_i to the output of the block's feed-forward part, where n is what
that part reads (`Gates` defines a). The model's own weights stay as they are until `fold`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn.functional import relu

from cltool.lm.batches import by_length, collate, split
from cltool.lm.feed_forward import FeedForward, Neurons, can_widen, feed_forward, widen
from cltool.lm.layers import blocks, hidden, with_hidden
from cltool.strategies.editing.common.gates import Gates, no_gates

if TYPE_CHECKING:
    from cltool.lm.coder import Encoded
    from cltool.training.learner import Learner
    from cltool.training.strategy import State


class Patches:
    """The neurons at some blocks of a learner's model.

    Args:
        learner: its model gets them.
        layers: numbers of the blocks.

    Attributes:
        gates: the gates at each block.
        values: what the neurons add at each block, (neurons, width).

    Raises:
        UserError: a block has no feed-forward part.
    """

    def __init__(self, learner: Learner, layers: Sequence[int]) -> None:
        width, device = learner.lm.width, learner.device
        self._layers = layers
        self._none = torch.zeros(0, width, device=device)
        self._watched: list[tuple[Tensor, Tensor]] | None = None
        self._held: list[list[Tensor]] = []
        self.gates: list[Gates] = [no_gates(width, device) for _ in layers]
        self.values: list[Tensor] = [self._none for _ in layers]
        found = blocks(learner.model)
        for place, part in enumerate([feed_forward(found[number]) for number in layers]):
            self._put_beside(place, part)

    def keep(self, numbers: list[int]) -> None:
        """Keep only the neurons with these numbers, at every block."""
        self.gates = [gates.kept(numbers) for gates in self.gates]
        self.values = [values[numbers] for values in self.values]

    def fold(self, model: nn.Module) -> bool:
        """Write the neurons into the MLPs of ``model`` and keep none; False if it cannot be."""
        if not can_widen(model):
            return False
        neurons = {
            number: Neurons(gates.rows, gates.constants, values / gates.sharpness[:, None])
            for number, gates, values in zip(self._layers, self.gates, self.values, strict=True)
        }
        self.keep([])
        widen(model, neurons)
        return True

    def state_dict(self) -> State:
        """Return the neurons."""
        state: State = {}
        for number, gates, values in zip(self._layers, self.gates, self.values, strict=True):
            state[f"directions.{number}"] = gates.directions
            state[f"sharpness.{number}"] = gates.sharpness
            state[f"constants.{number}"] = gates.constants
            state[f"values.{number}"] = values
        return state

    def load_state_dict(self, state: State) -> None:
        """Restore what `state_dict` returned."""
        for place, number in enumerate(self._layers):
            directions, sharpness, constants, values = (
                state[f"{name}.{number}"].to(self._none)
                for name in ("directions", "sharpness", "constants", "values")
            )
            self.gates[place] = Gates(directions, sharpness, constants)
            self.values[place] = values

    def drop(self) -> None:
        """Let go of the states of a forward pass that did not end."""
        for one in self._held:
            one.clear()
        self._watched = None

    @torch.no_grad()
    def watch(
        self, learner: Learner, examples: Sequence[Encoded], *, outputs: bool = False
    ) -> list[tuple[Tensor, Tensor]]:
        """Return, for each block, what neurons read and what they would add to: (tokens, width).

        They are those at every token of ``examples``, in their order.

        Args:
            learner: its model reads the examples.
            examples: what it reads.
            outputs: whether the second is wanted; otherwise it is empty. It is without what the
                neurons add there.
        """
        mode = learner.model.training
        learner.model.eval()
        found: dict[int, list[list[Tensor]]] = {}
        try:
            for chosen in by_length([len(one) for one in examples], learner.settings.batch_size):
                rows = self._rows(learner, [examples[number] for number in chosen], outputs)
                found |= zip(chosen, rows, strict=True)
        finally:
            self.drop()
            learner.model.train(mode)
        ordered = [found[number] for number in range(len(examples))]

        def joined(place: int, which: int) -> Tensor:
            parts = [one[place][which] for one in ordered if which == 0 or outputs]
            return torch.cat([self._none, *parts])

        return [(joined(place, 0), joined(place, 1)) for place in range(len(self._layers))]

    def _rows(
        self, learner: Learner, examples: Sequence[Encoded], outputs: bool
    ) -> list[list[list[Tensor]]]:
        """Return, for each example and each block, what was read and, if wanted, added to."""
        batch, spent = collate(examples, learner.lm.coder.pad), learner.tokens

        def attempt(size: int) -> list[list[list[Tensor]]]:
            # What an attempt that ran out of memory left behind does not count.
            learner.tokens = spent
            made: list[list[list[Tensor]]] = []
            for part in split(batch, size):
                self.drop()
                self._watched = []
                learner.score(part)
                rows = len(part["labels"])
                # Some models pass all tokens of a batch in one row.
                seen = [
                    [one.view(rows, -1, one.shape[-1]) for one in two[: 1 + outputs]]
                    for two in self._watched
                ]
                for row in range(rows):
                    length = len(examples[len(made)])
                    made.append([[one[row, :length].clone() for one in two] for two in seen])
            return made

        return learner.forward_size.run(attempt)

    def _put_beside(self, place: int, part: FeedForward) -> None:
        """Let the neurons at one block read what its feed-forward part reads, and add to it."""
        held: list[Tensor] = []
        self._held.append(held)
        activation: Callable[[Tensor], Tensor] = relu
        multiplied = False
        if part.mlp is not None:
            activation, multiplied = part.mlp.activation, part.mlp.up is not None

        def read(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            held[:] = [args[0] if args else kwargs["hidden_states"]]

        def add(module: nn.Module, args: object, output: Tensor) -> object:
            states, given = held.pop(), hidden(output)
            if self._watched is not None:
                self._watched.append((states.detach().float(), given.detach().float()))
            if not len(self.gates[place]):
                return None
            with torch.autocast(states.device.type, enabled=False):
                states = states.float()
                openings = self.gates[place].openings(states, activation, multiplied=multiplied)
                added = openings @ self.values[place]
            return with_hidden(output, given + added.to(given.dtype))

        part.reads.register_forward_pre_hook(read, with_kwargs=True)
        part.adds.register_forward_hook(add)
