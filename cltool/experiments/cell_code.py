"""Which code made the finished cells of an experiment: the present code, or other code.

A cell whose settings or facts differ is out of date and has to run again. A cell of which only the
code differs is kept and used, because a table that takes many hours would otherwise never be
finished. The report says how many such cells it has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cltool.experiments.experiment_plan import PlannedCell

Json = Mapping[str, Any]


def out_of_date(held: Json | None, cell: PlannedCell) -> str:
    """Return why a cell has to run; nothing where its result counts.

    Args:
        held: the content of its file; None where there is none.
        cell: as the experiment says.
    """
    if held is None:
        return "not run yet"
    changed = _changed(held, cell)
    return "" if changed in ([], ["code"]) else f"changed: {', '.join(changed)}"


def by_other_code(held: Json | None, cell: PlannedCell) -> bool:
    """Return whether a cell counts, but other code than the present made it."""
    return held is not None and _changed(held, cell) == ["code"]


def _changed(held: Json, cell: PlannedCell) -> list[str]:
    before = held["digest"]
    return [part for part, value in cell.digest.items() if before.get(part) != value]


@dataclass(frozen=True, slots=True)
class CodeOfCells:
    """Which code made the finished cells of an experiment.

    Attributes:
        planned: number of cells of the experiment.
        present: cells that the present code made.
        other: cells that other code made.
        differs: whether different versions of the code made the cells; None where the files do
            not say it.
    """

    planned: int
    present: Sequence[PlannedCell]
    other: Sequence[PlannedCell]
    differs: bool | None

    @property
    def missing(self) -> int:
        """Number of cells that are missing or out of date."""
        return self.planned - len(self.present) - len(self.other)


def code_of_cells(held: Mapping[PlannedCell, Json | None]) -> CodeOfCells:
    """Return which code made the cells.

    Args:
        held: all cells of an experiment, with the content of their files.
    """
    finished = {cell: one for cell, one in held.items() if one and not out_of_date(one, cell)}
    other = [cell for cell, one in finished.items() if by_other_code(one, cell)]
    present = [cell for cell in finished if cell not in other]
    return CodeOfCells(len(held), present, other, _differs(finished, present, other))


def _differs(
    finished: Mapping[PlannedCell, Json],
    present: Sequence[PlannedCell],
    other: Sequence[PlannedCell],
) -> bool | None:
    if not other:
        return False
    if present:
        return True
    of_strategy: dict[str, set[str]] = {}
    for cell, one in finished.items():
        of_strategy.setdefault(cell.strategy, set()).add(one["digest"].get("code", ""))
    if any(len(codes) > 1 for codes in of_strategy.values()):
        return True
    if len(of_strategy) == 1:
        return False
    # The digests of two strategies always differ, so only the code that they share can tell.
    shared = {one.get("shared_code") for one in finished.values()}
    if len(shared - {None}) > 1:
        return True
    return None if None in shared else False
