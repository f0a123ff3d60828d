"""Untrained models with the blocks of a Llama, in the size of a recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import torch
from transformers import LlamaForCausalLM

from cltool.models.tiny import induction

if TYPE_CHECKING:
    from cltool.lm.coder import Coder
    from cltool.models.tiny.recipe import Recipe

Kind = TypeVar("Kind", bound=LlamaForCausalLM)


def config_values(coder: Coder, recipe: Recipe) -> dict[str, Any]:
    """Return the values of a `LlamaConfig` for a recipe.

    Args:
        coder: the model's tokenizer.
        recipe: the size of the model; with ``pages``, attention has biases and slow rotary pairs,
            as the induction heads of `cltool.models.tiny.induction` need.
    """
    values: dict[str, Any] = {
        "vocab_size": len(coder.tokenizer),
        "hidden_size": recipe.hidden,
        "intermediate_size": recipe.inner,
        "num_hidden_layers": recipe.layers,
        "num_attention_heads": max(4, recipe.hidden // 64),
        "max_position_embeddings": recipe.context,
        "tie_word_embeddings": True,
        "pad_token_id": coder.pad,
        "bos_token_id": coder.documents([""])[0][0],
        "eos_token_id": coder.eos,
    }
    if recipe.pages:
        # Induction heads compare tokens by slow rotary pairs, and attend by position with biases.
        values["attention_bias"] = True
        values["rope_parameters"] = {"rope_type": "default", "rope_theta": 1e6}
    return values


def new_model(kind: type[Kind], coder: Coder, recipe: Recipe, **options: Any) -> Kind:
    """Return an untrained model; uses torch's global random generator.

    If the model is to learn to read, it has induction heads in its first two blocks, which must
    have the attention of a Llama.

    Args:
        kind: a Llama, or a subclass of it with a config class of its own.
        coder: its tokenizer.
        recipe: its size.
        options: further values of its config.
    """
    config: Any = kind.config_class
    model: Kind = kind(config(**{**config_values(coder, recipe), **options}))
    if recipe.pages:
        embeddings: Any = model.get_input_embeddings()
        torch.nn.init.normal_(embeddings.weight, std=0.1)
        induction.write(model)
    return model
