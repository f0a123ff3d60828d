"""Small random checkpoints of the model families that cltool is tried on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

CONTEXT = 256
"""Longest sequence of the models, in tokens."""

FAMILIES = {
    "llama": "Llama",
    "qwen3": "Qwen3",
    "gemma3": "Gemma 3",
    "mistral": "Mistral",
    "phi": "Phi",
    "gpt2": "GPT-2",
    "gpt_neox": "GPT-NeoX",
    "opt": "OPT",
    "mixtral": "Mixtral, a mixture of experts",
    "mamba": "Mamba, a state-space model",
}
"""Name → what tables call it."""


def byte_bpe(sentences: Sequence[str], *, bos: bool, pad: bool) -> PreTrainedTokenizerFast:
    """Return a byte-level BPE of 384 tokens; with ``bos`` each text begins with a token of its own.

    Args:
        sentences: what its merges are learned from.
        bos: whether texts begin with ``<bos>``.
        pad: whether there is a token for padding.
    """
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    inner = Tokenizer(models.BPE())
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    special = ["<eos>", *(["<bos>"] if bos else []), *(["<pad>"] if pad else [])]
    trainer = trainers.BpeTrainer(
        vocab_size=384,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    inner.train_from_iterator(sentences, trainer)
    if bos:
        inner.post_processor = processors.TemplateProcessing(
            single="<bos> $A", special_tokens=[("<bos>", inner.token_to_id("<bos>"))]
        )
    return PreTrainedTokenizerFast(
        tokenizer_object=inner,
        eos_token="<eos>",
        bos_token="<bos>" if bos else None,
        pad_token="<pad>" if pad else None,
    )


def write_checkpoint(
    family: str, sentences: Sequence[str], folder: Path, context: int = CONTEXT
) -> Path:
    """Write a random model of ``family`` and its tokenizer, as `transformers` saves them.

    Args:
        family: a key of `FAMILIES`.
        sentences: what the tokenizer's merges are learned from.
        folder: the folder to write.
        context: longest sequence, in tokens.
    """
    import torch
    from transformers import AutoModelForCausalLM

    tokenizer = byte_bpe(
        sentences, bos=family in ("llama", "gemma", "gemma3"), pad=family != "gpt2"
    )
    eos = tokenizer.eos_token_id
    if not isinstance(eos, int):
        raise TypeError("the tokenizer has no end token")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        config = _config(family, len(tokenizer), eos, context)
        model: Any = AutoModelForCausalLM.from_config(config)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _config(family: str, vocabulary: int, eos: int, context: int) -> Any:
    import transformers as hf

    size: dict[str, Any] = {
        "vocab_size": vocabulary,
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "bos_token_id": eos,
        "eos_token_id": eos,
        "pad_token_id": None,
        # Wide enough that no two tokens are nearly as probable as each other.
        "initializer_range": 0.3,
    }
    attention: dict[str, Any] = {"num_attention_heads": 4, "max_position_embeddings": context}
    gated: dict[str, Any] = {"intermediate_size": 48, **attention}
    grouped: dict[str, Any] = {**gated, "num_key_value_heads": 2}
    dry = {"hidden_dropout": 0.0, "attention_dropout": 0.0}
    configs: dict[str, Callable[[], Any]] = {
        "llama": lambda: hf.LlamaConfig(**size, **grouped),
        "qwen3": lambda: hf.Qwen3Config(**size, **grouped, head_dim=8),
        "gemma": lambda: hf.GemmaConfig(**size, **grouped, head_dim=8),
        "gemma3": lambda: hf.Gemma3TextConfig(
            **size, **grouped, head_dim=8, query_pre_attn_scalar=8, sliding_window=64
        ),
        "mistral": lambda: hf.MistralConfig(**size, **grouped, sliding_window=None),
        "phi": lambda: hf.PhiConfig(**size, **grouped, embd_pdrop=0.0, resid_pdrop=0.0),
        "mixtral": lambda: hf.MixtralConfig(
            **size, **grouped, num_local_experts=4, num_experts_per_tok=2
        ),
        "gpt2": lambda: hf.GPT2Config(
            vocab_size=vocabulary,
            n_embd=32,
            n_layer=2,
            n_head=4,
            n_positions=context,
            resid_pdrop=0.0,
            embd_pdrop=0.0,
            attn_pdrop=0.0,
            bos_token_id=eos,
            eos_token_id=eos,
            initializer_range=0.3,
        ),
        "gpt_neox": lambda: hf.GPTNeoXConfig(**size, **gated, **dry),
        "opt": lambda: hf.OPTConfig(
            **{k: v for k, v in size.items() if k != "initializer_range"},
            **attention,
            ffn_dim=48,
            word_embed_proj_dim=32,
            dropout=0.0,
            init_std=0.3,
        ),
        "mamba": lambda: hf.MambaConfig(**size, state_size=4),
    }
    return configs[family]()
