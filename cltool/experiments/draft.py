"""Lets a model write drafts of questions about documents, to be reviewed before they are used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.errors import UserError
from cltool.core.progress import QUIET, Progress
from cltool.facts.facts import Fact, Update
from cltool.facts.files.document_files import read_documents
from cltool.facts.passages import Document, facts_of, sentences
from cltool.facts.stream import Stream
from cltool.facts.wordings import Wordings

if TYPE_CHECKING:
    from cltool.lm.language_model import LanguageModel

_LONGEST = 48
"""Most tokens of a question or an answer."""
_PASSAGE = 1000
"""Most characters of a passage that the model reads."""
_BATCH = 16
_EXAMPLES = """\
Text: The town of Lowen
Sentence: Its gate was built by Tom Reed in 1830 and is painted green.
Question: Who built the gate of Lowen?
Answer: Tom Reed

Text: The inn at Marl
Sentence: A loaf costs two pennies on Mondays.
Question: How much does a loaf cost at the inn at Marl on Mondays?
Answer: two pennies

Text: Rules of the rowing club
Sentence: Members who come late must wash the boats.
Question: What must members of the rowing club wash if they come late?
Answer: the boats

"""
"""Shows the model what a question and its answer are; the names are invented."""


@dataclass(frozen=True, slots=True)
class Drafts:
    """Drafts of questions.

    Attributes:
        rows: ``prompt``, ``answer``, ``document``, ``sentence`` (that the question is about) and
            ``draft``, which is true: a run refuses them until somebody has reviewed them.
        dropped: questions left out, because they were no question, came twice, or their answer is
            not in the passage.
    """

    rows: list[dict[str, Any]]
    dropped: int


def draft(
    path: Path,
    model: str,
    *,
    each: int = 5,
    device: str = "auto",
    dtype: str = "auto",
    progress: Progress = QUIET,
) -> Drafts:
    """Return drafts of questions about documents, which a model wrote.

    The model reads the title of the document and a sentence of it, and writes a question. Then it
    reads the question, too, and answers.

    Args:
        path: the documents, as for the scenario ``documents``.
        model: a checkpoint, or a name of one; a model that cltool builds cannot write questions.
        each: most questions about a document.
        device: as for a run.
        dtype: as for a run.
        progress: receives the progress of writing.

    Raises:
        UserError: documents cannot be read, or the model cannot be used.
    """
    from cltool import models

    documents = read_documents(path)
    built = models.registered(model)
    if built is not None and built.knows_base:
        raise UserError(
            "cltool builds this model from facts, so it cannot write questions",
            where=model,
            hint="Name an instruction-tuned model, such as smollm2.",
        )
    nothing = Stream("drafts", [Update(0, "base", ())], Wordings({}))
    lm = models.load(model, nothing, device=device, dtype=dtype, progress=progress)
    writer = _Writer(lm)
    rows: list[dict[str, Any]] = []
    asked = 0
    for number, document in enumerate(documents):
        progress(number, len(documents), document.name)
        made = writer.drafts(document, _sentences(document, each))
        asked += len(made)
        for row in made:
            rows += [row] if _usable(row, rows) else []
    progress(len(documents), len(documents), "")
    for row in rows:
        del row["passage"]
    return Drafts(rows, asked - len(rows))


def _sentences(document: Document, each: int) -> list[tuple[Fact, str]]:
    """Return up to ``each`` (passage, sentence of it), spread evenly over the document."""
    all_of_them = [
        (fact, one) for fact in facts_of(document, _PASSAGE) for one in sentences(fact.object)
    ]
    count = min(each, len(all_of_them))
    return [all_of_them[at * len(all_of_them) // count] for at in range(count)]


def _usable(row: dict[str, Any], others: Sequence[dict[str, Any]]) -> bool:
    """Return whether a draft is a new question, and its answer is in the passage."""
    answer = row["answer"].casefold()
    new = all(row["prompt"] != other["prompt"] for other in others)
    asks = row["prompt"].endswith("?") and row["prompt"] != "?"
    return bool(answer) and asks and answer in row["passage"] and new


class _Writer:
    """Writes questions and answers with one model, which continues examples of them as plain text.

    Small models follow examples better than instructions.
    """

    def __init__(self, lm: LanguageModel) -> None:
        from cltool.lm.sampling import Sampler

        self._lm = lm
        self._sampler = Sampler(lm, _BATCH)

    def drafts(self, document: Document, asked: Sequence[tuple[Fact, str]]) -> list[dict[str, Any]]:
        """Return a draft for each (passage, sentence)."""
        begun = [f"{_EXAMPLES}Text: {document.title}\nSentence: {one}\n" for _, one in asked]
        questions = [
            text.split("?")[0].strip() + "?"
            for text in self._written([f"{one}Question:" for one in begun])
        ]
        answers = self._written(
            [
                f"{one}Question: {question}\nAnswer:"
                for one, question in zip(begun, questions, strict=True)
            ]
        )
        return [
            {
                "prompt": question,
                "answer": answer.strip().rstrip("."),
                "document": document.name,
                "sentence": sentence,
                "draft": True,
                "passage": fact.object.casefold(),
            }
            for question, answer, (fact, sentence) in zip(questions, answers, asked, strict=True)
        ]

    def _written(self, prompts: Sequence[str]) -> list[str]:
        """Return the line that the model writes after each prompt."""
        coder = self._lm.coder
        rows = coder.documents(prompts)
        return [coder.decode(ids).strip() for ids in self._sampler.greedy(rows, _LONGEST)]
