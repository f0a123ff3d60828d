"""``cltool protect``: write down what a model answers well today, to protect it tomorrow."""

from __future__ import annotations

import argparse
from pathlib import Path

from cltool.cli import options as shared
from cltool.cli.output import message, print_json, say
from cltool.core import exit_codes
from cltool.core.progress import stderr_progress

GENERAL = "general"


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("model", metavar="MODEL", help="the model, as for cltool update")
    parser.add_argument("--from", dest="facts", metavar="FILE", help="facts to ask about")
    parser.add_argument(
        "--bank", choices=(GENERAL,), help="ask cltool's 600 general questions in place of a file"
    )
    parser.add_argument("--limit", type=int, metavar="N", help="write at most N facts [all]")
    parser.add_argument(
        "--out", default="keep.jsonl", metavar="FILE", help="the file to write [keep.jsonl]"
    )
    parser.add_argument("--json", action="store_true", help="print what was found as JSON")
    shared.add_format(parser, "FILE")
    shared.add_wordings(parser)
    model = parser.add_argument_group("how the model is used")
    shared.add_device(model)
    shared.add_chat(model)
    shared.add_settings(parser.add_argument_group("settings"), "probe.batch_size=32")


def run(options: argparse.Namespace) -> int:
    """Ask the model, and write the facts that it answers."""
    from cltool.core.settings import merge

    shared.refuse_below_one(options.limit, "--limit")
    tables = merge(
        shared.read_assignments(options),
        {
            "model": shared.only_given(
                {"device": options.device, "dtype": options.dtype, "chat": options.chat}
            )
        },
    )
    with stderr_progress() as progress:
        task = progress.task(options.model)
        task(0, 1, "loading libraries")
        from cltool.experiments.update.protect import protect
        from cltool.experiments.update.request import ANY_SHAPE

        found = protect(
            options.model,
            None if options.facts is None else Path(options.facts),
            Path(options.out),
            bank=options.bank == GENERAL,
            shape=options.format or ANY_SHAPE,
            wordings=None if options.wordings is None else Path(options.wordings),
            limit=options.limit,
            settings=tables,
            progress=task,
        )
    if found.taken:
        message(found.taken)
    if options.json:
        print_json(found.as_json())
    else:
        say(
            f"The model answers {found.known} of {found.asked} facts in every held-out wording."
            f" {found.written} are in {found.file}."
            f" Give them to an update: cltool update MODEL FACTS --protect {found.file}"
        )
    return exit_codes.DONE
