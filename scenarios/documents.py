"""Your own documents: their passages are trained as texts, and questions about them are asked.

The passages of a document are facts that are trained with the language-model loss, in several
orders and cuts (`cltool.facts.passages`). The questions come from a file beside the documents, and
are asked closed book, without the text. No strategy is given the questions or their answers. An
update trains some of the documents, in their order.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import Field

from cltool.core.errors import UserError
from cltool.core.plurals import plural
from cltool.core.similar import guess
from cltool.facts.facts import Fact, Key, Update
from cltool.facts.files.bad_lines import refusal
from cltool.facts.files.cells import says_yes
from cltool.facts.files.converting import read_any
from cltool.facts.files.document_files import files_of, read_documents
from cltool.facts.files.events import Event, Reading
from cltool.facts.files.parts import digest
from cltool.facts.identity import name_identity
from cltool.facts.passages import Document, facts_of, texts
from cltool.facts.questions import Question, Questions
from cltool.facts.scenario import Scenario, ScenarioConfig
from cltool.facts.stream import Stream
from cltool.facts.wordings import Wordings

QUESTIONS = "questions.jsonl"
"""The file of questions in a folder of documents."""
DRAFT, DOCUMENT = "draft", "document"
"""Columns of a file of questions: whether a model wrote it, and what it is about."""


class DocumentsConfig(ScenarioConfig):
    """Options of ``documents``."""

    path: Path = Field(
        description="a folder of texts (.txt, .md), one text, or a table with a column text"
    )
    questions: Path | None = Field(
        None, description=f"a file of questions and answers [{QUESTIONS} in the folder]"
    )
    updates: int = Field(1, ge=1, description="number of updates among which they are divided")
    base: int = Field(0, ge=0, description="how many of them, the first, are the base")
    orders: int = Field(
        3, ge=1, description="in how many orders of its sentences a passage is read"
    )
    cuts: int = Field(2, ge=1, description="into how many pieces it is cut in addition; 1: none")
    passage_chars: int = Field(1000, ge=100, description="longest passage, in characters")


class Documents(Scenario[DocumentsConfig]):
    """Texts to train, and questions about them; the seed changes nothing."""

    def stream(self, seed: int) -> Stream:
        """Make the stream of these documents.

        Raises:
            UserError: documents or questions cannot be read, there are too few documents, a
                question is about none of them, or questions are drafts that nobody has reviewed.
        """
        options = self.config
        documents = _titled(read_documents(options.path))
        steps = _steps(documents, options)
        learn: list[list[Fact]] = [[] for _ in range(options.updates + 1)]
        trained: dict[tuple[str, str, str], list[str]] = {}
        origins: dict[tuple[int, Key], str] = {}
        for document, step in zip(documents, steps, strict=True):
            for fact in facts_of(document, options.passage_chars):
                learn[step].append(fact)
                made = texts(document.title, fact.object, options.orders, options.cuts)
                trained[fact.subject, fact.relation, fact.object] = made
                origins[step, fact.key] = document.place
        file = options.questions or options.path / QUESTIONS
        reading, questions = _questions(file, documents, steps)
        return Stream(
            name="documents",
            updates=[
                Update(step, "base" if not step else str(step), tuple(facts))
                for step, facts in enumerate(learn)
            ],
            wordings=Wordings({}, texts=trained),
            extra_probes=Questions(questions),
            source={
                "scenario": "documents",
                **options.model_dump(mode="json"),
                "questions": str(file),
                "sha256": _digest(files_of(options.path)),
                "questions_sha256": digest(reading.path),
                "documents": len(documents),
                "passages": sum(map(len, learn)),
                "asked": len(questions),
            },
            warnings=tuple(reading.warnings),
            origins=origins,
            unasked=frozenset(fact.key for facts in learn for fact in facts),
        )


def _titled(documents: Sequence[Document]) -> list[Document]:
    """Return the documents with titles that are different."""
    found = list(documents)
    for more in ("name", "place"):
        counts = Counter(name_identity(one.title) for one in found)
        found = [
            one
            if counts[name_identity(one.title)] == 1
            else replace(one, title=f"{one.title} ({getattr(one, more)})")
            for one in found
        ]
    return found


def _steps(documents: Sequence[Document], options: DocumentsConfig) -> list[int]:
    """Return the step of each document."""
    later = len(documents) - options.base
    if later < options.updates:
        raise UserError(
            f"{plural(len(documents), 'document')} cannot be divided into {options.base} of the"
            f" base and {plural(options.updates, 'update')}",
            where=str(options.path),
            hint="Use a lower scenario.updates or scenario.base.",
        )
    return [0] * options.base + [1 + at * options.updates // later for at in range(later)]


def _questions(
    file: Path, documents: Sequence[Document], steps: Sequence[int]
) -> tuple[Reading, list[Question]]:
    """Read the questions, and find the step of the document that each is about."""
    if not file.exists():
        raise UserError(
            "there is no file of questions",
            where=str(file),
            hint="Name it with scenario.questions. cltool facts draft writes drafts to review.",
        )
    reading, _ = read_any(file)
    if reading.bad:
        raise refusal(reading)
    drafts = [event for event in reading.events if says_yes(_tag(event, DRAFT))]
    if drafts:
        first = reading.place(drafts[0].line)
        raise UserError(
            f"{plural(len(drafts), 'question')} of {len(reading.events)} are drafts: see {first}",
            where=str(file),
            hint="Compare each question and answer with its document, correct it, and remove its"
            f" column {DRAFT}.",
        )
    known: dict[str, set[int]] = {}
    for document, step in zip(documents, steps, strict=True):
        for name in (document.name, document.title, document.place):
            known.setdefault(_folded(name), set()).add(step)
    asked: dict[Key, Question] = {}
    bad: list[str] = []
    for event in reading.events:
        about = _tag(event, DOCUMENT)
        found = known.get(_folded(about), set()) if about else set(steps)
        problem = _problem(event, about, found, known)
        if not problem and event.key in asked:
            problem = "an earlier line asks the same"
        if problem:
            bad.append(f"{reading.place(event.line)}: {problem}")
        else:
            asked[event.key] = Question(event.fact, event.prompts, next(iter(found)))
    if bad:
        raise UserError(
            f"{plural(len(bad), 'question')} cannot be used",
            where=str(file),
            details=bad[:_SHOWN],
            hint="Ask each question once, as prompt and answer, and name the file or the title of"
            f" its document in the column {DOCUMENT}.",
        )
    return reading, [*asked.values()]


_SHOWN = 50


def _problem(event: Event, about: str, steps: set[int], known: Collection[str]) -> str:
    """Return why a question about the documents of ``steps`` cannot be used, or an empty text."""
    if not event.prompts:
        return "has no prompt"
    if about and not steps:
        return f"there is no document {about!r}. {guess(about, known)}".rstrip()
    if about and len(steps) > 1:
        return f"several documents are called {about!r}: give the name of the file or the title"
    return "" if len(steps) == 1 else f"the column {DOCUMENT} is missing"


def _tag(event: Event, name: str) -> str:
    """Return a tag of a line; empty if it has none of this name."""
    return next((value for own, value in event.tags if _folded(own) == name), "")


def _folded(name: str) -> str:
    return name_identity(name).casefold()


def _digest(files: Sequence[Path]) -> str:
    def lines() -> Iterator[str]:
        for file in files:
            yield f"{digest(file)}  {file.name}\n"

    return hashlib.sha256("".join(lines()).encode("utf-8", "surrogateescape")).hexdigest()
