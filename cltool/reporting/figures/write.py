"""Draws a figure and writes it: PDF, SVG or PNG, the same bytes for the same numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from cltool.core.errors import UserError
from cltool.core.files import whole_file
from cltool.reporting.figures import kind
from cltool.reporting.figures.look import RC
from cltool.reporting.figures.request import Request
from cltool.reporting.figures.source import Source

METADATA: dict[str, dict[str, Any]] = {
    "pdf": {"CreationDate": None},
    "svg": {"Date": None},
    "png": {},
}
"""Of each format that a figure can have, what differs between two times of writing, as None."""


def refuse_no_figure(path: Path) -> None:
    """Raise a `UserError` unless the name of a file says one of the formats of figures."""
    if path.suffix.lower().removeprefix(".") not in METADATA or path.is_dir():
        raise UserError(
            "is not a name for a figure",
            where=str(path),
            hint="Name a file that ends in .pdf, .svg or .png.",
        )


def refuse_no_matplotlib() -> None:
    """Raise a `UserError` if matplotlib is not installed."""
    try:
        import_module("matplotlib.figure")
    except ImportError as error:
        raise UserError(
            "figures are drawn by matplotlib, which is not installed",
            where="cltool figure",
            hint="Install it: pip install 'cltool[figure]'",
        ) from error


def write_figure(source: Source, request: Request, path: Path) -> Path:
    """Draw a figure, write it in the format that the name of the file says, and return the path.

    Raises:
        UserError: the name says no format of figures, matplotlib is not installed, or the runs
            have nothing that could be drawn.
    """
    refuse_no_figure(path)
    refuse_no_matplotlib()
    form = path.suffix.lower().removeprefix(".")
    with _settings():
        figure = kind(request.kind).draw(source.only(request.only), request)
        with whole_file(path) as partial:
            figure.savefig(partial, format=form, metadata=METADATA[form])
    return path


@contextmanager
def _settings() -> Iterator[None]:
    """Apply `RC` on matplotlib's defaults, and take it back."""
    import matplotlib as mpl

    with mpl.rc_context():
        # rc_context keeps the backend, which is not used: figures are drawn without pyplot.
        mpl.rcdefaults()
        mpl.rcParams.update(RC)
        yield
