"""Reasons to doubt a report made from cells: missing cells, and cells made by other code."""

from __future__ import annotations

from collections.abc import Sequence

from cltool.experiments.cell_code import CodeOfCells
from cltool.experiments.experiment_plan import Plan, PlannedCell
from cltool.reporting import formats


def cell_doubts(plan: Plan, code: CodeOfCells) -> list[str]:
    """Return what readers have to know of the cells of an experiment, a text each."""
    return [text for text in (_missing(code), other_code(plan, code)) if text]


def _missing(code: CodeOfCells) -> str:
    if not code.missing:
        return ""
    return (
        f"{formats.plural(code.missing, 'cell')} of {code.planned} of this experiment"
        f" {'is' if code.missing == 1 else 'are'} not finished."
    )


def other_code(plan: Plan, code: CodeOfCells) -> str:
    """Return how many cells were made by other code than the present one, and what that means."""
    if not code.other:
        return ""
    finished = len(code.present) + len(code.other)
    number = formats.plural(finished, "finished cell")
    names = ", ".join(_together(plan, code.other))
    made = f"{len(code.other)} of {number} {'was' if len(code.other) == 1 else 'were'} made by"
    return (
        f"{made} other code than the present one: {names}.{_mixed(code, finished)} To run"
        f" {'it' if len(code.other) == 1 else 'them'} again: {plan.command} --renew."
    )


def _mixed(code: CodeOfCells, finished: int) -> str:
    if finished == 1:
        return ""
    differs = " A difference between cells can come from the code."
    if code.present:
        return f" The present code made the others.{differs}"
    if code.differs:
        return f" Different versions of the code made them.{differs}"
    if code.differs is None:
        return (
            " Their files do not say whether one version of the code made all of them, so a"
            " difference between cells can come from the code."
        )
    return ""


def _together(plan: Plan, cells: Sequence[PlannedCell]) -> list[str]:
    """Return the names of cells; where they are all cells of a variant, its name."""
    found = []
    for variant in dict.fromkeys(cell.variant for cell in cells):
        own = [cell.name for cell in cells if cell.variant == variant]
        every = [cell for cell in plan.cells if cell.variant == variant]
        found += [variant] if len(own) == len(every) > 1 else own
    return found
