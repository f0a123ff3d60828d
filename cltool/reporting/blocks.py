"""The blocks of the page below its charts: comparison, transitions, lost facts, settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cltool.reporting import formats
from cltool.reporting.markup import Markup, details, element, join, table, wide
from cltool.reporting.table import COLUMNS, Column, progress

Data = dict[str, Any]
CONTROL = {code: f"\\x{code:02x}" for code in range(32) if code not in (9, 10)}
"""Control characters that an error may hold (colours of a terminal), made visible."""


def strategies_table(group: Data) -> Markup:
    """Mean and interval of every score, one row a strategy; a click on a header sorts."""
    columns = [column for column in COLUMNS if column.name in group["scores"]]
    head = [element("th", "strategy", scope="col", data_sort="text")]
    head += [_score_header(column) for column in columns]
    body = [
        element(
            "tr",
            element("th", _named(strategy, len(group["labels"])), scope="row",
                    data_value=strategy["name"]),
            *(_score_cell(strategy, column, group["leaders"]) for column in columns),
            class_="behind" if strategy["done"] < len(group["labels"]) else None,
        )
        for strategy in group["strategies"]
    ]  # fmt: skip
    content = element(
        "table",
        element("thead", element("tr", *head)),
        element("tbody", *body),
        class_="scores sortable",
    )
    return join([wide(content, "Strategies compared"), _score_notes(group, columns)])


def _score_header(column: Column) -> Markup:
    arrow = {1: "↑", -1: "↓", 0: ""}[column.better]
    parts = [column.title]
    if arrow:
        parts += [" ", element("span", arrow, class_="way", aria_hidden="true")]
    order = "ascending" if column.better < 1 else "descending"
    return element("th", *parts, scope="col", title=column.meaning, data_sort=order)


def _named(strategy: Data, steps: int) -> Markup:
    """A strategy's name, with its seeds and, if it is behind, how far it got."""
    counted = formats.plural(strategy["counted"], "run")
    if len(strategy["runs"]) > strategy["counted"]:
        counted = f"{strategy['counted']} of {formats.plural(len(strategy['runs']), 'run')}"
    behind = strategy["done"] < steps
    note = f"{counted}, {progress(strategy['done'], steps)}" if behind else counted
    return join([strategy["name"], element("small", note)])


def _score_cell(strategy: Data, column: Column, leaders: Mapping[str, list[str]]) -> Markup:
    score = strategy["scores"][column.name]
    mean, half = score["mean"], score["half"]
    parts: list[str] = [formats.shown(mean, column.form)]
    margin = column.margin(mean, half)
    if margin:
        parts += [" ", element("span", margin, class_="half")]
    best = strategy["name"] in leaders[column.name]
    return element(
        "td",
        *parts,
        class_="best" if best else None,
        data_value=None if mean is None else repr(mean),
        title=None if mean is None else f"{mean:.6g}" + ("" if half is None else f" ± {half:.2g}"),
    )


def _score_notes(group: Data, columns: Sequence[Column]) -> Markup:
    single = any(strategy["counted"] < 2 for strategy in group["strategies"])
    notes = (
        "Means over runs with different seeds; ± is the half-width of the 95 % interval "
        "(Student's t). ↑ higher is better, ↓ lower is better."
    )
    marked = any(group["leaders"][column.name] for column in columns)
    if marked:
        notes += (
            " Marked is the best of a column, together with all that its interval does not"
            " separate from it."
        )
    elif len(group["strategies"]) > 1 and single:
        notes += (
            " Nothing is marked as best: with a single run of a strategy there is no interval"
            " to tell a difference from chance."
        )
    meanings = [element("div", element("dt", c.title), element("dd", c.meaning)) for c in columns]
    folded = details("What the columns mean", element("dl", *meanings, class_="meanings"))
    return join([element("p", notes, class_="note"), folded])


