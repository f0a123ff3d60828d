"""The external matrix of a differentiable neural computer, with its heads, as a part of a block.

Graves et al. (2016), "Hybrid computing using a neural network with dynamic external memory",
Nature 538, 471–476. The arithmetic is in `cltool.lm.architectures.external_matrix`. One step is a
line of the text, and not a token: when a line ends, the controller emits one interface vector, and
the line is written with one write weighting. All tokens of a line read the matrix as it was before
the line's end:

- A row holds the address of a line and its last tokens. The address is a weighted sum of the
  states of the line so far, and so are the keys of the read heads: k = Σ_i σ(s_i) P h_i. Lookup by
  content compares addresses only.
- The temporal links are followed from the read weightings at the end of the last line.
- A token reads from the rows by attention to the tokens in them. The read weighting is a prior of
  this attention: the logit of token c in row i is q·k_ic + log w^r[i]. If w^r is one row, the token
  reads from this row as r = Mᵀ w^r would.
- The allocation gate is a function of the controller's state and of the largest similarity of the
  write key to an address: only then can one write choose between a new row and a superseded one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import initialization

from cltool.lm.architectures import external_matrix as em
from cltool.lm.architectures.attention import Piece
from cltool.lm.architectures.decoder import Mixer
from cltool.lm.architectures.lines import Lines
from cltool.lm.architectures.memory_state import LayerState
from cltool.lm.architectures.slots import EMPTY, append, empty_positions, take

MATRIX = ("matrix", "usage", "precedence", "links", "reads", "row_positions")
"""Names of the tensors of the state that change only when a line ends."""

STRENGTH = 19.0
"""β − 1 at the beginning."""

SLOPE = 200.0
"""By how much the logit of the allocation gate changes with a similarity: about all or nothing. A
line that overwrites half of a row leaves a mixture of both lines."""


@dataclass(frozen=True, slots=True)
class Interface:
    """What the controller emits for the tokens of a piece.

    Attributes:
        keys: (batch, length, 1 + heads, address): the write key, and those of the read heads.
        strengths: (batch, length, 1 + heads): β of each.
        modes: (batch, length, heads, 3): π of each read head: backward, content, forward.
        free: (batch, length, heads): f.
        erase: (batch, length, parts): e, a number for each part of a row.
        gates: (batch, length, 2): g_w, and the controller's part of the logit of g_a, in [−1, 1].
    """

    keys: Tensor
    strengths: Tensor
    modes: Tensor
    free: Tensor
    erase: Tensor
    gates: Tensor

    def at(self, places: Tensor) -> Interface:
        """Return what is emitted at ``places``, (batch, n)."""
        return Interface(
            take(self.keys, places),
            take(self.strengths, places),
            take(self.modes, places),
            take(self.free, places),
            take(self.erase, places),
            take(self.gates, places),
        )


class ExternalMemory(Mixer):
    """The external matrix with its heads.

    The state has the matrix, its usage, precedence, links and last read weightings, as far as rows
    were ever written; and the tokens and addresses of the line that has not ended yet.
    """

    def __init__(self, config: Any) -> None:
        super().__init__()
        width, self.heads, self.size = config.hidden_size, config.read_heads, config.head_size
        self.rows, self.cells = int(config.rows), int(config.cells)
        self.writes, self.breaks = config.writes, config.breaks
        self.same = float(config.same)
        inner, heads = self.heads * self.size, self.heads
        self.widths = (int(config.address), self.cells * inner, self.cells * inner, self.cells)
        self.address_proj = nn.Linear(width, config.address, bias=False)
        self.q_proj = nn.Linear(width, inner, bias=False)
        self.k_proj = nn.Linear(width, inner, bias=False)
        self.v_proj = nn.Linear(width, inner, bias=False)
        self.o_proj = nn.Linear(inner, width, bias=False)
        # Salience s and strength β of the write key and of each read key, then π, f, e, g_w, g_a.
        self.emitted = (1 + heads, 1 + heads, 3 * heads, heads, len(self.widths), 2)
        self.interface = nn.Linear(width, sum(self.emitted))
        self.nothing = nn.Parameter(torch.empty(heads))

    def reset(self) -> None:
        """Begin with reading by content, writing of every line, and freeing of nothing."""
        heads = self.heads
        biases = [
            *[0.0] * (1 + heads),
            *[STRENGTH] * (1 + heads),
            *[0.0, 3.0, 0.0] * heads,
            *[-5.0] * heads,
            *[4.0] * len(self.widths),
            4.0,
            0.0,
        ]
        initialization.copy_(self.interface.bias, torch.tensor(biases))
        initialization.zeros_(self.nothing)

    def forward(self, hidden: Tensor, piece: Piece, state: LayerState) -> tuple[Tensor, LayerState]:
        """Return what the tokens read, and the memory after the piece."""
        state = state if "matrix" in state else self._empty(hidden)
        lines = Lines.of(piece, self.writes, self.breaks)
        emitted, sums = self._emitted(hidden, lines, state)
        tokens = self._tokens(hidden)
        queries = self.q_proj(hidden).unflatten(2, (self.heads, self.size))
        memory = {name: state[name] for name in MATRIX}
        parts = []
        for line in range(lines.begins.shape[1]):
            places = lines.places(line)
            emission = emitted.at(places)
            weights = self._weights(emission, memory)
            parts.append(self._read(take(queries, places), weights, memory))
            if bool(lines.ended[:, line].any()):
                last = lines.last(line)[:, None]
                at_end = take(weights, last)[:, 0]
                ended = lines.ended[:, line, None, None]
                row = self._line(line, lines, tokens, state)
                writes = lines.written[:, line]
                places = piece.positions.gather(1, places.gather(1, last))
                memory = self._written(emission.at(last), row, writes, places, memory)
                memory["reads"] = torch.where(ended, _grown(at_end, memory), memory["reads"])
        read = self.o_proj(_in_order(parts, lines))
        if not piece.keep:
            return read, {}
        return read, {**memory, **self._unfinished(tokens, sums, piece, lines, state)}

    def _empty(self, hidden: Tensor) -> LayerState:
        rows = len(hidden)
        address, keys, values, present = self.widths
        token = (keys + values + present) // self.cells
        return {
            "matrix": hidden.new_zeros(rows, 0, sum(self.widths)),
            "usage": hidden.new_zeros(rows, 0),
            "precedence": hidden.new_zeros(rows, 0),
            "links": hidden.new_zeros(rows, 0, 0),
            "reads": hidden.new_zeros(rows, self.heads, 0),
            "row_positions": empty_positions(rows, 0, hidden.device),
            "line": hidden.new_zeros(rows, self.cells, token),
            "sums": hidden.new_zeros(rows, 1 + self.heads, address),
        }

    def _emitted(self, hidden: Tensor, lines: Lines, state: LayerState) -> tuple[Interface, Tensor]:
        """Return the interface vectors, and the sums of the addresses, which are its keys."""
        salience, strengths, modes, free, erase, gates = self.interface(hidden).split(
            self.emitted, dim=2
        )
        shares = salience.sigmoid().transpose(1, 2).unsqueeze(2) * lines.before().unsqueeze(1)
        sums = (shares @ self.address_proj(hidden).unsqueeze(1)).transpose(1, 2)
        going_on = (lines.number == 0)[:, :, None, None]
        sums = sums + going_on * state["sums"].unsqueeze(1)
        emitted = Interface(
            sums,
            1 + functional.softplus(strengths),
            modes.unflatten(2, (self.heads, 3)).softmax(dim=-1),
            free.sigmoid(),
            erase.sigmoid(),
            torch.cat([gates[..., :1].sigmoid(), gates[..., 1:].tanh()], dim=-1),
        )
        return emitted, sums

    def _tokens(self, hidden: Tensor) -> Tensor:
        """Return (batch, length, size): key, value and presence of each token."""
        present = hidden.new_ones(*hidden.shape[:2], 1)
        return torch.cat([self.k_proj(hidden), self.v_proj(hidden), present], dim=2)

    def _weights(self, emission: Interface, memory: LayerState) -> Tensor:
        """Return w^r, (batch, n, heads, rows), of the tokens that emit ``emission``."""
        addresses = memory["matrix"][..., : self.widths[0]]
        cosines = em.similarity(addresses, emission.keys[:, :, 1:])
        filled = (memory["usage"] > 0).to(cosines.dtype)
        content = em.content_weighting(cosines, emission.strengths[:, :, 1:], filled)
        back, on = (each.unsqueeze(1) for each in em.followed(memory["links"], memory["reads"]))
        return em.read_weighting(emission.modes, back, content, on)

    def _read(self, queries: Tensor, weights: Tensor, memory: LayerState) -> Tensor:
        """Return (batch, n, heads × size): what the tokens read.

        Args:
            queries: (batch, n, heads, size).
            weights: (batch, n, heads, rows): w^r.
            memory: the matrix.
        """
        rows, length = queries.shape[:2]
        if not memory["matrix"].shape[1]:
            return queries.flatten(2) * 0
        _, keys, values, present = torch.split(memory["matrix"], [*self.widths], dim=2)
        keys, values = (
            each.reshape(rows, -1, self.heads, self.size).transpose(1, 2) for each in (keys, values)
        )
        prior = (weights + em.SMALL).log().transpose(1, 2).unsqueeze(-1)
        there = present[:, None, None]
        prior = prior + (there + em.SMALL).log()
        prior = prior.masked_fill(there <= 0, -torch.inf).flatten(3)
        scores = queries.transpose(1, 2) @ keys.transpose(2, 3) / math.sqrt(self.size) + prior
        # A token that finds nothing reads nothing.
        nothing = self.nothing.view(1, -1, 1, 1).expand(rows, -1, length, 1)
        attended = torch.cat([nothing, scores], dim=3).softmax(dim=3)[..., 1:]
        read: Tensor = attended @ values
        return read.transpose(1, 2).flatten(2)

    def _line(self, line: int, lines: Lines, tokens: Tensor, state: LayerState) -> Tensor:
        """Return (batch, size): the last tokens of a line that has ended, without its address."""
        steps = torch.arange(self.cells, device=tokens.device)
        ends = lines.begins[:, line] + lines.last(line)
        ends = ends.clamp(max=tokens.shape[1] - 1)  # a row of the batch may not have this line
        places = ends[:, None] + 1 + steps
        found = take(torch.cat([state["line"], tokens], dim=1), places)
        if line:
            own = places >= self.cells + lines.begins[:, line, None]
            found = found * own.unsqueeze(-1)
        inner = self.heads * self.size
        keys, values, present = torch.split(found, [inner, inner, 1], dim=2)
        return torch.cat([keys.flatten(1), values.flatten(1), present.flatten(1)], dim=1)

    def _written(
        self, emission: Interface, row: Tensor, writes: Tensor, places: Tensor, memory: LayerState
    ) -> LayerState:
        """Return the matrix after a line has ended in each row of the batch that ``writes``.

        Args:
            emission: at the end of the line, (batch, 1, …).
            row: (batch, size): the line's tokens.
            writes: (batch,), bool.
            places: (batch, 1): the positions at which the lines ended.
            memory: before the write.
        """
        if not bool(writes.any()):
            return memory
        gone = emission.free[:, 0] * writes.unsqueeze(1)
        memory = {**memory, "usage": em.retained(memory["usage"], memory["reads"], gone)}
        if memory["usage"].shape[1] < self.rows and bool((memory["usage"]).all(1).any()):
            memory = _with_a_row(memory)
        usage = memory["usage"]
        addresses = memory["matrix"][..., : self.widths[0]]
        key = emission.keys[:, 0, 0]
        cosines = em.similarity(addresses, key)
        content = em.content_weighting(cosines, emission.strengths[:, 0, 0], usage)
        # The gate has no gradient to addresses: it would make them differ where a line supersedes.
        best = cosines.detach().masked_fill(usage <= 0, 0).amax(dim=1)
        allocates = (emission.gates[:, 0, 1] + SLOPE * (self.same - best)).sigmoid()
        writing = em.write_weighting(
            content,
            em.allocation_weighting(usage),
            emission.gates[:, 0, 0] * writes,
            allocates,
        )
        vector = torch.cat([functional.normalize(key, dim=1), row], dim=1)
        sizes = torch.tensor(self.widths, device=row.device)
        erase = emission.erase[:, 0].repeat_interleave(sizes, dim=1)
        return {
            "matrix": em.written(memory["matrix"], writing, erase, vector),
            "usage": em.used(usage, writing),
            "precedence": em.preceded(memory["precedence"], writing),
            "links": em.linked(memory["links"], memory["precedence"], writing),
            "reads": memory["reads"],
            "row_positions": torch.where(writing > 0.5, places, memory["row_positions"]),
        }

    def removed(self, state: LayerState, begin: float, end: float) -> LayerState:
        """Return the parts of the state that change when tokens are removed from it.

        The rows of the lines that ended at these positions are emptied, and are free again. A row
        belongs to the line whose write weighting was above 0.5 there last.

        Args:
            state: of the block.
            begin: position of the first token to remove.
            end: position after the last one.
        """
        if "matrix" not in state:
            return {}
        places = state["row_positions"]
        gone = (places >= begin) & (places < end)
        return {
            "matrix": state["matrix"].masked_fill(gone.unsqueeze(-1), 0),
            "usage": state["usage"].masked_fill(gone, 0),
            "precedence": state["precedence"].masked_fill(gone, 0),
            "links": state["links"].masked_fill(gone.unsqueeze(1) | gone.unsqueeze(2), 0),
            "reads": state["reads"].masked_fill(gone.unsqueeze(1), 0),
            "row_positions": places.masked_fill(gone, EMPTY),
        }

    def _unfinished(
        self, tokens: Tensor, sums: Tensor, piece: Piece, lines: Lines, state: LayerState
    ) -> LayerState:
        """Return the tokens and sums of the line that goes on after the piece."""
        ended = lines.ended.any(dim=1)
        last = (piece.counts - 1).clamp(min=0)
        begins = lines.begins.gather(1, lines.number.gather(1, last[:, None]))[:, 0]
        over = lines.ended.gather(1, lines.number.gather(1, last[:, None]))[:, 0]
        size = torch.where(over, 0, piece.counts - begins)
        line = append(state["line"], tokens, piece.counts)
        steps = torch.arange(self.cells, device=tokens.device)
        own = ~ended[:, None] | (steps >= self.cells - size[:, None])
        going_on = take(sums, last[:, None])[:, 0] * ~over[:, None, None]
        read = (piece.counts > 0)[:, None, None]
        return {
            "line": line * own.unsqueeze(-1),
            "sums": torch.where(read, going_on, state["sums"]),
        }


def _with_a_row(memory: LayerState) -> LayerState:
    """Return the memory with one more row, which holds nothing."""
    return {
        "matrix": functional.pad(memory["matrix"], (0, 0, 0, 1)),
        "usage": functional.pad(memory["usage"], (0, 1)),
        "precedence": functional.pad(memory["precedence"], (0, 1)),
        "links": functional.pad(memory["links"], (0, 1, 0, 1)),
        "reads": functional.pad(memory["reads"], (0, 1)),
        "row_positions": functional.pad(memory["row_positions"], (0, 1), value=EMPTY),
    }


def _grown(reads: Tensor, memory: LayerState) -> Tensor:
    """Return the weightings with as many rows as the memory has now."""
    return functional.pad(reads, (0, memory["usage"].shape[1] - reads.shape[-1]))


def _in_order(parts: list[Tensor], lines: Lines) -> Tensor:
    """Return (batch, length, size): what was computed line by line, token by token.

    Args:
        parts: (batch, longest, size) of each line, in the order of its tokens.
        lines: of the piece.
    """
    starts, start = [], 0
    for part in parts:
        starts.append(start)
        start += part.shape[1]
    rows, length = lines.number.shape
    offsets = torch.tensor(starts, device=lines.number.device).expand(rows, -1)
    steps = torch.arange(length, device=lines.number.device) - lines.begins.gather(1, lines.number)
    sizes = torch.tensor([part.shape[1] for part in parts], device=steps.device)[lines.number]
    places = offsets.gather(1, lines.number) + steps.minimum(sizes - 1)
    return take(torch.cat(parts, dim=1), places)
