"""Attention to the current segment, to the last activations, and to a compressed memory.

Rae et al. (2020), "Compressive Transformers for Long-Range Sequence Modelling", section 3. The text
is cut into segments of n_s tokens. Each block keeps the activations of the last n_m tokens in a
first-in, first-out memory. When a segment ends, its n_s activations enter this memory, and the n_s
oldest leave it. These are compressed by a factor c, and go into a compressed memory of n_cm slots:

    C_new = f_c(M_old)                                                  (Algorithm 1)

f_c is a one-dimensional convolution with width and stride c. It learns by attention reconstruction
(Algorithm 2): for the activations h of the segment that ended, it minimises

    ‖ attn(h, M_old) − attn(h, C_new) ‖²

The gradient of this loss stays inside f_c: h, M_old and the projections of the attention are
constants in it. f_c has an optimizer of its own. The loss of the language model does not train f_c:
its weights are frozen (``requires_grad`` is False).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import LlamaConfig, initialization

from cltool.lm.architectures.attention import Piece, PieceAttention, allowed, own_positions
from cltool.lm.architectures.decoder import Block, Mixer, PieceForCausalLM, PieceModel
from cltool.lm.architectures.memory_state import LayerState
from cltool.lm.architectures.slots import EMPTY, append, empty_positions


class CompressiveConfig(LlamaConfig):  # type: ignore[misc]
    """Settings of a `CompressiveForCausalLM`; the others are Llama's.

    Attributes:
        segment: n_s, the number of tokens of a segment; a multiple of ``rate``.
        memory: n_m, the number of activations of the first-in, first-out memory; a multiple of
            ``rate``.
        rate: c, the number of activations that become one slot of the compressed memory.
        compressed: n_cm, the number of slots of the compressed memory.
    """

    model_type = "cltool-compressive"
    segment: int = 32
    memory: int = 32
    rate: int = 4
    compressed: int = 128


class Compression(nn.Module):
    """f_c: turns ``rate`` consecutive activations into one.

    It begins as their mean.

    Args:
        width: of the activations.
        rate: c.
    """

    def __init__(self, width: int, rate: int) -> None:
        super().__init__()
        self.rate = rate
        self.weight = nn.Parameter(torch.empty(width, width, rate), requires_grad=False)
        self.bias = nn.Parameter(torch.empty(width), requires_grad=False)

    def reset(self) -> None:
        """Make the result the mean of the activations."""
        width = len(self.bias)
        mean = torch.eye(width).unsqueeze(-1).expand(width, width, self.rate) / self.rate
        initialization.copy_(self.weight, mean.to(self.weight))
        initialization.zeros_(self.bias)

    def forward(self, activations: Tensor) -> Tensor:
        """Return (batch, n / rate, width) of activations, (batch, n, width)."""
        return functional.conv1d(
            activations.transpose(1, 2), self.weight, self.bias, stride=self.rate
        ).transpose(1, 2)


class CompressiveAttention(PieceAttention, Mixer):
    """Attends to the segment so far, the memory and the compressed memory.

    The state has the activations in each of them, with their positions. The position of a
    compressed slot is the mean of the positions in it.
    """

    places = ("compressed_positions", "memory_positions", "segment_positions")

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        self.sizes = {
            "compressed": int(config.compressed),
            "memory": int(config.memory),
            "segment": int(config.segment),
        }
        self.compression = Compression(config.hidden_size, config.rate)
        self.losses: list[Tensor] = []

    def forward(self, hidden: Tensor, piece: Piece, state: LayerState) -> tuple[Tensor, LayerState]:
        """Return what the tokens read, and the memories after the piece."""
        state = state or self._empty(hidden)
        held = [name for name in self.sizes if bool((state[f"{name}_positions"] > EMPTY).any())]
        kept = [state[name] for name in held]
        positions = torch.cat(
            [
                piece.positions.new_zeros(len(hidden), 0, dtype=torch.float),
                *(state[f"{name}_positions"] for name in held),
            ],
            dim=1,
        )
        turns = [piece.turns]
        if held:
            turns.insert(0, piece.rotary(positions))
        source = torch.cat([*kept, hidden], dim=1)
        cos, sin = (torch.cat(parts, dim=1) for parts in zip(*turns, strict=True))
        read = self.attend(
            self.queries(hidden, piece.turns),
            self.keys(source, (cos, sin)),
            self.values(source),
            allowed(piece, positions),
        )
        return read, self._after(hidden, piece, state) if piece.keep else {}

    def _empty(self, hidden: Tensor) -> LayerState:
        rows, _, width = hidden.shape
        state = {}
        for name, size in self.sizes.items():
            state[name] = hidden.new_zeros(rows, size, width)
            state[f"{name}_positions"] = empty_positions(rows, size, hidden.device).float()
        return state

    def _after(self, hidden: Tensor, piece: Piece, state: LayerState) -> LayerState:
        """Return the state with the piece in the segment, and the segments that end moved on."""
        state = {
            **state,
            "segment": append(state["segment"], hidden, piece.counts),
            "segment_positions": append(
                state["segment_positions"], own_positions(piece).float(), piece.counts
            ),
        }
        size = self.sizes["segment"]
        after = piece.positions[:, 0] + piece.counts
        ends = (piece.counts > 0) & (after % size == 0)
        if not bool(ends.any()):
            return state
        moved = ends.long() * size
        compressed, centres = self._compressed(state, ends)
        slots = moved // self.compression.rate
        return {
            "segment": state["segment"],
            "segment_positions": state["segment_positions"].masked_fill(ends[:, None], EMPTY),
            "memory": append(state["memory"], state["segment"], moved),
            "memory_positions": append(
                state["memory_positions"], state["segment_positions"], moved
            ),
            "compressed": append(state["compressed"], compressed, slots),
            "compressed_positions": append(state["compressed_positions"], centres, slots),
        }

    def _compressed(self, state: LayerState, ends: Tensor) -> tuple[Tensor, Tensor]:
        """Return the activations that leave the memory, compressed, and their positions.

        Args:
            state: before the segment moves into the memory.
            ends: (batch,), bool: the rows whose segment has ended.
        """
        size, rate = self.sizes["segment"], self.compression.rate
        old = torch.cat([state["memory"], state["segment"]], dim=1)[:, :size]
        places = torch.cat([state["memory_positions"], state["segment_positions"]], dim=1)[:, :size]
        groups = places.view(len(places), size // rate, rate)
        there = (groups > EMPTY).all(dim=2)
        centres = torch.where(there, groups.mean(dim=2), float(EMPTY))
        rows = ends & there.any(dim=1)
        learns = self.training and self.compression.weight.requires_grad
        if learns and torch.is_grad_enabled() and bool(rows.any()):
            loss = self.reconstruction(state["segment"][rows], old[rows], there[rows])
            self.losses.append(loss)
        return self.compression(old), centres

    def removed(self, state: LayerState, begin: float, end: float) -> LayerState:
        """Empty the slots of the tokens; a compressed slot holds the tokens beside its centre."""
        changed = super().removed(state, begin, end)
        beside = (self.compression.rate - 1) / 2
        wider = super().removed(state, begin - beside, end + beside)
        name = "compressed_positions"
        return {**changed, name: wider[name]} if name in wider else changed

    def reconstruction(self, hidden: Tensor, old: Tensor, there: Tensor) -> Tensor:
        """Return the loss of f_c, a scalar: the mean squared difference of what is read.

        Positions are left out: the convolution has to keep what the activations say.

        Args:
            hidden: (batch, length, width): h.
            old: (batch, n, width): M_old.
            there: (batch, n / rate), bool: groups of ``old`` that are complete.
        """
        hidden, old = hidden.detach(), old.detach()

        def projected(states: Tensor, layer: nn.Linear) -> Tensor:
            bias = None if layer.bias is None else layer.bias.detach()
            return self.split(functional.linear(states, layer.weight.detach(), bias))

        def read(slots: Tensor, mask: Tensor) -> Tensor:
            return functional.scaled_dot_product_attention(
                projected(hidden, self.q_proj),
                projected(slots, self.k_proj),
                projected(slots, self.v_proj),
                attn_mask=mask[:, None, None, :],
            )

        wanted = read(old, there.repeat_interleave(self.compression.rate, dim=1))
        return functional.mse_loss(read(self.compression(old), there), wanted)


class CompressiveModel(PieceModel):
    """Blocks with a compressed memory."""

    config_class = CompressiveConfig

    def blocks(self, config: Any) -> list[Block]:
        """Return the blocks."""
        return [
            Block(config, number, CompressiveAttention(config))
            for number in range(config.num_hidden_layers)
        ]


class CompressiveForCausalLM(PieceForCausalLM):
    """A causal LM with a compressed memory."""

    config_class = CompressiveConfig
    inner = CompressiveModel

    def compressions(self) -> list[nn.Parameter]:
        """Return the weights of f_c in all blocks."""
        return [weight for one in self._attentions() for weight in one.compression.parameters()]

    def take_reconstruction(self) -> Tensor | None:
        """Return the loss of f_c, summed over the blocks, in the passes since the last call."""
        sums = []
        for attention in self._attentions():
            losses, attention.losses = attention.losses, []
            sums += [torch.stack(losses).mean()] if losses else []
        return torch.stack(sums).sum() if sums else None

    def _attentions(self) -> list[CompressiveAttention]:
        return [one for one in self.modules() if isinstance(one, CompressiveAttention)]


CONFIG, CAUSAL_LM = CompressiveConfig, CompressiveForCausalLM
