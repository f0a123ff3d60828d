"""Small untrained models of the architectures that `transformers` does not have."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from transformers import PreTrainedTokenizerFast

from cltool.lm.architectures import ARCHITECTURES

SIZE = {
    "vocab_size": 50,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": 256,
    "tie_word_embeddings": True,
    "attention_bias": True,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "segment": 8,
}
OPTIONS: dict[str, dict[str, Any]] = {
    "cltool-window": {"sinks": 2},
    "cltool-compressive": {"memory": 8, "rate": 4, "compressed": 4},
    "cltool-hierarchical": {"fast_size": 8, "fast_half_life": 16, "slow_size": 16},
    "cltool-dnc": {
        "rows": 3,
        "cells": 4,
        "address": 8,
        "head_size": 8,
        "writes": [3, 4, 5, 6, 7, 8, 9, 10],
        "breaks": [11, 12],
    },
}


def small_model(kind: str, **options: Any) -> Any:
    """Return an untrained model whose memory is much shorter than the texts of the tests."""
    module = import_module(ARCHITECTURES[kind])
    torch.manual_seed(0)
    config = module.CONFIG(**{**SIZE, **OPTIONS.get(kind, {}), **options})
    return module.CAUSAL_LM(config).eval()


def write_tokenizer(folder: Path) -> None:
    """Write a tokenizer with as many tokens as the small models have."""
    words = ["<pad>", "<bos>", "<eos>", *(f"w{number}" for number in range(47))]
    vocabulary = {word: number for number, word in enumerate(words)}
    inner = Tokenizer(WordLevel(vocabulary, unk_token="<pad>"))
    PreTrainedTokenizerFast(
        tokenizer_object=inner, pad_token="<pad>", bos_token="<bos>", eos_token="<eos>"
    ).save_pretrained(folder)


IN_PIECES = sorted({*ARCHITECTURES} - {"cltool-memory-layer"})
"""The architectures that read in pieces and keep a memory of them."""


@pytest.fixture(params=IN_PIECES)
def in_pieces(request: pytest.FixtureRequest) -> str:
    """Each architecture that reads in pieces, in turn."""
    return str(request.param)


@pytest.fixture(params=sorted(ARCHITECTURES))
def kind(request: pytest.FixtureRequest) -> str:
    """Each architecture in turn."""
    return str(request.param)
