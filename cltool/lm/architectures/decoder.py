"""A causal LM that reads a text in pieces and keeps a bounded memory between them.

The blocks are Llama's, with another attention and, in some architectures, a further memory. A text
passes through the model in pieces of at most ``segment`` tokens, as in Transformer-XL (Dai et al.
2019, section 3.2). No piece crosses a multiple of ``segment`` in any row, so an architecture can
change its memory at these places. A token's logits depend only on the tokens before it in its own
row, however the text is cut into calls and whatever stands beside it in a batch.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, cast

import torch
from torch import Tensor, nn
from transformers import LlamaConfig, LlamaForCausalLM, LlamaModel
from transformers.modeling_outputs import BaseModelOutputWithPast
from transformers.models.llama.modeling_llama import LlamaDecoderLayer

from cltool.lm.architectures.attention import Piece
from cltool.lm.architectures.memory_state import LayerState, MemoryState
from cltool.lm.architectures.slots import EMPTY


class Mixer(nn.Module):
    """A part of a block that mixes the tokens of a row, and keeps a state between pieces.

    Attributes:
        separable: whether the state has entries of single tokens, so that `removed` can remove
            them.
        places: names of its tensors with the positions of the tokens in its slots. The mixers of a
            block share one state, and each changes only its own tensors.
    """

    separable: ClassVar[bool] = True
    places: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def forward(self, hidden: Tensor, piece: Piece, state: LayerState) -> tuple[Tensor, LayerState]:
        """Return what is added to the residual stream, and the parts of the state that change.

        Args:
            hidden: (batch, length, width): the normalised residual stream.
            piece: the tokens.
            state: of the block; an empty one has read nothing. It must not be changed.
        """
        raise NotImplementedError

    def removed(self, state: LayerState, begin: float, end: float) -> LayerState:
        """Return the parts of the state that change when tokens are removed from it.

        By default, the slots of these tokens are emptied in the tensors `places`.

        Args:
            state: of the block.
            begin: position of the first token to remove.
            end: position after the last one.
        """
        held = {name: state[name] for name in self.places if name in state}
        return {
            name: tensor.masked_fill((tensor >= begin) & (tensor < end), EMPTY)
            for name, tensor in held.items()
        }


class Block(LlamaDecoderLayer):  # type: ignore[misc]
    """A block of Llama with another attention, and with a further memory if there is one.

    Args:
        config: of the model.
        number: of the block, from 0.
        attention: replaces Llama's attention.
        memory: reads the same input as the attention, and its output is added too.
    """

    def __init__(
        self, config: LlamaConfig, number: int, attention: Mixer, memory: Mixer | None = None
    ) -> None:
        super().__init__(config, number)
        self.self_attn = attention
        self.memory = memory

    def forward(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, hidden: Tensor, piece: Piece, state: LayerState
    ) -> tuple[Tensor, LayerState]:
        """Return the residual stream after the block, and the state after the piece."""
        normalised = self.input_layernorm(hidden)
        added, changed = self.self_attn(normalised, piece, state)
        if self.memory is not None:
            more, also = self.memory(normalised, piece, state)
            added, changed = added + more, {**changed, **also}
        hidden = hidden + added
        hidden = hidden + self.mlp(self.post_attention_layernorm(hidden))
        return hidden, {**state, **changed}

    def removed(self, state: LayerState, begin: int, end: int) -> LayerState:
        """Return the state of the block without the tokens at ``begin`` to ``end``."""
        for mixer in (self.self_attn, self.memory):
            if mixer is not None:
                state = {**state, **mixer.removed(state, begin, end)}
        return state


class PieceModel(LlamaModel):  # type: ignore[misc]
    """The embeddings and blocks; `blocks` makes the blocks of an architecture.

    Attributes:
        carried: the state, of one row, from which every text continues; None: texts start without
            one.
    """

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        self.layers = nn.ModuleList(self.blocks(config))
        self.carried: MemoryState | None = None
        self.post_init()

    def _init_weights(self, module: nn.Module) -> None:
        _initialise(super()._init_weights, module)

    @abstractmethod
    def blocks(self, config: Any) -> list[Block]:
        """Return the blocks of the architecture."""
        raise NotImplementedError

    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        position_ids: Tensor | None = None,
        past_key_values: Any = None,
        inputs_embeds: Tensor | None = None,
        use_cache: bool | None = None,
        **kwargs: Any,
    ) -> BaseModelOutputWithPast:
        """Read the tokens after those that ``past_key_values`` has read.

        Args:
            input_ids: (batch, length).
            attention_mask: (batch, at least length): the last columns are those of the tokens, 0
                for padding, which may stand anywhere.
            position_ids: not used: a token's position is the number of tokens before it.
            past_key_values: a `MemoryState`, which is changed; or an empty cache.
            inputs_embeds: (batch, length, width), in place of ``input_ids``.
            use_cache: whether the state after the text is returned.
            kwargs: not used.
        """
        embedded = self.embed_tokens(input_ids) if inputs_embeds is None else inputs_embeds
        rows, length = embedded.shape[:2]
        ids = input_ids
        if ids is None:
            ids = torch.full((rows, length), -1, device=embedded.device)
        state = self._started(past_key_values, rows, embedded.device)
        keep = bool(use_cache) or isinstance(past_key_values, MemoryState)
        real, order = None, None
        if attention_mask is not None:
            real = attention_mask[:, -length:].bool()
        if real is None or bool(real.all()):
            real = torch.ones(rows, length, dtype=torch.bool, device=embedded.device)
        else:
            # Stable, so the tokens of a row stay in order and come before its padding.
            order = (~real).long().argsort(dim=1, stable=True)
            embedded, real = _moved(embedded, order), real.gather(1, order)
            ids = ids.gather(1, order)
        read = self.norm(self._read(ids, embedded, real, state, keep))
        if order is not None:
            read = _moved(read, order.argsort(dim=1))
        return BaseModelOutputWithPast(
            last_hidden_state=read,
            past_key_values=state if keep else None,
        )

    @property
    def separable(self) -> bool:
        """Whether all blocks have entries of single tokens, which can be removed."""
        mixers = [one for one in self.modules() if isinstance(one, Mixer)]
        return all(mixer.separable for mixer in mixers)

    def remove_carried(self, begin: int, end: int) -> None:
        """Remove the tokens at the positions ``begin`` to ``end`` from what every text continues.

        Later entries were computed from activations that had read these tokens.
        """
        if self.carried is not None:
            states = [
                cast(Block, block).removed(state, begin, end)
                for block, state in zip(self.layers, self.carried.states, strict=True)
            ]
            self.carried = MemoryState(states, self.carried.seen)

    def _started(self, past: Any, rows: int, device: torch.device) -> MemoryState:
        if isinstance(past, MemoryState):
            return past
        if past is not None and past.get_seq_length():
            raise ValueError(f"a {type(past).__name__} cannot hold the state of this model")
        if self.carried is not None:
            return self.carried.repeated(rows)
        return MemoryState.empty(len(self.layers), rows, device)

    def _read(
        self, ids: Tensor, embedded: Tensor, real: Tensor, state: MemoryState, keep: bool
    ) -> Tensor:
        """Return the residual stream after the last block; change ``state``.

        Args:
            ids: (batch, length), in the same order.
            embedded: (batch, length, width), the padding of a row after its tokens.
            real: (batch, length), bool.
            state: before the text.
            keep: whether the state after the text is needed.
        """
        length = embedded.shape[1]
        done, parts = 0, []
        while done < length:
            size = min(length - done, self._most(state, real[:, done]))
            part = slice(done, done + size)
            kept = keep or done + size < length
            piece = self._piece(state, ids[:, part], real[:, part], kept)
            hidden = embedded[:, part]
            for number, block in enumerate(self.layers):
                hidden, state.states[number] = block(hidden, piece, state.states[number])
            state.seen = state.seen + piece.counts
            parts.append(hidden)
            done += size
        return torch.cat(parts, dim=1) if len(parts) != 1 else parts[0]

    def _most(self, state: MemoryState, going_on: Tensor) -> int:
        """Return the number of tokens until a row that goes on reaches the end of a segment."""
        segment = int(self.config.segment)
        into = (state.seen % segment)[going_on]
        return segment - int(into.max()) if len(into) else segment

    def _piece(self, state: MemoryState, ids: Tensor, real: Tensor, keep: bool) -> Piece:
        positions = state.seen[:, None] + torch.arange(real.shape[1], device=real.device)
        like = self.embed_tokens.weight

        def rotary(places: Tensor) -> tuple[Tensor, Tensor]:
            cos, sin = self.rotary_emb(like, places)
            return cos, sin

        return Piece(ids, positions, real, real.sum(dim=1), rotary(positions), rotary, keep)


class PieceForCausalLM(LlamaForCausalLM):  # type: ignore[misc]
    """A `PieceModel` with its output embeddings."""

    inner: type[PieceModel]

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        self.model = self.inner(config)
        self.post_init()

    def _init_weights(self, module: nn.Module) -> None:
        _initialise(super()._init_weights, module)


def _moved(states: Tensor, order: Tensor) -> Tensor:
    """Return (batch, length, width): the states of each row in ``order``, (batch, length)."""
    return states.gather(1, order.unsqueeze(-1).expand(-1, -1, states.shape[-1]))


def _initialise(usual: Callable[[nn.Module], None], module: nn.Module) -> None:
    """Initialise the weights of ``module`` as Llama does, or by its own ``reset``."""
    usual(module)
    if hasattr(module, "reset"):
        cast(Any, module).reset()