def failures(failed: Sequence[Mapping[str, str]]) -> Markup:
    """The runs that ended in an error, with the error."""
    rows = [
        [
            f"{cell['strategy']}, seed {cell['seed']}",
            element("pre", cell["error"].translate(CONTROL)),
        ]
        for cell in failed
    ]
    head = element("h2", f"{formats.plural(len(failed), 'run')} failed")
    return element("section", head, table(["run", "error"], rows, class_="errors"), class_="alert")


def resurfaced(group: Data, level: int) -> Markup:
    """The erased facts that came back, an alarm."""
    if not group["resurfaced"]:
        return join([])
    rows = [[one["text"], "; ".join(one["runs"])] for one in group["resurfaced"]]
    head = element(f"h{level}", f"{formats.plural(len(rows), 'erased fact')} resurfaced")
    note = "Not produced right after it was to be forgotten, but again after a later update."
    body = table(["fact", "runs"], rows, class_="errors")
    return element("section", head, element("p", note, class_="note"), body, class_="alert")


def unfinished(group: Data) -> Markup:
    """The runs that are still going, or were stopped, and how far they got."""
    behind = [
        (strategy, run)
        for strategy in group["strategies"]
        for run in strategy["runs"]
        if run["done"] < run["of"]
    ]
    if not behind:
        return join([])
    items = [
        element(
            "li",
            f"{strategy['name']}, seed {run['seed']}: {progress(run['done'], run['of'])}",
            " – not counted"
            if not run["done"] or run["done"] < strategy["done"]
            else " – counted up to there",
        )
        for strategy, run in behind
    ]
    text = f"{formats.plural(len(behind), 'run is', 'runs are')} not finished"
    return element("div", element("p", element("b", text)), element("ul", *items), class_="aside")


def warnings(group: Data) -> Markup:
    """Doubts about the comparison, what the runs warned of, and the lines that were left out."""
    parts: list[Markup] = []
    if group["doubts"]:
        items = [element("li", text) for text in group["doubts"]]
        title = element("p", element("b", "Before you conclude anything"))
        parts.append(element("div", title, element("ul", *items), class_="aside"))
    if group["warnings"]:
        items = [
            element("li", warning["text"], " ", element("small", "; ".join(warning["runs"])))
            for warning in group["warnings"]
        ]
        count = formats.plural(len(items), "warning")
        parts.append(details(count, element("ul", *items), class_="caution"))
    if group["skipped"]:
        items = [element("li", element("code", line)) for line in group["skipped"]]
        count = f"{formats.plural(len(items), 'line')} of the source left out"
        parts.append(details(count, element("ul", *items), class_="caution"))
    return join(parts)


MOVES = {
    "taught": (
        "From being taught to the end, facts of all steps before the last",
        (("right", "right"), ("right", "wrong"), ("right", "outdated"), ("wrong", "right")),
    ),
    "base": (
        "From the first step to the last, base facts",
        (("right", "right"), ("right", "wrong"), ("wrong", "right")),
    ),
}
"""Which movements are shown of which facts."""


def transitions_tables(group: Data) -> Markup:
    """How answers moved: since each fact was taught, from first to last step, worst step."""
    labels = group["labels"]
    moved = [strategy for strategy in group["strategies"] if strategy["transitions"]]
    if not moved:
        return element("p", "No run has two finished steps yet.")
    names = []
    for strategy in moved:
        after = strategy["transitions"]["after"]
        until = "" if after == len(labels) - 1 else f" (until {labels[after]})"
        names.append(strategy["name"] + until)
    tables = []
    for part, (caption, pairs) in MOVES.items():
        rows: list[list[str]] = []
        for name, strategy in zip(names, moved, strict=True):
            counts = strategy["transitions"][part]
            asked = sum(sum(after.values()) for after in counts.values())
            cells = [_of(counts[before][after], asked) for before, after in pairs]
            rows.append([name, formats.whole(asked), *cells])
        header = ["strategy", "asked", *(f"{before} → {after}" for before, after in pairs)]
        tables.append(table(header, rows, caption=caption, class_="numbers"))
    rows = []
    for name, strategy in zip(names, moved, strict=True):
        worst = strategy["transitions"]["worst"]
        told = (
            [labels[worst["step"]], formats.whole(worst["lost"])] if worst else [formats.DASH] * 2
        )
        rows.append([name, *told])
    header = ["strategy", "worst step", "right answers lost"]
    caption = "From one step to the next, all facts"
    tables.append(table(header, rows, caption=caption, class_="numbers"))
    return element("div", *tables, class_="pairs")


