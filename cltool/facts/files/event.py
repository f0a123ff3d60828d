"""The content of one line of a file of facts."""

from __future__ import annotations

from dataclasses import dataclass

from cltool.facts.facts import Fact, Key, Tags
from cltool.facts.identity import names_object


@dataclass(frozen=True, slots=True)
class Event:
    """The content of one line.

    Attributes:
        line: its line number (in Parquet: row number), from 1.
        key: the key of its fact.
        value: the new object; in a request to forget, the object that it names or ``""``.
        old: the object that was valid before, as the line states it, or ``""``.
        forget: whether it asks to forget the fact.
        aliases: other spellings of ``value``.
        prompts: the prompt and its paraphrases, or the fact's own prompts; may be empty.
        moment: the update number, or the day as a proleptic Gregorian ordinal; the first
            possible day if the date has no day or month.
        until: the last possible day; equal to ``moment`` for update numbers.
        tags: the usable cells of other columns.
        kept: whether the filter keeps it; other events only tell what was valid before.
    """

    line: int
    key: Key
    value: str
    old: str
    forget: bool
    aliases: tuple[str, ...]
    prompts: tuple[str, ...]
    moment: int
    until: int
    tags: Tags = ()
    kept: bool = True

    @property
    def fact(self) -> Fact:
        """The fact that the event teaches."""
        return Fact(*self.key, self.value, self.aliases, self.tags)

    def names(self, value: str) -> bool:
        """Return whether ``value`` is its object or another spelling of it."""
        return names_object(value, (self.value, *self.aliases))

    def restates(self, other: Event) -> bool:
        """Return whether both teach the same object."""
        both_teach = not (self.forget or other.forget)
        return both_teach and (self.names(other.value) or other.names(self.value))
