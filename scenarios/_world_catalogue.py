"""The names and relations of ``world``, read from ``world.toml``."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, zip_longest
from pathlib import Path
from string import Formatter
from typing import Any, Literal, get_args

from cltool.facts.wording import Wording

Objects = Literal["names", "numbers", "versions", "dates", "mixed"]
"""What the objects of a stream are."""

PERSON, UNIQUE = "person", "unique"
"""Kinds of relations: the object is another subject; no other subject ever has the object."""


@dataclass(frozen=True, slots=True)
class Names:
    """All names that a pattern over word lists can produce, by number."""

    text: str
    lists: tuple[tuple[str, ...], ...]

    def __len__(self) -> int:
        return math.prod(len(words) for words in self.lists)

    def spell(self, index: int) -> str:
        """Return the name with this number."""
        words = []
        for choices in self.lists:
            index, place = divmod(index, len(choices))
            words.append(choices[place])
        return self.text.format(*words)


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation of ``world.toml``; ``names`` are the names of its objects."""

    names: Names
    id: str
    kind: str
    noun: str
    statements: Sequence[str]
    questions: Sequence[str]
    object: str = "subject"
    reverse: str = ""
    objects: str = "names"

    def wordings(self, statements: int) -> list[Wording]:
        """Return its first ``statements`` statements, and its questions."""
        chosen = (*self.statements[:statements], *self.questions)
        return [Wording.parse(template, f"world.toml: {self.id}") for template in chosen]


@cache
def catalogue(objects: Objects) -> tuple[Names, Sequence[Relation]]:
    """Return the names of subjects, and all relations whose objects are ``objects``, in order."""
    data = tomllib.loads(Path(__file__).with_name("world.toml").read_text(encoding="utf-8"))
    relations = [_relation(data, entry) for entry in data["relation"]]
    relations += [_relation(data, _worded(data, entry)) for entry in data["value"]]
    by_objects = [
        [relation for relation in relations if relation.objects == one]
        for one in get_args(Objects)
        if objects in (one, "mixed")
    ]
    in_turn = chain.from_iterable(zip_longest(*by_objects))
    return _names(data, "subject"), tuple(one for one in in_turn if one is not None)


def _relation(data: dict[str, Any], entry: dict[str, Any]) -> Relation:
    return Relation(_names(data, entry.get("object", "subject")), **entry)


def _worded(data: dict[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
    """Return a relation of values with its wordings, which name its noun."""
    templates = data["value_wordings"]
    return {
        **entry,
        **{
            part: [text.replace("{noun}", entry["noun"]) for text in templates[part]]
            for part in ("statements", "questions")
        },
    }


def _names(data: dict[str, Any], name: str) -> Names:
    if name in data["parts"]:
        return Names("{}", (tuple(data["parts"][name]),))
    text, lists = "", list[tuple[str, ...]]()
    for literal, slot, _, _ in Formatter().parse(data["names"][name]):
        text += literal
        if slot is not None:
            inner = _names(data, slot)
            text += inner.text
            lists += inner.lists
    return Names(text, tuple(lists))
