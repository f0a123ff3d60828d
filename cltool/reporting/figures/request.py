"""What someone asks of a figure: its kind, its size, and what is drawn in it."""

from __future__ import annotations

from dataclasses import dataclass

WIDTHS = {1: 3.25, 2: 6.75}
"""Inches: one column of a page with two columns, and the whole page."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be drawn.

    Attributes:
        kind: a key of `cltool.reporting.figures.KINDS`.
        columns: the width, a key of `WIDTHS`.
        only: the strategies that are drawn, in this order; all if empty.
        highlight: the strategies that get a colour and a name; chosen by
            `cltool.reporting.figures.source.highlighted` if empty.
        scores: the scores of a curve, a panel each; chosen by what the runs have if empty.
        cost: what the size of a point of a front stands for.
        minus: the strategy whose accuracy matrix is subtracted; empty for none.
    """

    kind: str
    columns: int = 2
    only: tuple[str, ...] = ()
    highlight: tuple[str, ...] = ()
    scores: tuple[str, ...] = ()
    cost: str = "tokens"
    minus: str = ""

    @property
    def width(self) -> float:
        """The width of the figure in inches."""
        return WIDTHS[self.columns]
