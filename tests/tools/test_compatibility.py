"""The page about strategies and model families is true."""

from __future__ import annotations

from pathlib import Path

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
    names, columns = compatibility.strategies(), compatibility.COLUMNS
    assert set(CELLS) == {(name, column) for name in names for column in columns}
    assert compatibility.read(compatibility.page(CELLS)) == CELLS
    assert compatibility.page(CELLS) == compatibility.PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("column", [compatibility.PROCESSES, compatibility.SHARDED])
def test_it_says_what_the_strategies_declare_about_several_processes(column: str) -> None:
    for name in compatibility.strategies():
        assert CELLS[name, column] == compatibility.declared(name, column), name


@pytest.mark.parametrize("cell", SAMPLE, ids="-".join)
def test_a_sample_of_its_cells(cell: tuple[str, str]) -> None:
    assert compatibility.outcome(*cell) == CELLS[cell]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("strategy", compatibility.strategies())
def test_every_cell(strategy: str, family: str) -> None:
    assert compatibility.outcome(strategy, family) == CELLS[strategy, family]


def test_only_missing_cells_are_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = {cell: text for cell, text in CELLS.items() if cell[0] != "read"}
    page = tmp_path / "page.md"
    page.write_text(compatibility.page(held), encoding="utf-8")
    run: list[tuple[str, str]] = []

    def outcome(strategy: str, family: str) -> str:
        run.append((strategy, family))
        return compatibility.RUNS

    monkeypatch.setattr(compatibility, "PAGE", page)
    monkeypatch.setattr(compatibility, "outcome", outcome)
    assert compatibility.main(["--missing"]) == 0
    assert run == [("read", family) for family in FAMILIES]  # the others are only looked up
    assert compatibility.read(page.read_text(encoding="utf-8")) == CELLS
