"""The bank: plain questions that no update teaches, with their answers.

The built-in bank is in ``questions.jsonl`` beside this file. A user's bank has the same columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cltool.core.digests import of_json
from cltool.core.errors import UserError
from cltool.core.samples import fixed_sample
from cltool.facts.facts import Fact, Key
from cltool.facts.files.cells import SURELY_MISSING, CellError, clean, is_missing
from cltool.facts.files.events import QUESTION_RELATION
from cltool.facts.files.json_rows import json_rows
from cltool.facts.files.shown import shown
from cltool.facts.files.source import Places, Row, Rows, Source
from cltool.facts.identity import object_identity
from cltool.facts.stream import Stream

FILE = Path(__file__).with_name("questions.jsonl")
"""The built-in bank."""

BUILT_IN = "built-in"
"""The name of the built-in bank."""

RELATION = "general knowledge"
"""The relation of protected questions as base facts; their subject is the question."""

COLUMNS = ("question", "answer", "aliases", "area", "subject", "relation")

MAX_SHOWN = 50
"""Maximum number of bad lines in a message."""

MAX_CHARS = 4096
"""Longest text of a cell, in characters."""

_EMPTY_WORDS = frozenset({"a", "an", "by", "has", "have", "in", "is", "of", "s", "the"})
"""Words that say nothing about which relation is meant."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what counts as its answer.

    Attributes:
        text: the question, as it is asked.
        accepted: the answer, then its aliases.
        area: what it is about, such as ``capitals``; may be empty.
        key: the key of the fact that it asks about; None if no stream could teach the fact.
    """

    text: str
    accepted: tuple[str, ...]
    area: str = ""
    key: Key | None = None


@dataclass(frozen=True)
class Bank:
    """Questions, all of them different.

    Attributes:
        name: ``built-in``, or the path of the file.
        questions: the questions, in the order of the file.
    """

    name: str
    questions: tuple[Question, ...]

    def __len__(self) -> int:
        return len(self.questions)

    def digest(self) -> str:
        """Return a hash of the questions and their answers."""
        rows = [[one.text, one.accepted, one.area, one.key] for one in self.questions]
        return of_json(rows)

    def without(self, stream: Stream) -> Bank:
        """Return the questions about which the stream says nothing.

        A question is left out if the stream teaches, forgets or restates its key. Relations count
        as the same if they share a word: ``capital`` and ``capital city of``. A question is also
        left out if its subject and answer are subject and object of one of the stream's facts,
        in either order, or if it is itself a prompt of the stream.
        """
        named = _Named(stream)
        kept = tuple(one for one in self.questions if not named.covers(one))
        return replace(self, questions=kept)


class _Named:
    """What the facts of a stream name."""

    def __init__(self, stream: Stream) -> None:
        self.prompts: set[str] = set()
        self.relations: dict[str, set[str]] = {}
        self.pairs: set[frozenset[str]] = set()
        for update in stream:
            for fact in (*update.learn, *update.forget, *update.restated):
                self._add(fact, stream)

    def _add(self, fact: Fact, stream: Stream) -> None:
        subject = object_identity(fact.subject)
        if fact.relation == QUESTION_RELATION:
            asked = [one.prompt for one in stream.wordings.askings(fact.key)]
            self.prompts.update(map(object_identity, [fact.subject, *asked]))
        self.relations.setdefault(subject, set()).update(_words(fact.relation))
        for name in fact.accepted:
            self.pairs.add(frozenset({subject, object_identity(name)}))

    def covers(self, question: Question) -> bool:
        """Return whether the stream says something about the question."""
        if object_identity(question.text) in self.prompts:
            return True
        if question.key is None:
            return False
        subject = object_identity(question.key[0])
        if not _words(question.key[1]).isdisjoint(self.relations.get(subject, ())):
            return True
        answers = map(object_identity, question.accepted)
        return any(frozenset({subject, answer}) in self.pairs for answer in answers)


def _words(relation: str) -> set[str]:
    """Return the words of a relation's name that carry its meaning, in lower case."""
    return set(re.findall(r"[^\W_]+", relation.casefold())) - _EMPTY_WORDS


