"""``cltool figure``: a figure of finished runs for a paper."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cltool.cli.output import say
from cltool.core import exit_codes
from cltool.core.errors import UserError
from cltool.evaluation.scores import COSTS
from cltool.reporting.figures import KINDS

if TYPE_CHECKING:
    from cltool.reporting.figures.source import Source


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "runs", nargs="+", metavar="RUN", help="run folders, folders of runs, or one report (HTML)"
    )
    parser.add_argument(
        "--kind",
        required=True,
        choices=KINDS,
        help="; ".join(f"{kind}: {what}" for kind, what in KINDS.items()),
    )
    parser.add_argument(
        "--out", required=True, metavar="FILE", help="the file, which ends in .pdf, .svg or .png"
    )
    parser.add_argument(
        "--columns",
        type=int,
        choices=(1, 2),
        default=2,
        help="width: one column of a paper (3.25 inches) or two (6.75 inches) [%(default)s]",
    )
    parser.add_argument(
        "--only", metavar="NAMES", help="draw only these strategies, in this order (by commas)"
    )
    parser.add_argument(
        "--highlight",
        metavar="NAMES",
        help="strategies with a colour of their own in curve and front, at most six (by commas)"
        " [those with the highest sum of new and retained]; the others are grey",
    )
    parser.add_argument(
        "--scores",
        metavar="NAMES",
        help="for curve: the scores, a panel each (by commas)"
        " [new, retained, stale, erased and unlisted, as far as the runs have them]",
    )
    parser.add_argument(
        "--cost",
        choices=COSTS,
        default="tokens",
        help="for front: what the area of a point stands for [%(default)s]",
    )
    parser.add_argument(
        "--minus", default="", metavar="NAME", help="for matrix: subtract that of this strategy"
    )


def run(options: argparse.Namespace) -> int:
    """Draw the figure and say where it is."""
    from cltool.reporting.figures.request import Request
    from cltool.reporting.figures.write import refuse_no_figure, refuse_no_matplotlib, write_figure

    out = Path(options.out)
    refuse_no_figure(out)
    refuse_no_matplotlib()
    request = Request(
        kind=options.kind,
        columns=options.columns,
        only=_names(options.only),
        highlight=_names(options.highlight),
        scores=_names(options.scores),
        cost=options.cost,
        minus=options.minus,
    )
    say(f"The figure is in {write_figure(_source(options.runs, options.kind), request, out)}.")
    return exit_codes.DONE


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(name for part in (text or "").split(",") if (name := part.strip()))


def _source(names: Sequence[str], kind: str) -> Source:
    from cltool.cli.report import open_runs
    from cltool.reporting import figures
    from cltool.reporting.figures import source
    from cltool.runs import tables

    pages = [name for name in names if Path(name).suffix.lower() in (".html", ".htm")]
    if pages and len(names) > 1:
        raise UserError(
            "a report is drawn alone, because it holds no runs to group with others",
            where=pages[0],
            hint="Name one report, or run folders.",
        )
    if pages:
        return source.of_page(Path(pages[0]))
    return source.of_group(tables.one_group(open_runs(names)), figures.kind(kind).VIEWS)
