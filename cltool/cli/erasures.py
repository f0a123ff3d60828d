"""``cltool erasures``: the facts that a run had to forget, and whether they stayed erased."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from cltool.cli.output import print_json
from cltool.cli.tables import Part, print_all, table
from cltool.core import exit_codes
from cltool.reporting import formats

HEADER = ("asked for", "fact", "before", "after", "last", "retrained", "kept", "resurfaced")
TEXT = ("asked for", "fact", "kept", "resurfaced")


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("run", metavar="RUN", help="a run folder")
    parser.add_argument(
        "--retrained",
        action="append",
        metavar="RUN",
        help="a run of retrain to compare with [those beside RUN]",
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def run(options: argparse.Namespace) -> int:
    """Print a line for each fact that the run had to forget."""
    from cltool.runs import erasures, references
    from cltool.runs.run import Run

    run = Run.open_whole(options.run)
    record = erasures.open_record(run)
    if options.retrained:
        given = [Run.open_whole(folder) for folder in options.retrained]
        for reference in given:
            references.refuse_unlike(run, reference)
        record = erasures.with_reference(record, given)
    elif record["reference"] is None:
        record = erasures.with_reference(record, references.beside(run))
    if options.json:
        print_json(record)
    else:
        print_all(requests(record, run.record["labels"]))
    return exit_codes.DONE


def requests(record: Mapping[str, Any], labels: Sequence[str]) -> list[Part]:
    """Return a line for each fact that was to be forgotten, then notes.

    Args:
        record: see `cltool.runs.erasures`.
        labels: of the steps.
    """
    rows = [_row(request, labels) for request in record["requests"]]
    notes: dict[str, None] = {}  # a note may come from several requests, and is printed once
    for request in record["requests"]:
        for strategy, stores in (request["stores"] or {}).items():
            for store, text in stores["purged"].items():
                notes[f"{request['label']}, {strategy}, {store}: {text}"] = None
    reference = record["reference"]
    if reference is not None:
        runs = formats.plural(len(reference["runs"]), "run")
        inexact = "" if reference["exact"] else ", which is not an exact reference on this model"
        notes[f"retrained: the last score of {runs} of retrain{inexact}"] = None
    return [table(HEADER, rows, text=TEXT), *notes]


def _row(request: Mapping[str, Any], labels: Sequence[str]) -> list[str]:
    scores = request["scores"]
    steps = [str(labels[int(step)]) for step in request["resurfaced"]]
    resurfaced = [", ".join(steps)] if steps else []
    if request.get("taught_again") is not None:
        # The fact counts as erased until it is taught again.
        resurfaced.append(f"taught again by {labels[int(request['taught_again'])]}")
    return [
        str(request["label"]),
        f"{request['subject']}, {request['relation']}: {request['object']}",
        _last_share([score for score in scores if score["when"] == "before"]),
        _last_share([score for score in scores if score["when"] == "after"]),
        _last_share(scores),
        _last_share(request["retrained"] or []),
        _entries(request["stores"]),
        "; ".join(resurfaced) or formats.DASH,
    ]


def _last_share(scores: Sequence[Mapping[str, Any]]) -> str:
    return formats.shown(scores[-1]["right"] if scores else None, formats.share)


def _entries(stores: Mapping[str, Any] | None) -> str:
    """Return how many entries of the fact each strategy stored before and after."""
    if stores is None:
        return "?"
    changed = [
        f"{name} {one['entries_before']} → {one['entries_after']}"
        for name, one in stores.items()
        if one["entries_before"] or one["entries_after"]
    ]
    return ", ".join(changed) or formats.DASH
