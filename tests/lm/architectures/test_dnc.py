"""What a model with an external matrix writes into it, finds in it, and overwrites."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from cltool.lm.architectures.external_matrix import followed

from .conftest import small_model

WRITE, BREAK, ROWS = 3, 4, 6
LINES = [[20, 21, 22, 23], [30, 31, 32], [40, 41, 42, 43, 44], [25, 35, 45]]


def model(**options: Any) -> Any:
    """An untrained model in which a token's state says above all which token it is."""
    sizes = {"rows": ROWS, "cells": 6, "address": 64}
    one = small_model("cltool-dnc", **{**sizes, "writes": [WRITE], "breaks": [BREAK], **options})
    with torch.no_grad():
        one.model.embed_tokens.weight.mul_(20)
    return one


def state_after(one: Any, *lines: list[int], asked: list[int] | None = None) -> dict[str, Tensor]:
    """The external memory after ``lines``, which are written, and ``asked``, which is not."""
    ids = [token for line in lines for token in (*line, WRITE)]
    ids += [*asked, BREAK] if asked is not None else []
    with torch.no_grad():
        state: dict[str, Tensor] = one(torch.tensor([ids]), use_cache=True).past_key_values.states[
            1
        ]
    return state


def test_each_line_takes_one_row() -> None:
    for count in range(1, 5):
        state = state_after(model(), *LINES[:count])
        assert state["usage"].shape == (1, count)
        assert bool((state["usage"] > 0.9).all())


def test_a_line_that_is_not_written_changes_no_row() -> None:
    one = model()
    before = state_after(one, *LINES)
    after = state_after(one, *LINES, asked=[20, 21])
    for name in ("matrix", "usage", "precedence", "links"):
        assert torch.allclose(before[name], after[name], atol=1e-5)
    assert not torch.equal(before["reads"], after["reads"])


@pytest.mark.parametrize("row", range(4))
def test_a_question_finds_the_row_of_its_line(row: int) -> None:
    reads = state_after(model(), *LINES, asked=LINES[row][:-1])["reads"]
    assert reads.argmax(-1).tolist() == [[row] * 2]
    assert bool((reads.sum(-1) <= 1 + 1e-6).all())


def test_links_lead_from_a_found_row_to_its_neighbours() -> None:
    state = state_after(model(), *LINES, asked=LINES[1][:2])
    back, on = followed(state["links"], state["reads"])
    assert back.argmax(-1).tolist() == [[0, 0]]
    assert on.argmax(-1).tolist() == [[2, 2]]


def test_the_same_line_again_is_written_into_its_row() -> None:
    one = model(same=0.6)
    once, twice = state_after(one, *LINES), state_after(one, *LINES, LINES[1])
    # No further row is in use, and the second row is now the last one that was written.
    assert bool((twice["usage"][:, 4:] < 0.2).all())
    assert once["precedence"].argmax(-1).tolist() == [3]
    assert twice["precedence"].argmax(-1).tolist() == [1]


def tokens_of(state: dict[str, Tensor], row: int) -> Tensor:
    """What a row holds of its tokens: keys, values and presence, without the address."""
    return state["matrix"][0, row, 64:]


def test_a_new_object_replaces_the_old_one() -> None:
    one = model(same=0.4)
    with torch.no_grad():
        one.model.layers[1].memory.interface.bias[3] = 80.0  # the write head is sharp
    old, new = [20, 21, 22, 23], [20, 21, 22, 33]
    found = state_after(one, old, LINES[1], new)
    stale, fresh = state_after(one, old), state_after(one, new)
    assert bool((found["usage"][:, 2:] < 0.1).all())
    to_new = (tokens_of(found, 0) - tokens_of(fresh, 0)).norm()
    to_old = (tokens_of(found, 0) - tokens_of(stale, 0)).norm()
    assert to_new < 0.4 * to_old


def test_the_state_stops_growing_when_every_row_is_in_use() -> None:
    one = model()
    generator = torch.Generator().manual_seed(1)
    lines = [torch.randint(5, 50, (4,), generator=generator).tolist() for _ in range(ROWS + 5)]
    sizes = [state_after(one, *lines[:count])["matrix"].shape[1] for count in (3, ROWS, ROWS + 5)]
    assert sizes == [3, ROWS, ROWS]


def test_only_the_last_tokens_of_a_long_line_are_kept() -> None:
    one = model()
    tail = [25, 26, 27, 28, 29]
    shape = (1, 6, -1)  # presence is the last part of a row
    for line, kept in (([20, 21], 3), ([30, 31, 32, 33, *tail], 6)):
        present = state_after(one, line)["matrix"][:, 0, -6:].view(shape)
        assert int((present > 0.5).sum()) == kept


def test_links_are_sub_stochastic_in_a_long_text() -> None:
    generator = torch.Generator().manual_seed(2)
    lines = [torch.randint(5, 50, (3,), generator=generator).tolist() for _ in range(20)]
    links = state_after(model(), *lines)["links"]
    assert bool((links >= -1e-6).all())
    assert bool((links.sum(1) <= 1 + 1e-5).all())
    assert bool((links.sum(2) <= 1 + 1e-5).all())
    assert not links.diagonal(dim1=1, dim2=2).any()


def test_a_removed_line_leaves_a_free_row() -> None:
    one = model()
    state = state_after(one, *LINES)
    begin = len(LINES[0]) + 1
    end = begin + len(LINES[1]) + 1
    left = one.model.layers[1].removed(state, begin, end)
    assert not left["matrix"][0, 1].any()
    assert left["usage"][0, 1] == 0
    assert torch.equal(left["matrix"][0, [0, 2, 3]], state["matrix"][0, [0, 2, 3]])
    assert not followed(left["links"], torch.eye(4)[None, [1]])[1].any()
