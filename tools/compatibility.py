"""Tries every strategy on small random models of many families, and writes a page about it.

``python -m tools.compatibility`` rewrites ``docs/compatibility.md``; with ``--missing`` it only
runs the cells that the page lacks, such as those of a new strategy. Each cell of its table is a
run of three updates that learn, supersede and forget facts: the model is written as a checkpoint,
loaded, trained, asked and saved through the code that any run uses. A strategy that cannot work on
a family refuses it before anything is trained, and the page has the reason.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from cltool.core.errors import UserError
from cltool.core.files import write_text
from cltool.core.progress import stderr_progress
from cltool.strategies import STRATEGIES
from tools.families import FAMILIES, write_checkpoint

PAGE = Path(__file__).parents[1] / "docs" / "compatibility.md"

RUNS, REFUSED = "runs", "refused"

SETTINGS: Mapping[str, Any] = {
    "learner": {"epochs": 1, "batch_size": 16, "lr": 1e-3},
    "probe": {"limit": 4, "max_tokens": 4},
    "model": {"device": "cpu", "dtype": "float32"},
}
"""Settings of every cell: what matters is whether it runs, not what it learns."""

_HEAD = """\
# Which strategy runs on which model

*This page is written by `python -m tools.compatibility`; a test checks that it is true.*

Each cell is a run on a small random checkpoint of the family. ✓: it runs. A number: it is refused
before anything is trained, for the reason below the table. The last two columns say what the
strategy declares about several processes (see [several_processes.md](several_processes.md)):
`processes`, where each process holds all weights, and `sharded`, where each holds a part of them.
"""

PROCESSES, SHARDED = "processes", "sharded"
COLUMNS = (*FAMILIES, PROCESSES, SHARDED)
"""The columns of the table."""


class FailedLateError(Exception):
    """A strategy refused a model after it had trained it."""


@cache
def checkpoint(family: str) -> Path:
    """Return the folder of a random model of ``family``; it is written once in a process."""
    from cltool.testing.material import small_stream

    stream = small_stream()
    sentences = [
        prompt + target
        for update in stream
        for fact in update.learn
        for prompt, target in stream.wordings.examples(fact)
    ]
    folder = Path(tempfile.mkdtemp(prefix=f"cltool-{family}-")) / "model"
    return write_checkpoint(family, sentences, folder)


def settings_of(strategy: str) -> Mapping[str, Any]:
    """Return the settings of a cell; the model gets memory layers if the strategy needs them."""
    from cltool.testing.material import MEMORY

    memory = MEMORY if STRATEGIES.load(strategy).needs_memory else {}
    return {**SETTINGS, "model": {**SETTINGS["model"], **memory}}


def outcome(strategy: str, family: str) -> str:
    """Return `RUNS`, or the reason why ``strategy`` refuses models of ``family``, in a sentence.

    Raises:
        FailedLateError: the refusal came after an update was applied.
    """
    from cltool.experiments.run import run
    from cltool.runs.run import Run
    from cltool.testing.material import small_stream

    with tempfile.TemporaryDirectory() as temporary:
        out, saved = Path(temporary) / "run", Path(temporary) / "model"
        try:
            run(
                small_stream(),
                strategy=strategy,
                model=str(checkpoint(family)),
                out=out,
                settings=settings_of(strategy),
                save_model=saved,
            )
        except UserError as error:
            if (out / "run.json").is_file() and Run(out).steps_done():
                raise FailedLateError(f"{strategy} on {family}: {error}") from error
            # What libraries add in further sentences may be in another order next time.
            return error.what.split(". ")[0]
    return RUNS


def declared(strategy: str, column: str) -> str:
    """Return `RUNS`, or why ``strategy`` does not run as `PROCESSES` or `SHARDED` says."""
    from cltool.training.several import whole_batches, whole_weights

    reason = whole_batches if column == PROCESSES else whole_weights
    return reason(STRATEGIES.load(strategy)) or RUNS


def cell(strategy: str, column: str) -> str:
    """Return the cell of a column: what `outcome` or `declared` returns."""
    return outcome(strategy, column) if column in FAMILIES else declared(strategy, column)


def strategies() -> list[str]:
    """Return the names of the built-in strategies, in the order of their families."""
    return [
        entry.name
        for entry in STRATEGIES.entries()
        if entry.source == "built-in" and entry.family != "avalanche"
    ]


def page(cells: Mapping[tuple[str, str], str]) -> str:
    """Return the page.

    Args:
        cells: (strategy, column) → as `cell` returned it.
    """
    reasons = list(dict.fromkeys(text for text in cells.values() if text != RUNS))
    rows = [["strategy", *COLUMNS], ["---"] * (len(COLUMNS) + 1)]
    for name in dict.fromkeys(strategy for strategy, _ in cells):
        marks = [_mark(cells[name, column], reasons) for column in COLUMNS]
        rows.append([f"`{name}`", *marks])
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    listed = "\n".join(f"{number}. {text}" for number, text in enumerate(reasons, start=1))
    families = "\n".join(f"- `{name}`: {title}" for name, title in FAMILIES.items())
    return f"{_HEAD}\n{table}\n\n{listed}\n\nThe families:\n\n{families}\n"


def read(text: str) -> dict[tuple[str, str], str]:
    """Return the cells of a page that `page` returned."""
    lines = text.splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
    reasons = dict(line.split(". ", 1) for line in lines if line[:1].isdigit())
    header, _, *body = rows
    return {
        (row[0].strip("`"), column): RUNS if mark == "✓" else reasons[mark]
        for row in body
        for column, mark in zip(header[1:], row[1:], strict=True)
    }


def _mark(text: str, reasons: Sequence[str]) -> str:
    return "✓" if text == RUNS else str(reasons.index(text) + 1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all cells and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--missing", action="store_true", help="keep the cells of the page, run the others"
    )
    options = parser.parse_args(arguments)
    names = strategies()
    held = read(PAGE.read_text(encoding="utf-8")) if options.missing else {}
    cells: dict[tuple[str, str], str] = {}
    late: list[str] = []
    with stderr_progress() as progress:
        report = progress.task("compatibility")
        for number, name in enumerate(names):
            for column in COLUMNS:
                report(number, len(names), f"{name} on {column}")
                if (name, column) in held:
                    cells[name, column] = held[name, column]
                    continue
                try:
                    cells[name, column] = cell(name, column)
                except FailedLateError as error:
                    late.append(str(error))
    if late:
        print("\n".join(late), file=sys.stderr)
        return 1
    write_text(PAGE, page(cells))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
