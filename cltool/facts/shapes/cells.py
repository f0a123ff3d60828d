"""Reads texts and lists out of the cells of a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from cltool.facts.identity import names_object
from cltool.facts.shapes.shape import ShapeError

GAP = "…"
"""Stands for the subject in a relation that is made from a prompt."""


def text(value: object, name: str) -> str:
    """Return a cell that must have a text.

    Raises:
        ShapeError: it has none.
    """
    found = some(value, name)
    if len(found) > 1:
        raise ShapeError(f"{name} has {len(found)} texts in place of one")
    return found[0]


def some(value: object, name: str) -> list[str]:
    """Return the texts of a cell that must have at least one, as `texts` does.

    Raises:
        ShapeError: it has none.
    """
    found = texts(value)
    if found:
        return found
    if value is None or value != value:
        raise ShapeError(f"{name} is missing")
    if isinstance(value, str | list | tuple | Mapping):
        raise ShapeError(f"{name} is empty")
    raise ShapeError(f"{name} is not a text: {value!r}")


def texts(value: object) -> list[str]:
    """Return the texts of a cell, each once.

    A cell may be a text, a whole number, a day, a list, or a list of lists.
    """
    return list(dict.fromkeys(_flat(value)))


def _flat(value: object) -> Iterable[str]:
    if isinstance(value, str):
        if value.strip():
            yield value.strip()
    elif isinstance(value, int) and not isinstance(value, bool):
        yield str(value)
    elif isinstance(value, date) and not isinstance(value, datetime):
        yield value.isoformat()
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _flat(one)


def items(value: object) -> list[Mapping[str, object]]:
    """Return the objects of a list of objects; others are left out."""
    found = value if isinstance(value, list | tuple) else ()
    return [one for one in found if isinstance(one, Mapping)]


def part(value: object, name: str) -> object:
    """Return the value of a name in an object; None if there is none."""
    return value.get(name) if isinstance(value, Mapping) else None


def filled(template: str, subject: str) -> str:
    """Return a prompt with the subject in place of its first ``{}``; no other braces count."""
    return template.replace("{}", subject, 1)


def relation_of(prompt: str, subject: str) -> str:
    """Return the relation of a prompt: the prompt with `GAP` in place of the subject."""
    return prompt.replace(subject, GAP, 1) if subject else prompt


def changed(new: str, old: list[str]) -> list[str]:
    """Return the old objects; none if the new object is one of them."""
    return [] if names_object(new, old) else old
