"""``cltool facts``: show how a file of facts is read, and write it in cltool's own columns."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from cltool.cli import options as shared
from cltool.cli.output import message, print_json, say
from cltool.cli.tables import Part, print_all, table
from cltool.core import exit_codes
from cltool.core.plurals import plural

if TYPE_CHECKING:
    from cltool.facts.files.events import Reading

_ROWS = 5
_COLUMNS = ("subject", "relation", "new", "old", "aliases", "forget")
"""Columns of the table of ``cltool facts show``, besides the time."""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parts = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    show = parts.add_parser("show", help="say how a file is read, and show its first facts")
    show.add_argument("--rows", type=int, default=_ROWS, help="facts to show [%(default)s]")
    show.add_argument("--json", action="store_true", help="print the result as JSON")
    convert = parts.add_parser("convert", help="write a file of any format as a file of facts")
    convert.add_argument("--out", required=True, metavar="FILE.jsonl", help="the file to write")
    convert.add_argument("--skip-bad", action="store_true", help="leave out bad lines")
    for one in (show, convert):
        one.add_argument("path", metavar="IN", help="a file, or a folder with the files of a table")
        shared.add_format(one)
        one.add_argument(
            "--updates",
            type=int,
            metavar="N",
            help="divide facts without a time, in their order, into a base and N updates",
        )
        one.add_argument(
            "--max-chars", type=int, default=2000, help="longest text allowed [%(default)s]"
        )
    _add_draft(parts.add_parser("draft", help="let a model draft questions about documents"))


def _add_draft(draft: argparse.ArgumentParser) -> None:
    draft.add_argument("path", metavar="DOCUMENTS", help="a folder of texts, a text, or a table")
    draft.add_argument("--model", required=True, help="an instruction-tuned model, such as smollm2")
    draft.add_argument("--out", required=True, metavar="FILE.jsonl", help="the file to write")
    draft.add_argument(
        "--each", type=int, default=5, metavar="N", help="questions about a document [%(default)s]"
    )
    shared.add_device(draft)


def run(options: argparse.Namespace) -> int:
    """Show a file, convert it, or draft questions."""
    if options.action == "draft":
        return _draft(options)
    from cltool.facts.files.converting import read_any

    shared.refuse_below_one(options.updates, "--updates")
    shared.refuse_below_one(options.max_chars, "--max-chars")
    path = Path(options.path)
    reading, time = read_any(
        path,
        shape=options.format or "auto",
        updates=options.updates,
        max_chars=options.max_chars,
    )
    if options.action == "show":
        return _show(options, reading, time)
    return _convert(options, reading, time)


def _draft(options: argparse.Namespace) -> int:
    from cltool.core.files import refuse_to_replace, write_text
    from cltool.core.progress import stderr_progress
    from cltool.facts.files.json_lines import as_json_lines

    shared.refuse_below_one(options.each, "--each")
    out = Path(options.out)
    refuse_to_replace(out, "a file of facts", ["{"], "questions.jsonl")
    with stderr_progress() as progress:
        task = progress.task(options.model)
        task(0, 1, "loading libraries")

        from cltool.experiments.draft import draft

        made = draft(
            Path(options.path),
            options.model,
            each=options.each,
            device=options.device or "auto",
            dtype=options.dtype or "auto",
            progress=task,
        )
    write_text(out, as_json_lines(made.rows))
    say(
        f"{plural(len(made.rows), 'draft')} written to {out}; {made.dropped} left out whose answer"
        " is not in the text.\nThe model may be wrong: compare each question and answer with its"
        " sentence, correct it, and remove its column draft. A run refuses drafts."
    )
    return exit_codes.DONE


def _convert(options: argparse.Namespace, reading: Reading, time: str) -> int:
    from cltool.core.files import refuse_to_replace, write_text
    from cltool.facts.files.bad_lines import refusal
    from cltool.facts.files.converting import as_lines

    out = Path(options.out)
    refuse_to_replace(out, "a file of facts", ["{"], "facts.jsonl")
    if reading.bad and not options.skip_bad:
        raise refusal(reading)
    write_text(out, as_lines(reading.events, time))
    message(_taken(reading))
    for text in reading.warnings:
        message(text)
    left = f" {plural(len(reading.bad), 'bad line')} left out." if reading.bad else ""
    say(f"{plural(len(reading.events), 'fact')} written to {out}.{left}")
    return exit_codes.DONE


def _show(options: argparse.Namespace, reading: Reading, time: str) -> int:
    from cltool.facts.files.bad_lines import bad_details
    from cltool.facts.files.converting import as_row

    rows = [as_row(event, time) for event in reading.events[: max(0, options.rows)]]
    bad = bad_details(reading)
    if options.json:
        counts = {"facts": len(reading.events), "bad": bad, "warnings": reading.warnings}
        print_json(
            {"format": reading.taken.format, "taken": _taken(reading), **counts, "rows": rows}
        )
        return exit_codes.DONE
    header = [*([time] if time else []), *_COLUMNS]
    lines = [[_cell(row, name) for name in header] for row in rows]
    parts: list[Part] = [_taken(reading), "", table(header, lines, text=header)]
    if more := len(reading.events) - len(rows):
        parts.append(f"… and {plural(more, 'fact')} more")
    if bad:
        parts += ["", f"{plural(len(bad), 'bad line')}:", *bad[: options.rows]]
    parts += [f"\nDoubt: {text}" for text in reading.warnings]
    print_all(parts)
    return exit_codes.DONE


def _taken(reading: Reading) -> str:
    taken = reading.taken.in_words(reading.path.name)
    count = plural(len(reading.events), "line")
    return taken or f"{reading.path.name} has the columns of a file of facts: {count}."


def _cell(row: dict[str, object], name: str) -> str:
    """Return a cell for the table; a question counts as the subject, and its answer as new."""
    names = {"subject": "prompt", "new": "answer"}
    value = row.get(name, row.get(names.get(name, name), ""))
    return " | ".join(map(str, value)) if isinstance(value, list) else str(value)
