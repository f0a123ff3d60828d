"""What ``cltool compare`` and ``cltool report`` share: tables of a comparison, also as files."""

from __future__ import annotations

import argparse
import math
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.cli.tables import Part, table
from cltool.core.errors import UserError

if TYPE_CHECKING:
    import pandas as pd

    from cltool.experiments.compare import Comparison
    from cltool.reporting.table import Standing


def add(parser: Any) -> None:
    """Add the options for tables of a comparison."""
    tables = parser.add_argument_group("tables")
    tables.add_argument(
        "--reference",
        metavar="STRATEGY",
        help="also show the differences from this strategy, paired by seed",
    )
    tables.add_argument("--csv", metavar="FILE", help="write scores and status of each run as CSV")
    tables.add_argument(
        "--columns",
        metavar="NAMES",
        help="scores and costs in the table, separated by commas, or all [the usual ones]",
    )
    tables.add_argument(
        "--latex", metavar="FILE", help="write the table for LaTeX (package booktabs)"
    )
    tables.add_argument(
        "--markdown", metavar="FILE", help="write verdicts, the table and doubts as Markdown"
    )


def refuse_unknown_reference(options: argparse.Namespace, strategies: Sequence[str]) -> None:
    """Raise a `UserError` if the strategy of ``--reference`` is not among ``strategies``."""
    if options.reference is not None and options.reference not in strategies:
        raise UserError(
            f"{options.reference!r} is not one of the strategies that are compared",
            where="--reference",
            hint=f"There are: {', '.join(strategies)}.",
        )


def refuse_files(options: argparse.Namespace) -> None:
    """Raise a `UserError` if an option names a file that must not be replaced.

    This is found out before anything runs.
    """
    from cltool.reporting.exports import refuse_no_csv, refuse_no_latex
    from cltool.reporting.markdown import refuse_no_markdown

    checks = {"csv": refuse_no_csv, "latex": refuse_no_latex, "markdown": refuse_no_markdown}
    given = {name: Path(file) for name in checks if (file := getattr(options, name))}
    for name, file in given.items():
        checks[name](file)
    if len({*given.values()}) < len(given):
        where = ", ".join(f"--{name}" for name in given)
        raise UserError("two tables cannot be in one file", where=where)


def read_columns(options: argparse.Namespace) -> Sequence[str] | None:
    """Return the columns of ``--columns``; None without the option.

    Raises:
        UserError: a name is wrong.
    """
    from cltool.reporting.columns import read_columns as read

    return read(options.columns)


def write_files(
    options: argparse.Namespace,
    compared: Comparison,
    verdicts: Sequence[Mapping[str, Any]],
    doubts: Sequence[str],
) -> list[str]:
    """Write the files of ``--csv``, ``--latex`` and ``--markdown``; return their paths.

    Args:
        options: the options.
        compared: the runs.
        verdicts: on the strategies (`cltool.reporting.checks.checked`).
        doubts: reasons to doubt the comparison.
    """
    from cltool.reporting.exports import write_csv, write_latex
    from cltool.reporting.markdown import write_markdown

    columns = read_columns(options)
    if options.csv:
        write_csv(compared.per_seed(), Path(options.csv))
    if options.latex:
        write_latex(compared.table(), Path(options.latex), columns)
    if options.markdown:
        frame = compared.table()
        write_markdown(frame, Path(options.markdown), columns, verdicts, doubts)
    return [file for file in (options.csv, options.latex, options.markdown) if file]


def as_json(options: argparse.Namespace, compared: Comparison) -> dict[str, Any]:
    """Return ``per_seed``, and ``reference`` and ``paired`` if a reference is given."""
    found: dict[str, Any] = {"per_seed": _plain(compared.per_seed())}
    if options.reference is not None:
        lost = _reference_is_lost(options, compared)
        rows = [] if lost else _plain(compared.paired(options.reference).reset_index())
        found |= {"reference": options.reference, "paired": rows}
    return found


def _reference_is_lost(options: argparse.Namespace, compared: Comparison) -> bool:
    """Return whether all runs of the reference failed."""
    failed = {one.strategy for one in compared.failures}
    return options.reference in failed - {run.strategy for run in compared.shown}


