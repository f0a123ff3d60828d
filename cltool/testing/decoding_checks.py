"""Checks that a model's logits depend only on the tokens before them, however they are computed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from cltool.lm.architectures.memory_state import MemoryState
from cltool.lm.language_model import LanguageModel
from cltool.testing.suite import Suite

LONGEST = 320
"""Most tokens of the text that is read; more than the windows of the built-in models."""

TOLERANCE = 1e-3
"""Largest difference between logits that count as the same, as a share of the largest logit."""


def check(suite: Suite, lm: LanguageModel, tokens: Sequence[int]) -> None:
    """Raise a `ContractError` if the model breaks a promise.

    Args:
        suite: of the model's class.
        lm: the model.
        tokens: a text; it is repeated, so that it is long enough.
    """
    size = min(LONGEST, lm.context)
    ids = torch.tensor([[tokens[place % len(tokens)] for place in range(size)]], device=lm.device)
    with suite.during("a forward pass of a long text"), torch.no_grad():
        whole = lm.model(ids).logits
    scale = float(whole.abs().max())

    def same(found: Tensor, expected: Tensor) -> bool:
        return float((found - expected).abs().max()) <= TOLERANCE * scale

    _causal(suite, lm, ids, whole, same)
    _padding(suite, lm, ids, whole, same)
    _in_parts(suite, lm, ids, whole, same)


def _causal(suite: Suite, lm: LanguageModel, ids: Tensor, whole: Tensor, same: Any) -> None:
    half = ids.shape[1] // 2
    other = ids.clone()
    other[:, half:] = other[:, half:].flip(1)
    with torch.no_grad():
        found = lm.model(other).logits
    suite.expect(
        same(found[:, :half], whole[:, :half]),
        "its logits change with later tokens",
        "Mask attention so that a token sees only earlier ones.",
    )


def _padding(suite: Suite, lm: LanguageModel, ids: Tensor, whole: Tensor, same: Any) -> None:
    size = ids.shape[1]
    short = size - size // 4
    for side in ("right", "left"):
        begin = 0 if side == "right" else size - short
        padded = torch.full_like(ids, lm.coder.pad)
        padded[:, begin : begin + short] = ids[:, :short]
        mask = torch.zeros_like(ids)
        mask[:, begin : begin + short] = 1
        places = (mask.cumsum(1) - 1).clamp_min(0)
        with suite.during(f"a forward pass with padding on the {side}"), torch.no_grad():
            found = lm.model(padded, attention_mask=mask, position_ids=places).logits
        suite.expect(
            same(found[:, begin : begin + short], whole[:, :short]),
            f"its logits change with padding on the {side}",
            "Leave padding out by the attention mask.",
        )


def _in_parts(suite: Suite, lm: LanguageModel, ids: Tensor, whole: Tensor, same: Any) -> None:
    """Read the text in parts, and save and restore the state between them, if it can be saved."""
    size = ids.shape[1]
    cuts = [0, size // 3, size // 3 + 1, size // 3 + 2, 2 * size // 3, size]
    state: Any = None
    parts = []
    with suite.during("a forward pass with the state after earlier tokens"), torch.no_grad():
        for begin, end in pairwise(cuts):
            out = lm.model(ids[:, begin:end], past_key_values=state, use_cache=True)
            state = out.past_key_values
            parts.append(out.logits)
            if isinstance(state, MemoryState):
                state = MemoryState.from_tensors(state.tensors(), len(state.states))
    suite.expect(
        state is not None and same(torch.cat(parts, dim=1), whole),
        "a text in parts does not give the logits of the whole text",
        "Return everything that later tokens need as past_key_values.",
    )
