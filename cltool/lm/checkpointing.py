"""Gradient checkpointing: activations are computed again in the backward pass, not kept."""

from __future__ import annotations

from typing import Any

from cltool.core.errors import UserError
from cltool.lm.scoring import unwrapped


def enable(model: Any) -> None:
    """Make the model keep only the inputs of its blocks in training (Chen et al. 2016).

    Gradients stay the same, dropout included. A training step runs the blocks forward once more.
    In evaluation mode nothing changes.

    Raises:
        UserError: the architecture does not support it.
    """
    inner = unwrapped(model)
    options = {"use_reentrant": False}
    try:
        if hasattr(inner, "activation_checkpointing_enable"):
            inner.activation_checkpointing_enable(activation_checkpointing_kwargs=options)
        else:
            inner.gradient_checkpointing_enable(gradient_checkpointing_kwargs=options)
    except ValueError as error:
        raise UserError(
            f"a {type(inner).__name__} does not support gradient checkpointing",
            where="learner.gradient_checkpointing",
            hint="Leave it off. A smaller learner.micro_batch_size also saves memory.",
        ) from error
