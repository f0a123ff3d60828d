"""``cltool beliefs``: how old is what a model believes about the keys of a stream?"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cltool.cli import options as shared
from cltool.cli import record
from cltool.cli.output import message, print_json
from cltool.cli.tables import Part, print_all, table
from cltool.core import exit_codes
from cltool.core.progress import stderr_progress

BAR = 24
"""Length of the bar of a share of 1, in characters."""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "model",
        metavar="MODEL",
        help="a name that `cltool list models` shows, the path or hub name of a causal LM, a GGUF"
        " file, or the folder of an adapter",
    )
    parser.add_argument(
        "--limit", type=int, metavar="N", help="ask about N keys, a fixed random sample [all]"
    )
    parser.add_argument("--out", metavar="FILE", help="also write the result to this JSON file")
    parser.add_argument("--report", metavar="FILE", help="also write an HTML page")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    shared.add_scenario(parser)
    model = parser.add_argument_group("how the model is used")
    shared.add_device(model)
    shared.add_chat(model)
    settings = parser.add_argument_group("settings")
    about = "TOML file with settings, or the run.json of a run whose stream is used"
    shared.add_settings(settings, "probe.batch_size=32", about)
    shared.without_training(parser)


def run(options: argparse.Namespace) -> int:
    """Ask the model, and print how old its beliefs are."""
    from cltool.core.files import refuse_to_replace
    from cltool.reporting.templates import refuse_no_page

    shared.refuse_below_one(options.limit, "--limit")
    if options.out:
        refuse_to_replace(Path(options.out), "a JSON file", ["{"], "beliefs.json")
    if options.report:
        refuse_no_page(Path(options.report))
    tables = _tables(options)
    stream = shared.open_stream(options.scenario, tables.pop("scenario", {}))
    with stderr_progress() as progress:
        task = progress.task(options.model)
        task(0, 1, "loading libraries")

        from cltool.experiments.beliefs import beliefs

        found = beliefs(options.model, stream, settings=tables, progress=task)
    data = found.as_json() | {"command": options.typed}
    places = _write(options, data)
    if options.json:
        for text in data["warnings"]:
            message(text)
        print_json(data)
    else:
        doubts = [f"\nDoubt: {text}" for text in data["warnings"]]
        print_all([*parts(data), *doubts, *places])
    return exit_codes.DONE


def _tables(options: argparse.Namespace) -> dict[str, Any]:
    """Return the tables of settings that this command uses."""
    from cltool.core.settings import merge, parse_assignments

    tables = shared.read_tables(options)
    if record.is_record(options.settings):
        # The run was trained; this command only takes its stream and how it was asked.
        tables = {name: table for name, table in tables.items() if name in ("scenario", "probe")}
        # How the run judged answers, and which sample of facts it asked about, has no effect here.
        # It is refused only if the user sets it.
        own = parse_assignments(options.set).get("probe", {})
        unused = {"match", "sample", "sample_seed"}.difference(own)
        probe = tables.get("probe", {})
        tables["probe"] = {name: value for name, value in probe.items() if name not in unused}
    else:
        tables = {name: table for name, table in tables.items() if table}
    return merge(tables, {"probe": {"limit": options.limit}} if options.limit else {})


def _write(options: argparse.Namespace, data: dict[str, Any]) -> list[str]:
    """Write the files that were asked for; return the sentences about them."""
    from cltool.core.files import write_json
    from cltool.reporting.beliefs_page import write_beliefs

    places = []
    if options.out:
        write_json(Path(options.out), data)
        places.append(f"The result is in {options.out}.")
    if options.report:
        places.append(f"The page is in {write_beliefs(data, Path(options.report))}.")
    return ["", *places] if places else []


def parts(data: Mapping[str, Any]) -> Iterator[Part]:
    """Yield the tables and sentences about the beliefs of a model."""
    from cltool.reporting.beliefs_text import headline, sentences, with_interval
    from cltool.reporting.formats import DASH, share, shown

    yield headline(data)
    yield from sentences(data)
    yield "\nFor each step, the share of the known keys whose believed holder held at that step:"
    rows = [
        [
            one["label"],
            with_interval(one),
            "█" * round(BAR * (one["share"] or 0)),
            with_interval(other),
        ]
        for one, other in zip(
            data["probable"]["holders_of"], data["named"]["holders_of"], strict=True
        )
    ]
    yield table(["step", "most probable", "", "named"], rows, text=["step", ""])
    yield "\nBy relation, for the most probable holder:"
    yield table(
        ["relation", "keys", "unknown", "outdated", "median step"],
        [
            [
                one["relation"],
                str(one["probable"]["unknown"]["of"]),
                shown(one["probable"]["unknown"]["share"], share),
                shown(one["probable"]["outdated"]["share"], share),
                one["probable"]["median"]["label"] if one["probable"]["median"] else DASH,
            ]
            for one in data["relations"]
        ],
        text=["relation", "median step"],
    )
