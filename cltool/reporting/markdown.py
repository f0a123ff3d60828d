"""A comparison as Markdown, for a pull request or the summary of a build."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.files import refuse_to_replace, write_text
from cltool.core.printable import one_line
from cltool.reporting.checks import value_of
from cltool.reporting.columns import shown_columns
from cltool.reporting.table import name_and_progress, scores_of, shown, standing
from cltool.runs.tables import PARTS

if TYPE_CHECKING:
    import pandas as pd

BEGIN = "<!-- cltool -->"
"""How a file of `write_markdown` begins."""


def refuse_no_markdown(file: Path) -> None:
    """Raise a `UserError` if another file than one of `write_markdown` has this name."""
    refuse_to_replace(file, "a Markdown file of cltool", [BEGIN], "summary.md")


def write_markdown(
    frame: pd.DataFrame,
    file: Path,
    columns: Sequence[str] | None = None,
    verdicts: Sequence[Mapping[str, Any]] = (),
    doubts: Sequence[str] = (),
) -> None:
    """Write verdicts, a comparison (`cltool.runs.tables.comparison`) and doubts as Markdown.

    Args:
        frame: the comparison.
        file: the file.
        columns: names of the scores and costs; by default the usual ones.
        verdicts: on the strategies (`cltool.reporting.checks.checked`).
        doubts: reasons to doubt the comparison.
    """
    refuse_no_markdown(file)
    lines = [BEGIN, "", *_verdicts(verdicts), *_scores(frame, columns)]
    if doubts:
        lines += ["**Before you conclude anything**", "", *(f"- {cell(one)}" for one in doubts), ""]
    write_text(file, "\n".join(lines).rstrip() + "\n")


def cell(text: str) -> str:
    """Return ``text`` for a cell: on one line, and without a meaning in Markdown or HTML."""
    return re.sub(r"([\\`*_{}\[\]<>#|~&])", r"\\\1", one_line(text))


def _verdicts(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    if not rows:
        return []
    lines = ["### Requirements", "", *_head(["strategy", "required", "value", "verdict", "why"], 0)]
    for row in rows:
        lines.append(
            _row([f"**{cell(row['strategy'])}**", "", "", f"**{row['verdict'].upper()}**", ""])
        )
        lines += [
            _row(
                [
                    "",
                    f"`{check['bound']}`",
                    value_of(check),
                    check["verdict"],
                    cell(check["reason"]),
                ]
            )
            for check in row["checks"]
        ]
    return [*lines, ""]


def _scores(frame: pd.DataFrame, columns: Sequence[str] | None) -> list[str]:
    there = [column for column in scores_of(frame) if not frame[column.name].isna().all()]
    chosen = shown_columns(there, columns)
    found = {column.name: standing(frame, column) for column in chosen}
    titles = [f"{cell(column.title)} {column.arrow}".strip() for column in chosen]
    lines = ["### Strategies", "", *_head(["strategy", *titles], len(titles))]
    for name, values in zip(frame.index, frame.to_dict("records"), strict=True):
        cells = []
        for column in chosen:
            numbers = [float(values[f"{column.name}{part}"]) for part in PARTS]
            mark = found[column.name].mark(str(name))
            text = shown(column, *numbers)
            cells.append({"*": f"**{text}**", "~": f"_{text}_"}.get(mark, text))
        lines.append(_row([cell(name_and_progress(str(name), values)), *cells]))
    notes = []
    if any(one.best for one in found.values()):
        notes.append("Bold: the best; the 95% intervals tell it apart from all others.")
    if any(one.tied for one in found.values()):
        notes.append("Italics: not told apart from the best mean.")
    return [*lines, "", *([" ".join(notes), ""] if notes else [])]


def _head(titles: Sequence[str], numbers: int) -> list[str]:
    """Return the header; the last ``numbers`` columns are right-aligned."""
    texts = len(titles) - numbers
    return [_row(titles), _row(["---"] * texts + ["--:"] * numbers)]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
