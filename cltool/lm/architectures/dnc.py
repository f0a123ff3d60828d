"""A causal LM with an external matrix that is read and written by attention.

Graves et al. (2016), "Hybrid computing using a neural network with dynamic external memory",
Nature 538, 471–476. The controller is a Transformer whose attention has a window. In one block, the
external matrix with its heads stands beside the attention
(`cltool.lm.architectures.external_memory`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from transformers import LlamaConfig

from cltool.lm.architectures.decoder import Block, PieceForCausalLM, PieceModel
from cltool.lm.architectures.external_memory import ExternalMemory
from cltool.lm.architectures.window import WindowAttention


class DncConfig(LlamaConfig):  # type: ignore[misc]
    """Settings of a `DncForCausalLM`; the others are Llama's.

    Attributes:
        segment: the number of tokens that a token of the controller attends to, itself included.
        sinks: the number of first tokens that every token attends to.
        block: the number of the block with the external matrix.
        rows: N, the number of rows of the matrix.
        cells: the number of tokens of a line that a row holds: its last ones.
        address: the width of an address.
        read_heads: R, the number of read heads.
        head_size: the width of the keys and values of a token, for one read head.
        same: a line supersedes a row if the cosine of their addresses is above this number.
        writes: ids of the tokens that end a line that is written.
        breaks: ids of the tokens that end a line that is not written.
    """

    model_type = "cltool-dnc"
    segment: int = 64
    sinks: int = 1
    block: int = 1
    rows: int = 64
    cells: int = 24
    address: int = 64
    read_heads: int = 2
    head_size: int = 24
    same: float = 0.9
    writes: Sequence[int] = ()
    breaks: Sequence[int] = ()


class DncModel(PieceModel):
    """Blocks with a window, one of them with the external matrix beside its attention."""

    config_class = DncConfig

    def blocks(self, config: Any) -> list[Block]:
        """Return the blocks."""
        window = int(config.segment)
        return [
            Block(
                config,
                number,
                WindowAttention(config, window),
                ExternalMemory(config) if number == config.block else None,
            )
            for number in range(config.num_hidden_layers)
        ]


class DncForCausalLM(PieceForCausalLM):
    """A causal LM with an external matrix."""

    config_class = DncConfig
    inner = DncModel


CONFIG, CAUSAL_LM = DncConfig, DncForCausalLM
