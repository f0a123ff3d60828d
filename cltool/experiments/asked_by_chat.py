"""Decides whether a model is taught and asked through its chat template.

With ``model.chat=auto`` some base facts are asked as statements, as questions and as chats before
anything is trained. The chat template is used if the model answers at least as many facts through
it as it does on average in the two other shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cltool.core.digests import code_digest, of_json
from cltool.core.errors import UserError
from cltool.core.files import write_json
from cltool.core.json_files import read_json
from cltool.core.progress import QUIET, Progress
from cltool.core.samples import fixed_sample
from cltool.evaluation.containment import contains
from cltool.evaluation.matching import RIGHT, Answer
from cltool.evaluation.mentions import Question
from cltool.lm.chat import ChatTurns, chat_turns
from cltool.models.cache import cache_folder, cached

if TYPE_CHECKING:
    from cltool.core.settings import ModelSettings
    from cltool.facts.facts import Fact
    from cltool.facts.stream import Stream
    from cltool.facts.wordings import Asking, Wordings
    from cltool.lm.coder import Coder
    from cltool.lm.language_model import LanguageModel

SAMPLE = 24
"""Base facts that are asked in each shape."""

SENTENCE = 24
"""Tokens that an answer may have beyond the object."""

STATEMENT, QUESTION, CHAT = "statements", "questions", "its chat template"

CODE = ("cltool.experiments.asked_by_chat", "cltool.evaluation", "cltool.lm")
"""The code on which the counts depend."""

Answered = dict[str, tuple[int, int]]
"""Shape → (facts whose object the answer has, facts asked)."""


@dataclass(frozen=True)
class Choice:
    """How a model is taught and asked.

    Attributes:
        turns: the turns around each prompt; None for plain text.
        why: a sentence about the choice; empty for a model without a chat template.
    """

    turns: ChatTurns | None
    why: str = ""


def choose(
    lm: LanguageModel,
    stream: Stream,
    settings: ModelSettings,
    *,
    built: bool = False,
    progress: Progress = QUIET,
) -> Choice:
    """Return how ``lm`` is asked.

    Args:
        lm: the model before any training.
        stream: its base facts are asked about.
        settings: ``chat``, ``system`` and ``teach_base``.
        built: whether cltool builds the model; it is then asked by chat only if ``chat`` is ``on``.
        progress: is told while the model is asked.

    Raises:
        UserError: the chat template is missing or cannot be used.
    """
    if settings.chat == "off" or (built and settings.chat == "auto" and settings.system is None):
        return Choice(None)
    try:
        turns = chat_turns(lm.coder.tokenizer, settings.system, where=lm.name)
    except UserError as error:
        if settings.chat == "on" or settings.system is not None:
            raise
        return Choice(None, f"Asked as plain text: {error.what}.")
    if turns is None:
        if settings.chat == "on" or settings.system is not None:
            raise UserError(
                "the model has no chat template",
                where=lm.name,
                hint="Ask it as plain text (--chat off), or add the template of its makers"
                " (chat_template.jinja) to its folder.",
            )
        return Choice(None)
    if settings.chat == "on":
        return Choice(turns, "Asked through its chat template, as set.")
    if settings.teach_base:
        return Choice(turns, "Asked through its chat template, in which the base is taught.")
    return decide(_answered(lm, turns, stream, progress), turns)


def with_choice(lm: LanguageModel, stream: Stream, choice: Choice) -> tuple[LanguageModel, Stream]:
    """Return the model and the stream so that facts are taught and asked as ``choice`` says."""
    if choice.turns is None:
        return replace(lm, asked=choice.why), stream
    lm = replace(lm, coder=lm.coder.with_chat(choice.turns), asked=choice.why)
    return lm, replace(stream, wordings=stream.wordings.as_chat())


def decide(answered: Answered, turns: ChatTurns) -> Choice:
    """Return the way in which a model that gave these answers is asked.

    Args:
        answered: what it answered in each shape.
        turns: the turns of its chat template.
    """
    plain = [_share(answered[shape]) for shape in (STATEMENT, QUESTION) if answered[shape][1]]
    by_chat = _share(answered[CHAT])
    found = "; ".join(
        f"{shape}: {right} of {asked}" for shape, (right, asked) in answered.items() if asked
    )
    if not found:
        return Choice(turns, "Asked through its chat template: there are no base facts to try.")
    chat = not plain or by_chat >= sum(plain) / len(plain)
    how = "through its chat template" if chat else "as plain text"
    return Choice(turns if chat else None, f"Asked {how}. Base facts that it answered: {found}.")


def _share(counts: tuple[int, int]) -> float:
    return counts[0] / max(counts[1], 1)


def _answered(lm: LanguageModel, turns: ChatTurns, stream: Stream, progress: Progress) -> Answered:
    """Return how many base facts the model answers in each shape; kept in the cache."""
    facts = fixed_sample(list(stream.updates[0].learn), SAMPLE, 0, "chat.sample")
    key = of_json(
        [
            dict(lm.parts),
            [turns.before, turns.after],
            [[*fact.key, *fact.accepted] for fact in facts],
            [one.prompt for fact in facts for one in stream.wordings.askings(fact.key)],
            [one.prompt for fact in facts for one in stream.wordings.as_chat().askings(fact.key)],
            [lm.device.type, lm.precision.name],
            code_digest(CODE),
        ]
    )

    def write(folder: Path) -> None:
        write_json(folder / ANSWERED, _count(lm, turns, stream.wordings, facts, progress))

    place = cache_folder() / "chat" / key
    folder = cached(place, write, progress, what="count of answers", needed=ANSWERED)
    counts: Mapping[str, Sequence[int]] = read_json(folder / ANSWERED)
    return {shape: (int(right), int(asked)) for shape, (right, asked) in counts.items()}


ANSWERED = "answered.json"


def _count(
    lm: LanguageModel,
    turns: ChatTurns,
    wordings: Wordings,
    facts: Sequence[Fact],
    progress: Progress,
) -> Answered:
    shapes: tuple[tuple[str, Wordings, Coder, Callable[[Asking], bool]], ...] = (
        (STATEMENT, wordings, lm.coder, lambda one: not one.wording.is_question),
        (QUESTION, wordings, lm.coder, lambda one: one.wording.is_question),
        (CHAT, wordings.as_chat(), lm.coder.with_chat(turns), lambda one: True),
    )
    found = {}
    for number, (shape, made, coder, fits) in enumerate(shapes):
        progress(number, len(shapes), f"asking {lm.name} by {shape}")
        asked = [(fact, [a for a in made.askings(fact.key) if fits(a)]) for fact in facts]
        # Facts are asked in different wordings, so that no single wording decides.
        chosen = [(f, own[n % len(own)].prompt) for n, (f, own) in enumerate(asked) if own]
        found[shape] = (_right(lm, coder, chosen), len(chosen))
    progress(1, 1, f"asking {lm.name}")
    return found


def _right(lm: LanguageModel, coder: Coder, asked: Sequence[tuple[Fact, str]]) -> int:
    """Return how many facts' objects are in the first sentence of the model's answers."""
    from cltool.evaluation.prober import spoken
    from cltool.lm.sampling import Sampler

    objects = [ids for fact, _ in asked for ids in coder.texts(list(fact.accepted))]
    limit = max(map(len, objects), default=0) + SENTENCE
    prompts = coder.prompts([prompt for _, prompt in asked])
    fitting = [n for n, ids in enumerate(prompts) if len(ids) + limit <= lm.context]
    was_training = lm.model.training
    lm.model.eval()
    try:
        written = Sampler(replace(lm, coder=coder)).greedy([prompts[n] for n in fitting], limit)
    finally:
        lm.model.train(was_training)
    return sum(
        _names(spoken(coder, ids, limit), asked[n][1], asked[n][0])
        for n, ids in zip(fitting, written, strict=True)
    )


def _names(answer: Answer, prompt: str, fact: Fact) -> bool:
    found = contains(answer, Question(prompt, fact.subject, fact.accepted))
    return found is not None and found.kind == RIGHT
