"""Lists of facts to forget, in their own file: one fact a line (subject, relation, object)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cltool.core.errors import UserError
from cltool.facts.facts import Fact, Key
from cltool.facts.files.events import read_events

MAX_SHOWN = 50
"""Maximum number of bad lines in a message."""


@dataclass(frozen=True)
class ForgetList:
    """Facts to forget.

    Attributes:
        facts: the facts, in the order of the file.
        prompts: key → the prompts of a question–answer pair.
        warnings: sentences about what was read with doubts.
    """

    facts: list[Fact]
    prompts: dict[Key, list[str]]
    warnings: list[str]


def read_forget_list(path: Path) -> ForgetList:
    """Read the facts of a file, or of a folder with the files of one table.

    The columns are those of a file of facts (`cltool.facts.files.events`), without ``update``
    and ``date``: ``subject``, ``relation``, ``object`` and optionally ``aliases``; or
    ``prompt``, ``answer`` and optionally ``paraphrases``.

    Raises:
        UserError: the file cannot be read, is empty, has a bad line, or has a key twice.
    """
    reading = read_events(path, dated=None)
    # `read_events` calls the object "new", as in a stream of updates.
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
            details=lines[:MAX_SHOWN],
            hint=" ".join([*reading.advice, "Give each line subject, relation and object."]),
        )
    facts: dict[Key, Fact] = {}
    for event in reading.events:
        if event.key in facts:
            raise UserError(
                f"two facts to forget for {', '.join(event.key)}",
                where=reading.place(event.line),
                hint="A key has one object at a time: remove one of the two lines.",
            )
        facts[event.key] = event.fact
    if not facts:
        raise UserError(
            "the list has no facts to forget",
            where=str(path),
            hint="Write one line for each fact, with subject, relation and object.",
        )
    prompts = {event.key: list(event.prompts) for event in reading.events if event.prompts}
    return ForgetList(list(facts.values()), prompts, reading.warnings)