def scores_table(
    frame: pd.DataFrame,
    doubted: Collection[str] = (),
    columns: Sequence[str] | None = None,
) -> list[Part]:
    """Return a table with a line for each strategy, and a second one for what is beside the stream.

    A star marks the best of a column, and ``~`` the strategies that the intervals do not tell apart
    from the best mean.

    Args:
        frame: the comparison.
        doubted: strategies that have failed runs or runs with warnings; they get a mark.
        columns: names of the scores and costs; by default the usual ones.
    """
    from cltool.reporting import table as scores
    from cltool.reporting.columns import shown_columns
    from cltool.runs.tables import BESIDE, PARTS

    there = scores.scores_of(frame)
    shown = shown_columns(there, columns)
    found = {column.name: scores.standing(frame, column) for column in shown}
    beside = [column for column in shown if column.name in BESIDE]
    parts: list[Part] = []
    for chosen in ([column for column in shown if column not in beside], beside):
        if not chosen:
            continue
        rows = []
        for name, values in zip(frame.index, frame.to_dict("records"), strict=True):
            cells = [
                found[column.name].mark(str(name))
                + scores.shown(column, *(values[f"{column.name}{part}"] for part in PARTS))
                for column in chosen
            ]
            label = scores.name_and_progress(str(name), values)
            rows.append([label + " †" * (str(name) in doubted), *cells])
        header = ["strategy", *(column.title for column in chosen)]
        title = [] if chosen is not beside else ["\nBeside the stream (docs/general.md):"]
        parts += [*title, table(header, rows, text=["strategy"])]
    return [*parts, *_legend(frame, found, doubted, len(there) - len(shown))]


def _legend(
    frame: pd.DataFrame, found: Mapping[str, Standing], doubted: Collection[str], hidden: int
) -> list[Part]:
    """Return a line for each mark that the table has, and one for what it leaves out."""
    from cltool.reporting.formats import plural

    lines = []
    if any(one.best for one in found.values()):
        lines.append("\n* best: the 95% intervals tell it apart from all others")
    if any(one.tied for one in found.values()):
        lines.append("\n~ not told apart from the best mean by the 95% intervals")
    if any(str(name) in doubted for name in frame.index):
        lines.append("\n† has failed runs or a doubt of its own; see below")
    if hidden:
        lines.append(f"\n{plural(hidden, 'more column')}: --columns all")
    return [*lines]


def differences(options: argparse.Namespace, compared: Comparison) -> list[Part]:
    """Return the table of differences from the strategy of ``--reference``, if one is given."""
    from cltool.evaluation.scores import all_scores

    if options.reference is None:
        return []
    if _reference_is_lost(options, compared):
        return [f"\nAll runs of {options.reference} failed: there are no differences from it."]
    frame = compared.paired(options.reference)
    if frame.empty:
        return [f"\nNo run has the stream and the seed of a run of {options.reference}."]
    known = all_scores()
    names = list(dict.fromkeys(frame.index.get_level_values("score")))
    rows = []
    for strategy in dict.fromkeys(frame.index.get_level_values("strategy")):
        own = {str(score): row for score, row in frame.loc[strategy].to_dict("index").items()}
        count = max(int(row["n"]) for row in own.values())
        cells = [_difference(known[name].format, own.get(name)) for name in names]
        rows.append([str(strategy), str(count), *cells])
    header = ["strategy", "n", *(known[name].title for name in names)]
    return [
        f"\nDifferences from {options.reference}, means over n pairs of runs with the same stream"
        " and seed:",
        table(header, rows, text=["strategy"]),
        "* the 95% interval does not contain 0; with fewer than three pairs (or streams, if there"
        " are several) there is no interval, and the smallest and the largest difference are shown",
    ]


def _difference(form: str, row: dict[str, float] | None) -> str:
    from cltool.reporting import formats
    from cltool.reporting.table import extent

    if row is None:
        return formats.DASH
    plain = formats.FORMATS["signed" if form == "share" else form]  # type: ignore[index]
    text = formats.shown(row["difference"], plain)
    if math.isnan(row["half"]):
        return f"{text} {extent(plain, row['low'], row['high'])}".rstrip()
    clear = abs(row["difference"]) > row["half"]
    return "*" * clear + f"{text} {formats.margin(row['half'], plain)}"


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table as JSON values, an object for each row; missing numbers are null."""
    import json

    rows: list[dict[str, Any]] = json.loads(frame.to_json(orient="records", double_precision=15))
    return rows
