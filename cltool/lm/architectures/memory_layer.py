"""A Llama with product-key memory in place of the feed-forward part of some blocks.

Lample et al. (2019), "Large Memory Layers with Product Keys"; Berges et al. (2024), "Memory Layers
at Scale". A token reads a few of many values, so the model has more parameters than a token uses.
"""

from __future__ import annotations

from typing import Any

from torch import nn
from transformers import LlamaConfig, LlamaForCausalLM, initialization

from cltool.lm.layers import numbers
from cltool.lm.product_keys import MemorySize, ProductKeyMemory, ProductKeys


class MemoryLayerConfig(LlamaConfig):  # type: ignore[misc]
    """The config of a Llama, and where and how large its memories are.

    Attributes:
        memory_layers: numbers of the blocks with memory, negative from the last.
        memory_slots: number of values of a memory.
        memory_heads: number of queries of a token.
        memory_top: number of slots that a query reads.
        memory_key: width of a query.
        memory_gated: whether the output of a memory is gated by its input.
    """

    model_type = "cltool-memory-layer"

    memory_layers: list[int] | None = None
    memory_slots: int = 16_384
    memory_heads: int = 2
    memory_top: int = 8
    memory_key: int = 64
    memory_gated: bool = True

    @property
    def memory_size(self) -> MemorySize:
        """The size of a memory."""
        return MemorySize(self.memory_slots, self.memory_heads, self.memory_top, self.memory_key)


class MemoryLayerForCausalLM(LlamaForCausalLM):  # type: ignore[misc]
    """A Llama with memories as ``model.layers[i].mlp``."""

    config_class = MemoryLayerConfig

    def __init__(self, config: MemoryLayerConfig) -> None:
        super().__init__(config)
        depth, width = config.num_hidden_layers, config.hidden_size
        for number in numbers(config.memory_layers or [], depth, "memory_layers"):
            block: Any = self.model.layers[number]
            block.mlp = ProductKeyMemory(width, config.memory_size, gated=config.memory_gated)
        self.post_init()

    def _init_weights(self, module: nn.Module) -> None:
        super()._init_weights(module)
        if isinstance(module, ProductKeys):
            initialization.normal_(module.keys, mean=0.0, std=(module.size.key / 2) ** -0.5)
            initialization.zeros_(module.mean)
            initialization.eye_(module.covariance)
            initialization.eye_(module.whitening)
        if isinstance(module, ProductKeyMemory):
            width = module.values.embedding_dim
            initialization.normal_(module.values.weight, mean=0.0, std=width**-0.5)


CONFIG = MemoryLayerConfig
CAUSAL_LM = MemoryLayerForCausalLM
