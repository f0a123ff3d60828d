"""The forgetting report: one HTML file that opens from disk, without a network."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from cltool.core.errors import UserError
from cltool.core.files import write_text
from cltool.reporting import blocks, formats
from cltool.reporting.charts import legend, line_chart
from cltool.reporting.data import SERIES, page_data
from cltool.reporting.heat import heat_map
from cltool.reporting.markup import Markup, element, join, raw
from cltool.runs.run import Run

Data = dict[str, Any]

POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
"""The browser itself refuses whatever would be loaded from anywhere."""

DATA_ID = "cltool-data"

LEAD = (
    "How well each strategy learned what the updates taught, how much it forgot of what it"
    " knew before, and how often it still gives answers that are outdated. An answer counts"
    " as right when the model, generating freely, gives exactly an accepted answer and ends"
    " by itself, or closes the sentence as its wording does. Each strategy trains until an"
    " update is learned: the tokens it took stand in the table."
)


def write_report(
    runs: Sequence[Run],
    path: Path,
    title: str | None = None,
    failed: Sequence[Mapping[str, Any]] = (),
    command: str | None = None,
) -> Path:
    """Write the report of some runs; the same runs make the same file, byte for byte.

    Args:
        runs: run folders, finished or not; those that cannot be compared (another
            scenario, model or number of steps) stand in sections of their own.
        path: the HTML file.
        title: the page's title.
        failed: runs that ended in an error: ``strategy``, ``seed``, ``error``.
        command: what was typed to make the report, shown at its end.

    Raises:
        UserError: there is nothing to report, or a run folder is damaged.
    """
    write_text(path, render(page_data(runs, title, failed, command)))
    return path


def render(data: Data) -> str:
    """The page of `cltool.reporting.data.page_data`."""
    return "<!DOCTYPE html>\n" + element("html", head(data["title"]), _body(data), lang="en") + "\n"


def read_data(path: Path) -> Data:
    """The data embedded in a report: what `page_data` gave when it was made.

    Raises:
        UserError: the file is not a report.
    """
    block = re.search(rf'<script [^>]*id="{DATA_ID}"[^>]*>([^<]*)<', path.read_text("utf-8"))
    if block is None:
        raise UserError("is not a report that cltool made", where=str(path))
    value = json.loads(gzip.decompress(base64.b64decode(block[1])))
    if not isinstance(value, dict):
        raise UserError("holds no report", where=str(path))
    return value


def asset(name: str) -> Markup:
    """A style sheet or a script that comes with this package."""
    return raw((files("cltool.reporting") / name).read_text(encoding="utf-8"))


def head(title: str) -> Markup:
    """The head of a page that loads nothing from anywhere."""
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("style", asset("page.css")),
    )


def _body(data: Data) -> Markup:
    groups = data["groups"]
    several = len(groups) > 1
    parts = [element("header", element("h1", data["title"]), element("p", LEAD, class_="lead"))]
    if data["failed"]:
        parts.append(blocks.failures(data["failed"]))
    parts += [_group(group, several) for group in groups]
    parts.append(foot(data["command"]))
    return element(
        "body", element("main", *parts), embedded(data), element("script", asset("page.js"))
    )


def embedded(data: Data) -> Markup:
    """The page's data, once: base64 holds no character that could end the element."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    packed = base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode("ascii")
    return element("script", packed, type="text/plain", id=DATA_ID, data_encoding="gzip+base64")


def foot(command: str | None) -> Markup:
    """What was typed to make the page, and a button that saves its data."""
    parts: list[Markup] = []
    if command:
        parts += [element("p", "Made by"), element("pre", element("code", command))]
    save = element("button", "Save the data (JSON)", type="button", id="save", hidden=True)
    return element("footer", *parts, save)


def _group(group: Data, several: bool) -> Markup:
    """All sections of runs that can be compared."""
    level = 3 if several else 2
    parts: list[Markup] = []
    if several:
        parts.append(element("h2", f"{group['scenario']} on {group['model']}", class_="group"))
    parts += [_about(group), blocks.resurfaced(group, level)]
    parts += [blocks.unfinished(group), blocks.warnings(group)]
    for title, note, content in _sections(group):
        told = [element("p", note, class_="note")] if note else []
        parts.append(element("section", element(f"h{level}", title), *told, content))
    return element("div", *parts, class_="group")


def _about(group: Data) -> Markup:
    """What was run, on what."""
    labels, asked = group["labels"], group["asked"]
    seeds = sorted({run["seed"] for s in group["strategies"] for run in s["runs"]})
    runs = sum(len(strategy["runs"]) for strategy in group["strategies"])
    span = f"{labels[0]} to {labels[-1]}" if len(labels) > 1 else labels[0]
    entries = [
        ("Scenario", group["scenario"]),
        ("Model", group["model"]),
        ("Steps", f"{len(labels)} ({span})"),
        ("Facts", f"{formats.whole(asked['facts'])}, asked as {' and '.join(asked['forms'])}"),
        ("Strategies", formats.whole(len(group["strategies"]))),
        ("Runs", f"{runs}, {'seed' if len(seeds) == 1 else 'seeds'} {', '.join(map(str, seeds))}"),
    ]
    items = [element("div", element("dt", name), element("dd", text)) for name, text in entries]
    return element("dl", *items, class_="about")


def _sections(group: Data) -> list[tuple[str, str, Markup]]:
    """Title, reading note and content of every section."""
    strategies, labels = group["strategies"], group["labels"]
    names = [strategy["name"] for strategy in strategies]
    shown = [score for score in SERIES if score in group["scores"]]
    panels = [line_chart(score, strategies, labels) for score in shown]
    class_ = "panels" if len(panels) < 4 else "panels even"
    lines = join([legend(names), element("div", *panels, class_=class_)])
    maps = element("div", *(heat_map(one, labels) for one in strategies), class_="maps")
    lost = group["lost"]
    several = any(strategy["counted"] > 1 for strategy in strategies)
    band = " Bands are 95 % intervals over seeds." if several else ""
    return [
        ("Strategies compared", "", blocks.strategies_table(group)),
        ("Over the updates", f"Accuracy on each group of facts after every step.{band}", lines),
        (
            "What each update left of the others",
            "Row i: after update i. Column j: the facts of update j that are valid to the end."
            " On the diagonal, outlined: what was just taught; below it: what was retained; above"
            " it: what was known before it was taught.",
            maps,
        ),
        (
            "Answers that moved",
            "Averages hide movements in opposite directions; here they are counted, in answers to"
            " probes of facts that stay valid, all runs of a strategy together.",
            blocks.transitions_tables(group),
        ),
        (
            "Facts lost most",
            f"{formats.plural(lost['total'], 'fact')} right after being taught and wrong at the end"
            f" under some strategy; {formats.whole(len(lost['rows']))} shown. Each cell: the answer"
            " given instead, and how many of the right answers are lost, over wordings and seeds.",
            blocks.lost_table(group),
        ),
        ("Settings", "", blocks.settings_block(group)),
    ]
