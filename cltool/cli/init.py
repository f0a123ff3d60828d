"""``cltool init``: write a workflow that updates a model on GitHub."""

from __future__ import annotations

import argparse
from pathlib import Path

from cltool.cli.output import say
from cltool.core import exit_codes
from cltool.core.errors import UserError

FILE = Path(".github/workflows/update-model.yml")


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("what", choices=("ci",), help="ci: a workflow of GitHub Actions")
    parser.add_argument(
        "--model", default="model", help="the model that the workflow updates [model]"
    )
    parser.add_argument("--facts", default="facts.jsonl", help="the file of facts [facts.jsonl]")
    parser.add_argument("--protect", default="keep.jsonl", help="facts to protect [keep.jsonl]")
    parser.add_argument("--out", default=str(FILE), metavar="FILE", help=f"the workflow [{FILE}]")


def run(options: argparse.Namespace) -> int:
    """Write the workflow."""
    from cltool.core.files import write_text
    from cltool.experiments.update.workflow import workflow

    file = Path(options.out)
    if file.exists():
        raise UserError("is there already", where=str(file), hint="Choose another name with --out.")
    write_text(file, workflow(options.model, options.facts, options.protect))
    say(
        f"The workflow is in {file}. It runs when {options.facts} changes, and ends with exit code"
        " 3 if the update is refused."
    )
    return exit_codes.DONE
