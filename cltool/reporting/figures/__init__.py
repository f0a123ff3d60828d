"""Figures for papers, drawn by matplotlib: a file for each kind, and their names.

To add a kind, write ``figures/NAME.py`` with the members of `Kind` and add NAME to `KINDS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cltool.reporting.figures.request import Request
    from cltool.reporting.figures.source import Source

KINDS: Mapping[str, str] = {
    "curve": "scores after every update, a line for each strategy",
    "front": "new against retained, a point for each strategy, and the best trade-offs",
    "matrix": "the accuracy matrix R[i, j], a heat map for each strategy",
}
"""What a figure of each kind shows."""


class Kind(Protocol):
    """A module that draws one kind of figure."""

    VIEWS: tuple[str, ...]
    """The views of the report (`cltool.reporting.views`) whose data the figure needs."""

    def draw(self, source: Source, request: Request) -> Figure:
        """Draw the figure.

        Raises:
            UserError: the runs have nothing that could be drawn.
        """
        ...


def kind(name: str) -> Kind:
    """Return the module that draws figures called ``name``, a key of `KINDS`."""
    return cast(Kind, import_module(f"{__name__}.{name}"))
