"""The forgetting report: one HTML file that opens from disk, without a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cltool.evaluation.matchers import in_words
from cltool.evaluation.requirements.bounds import Bound
from cltool.reporting import formats
from cltool.reporting.facts.block import block
from cltool.reporting.facts.detail import MOST_BYTES
from cltool.reporting.lead import lead
from cltool.reporting.report_data import groups_data
from cltool.reporting.table import progress
from cltool.reporting.templates import page, write_page
from cltool.reporting.views import verdict, views
from cltool.runs.groups import group_runs
from cltool.runs.measured import Measured
from cltool.runs.run import Run

Data = dict[str, Any]

VERDICT = "verdict"
"""The view that is above all others, and above what the script of the page draws."""

CONTROL = {code: f"\\x{code:02x}" for code in range(32) if code not in (9, 10)}
"""Control characters that an error may hold (colours of a terminal), made visible."""


def write_report(
    runs: Sequence[Run | Measured],
    path: Path,
    title: str | None = None,
    failed: Sequence[Mapping[str, Any]] = (),
    command: str | None = None,
    bounds: Sequence[Bound] = (),
    columns: Sequence[str] | None = None,
) -> Path:
    """Write the report of some runs; the same runs make the same file, byte for byte.

    Args:
        runs: run folders, finished or not; those that cannot be compared (another
            scenario, model or number of steps) are in separate parts of the page.
        path: the HTML file.
        title: the page's title.
        failed: runs that ended in an error (`cltool.reporting.report_data.FAILED`).
        command: the command that makes the report, shown at its end.
        bounds: requirements that every strategy should meet.
        columns: the scores that the table of strategies shows first; by default the usual ones.

    Raises:
        UserError: there is nothing to report, or a run folder is damaged.
    """
    grouped = group_runs(runs, bounds)
    data = groups_data(grouped, title, failed, command, columns)
    blocks = [block(group, MOST_BYTES // len(grouped)) for group in grouped]
    return write_page(path, render(data, blocks))


def render(data: Data, blocks: Sequence[str | None] = ()) -> str:
    """Return the page that shows `cltool.reporting.report_data.page_data`.

    Args:
        data: what it shows.
        blocks: of each group, its facts (`cltool.reporting.facts.block.block`), or None.
    """
    groups = [_shown({**group, "number": place}) for place, group in enumerate(data["groups"])]
    failed = [cell | {"error": cell["error"].translate(CONTROL)} for cell in data["failed"]]
    return page(
        "report.html",
        data,
        data["title"],
        blocks,
        script="dashboard.js",
        styles=("page.css", "charts.css", "dashboard.css"),
        lead=lead(data["groups"]),
        groups=groups,
        failed=failed,
    )


def _shown(group: Data) -> Data:
    """Return what the template shows of a group: its ``sections`` and what is above them."""
    found = [
        {"name": name, "title": view.TITLE, "content": content}
        for name, view in views().items()
        if name in group["views"] and (content := view.render(group["views"][name], group))
    ]
    return {
        **group,
        "about": _about(group),
        "unfinished": _unfinished(group),
        "verdict": next((one["content"] for one in found if one["name"] == VERDICT), ""),
        "sections": [one for one in found if one["name"] != VERDICT],
        "links": verdict.links(group["views"][VERDICT], group) if VERDICT in group["views"] else [],
    }


def _about(group: Data) -> list[tuple[str, str]]:
    """Return what was run, on what."""
    labels, asked = group["labels"], group["asked"]
    seeds = sorted({run["seed"] for s in group["strategies"] for run in s["runs"]})
    runs = sum(len(strategy["runs"]) for strategy in group["strategies"])
    span = f"{labels[0]} to {labels[-1]}" if len(labels) > 1 else labels[0]
    return [
        ("Scenario", group["scenario"]),
        ("Model", group["model"]),
        ("Steps", f"{len(labels)} ({span})"),
        ("Facts", f"{formats.whole(asked['facts'])}, asked as {' and '.join(asked['forms'])}"),
        ("Matching", f"{in_words(group['match'])}."),
        ("Strategies", formats.whole(len(group["strategies"]))),
        ("Runs", f"{runs}, {'seed' if len(seeds) == 1 else 'seeds'} {', '.join(map(str, seeds))}"),
    ]


def _unfinished(group: Data) -> list[str]:
    """Return a line for each run that is still going, or was stopped."""
    lines = []
    for strategy in group["strategies"]:
        for run in strategy["runs"]:
            if run["done"] < run["of"]:
                counted = run["done"] and run["done"] >= strategy["done"] and not run["diverged"]
                note = "counted up to this step" if counted else "not counted"
                done = progress(run["done"], run["of"])
                if run["diverged"]:
                    done = f"diverged after {done}"
                stream = "" if run["stream"] is None else f"stream {run['stream']}, "
                lines.append(f"{strategy['name']}, {stream}seed {run['seed']}: {done} – {note}")
    return lines
