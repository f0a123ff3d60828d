"""Lets a model write drafts of questions about documents, to be reviewed before they are used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
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

    The model reads a passage and a sentence of it, and writes a question. Then it reads the passage
    and the question, and answers.

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
    if models.registered(model) is not None:
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
    return bool(answer) and row["prompt"].endswith("?") and answer in row["passage"] and new


class _Writer:
    """Writes questions and answers with one model."""

    def __init__(self, lm: LanguageModel) -> None:
        from cltool.lm.chat import chat_turns
        from cltool.lm.sampling import Sampler

        turns = chat_turns(lm.coder.tokenizer, None, where=lm.name)
        self._lm = replace(lm, coder=lm.coder.with_chat(turns))
        self._sampler = Sampler(self._lm, _BATCH)
        self._chat = turns is not None

    def drafts(self, document: Document, asked: Sequence[tuple[Fact, str]]) -> list[dict[str, Any]]:
        """Return a draft for each (passage, sentence)."""
        passages = [f"{fact.subject}. {fact.object}" for fact, _ in asked]
        wanted = [
            f"{passage}\n\nWrite one short question that is answered by this sentence: {sentence}"
            for passage, (_, sentence) in zip(passages, asked, strict=True)
        ]
        questions = [one.split("?")[0].strip() + "?" for one in self._written(wanted, "Question:")]
        to_answer = [
            f"{passage}\n\nAnswer in a few words, as they stand in the text: {question}"
            for passage, question in zip(passages, questions, strict=True)
        ]
        answers = self._written(to_answer, "Answer:")
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

    def _written(self, prompts: Sequence[str], label: str) -> list[str]:
        """Return the first line that the model writes after each prompt."""
        coder = self._lm.coder
        ends = "" if self._chat else f"\n{label}"
        rows = coder.prompts([prompt + ends for prompt in prompts])
        said = [coder.decode(ids) for ids in self._sampler.greedy(rows, _LONGEST)]
        return [text.removeprefix(label).strip(' "') for text in map(str.strip, said)]
