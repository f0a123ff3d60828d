"""Runs and comparisons as HTML tables for notebooks: escaped text, no style and no script."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from cltool.core.errors import UserError
from cltool.core.printable import one_line

if TYPE_CHECKING:
    import pandas as pd

    from cltool.runs.run import Run

SCORES = ("new", "retained", "stale", "erased", "unlisted")
"""The scores of a table, as far as a run has them."""

COSTS = ("tokens", "seconds")


def of_run(run: Run) -> str:
    """Return a table of a run: a row for each step with its scores and costs.

    A run that cannot be read is described by what is wrong with it.
    """
    try:
        record = run.record
        done, of = run.steps_done(), len(record.get("labels", ()))
        what = f"{run.strategy}, seed {run.seed}: {record.get('status', 'no status')}"
        where = f"{record.get('scenario', '')} on {record.get('model', '')}, {run.folder}"
        caption = f"{what}, {done} of {of} steps; {where}"
        return table(caption, *_steps(run)) if done else table(caption, [], [])
    except UserError as error:
        return f"<pre>{escape(str(error))}</pre>"


def _steps(run: Run) -> tuple[list[str], list[list[str]]]:
    from cltool.evaluation.summary import per_step

    frame = per_step(run.answers).join(run.general).join(run.costs)
    names = _present(frame, SCORES)
    rows = [
        [
            str(step),
            str(values["label"]),
            *(_share(values[name]) for name in names),
            *(_count(values[name]) for name in COSTS),
        ]
        for step, values in zip(frame.index, frame.to_dict("records"), strict=True)
    ]
    return ["step", "label", *names, *COSTS], rows


def of_comparison(frame: pd.DataFrame, failures: Iterable[str]) -> str:
    """Return a table of a comparison: a row for each strategy.

    Args:
        frame: the strategies (`cltool.runs.tables.comparison`).
        failures: the cells that did not finish, a line each.
    """
    names = _present(frame, SCORES)
    rows = [
        [
            str(strategy),
            str(values["runs"]),
            str(values["status"]),
            *(_with_half(values, name) for name in names),
            *(_count(values[name]) for name in COSTS),
        ]
        for strategy, values in zip(frame.index, frame.to_dict("records"), strict=True)
    ]
    made = table(
        "Means over runs; ± is half of the 95% interval, from three runs on",
        ["strategy", "runs", "status", *names, *COSTS],
        rows,
    )
    return made + failed(failures)


def failed(failures: Iterable[str]) -> str:
    """Return a list of what failed; nothing if nothing did."""
    lines = "".join(f"<li>{_cell(line)}</li>" for line in failures)
    return f"<p>Failed:</p><ul>{lines}</ul>" if lines else ""


def table(caption: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return an HTML table; all text is escaped."""
    head = "".join(f'<th scope="col">{_cell(text)}</th>' for text in header)
    body = "".join(
        "<tr>" + "".join(f"<td>{_cell(text)}</td>" for text in row) + "</tr>" for row in rows
    )
    return (
        f"<table><caption>{_cell(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _cell(text: str) -> str:
    """Return text that neither becomes markup nor turns the direction of what is beside it."""
    return f"<bdi>{escape(one_line(text))}</bdi>"


def _present(frame: pd.DataFrame, names: Sequence[str]) -> list[str]:
    return [name for name in names if name in frame and not frame[name].isna().all()]


def _with_half(values: Mapping[Any, Any], name: str) -> str:
    half = float(values[f"{name}_half"])
    margin = "" if math.isnan(half) else f" ± {half:.2f}"
    return _share(values[name]) + margin


def _share(value: float) -> str:
    return _number(value, lambda one: f"{one:.2f}")


def _count(value: float) -> str:
    return _number(value, lambda one: f"{one:,.0f}" if one >= 100 else f"{one:.3g}")


def _number(value: float, form: Callable[[float], str]) -> str:
    return "–" if math.isnan(value) else form(value).replace("-", "−")
