"""Comparisons as files for papers: CSV with a row for each run, and a LaTeX table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.files import refuse_to_replace, write_text
from cltool.evaluation.scores import Score
from cltool.reporting import formats
from cltool.reporting.columns import shown_columns
from cltool.reporting.table import Standing, name_and_progress, scores_of, shown, standing
from cltool.runs.tables import PARTS

if TYPE_CHECKING:
    import pandas as pd

FIRST = ("scenario", "model", "strategy")
"""The first columns of a file of `write_csv`."""

FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet takes for a formula."""

BEGIN = r"\begin{tabular}{l"
"""How a file of `write_latex` begins."""

ESCAPES = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    formats.MINUS: "$-$", formats.DASH: "--", "±": r"$\pm$", formats.THIN: r"\,",
    "↑": r"$\uparrow$", "↓": r"$\downarrow$",
}  # fmt: skip
"""Characters that LaTeX needs in another way."""


def refuse_no_csv(file: Path) -> None:
    """Raise a `UserError` if another file than one of `write_csv` has this name."""
    refuse_to_replace(file, "a table of runs", [",".join(FIRST)], "runs.csv")


def refuse_no_latex(file: Path) -> None:
    """Raise a `UserError` if another file than one of `write_latex` has this name."""
    refuse_to_replace(file, "a table for LaTeX", [BEGIN], "table.tex")


def write_csv(frame: pd.DataFrame, file: Path) -> None:
    """Write the runs of a comparison (`cltool.runs.tables.per_seed`); missing numbers are empty.

    A name that a spreadsheet would take for a formula has an apostrophe before it.
    """
    refuse_no_csv(file)
    names = {name: frame[name].map(_defused) for name in FIRST if name in frame}
    write_text(file, frame.assign(**names).to_csv(index=False))


def write_latex(frame: pd.DataFrame, file: Path, columns: Sequence[str] | None = None) -> None:
    """Write a comparison (`cltool.runs.tables.comparison`) as a table for the package booktabs.

    The best score of a column is bold; scores that are not told apart from the best mean are in
    italics. A strategy whose runs did not get to the end has the last finished step beside its
    name.

    Args:
        frame: the comparison.
        file: the file.
        columns: names of the scores and costs; by default the usual ones.
    """
    refuse_no_latex(file)
    there = [column for column in scores_of(frame) if not frame[column.name].isna().all()]
    chosen = shown_columns(there, columns)
    found = {column.name: standing(frame, column) for column in chosen}
    head = ["strategy", *(f"{column.title} {column.arrow}".strip() for column in chosen)]
    lines = [
        BEGIN + "r" * len(chosen) + "}",
        r"\toprule",
        _row([escaped(text) for text in head]),
        r"\midrule",
    ]
    for name, values in zip(frame.index, frame.to_dict("records"), strict=True):
        cells = [_cell(column, str(name), values, found[column.name]) for column in chosen]
        lines.append(_row([escaped(name_and_progress(str(name), values)), *cells]))
    write_text(file, "\n".join([*lines, r"\bottomrule", r"\end{tabular}"]) + "\n")


def _defused(name: object) -> object:
    return f"'{name}" if isinstance(name, str) and name.startswith(FORMULAS) else name


def escaped(text: str) -> str:
    """Return ``text`` for LaTeX."""
    return "".join(ESCAPES.get(char, char) for char in text)


def _cell(column: Score, name: str, values: Mapping[Any, Any], found: Standing) -> str:
    mean, *others = [float(values[f"{column.name}{part}"]) for part in PARTS]
    text = escaped(shown(column, None if math.isnan(mean) else mean, *others))
    if name == found.best:
        return rf"\textbf{{{text}}}"
    return rf"\textit{{{text}}}" if name in found.tied else text


def _row(cells: list[str]) -> str:
    return " & ".join(cells) + r" \\"
