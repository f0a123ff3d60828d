"""Counts the tokens that pass through causal LMs, to compare them with those a strategy counted.

The rule: every token that the run's model, or a copy of it, reads for a strategy counts once for
each forward pass, with or without gradients, and every token that it writes counts once. Padding
does not count, nor does a token that a cache of keys and values already holds. The answers to
probes do not count.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from transformers import PreTrainedModel

from cltool.lm.coder import Coder


@dataclass
class Passed:
    """What passed through the models.

    Attributes:
        pad: the token of padding.
        ends: tokens that end a text, or come after its end.
        written: texts that were continued; the last token of each may have been written without
            being read.
    """

    pad: int
    ends: Collection[int]
    written: int = 0
    depth: int = 0
    _known: int = 0
    _sums: dict[torch.device, Tensor] = field(default_factory=dict)

    @property
    def tokens(self) -> int:
        """The tokens that were read, without padding."""
        return self._known + sum(int(count) for count in self._sums.values())

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
            ends = {model.generation_config.pad_token_id, *_stops(model), *self.ends} - {None}
            self._sum(~torch.isin(ids, torch.tensor([*ends], device=ids.device)))
            return
        if mask is not None and mask.ndim == 2:
            self._sum(mask[:, -width:])
        elif ids.is_floating_point():
            self.add_known(rows * width)
        else:
            # Padding at the end needs no mask: nothing attends to it.
            self._sum(ids != self.pad)
        self.written += rows * bool(named.get("use_cache"))

    def add_known(self, tokens: int) -> None:
        """Count ``tokens``, wherever they passed."""
        self._known += tokens

    def _sum(self, counts: Tensor) -> None:
        # The device adds, so that a GPU does not have to be waited for.
        held = self._sums.get(counts.device, 0)
        self._sums[counts.device] = held + counts.detach().sum()


def _cached(named: Mapping[str, Any]) -> bool:
    """Return whether a cache holds the keys and values of earlier tokens."""
    cache = named.get("past_key_values")
    return cache is not None and bool(cache.get_seq_length())


def _stops(model: PreTrainedModel) -> set[int]:
    stops = model.generation_config.eos_token_id
    return set(stops if isinstance(stops, list) else [stops])


_counting: list[Passed] = []
"""The counts in progress."""


@contextmanager
def set_aside() -> Iterator[Callable[[int], None]]:
    """Count nothing that passes inside; yield a function that adds a number of tokens instead.

    This is for models that cltool builds and keeps in its cache: what building one took is
    recorded with it, so that the count is the same whether the model is there already or not.
    """

    def add(tokens: int) -> None:
        for passed in counts:
            passed.add_known(tokens)

    counts = [*_counting]
    for passed in counts:
        passed.depth += 1
    try:
        yield add
    finally:
        for passed in counts:
            passed.depth -= 1


@contextmanager
def passing(coder: Coder) -> Iterator[Passed]:
    """Count all tokens that pass through `transformers` models inside the context.

    Args:
        coder: knows the tokens that end a text, and the padding after it.
    """
    passed = Passed(coder.pad, (coder.pad, *coder.stops))
    _counting.append(passed)
    plain = PreTrainedModel.__call__

    def call(model: PreTrainedModel, *arguments: Any, **named: Any) -> Any:
        if passed.depth == 0:
            passed.add(model, arguments, named)
        passed.depth += 1
        try:
            return plain(model, *arguments, **named)
        finally:
            passed.depth -= 1

    before = vars(PreTrainedModel).get("__call__")
    PreTrainedModel.__call__ = call
    try:
        yield passed
    finally:
        _counting.pop()
        if before is None:
            del PreTrainedModel.__call__
        else:
            PreTrainedModel.__call__ = before
