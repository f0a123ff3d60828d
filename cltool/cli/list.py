"""``cltool list``: strategies, scenarios, models or metrics."""

from __future__ import annotations

import argparse

from cltool.cli.output import print_json
from cltool.cli.tables import print_all, table
from cltool.core import exit_codes
from cltool.core.errors import UserError

COLUMNS = ("name", "family", "summary")
PLAIN = ("name", "summary")
KINDS = ("strategies", "scenarios", "models", "metrics")

Rows = list[dict[str, str]]


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("what", choices=KINDS, help="what to list")
    parser.add_argument("--family", help="for strategies: only this family")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def run(options: argparse.Namespace) -> int:
    """Print a line for each name."""
    rows = _rows(options.what, options.family)
    if options.json:
        print_json(rows)
        return exit_codes.DONE
    header = COLUMNS if any(row.get("family") for row in rows) else PLAIN
    lines = [[row.get(name, "") for name in header] for row in rows]
    print_all([table(header, lines, text=header, show_header=False)])
    return exit_codes.DONE


def _rows(what: str, family: str | None) -> Rows:
    if what == "metrics":
        return _metrics()
    rows = _registered(what, family)
    if what == "models":
        rows += [
            {"name": "PATH", "summary": "the folder of any causal LM that transformers loads"},
            {"name": "ORG/NAME", "summary": "the hub name of a causal LM"},
            {"name": "FILE.gguf", "summary": "a GGUF file, which is dequantised once"},
            {"name": "ADAPTER", "summary": "the folder of a PEFT adapter, merged into its base"},
        ]
    return rows


def _metrics() -> Rows:
    from cltool.evaluation.scores import METRICS, all_scores

    return [
        {
            "name": score.name,
            "title": score.title,
            "better": score.better or "",
            "summary": score.meaning,
            "source": METRICS.entry(score.name).source,
        }
        for score in all_scores().values()
    ]


def _registered(what: str, family: str | None) -> Rows:
    from cltool.models import MODELS
    from cltool.scenarios import SCENARIOS
    from cltool.strategies import STRATEGIES

    registries = {"strategies": STRATEGIES, "scenarios": SCENARIOS, "models": MODELS}
    entries = registries[what].entries()
    families = sorted({entry.family for entry in entries if entry.family})
    if family is not None and family not in families:
        names = (
            f"There are: {', '.join(families)}." if families else "Only strategies have families."
        )
        raise UserError(f"no family {family!r}", where="--family", hint=names)
    return [
        {
            "name": entry.name,
            "summary": entry.summary,
            "family": entry.family,
            "source": entry.source,
        }
        for entry in entries
        if family is None or entry.family == family
    ]
