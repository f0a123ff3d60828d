"""``cltool recall``: what do models recall of a text that they have read?"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cltool.cli import options as shared
from cltool.cli.output import message, print_json
from cltool.cli.tables import Part, print_all, table
from cltool.core import exit_codes
from cltool.core.progress import stderr_progress

TITLES = {
    "begin": "Right answers if the facts stand before the other text:",
    "middle": "Right answers if the facts stand in the middle of the other text:",
    "end": "Right answers if the facts stand after the other text:",
    "superseded": "Right answers if each fact is stated with an older object first, and in brackets"
    " the answers with the older object:",
    "two hops": "Right answers to questions that need two of the facts:",
}
"""Kind of text → what the table says."""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "models",
        metavar="MODEL",
        nargs="+",
        help="a name that `cltool list models` shows, the path or hub name of a causal LM, or a"
        " GGUF file; several are asked for the same facts",
    )
    parser.add_argument(
        "--tokens",
        metavar="N,N,…",
        default="64,256,1024,4096",
        help="tokens of other text, one column each [%(default)s]",
    )
    parser.add_argument(
        "--count", type=int, default=40, metavar="N", help="questions in a cell [%(default)s]"
    )
    parser.add_argument(
        "--together", type=int, default=4, metavar="N", help="facts in a text [%(default)s]"
    )
    parser.add_argument("--seed", type=int, default=0, help="draws facts and texts [%(default)s]")
    parser.add_argument("--out", metavar="FILE", help="also write the result to this JSON file")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    shared.add_scenario(parser)
    model = parser.add_argument_group("how the models are used")
    shared.add_device(model)
    shared.add_chat(model)
    settings = parser.add_argument_group("settings")
    shared.add_settings(settings, "probe.batch_size=32", "TOML file with settings")
    shared.without_training(parser)
    parser.set_defaults(model=None)


def run(options: argparse.Namespace) -> int:
    """Let the models read and answer, and print what they recalled."""
    from cltool.core.files import refuse_to_replace, write_json

    sizes = _sizes(options.tokens)
    shared.refuse_below_one(options.count, "--count")
    shared.refuse_below_one(options.together, "--together")
    if options.out:
        refuse_to_replace(Path(options.out), "a JSON file", ["{"], "recall.json")
    tables = {name: one for name, one in shared.read_tables(options).items() if one}
    stream = shared.open_stream(options.scenario, tables.pop("scenario", {}))
    with stderr_progress() as progress:
        task = progress.task("recall")
        task(0, 1, "loading libraries")

        from cltool.experiments.recall import recall

        found = recall(
            options.models,
            stream,
            tokens=sizes,
            count=options.count,
            together=options.together,
            seed=options.seed,
            settings=tables,
            progress=task,
        )
    data = found.as_json() | {"command": options.typed}
    if options.out:
        write_json(Path(options.out), data)
    if options.json:
        for text in data["warnings"]:
            message(text)
        print_json(data)
    else:
        doubts = [f"\nDoubt: {text}" for text in data["warnings"]]
        print_all([*parts(data), *doubts])
    return exit_codes.DONE


def _sizes(text: str) -> list[int]:
    """Return the numbers of tokens.

    Raises:
        UserError: one is not a number, or below zero.
    """
    from cltool.core.errors import UserError

    sizes = []
    for word in text.split(","):
        try:
            sizes.append(int(word))
        except ValueError:
            sizes.append(-1)
        if sizes[-1] < 0:
            raise UserError(
                f"{word.strip()!r} is not a number of tokens",
                where="--tokens",
                hint="Give whole numbers with commas between them, such as 64,256,1024.",
            )
    return sorted(set(sizes))


def parts(data: Mapping[str, Any]) -> Iterator[Part]:
    """Yield a table for each kind of text, and the bytes that the models kept."""
    from cltool.reporting.formats import DASH, share

    rows: list[Mapping[str, Any]] = data["rows"]
    sizes = sorted({row["tokens"] for row in rows})
    names = list(dict.fromkeys(row["model"] for row in rows))
    found = {(row["model"], row["kind"], row["tokens"]): row for row in rows}

    def cell(name: str, kind: str, size: int) -> str:
        row = found.get((name, kind, size))
        if row is None or row["share"] is None:
            return "too long" if row is not None and row["too_long"] else DASH
        text = f"{share(row['share'])} ({share(row['low'])} to {share(row['high'])})"
        return f"{text} [{row['outdated']}]" if kind == "superseded" else text

    def kilobytes(name: str, size: int) -> str:
        row = found.get((name, "begin", size))
        return f"{row['bytes'] / 1000:,.0f}" if row is not None and row["asked"] else DASH

    head = ["model", *(f"{size:,} tokens" for size in sizes)]
    for kind in dict.fromkeys(row["kind"] for row in rows):
        yield f"\n{TITLES[kind]}"
        yield table(head, [[name, *(cell(name, kind, n) for n in sizes)] for name in names])
    yield "\nKilobytes that the model kept of a text:"
    yield table(head, [[name, *(kilobytes(name, size) for size in sizes)] for name in names])
