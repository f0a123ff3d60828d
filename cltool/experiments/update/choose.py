"""Chooses the strategy of an update by what is at hand, and says why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cltool.experiments.update.estimate import FULL, Speed

PRETRAINED = 20_000_000
"""Parameters from which a model is taken to be pretrained (`cltool.lm.language_model`)."""

PATCHER, LORA, REPLAY, EWC, ERASING = "patcher", "lora", "replay", "ewc", "npo+replay"


@dataclass(frozen=True, slots=True)
class Choice:
    """A strategy, and why it was chosen."""

    strategy: str
    why: str


def choose(
    speed: Speed,
    *,
    erases: bool,
    plain: bool,
    keep_data: bool,
    before: Mapping[str, Any],
) -> Choice:
    """Return the strategy.

    Args:
        speed: the size of the model, and the free memory.
        erases: whether facts are to be erased that no update of this strategy taught.
        plain: whether neurons can be added to the model's MLPs.
        keep_data: whether facts may be stored to be rehearsed later.
        before: the record of the version that is updated; empty for a model that was not.
    """
    earlier = before.get("strategy")
    if erases and keep_data:
        return Choice(ERASING, "facts are to be erased from the weights; npo erases them, and"
                      " replay keeps the protected ones")  # fmt: skip
    if earlier:
        return Choice(str(earlier), "the model was updated with it before, so that earlier facts"
                      " can still be replaced exactly")  # fmt: skip
    if speed.parameters >= PRETRAINED and plain:
        return Choice(PATCHER, f"the model has {speed.parameters / 1e6:,.0f} million parameters and"
                      " knows much that no list names; patcher changes none of them")  # fmt: skip
    needed = speed.parameters * FULL + speed.activations
    if speed.room is not None and needed > speed.room:
        return Choice(LORA, f"training all weights needs {needed / 1e9:.1f} GB and"
                      f" {speed.room / 1e9:.1f} GB are free; lora trains an adapter")  # fmt: skip
    if keep_data:
        return Choice(REPLAY, "the model is small, and facts may be stored, so the protected ones"
                      " are rehearsed")  # fmt: skip
    return Choice(EWC, "facts may not be stored, so a penalty protects the weights that earlier"
                  " facts need")  # fmt: skip


def others(strategy: str) -> list[tuple[str, dict[str, Any]]]:
    """Return what to try after ``strategy`` was refused: strategies, with settings.

    The first is the same strategy with a lower rate.
    """
    slower: dict[str, Any] = {"learner": {"lr_scale": 0.3}}
    if strategy == PATCHER:
        # Its rate is one of its own, and its damage comes from gates that open too early.
        slower = {"strategy": {PATCHER: {"place": 0.7}}}
    ways: list[tuple[str, dict[str, Any]]] = [(strategy, slower)]
    ways += [(name, {}) for name in (PATCHER, REPLAY, LORA) if name != strategy]
    return ways