def _of(part: int, whole: int) -> Markup:
    percent = f"{100 * part / whole:.0f}{formats.THIN}%" if whole else formats.DASH
    return join([formats.whole(part), " ", element("span", percent, class_="half")])


def lost_table(group: Data) -> Markup:
    """Fact by fact: what each strategy lost, and what it says instead."""
    lost, labels = group["lost"], group["labels"]
    if not lost["rows"]:
        return element("p", "No fact that was right after it was taught is wrong at the end.")
    names = [strategy["name"] for strategy in group["strategies"]]
    header = ["fact", "taught", *names]
    head = element("tr", *(element("th", name, scope="col") for name in header))
    body = []
    for row in lost["rows"]:
        relation = element("span", row["relation"], class_="relation")
        fact = [row["subject"], " ", relation, " ", element("b", row["object"])]
        cells = [_lost_cell(cell) for cell in row["cells"]]
        taught = element("td", labels[row["learned"]], class_="taught")
        body.append(element("tr", element("th", *fact, scope="row"), taught, *cells))
    content = element("table", element("thead", head), element("tbody", *body), class_="lost")
    return wide(content, "Facts lost")


def _lost_cell(cell: Data | None) -> Markup:
    if cell is None:
        return element("td", formats.DASH, class_="never", title="not right when it was taught")
    if not cell["lost"]:
        return element("td", "kept", class_="kept")
    count = f"{cell['lost']}/{cell['right']}"
    told = f"{cell['lost']} of {cell['right']} right answers lost"
    said = cell["answer"] or "(nothing)"
    parts: list[str] = [element("span", said, class_="said"), " "]
    if cell["stale"]:
        parts.append(element("em", "outdated "))
    return element("td", *parts, element("small", count), class_="gone", title=told)


def settings_block(group: Data) -> Markup:
    """Settings: those that differ in full, those in common folded away, and versions."""
    names = [strategy["name"] for strategy in group["strategies"]]
    parts: list[Markup] = []
    for part, title in (("settings", "Settings"), ("versions", "Versions")):
        differing, common = group[part]["differing"], group[part]["common"]
        if differing:
            rows = [
                [element("code", setting["name"]), *_values(setting["values"])]
                for setting in differing
            ]
            caption = f"{title} that differ"
            parts.append(table(["", *names], rows, caption=caption, class_="settings"))
        if common:
            rows = [[element("code", name), value] for name, value in common.items()]
            shared = table(["", "value"], rows, class_="settings")
            parts.append(details(f"{title} in common ({len(common)})", shared))
    updates = [
        [update["label"], *(_known(update[name]) for name in ("learn", "forget"))]
        for update in group["updates"]
    ]
    steps = table(["step", "facts to learn", "to forget"], updates, class_="numbers")
    parts.append(details(f"The stream, step by step ({len(updates)})", steps))
    if group["source"]:
        rows = [[element("code", name), value] for name, value in group["source"].items()]
        parts.append(details("What made the stream", table(["", "value"], rows)))
    return join(parts)


def _values(values: Sequence[str | None]) -> list[Markup]:
    """One cell a strategy; a value unlike the most frequent one stands out."""
    usual = max(values, key=lambda value: (values.count(value), value is not None))
    rare = values.count(usual) > 1
    return [
        element("span", formats.DASH if value is None else value,
                class_="odd" if rare and value != usual and value is not None else None)
        for value in values
    ]  # fmt: skip


def _known(value: object) -> str:
    return formats.whole(value) if isinstance(value, int) else formats.DASH
