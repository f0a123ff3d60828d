"""A random Llama whose states are wide enough that gates can tell subjects apart."""

from __future__ import annotations

from pathlib import Path

from cltool.facts.stream import Stream

from .conftest import write_checkpoint


def write_wide_model(stream: Stream, folder: Path) -> Path:
    """Write the checkpoint, with a tokenizer whose merges are learned from ``stream``."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    write_checkpoint("llama", stream, folder)
    config = LlamaConfig.from_pretrained(folder)
    config.update({"hidden_size": 256, "head_dim": 64, "initializer_range": 0.05})
    torch.manual_seed(0)
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder
