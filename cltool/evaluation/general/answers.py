"""Asks a model questions and other prompts, by greedy decoding, as its users would.

A model that is asked by chat gets each prompt as a user's turn. Any other model gets plain text:
``Question: …``, then ``Answer:`` on the next line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cltool.core.progress import QUIET, Progress
from cltool.evaluation import mentions
from cltool.evaluation.containment import contains
from cltool.evaluation.general.bank import Question
from cltool.evaluation.matching import RIGHT, Answer
from cltool.evaluation.prober import spoken
from cltool.lm.coder import Coder
from cltool.lm.language_model import LanguageModel
from cltool.lm.sampling import Sampler

SHORT = 24
"""Most tokens of the answer to a question."""

LONG = 48
"""Most tokens of the answer to an instruction or a request."""

BATCH = 32
"""Prompts that are answered at once."""

_STEP = 4 * BATCH
"""Prompts between two reports of progress."""


def asked(coder: Coder, text: str) -> str:
    """Return ``text`` as a prompt: itself if ``coder`` writes a chat around it, else a question."""
    return f"Question: {text}\nAnswer:" if coder.chat is None else text


def short_answers(
    lm: LanguageModel,
    texts: Sequence[str],
    frame: Callable[[str], str] = str,
    progress: Progress = QUIET,
) -> list[Answer]:
    """Return what the model answers to questions, up to the first line break.

    Args:
        lm: the model.
        texts: the questions.
        frame: the text that the strategy puts around a prompt.
        progress: receives how many of the questions are answered.
    """
    return _answers(lm, texts, frame, SHORT, False, progress)


def long_answers(
    lm: LanguageModel,
    texts: Sequence[str],
    frame: Callable[[str], str] = str,
    progress: Progress = QUIET,
) -> list[Answer]:
    """Return what the model answers to instructions or requests, with all its lines.

    Args:
        lm: the model.
        texts: the instructions or requests.
        frame: the text that the strategy puts around a prompt.
        progress: receives how many of them are answered.
    """
    return _answers(lm, texts, frame, LONG, True, progress)


def _answers(
    lm: LanguageModel,
    texts: Sequence[str],
    frame: Callable[[str], str],
    limit: int,
    lines: bool,
    progress: Progress,
) -> list[Answer]:
    sampler = Sampler(lm, BATCH, lines=lines)
    prompts = lm.coder.prompts([frame(asked(lm.coder, text)) for text in texts])
    # Prompts of similar length are answered together, in any order.
    order = sorted(range(len(prompts)), key=lambda number: len(prompts[number]))
    found: dict[int, Answer] = {}
    for begin in range(0, len(order), _STEP):
        chosen = order[begin : begin + _STEP]
        written = sampler.answers([prompts[number] for number in chosen], limit)
        found |= {n: spoken(lm.coder, ids, limit) for n, ids in zip(chosen, written, strict=True)}
        progress(len(found), len(order), "asking what no update teaches")
    return [found[number] for number in range(len(texts))]


def is_right(question: Question, answer: Answer) -> bool:
    """Return whether the first sentence of an answer names an accepted object.

    See `cltool.evaluation.containment` for what that means.
    """
    subject = question.key[0] if question.key else ""
    asked = mentions.Question(question.text, subject, question.accepted)
    found = contains(answer, asked)
    return found is not None and found.kind == RIGHT
