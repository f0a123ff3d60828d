"""Passages of documents as facts that are trained as texts, in several orders and cuts.

A model that reads a passage in one order alone often cannot answer questions about it. Reading its
sentences in other orders helps (Allen-Zhu & Li 2024, "Physics of language models: Part 3.1,
knowledge storage and extraction", ICML, whose augmentations are other wordings, permuted sentences
and translations). So a passage is trained as it is written, with its sentences in other orders, and
in pieces.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cltool.core.digests import of_text
from cltool.facts.facts import Fact, Tags

_PARAGRAPHS = re.compile(r"\n[ \t]*\n")
_SENTENCES = re.compile(r"(?:(?<=[.!?])|(?<=[.!?][\"')\]]))\s+(?=[\"'(\[]?[A-Z0-9À-Þ])")
_TRIES = 8
"""Draws for each other order of the sentences; with few sentences, draws repeat."""
_HEADING = re.compile(r"#{1,6}[ \t]+(?P<text>.+?)[ \t#]*")


@dataclass(frozen=True, slots=True)
class Document:
    """A document.

    Attributes:
        name: names it in a folder or file, such as the name of its file.
        title: its first heading, or its name.
        text: its text, without the first heading if that is the first line.
        place: ``file`` or ``file:line``, for messages.
        tags: further values of its row.
    """

    name: str
    title: str
    text: str
    place: str
    tags: Tags = ()

    @classmethod
    def of(cls, name: str, text: str, place: str, tags: Tags = ()) -> Document:
        """Return a document; its title is the heading (``# …``) in its first line, or ``name``."""
        first, _, rest = text.strip().partition("\n")
        found = _HEADING.fullmatch(first.strip())
        if found is None or not rest.strip():
            return cls(name, name, text.strip(), place, tags)
        return cls(name, found["text"], rest.strip(), place, tags)


def passages(document: Document, most: int) -> list[str]:
    """Return the passages of a document: paragraphs together, as long as they fit.

    Args:
        document: the document.
        most: characters of a passage. A sentence that is longer is a passage of its own.
    """
    found: list[str] = []
    for paragraph in filter(None, map(str.strip, _PARAGRAPHS.split(document.text))):
        whole = len(paragraph) <= most
        for part in [paragraph] if whole else sentences(paragraph):
            gap = "\n\n" if whole else " "
            if found and len(found[-1]) + len(gap) + len(part) <= most:
                found[-1] += gap + part
            else:
                found.append(part)
    return found


def facts_of(document: Document, most: int) -> list[Fact]:
    """Return a fact for each passage: the title, ``passage N``, and the passage on one line."""
    return [
        Fact(document.title, f"passage {number}", " ".join(passage.split()), (), document.tags)
        for number, passage in enumerate(passages(document, most), start=1)
    ]


def texts(title: str, passage: str, orders: int, cuts: int) -> list[str]:
    """Return the texts in which a passage is trained, each once and under the title.

    Args:
        title: the title of its document.
        passage: the passage.
        orders: in how many orders of its sentences; the first is as it is written. The others
            depend only on the passage.
        cuts: into how many pieces of consecutive sentences it is cut in addition; 1: none.
    """
    parts = sentences(passage)
    made = dict.fromkeys(" ".join(order) for order in _orders(parts, orders))
    pieces = min(cuts, len(parts))
    for number in range(pieces if pieces > 1 else 0):
        begin, end = number * len(parts) // pieces, (number + 1) * len(parts) // pieces
        made.setdefault(" ".join(parts[begin:end]))
    return [f"{title}\n\n{text}" for text in made]


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, told by their last character and the capital that follows."""
    return [part.strip() for part in _SENTENCES.split(text) if part.strip()]


def _orders(parts: Sequence[str], count: int) -> Iterator[Sequence[str]]:
    """Yield the sentences as they are, then in other orders that differ; fewer if there are few."""
    found = {tuple(parts): None}
    drawn = random.Random(of_text(" ".join(parts)))
    for _ in range(_TRIES * (count - 1)):
        if len(found) < count:
            found.setdefault(tuple(drawn.sample(parts, len(parts))))
    yield from found
