"""States of strategies: tensors and plain JSON values, and facts as such values."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from cltool.core.errors import UserError
from cltool.facts.facts import Fact

if TYPE_CHECKING:
    from torch import Tensor

State = dict[str, Any]
"""Tensors and plain JSON values, by name; nested only inside the JSON values."""


def split_state(state: State) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Return the tensors and the JSON values of a state.

    Raises:
        UserError: a value is neither.
    """
    import torch

    tensors: dict[str, Tensor] = {}
    values: dict[str, Any] = {}
    for name, value in state.items():
        if isinstance(value, torch.Tensor):
            tensors[name] = value.detach().cpu().contiguous()
            continue
        try:
            values[name] = json.loads(json.dumps(value, allow_nan=False))
        except (TypeError, ValueError) as error:
            raise UserError(
                f"state {name!r} is neither a tensor nor plain JSON: {error}",
                hint="Keep tensors at the top of state_dict(), and lists, numbers and strings.",
            ) from error
    return tensors, values


def state_bytes(state: State) -> int:
    """Return the bytes of a state: of its tensors, and of its JSON values as text."""
    tensors, values = split_state(state)
    size = sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())
    return size + (len(json.dumps(values, ensure_ascii=False).encode()) if values else 0)


def fact_rows(facts: Iterable[Fact]) -> list[list[Any]]:
    """Return facts as plain JSON, for a state."""
    return [[fact.subject, fact.relation, fact.object, list(fact.aliases)] for fact in facts]


def facts_from_rows(rows: Iterable[Sequence[Any]]) -> list[Fact]:
    """Return the facts that ``fact_rows`` turned into rows."""
    return [Fact(row[0], row[1], row[2], tuple(row[3])) for row in rows]