def read_bank(path: Path | None = None) -> Bank:
    """Read a bank: JSON lines with the fields `COLUMNS`, of which the first two are needed.

    Args:
        path: the file; the built-in bank if not given.

    Raises:
        UserError: the file cannot be read, has bad lines, or has no question.
    """
    file = FILE if path is None else path
    source = Source(Places(file), frozenset(COLUMNS))
    found: dict[str, tuple[int, Question]] = {}
    bad: dict[int, str] = {}
    for number, row in _rows(file, source):
        try:
            question = _question(row)
        except CellError as error:
            bad[number] = str(error)
            continue
        first = found.setdefault(object_identity(question.text), (number, question))[0]
        if first != number:
            bad[number] = f"this question is also in {source.places.place(first)}"
    if bad:
        raise UserError(
            f"{len(bad)} bad line{'s' * (len(bad) > 1)}",
            where=str(file),
            details=[f"{source.places.place(n)}: {bad[n]}" for n in sorted(bad)][:MAX_SHOWN],
            hint=" ".join([*source.advice, "Each line needs a question and an answer."]),
        )
    if not found:
        raise UserError(
            "the file has no questions",
            where=str(file),
            hint='Write one on each line: {"question": "…", "answer": "…", "aliases": ["…"]}',
        )
    name = BUILT_IN if path is None else str(path)
    return Bank(name, tuple(question for _, question in found.values()))


def split(known: Sequence[Question], seed: int) -> tuple[list[Question], list[Question]]:
    """Return the protected and the unlisted half of the questions that a model answered.

    Args:
        known: the questions.
        seed: decides the halves; if the number is odd, the unlisted half has one more.
    """
    protected = set(fixed_sample(range(len(known)), len(known) // 2, seed, "general"))
    halves: tuple[list[Question], list[Question]] = ([], [])
    for number, question in enumerate(known):
        halves[number not in protected].append(question)
    return halves


def by_area(questions: Iterable[Question]) -> Mapping[str, list[Question]]:
    """Return the questions of each area, in their order."""
    areas: dict[str, list[Question]] = {}
    for question in questions:
        areas.setdefault(question.area, []).append(question)
    return areas


def _rows(file: Path, source: Source) -> Rows:
    """Return the rows of a JSON file, with their line numbers."""
    try:
        yield from json_rows(source.places.begin(file, 0), source)
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror or error}", where=str(file)) from error


def _question(row: Row | str) -> Question:
    """Return the question of a row.

    Raises:
        CellError: the row is bad.
    """
    if isinstance(row, str):
        raise CellError(row)
    texts = {name: _text(row, name) for name in COLUMNS if name != "aliases"}
    for name in ("question", "answer"):
        if not texts[name]:
            raise CellError(f"{name} is missing")
    if bool(texts["subject"]) != bool(texts["relation"]):
        raise CellError("subject and relation must be given together, or both left out")
    accepted = tuple(dict.fromkeys([texts["answer"], *_aliases(row)]))
    key = (texts["subject"], texts["relation"]) if texts["subject"] else None
    return Question(texts["question"], accepted, texts["area"], key)


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    if value is None or is_missing(value):
        return ""
    text = clean(name, value, MAX_CHARS, name == "question")
    return "" if text in SURELY_MISSING else text


def _aliases(row: Row) -> list[str]:
    value = row.get("aliases")
    if value is None or is_missing(value):
        return []
    if not isinstance(value, list | tuple):
        raise CellError(f"aliases is not a list of texts: {shown(value)}")
    texts = [clean("aliases", item, MAX_CHARS, False) for item in value if not is_missing(item)]
    return [text for text in texts if text]
