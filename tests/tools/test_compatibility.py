"""The page about strategies and model families is true."""

from __future__ import annotations

import pytest

from tools import compatibility
from tools.families import FAMILIES

CELLS = compatibility.read(compatibility.PAGE.read_text(encoding="utf-8"))
SAMPLE = [
    (strategy, family)
    for family in ("gpt2", "mamba")
    for strategy in ("replay", "ewc", "lora", "memit", "retrieval", "npo")
]


def test_the_page_has_every_strategy_and_every_family() -> None:
    assert set(CELLS) == {(s, f) for s in compatibility.strategies() for f in FAMILIES}
    assert compatibility.read(compatibility.page(CELLS)) == CELLS
    assert compatibility.page(CELLS) == compatibility.PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("cell", SAMPLE, ids="-".join)
def test_a_sample_of_its_cells(cell: tuple[str, str]) -> None:
    assert compatibility.outcome(*cell) == CELLS[cell]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("strategy", compatibility.strategies())
def test_every_cell(strategy: str, family: str) -> None:
    assert compatibility.outcome(strategy, family) == CELLS[strategy, family]
