"""Counts the tokens that pass through causal LMs, to compare them with those a strategy counted.

The rule: every token that the run's model, or a copy of it, reads for a strategy counts once for
each forward pass, with or without gradients, and every token that it writes counts once. Padding
does not count, nor does a token that a cache of keys and values already holds. The answers to
probes do not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from transformers import PreTrainedModel


@dataclass
class Passed:
    """What passed through the models.

    Attributes:
        tokens: those read, without padding.
        written: texts that were continued; the last token of each may have been written without
            being read.
    """

    tokens: int = 0
    written: int = 0
    depth: int = 0

    def add(
        self, model: PreTrainedModel, arguments: tuple[Any, ...], named: Mapping[str, Any]
    ) -> None:
        """Count a forward pass of ``model``."""
        ids: Any = named.get("input_ids", arguments[0] if arguments else None)
        ids = named.get("inputs_embeds") if ids is None else ids
        mask: Any = named.get("attention_mask")
        if ids is None:
            return
        rows, width = ids.shape[:2]
        if _cached(named) and width == 1 and not ids.is_floating_point():
            # A text that has ended is continued with padding as long as others go on.
            ends = {model.generation_config.pad_token_id, *_stops(model)}
            self.tokens += sum(token not in ends for token in ids[:, 0].tolist())
            return
        if mask is not None and mask.ndim == 2:
            self.tokens += int(mask[:, -width:].sum())
        else:
            self.tokens += rows * width
        self.written += rows * bool(named.get("use_cache"))


def _cached(named: Mapping[str, Any]) -> bool:
    """Return whether a cache holds the keys and values of earlier tokens."""
    cache = named.get("past_key_values")
    return cache is not None and bool(cache.get_seq_length())


def _stops(model: PreTrainedModel) -> set[int]:
    stops = model.generation_config.eos_token_id
    return set(stops if isinstance(stops, list) else [stops])


@contextmanager
def passing() -> Iterator[Passed]:
    """Count all tokens that pass through `transformers` models inside the context."""
    passed = Passed()
    plain = PreTrainedModel.__call__

    def call(model: PreTrainedModel, *arguments: Any, **named: Any) -> Any:
        if passed.depth == 0:
            passed.add(model, arguments, named)
        passed.depth += 1
        try:
            return plain(model, *arguments, **named)
        finally:
            passed.depth -= 1

    PreTrainedModel.__call__ = call
    try:
        yield passed
    finally:
        del PreTrainedModel.__call__
