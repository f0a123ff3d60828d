"""Lists of facts that an update is given: what to teach, what to protect, and what to erase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cltool.core.errors import UserError
from cltool.facts.facts import Fact, Key
from cltool.facts.files.events import Reading, read_events
from cltool.facts.shapes.catalogue import AUTO

MAX_SHOWN = 50
"""Maximum number of bad lines in a message."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a list.

    Attributes:
        fact: the fact. In a list of facts to erase, its object may be empty.
        place: ``file:line``.
        old: the object that it replaces, if the line states one.
        prompts: the prompts of a question–answer pair; empty for other facts.
    """

    fact: Fact
    place: str
    old: str = ""
    prompts: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        """The key of the fact."""
        return self.fact.key


@dataclass(frozen=True)
class FactList:
    """The lines of a file of facts.

    Attributes:
        learn: lines that state a fact.
        erase: lines that ask to forget one.
        taken: a sentence about the shape of the rows, if it is not that of docs/facts.md.
        warnings: sentences about what was read with doubts.
    """

    learn: Sequence[Listed] = ()
    erase: Sequence[Listed] = ()
    taken: str = ""
    warnings: Sequence[str] = ()


def read_facts(path: Path, *, erase: bool = False, shape: str = AUTO) -> FactList:
    """Read a list of facts, without ``update`` and ``date``.

    Args:
        path: the file, a folder with the files of one table, or the name of a data set of the hub.
        erase: whether every line asks to forget its fact.
        shape: the name of the shape that the rows have, or ``auto``.

    Raises:
        UserError: the file cannot be read, has bad lines, or has no facts.
    """
    reading = read_events(path, dated=None, shape=shape)
    if reading.bad:
        raise _refusal(reading)
    learn: list[Listed] = []
    forget: list[Listed] = []
    for event in reading.events:
        place = reading.place(event.line)
        one = Listed(event.fact, place, event.old, event.prompts)
        (forget if erase or event.forget else learn).append(one)
    if not learn and not forget:
        raise UserError("the file has no facts", where=str(path))
    taken = reading.taken.in_words(path.name)
    return FactList(learn, forget, taken, reading.warnings)


def _refusal(reading: Reading) -> UserError:
    lines = [f"{reading.place(line)}: {reading.bad[line]}" for line in sorted(reading.bad)]
    return UserError(
        f"{len(lines)} bad line{'s' * (len(lines) > 1)}",
        where=str(reading.path),
        details=lines[:MAX_SHOWN],
        hint=" ".join([*reading.advice, "Give each line subject, relation and new (or prompt and"
                       " answer)."]),
    )  # fmt: skip
