"""A list of facts to forget, in a file of its own: subject, relation and object, a line each."""

from __future__ import annotations

from pathlib import Path

from cltool.core.errors import UserError
from cltool.facts.facts import Fact, Key
from cltool.facts.files.events import read_events

SHOWN = 50
"""Most bad lines that a message names."""


def read_forget_list(path: Path) -> tuple[list[Fact], dict[Key, list[str]]]:
    """The facts of a ``.jsonl``, ``.csv`` or ``.parquet`` file, and prompts of their own.

    Columns are those of a file of facts (`cltool.facts.files.events`), without ``update`` or
    ``date``: ``subject``, ``relation``, ``object`` and perhaps ``aliases``, or ``prompt``,
    ``answer`` and perhaps ``paraphrases``.

    Raises:
        UserError: the file cannot be read, holds no facts, a bad line, or a key twice.
    """
    reading = read_events(path, dated=None)
    # There, the object goes by the name that it has in a stream.
    bad = {
        line: "object is missing" if reason == "new is missing" else reason
        for line, reason in reading.bad.items()
    }
    bad |= {event.line: "object is missing" for event in reading.events if not event.value}
    if bad:
        lines = [f"{reading.place(line)}: {bad[line]}" for line in sorted(bad)]
        raise UserError(
            f"{len(lines)} bad line{'s' * (len(lines) > 1)}",
            where=str(path),
            details=lines[:SHOWN],
            hint="Give each line subject, relation and object.",
        )
    facts: dict[Key, Fact] = {}
    for event in reading.events:
        if event.key in facts:
            raise UserError(
                f"two facts to forget of {', '.join(event.key)}",
                where=reading.place(event.line),
                hint="A key has one object at a time: leave one of them out.",
            )
        facts[event.key] = event.fact
    if not facts:
        raise UserError(
            "the list holds no facts to forget",
            where=str(path),
            hint="Give a line for each, with subject, relation and object.",
        )
    prompts = {event.key: list(event.prompts) for event in reading.events if event.prompts}
    return list(facts.values()), prompts
