"""Tokenizers and checkpoints with a chat template."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.families import byte_bpe

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

    from cltool.facts.stream import Stream

TEMPLATE = (
    "{% for m in messages %}<turn>{{ m['role'] }}\n{{ m['content'] }}<end>\n{% endfor %}"
    "{% if add_generation_prompt %}<turn>assistant\n{% endif %}"
)


def with_template(
    tokenizer: PreTrainedTokenizerFast, template: str = TEMPLATE
) -> PreTrainedTokenizerFast:
    """Add the tokens of the turns and the template."""
    tokenizer.add_special_tokens({"additional_special_tokens": ["<turn>", "<end>"]})
    tokenizer.chat_template = template
    return tokenizer


def write_chat_model(stream: Stream, folder: Path) -> Path:
    """Write a small random model whose tokenizer has a chat template."""
    import torch
    import transformers as hf

    chats = stream.wordings.as_chat()
    sentences = [
        prompt + target
        for update in stream
        for fact in update.learn
        for prompt, target in chats.examples(fact)
    ]
    tokenizer = with_template(byte_bpe(sentences, bos=False, pad=True))
    settings: dict[str, Any] = {
        "vocab_size": len(tokenizer),
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 4,
        "max_position_embeddings": 128,
        "bos_token_id": None,
        "eos_token_id": tokenizer.eos_token_id,
    }
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        model: Any = hf.AutoModelForCausalLM.from_config(hf.LlamaConfig(**settings))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
