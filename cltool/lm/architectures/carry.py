"""Lets a model that reads in pieces read a text, and keep it for all texts that follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch

from cltool.lm.architectures.decoder import PieceModel
from cltool.lm.architectures.memory_state import MemoryState
from cltool.lm.modes import evaluating

if TYPE_CHECKING:
    from torch import nn

    from cltool.lm.language_model import LanguageModel


def reads_in_pieces(model: nn.Module) -> PieceModel | None:
    """Return the part of ``model`` that keeps what it reads; None if there is none."""
    return next((one for one in model.modules() if isinstance(one, PieceModel)), None)


@torch.no_grad()
def read_on(lm: LanguageModel, inner: PieceModel, ids: Sequence[int]) -> MemoryState:
    """Read tokens after all that the model carries; it then carries these, too.

    Args:
        lm: the model.
        inner: its part that reads in pieces.
        ids: the tokens.

    Returns:
        What it carries.
    """
    with evaluating(lm.model), lm.precision.autocast():
        text = torch.tensor([list(ids)], device=lm.device)
        out: Any = lm.model(input_ids=text, use_cache=True, logits_to_keep=1)
    state: MemoryState = out.past_key_values.detached()
    inner.carried = state
    return state
