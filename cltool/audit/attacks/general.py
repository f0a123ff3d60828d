"""The model as a whole: loss on general text, free continuations, and the size of the weights.

General text is a file's lines, of which every token is scored. Without a file it is retained facts
in held-out wordings, of which the completions are scored: the embedded model knows no other text,
and a model that learns only answers never predicts the prompts. Growing weights reveal methods
that push without end.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch

from cltool.audit.attacks.case import Case
from cltool.audit.attacks.settings import AuditSettings
from cltool.audit.attacks.target import Outcome, Target
from cltool.audit.measures.memorisation import mean_logps
from cltool.core.errors import UserError
from cltool.core.seeds import derive
from cltool.evaluation.repetition import repeats
from cltool.facts.facts import Key
from cltool.lm.token_scores import TokenScores

if TYPE_CHECKING:
    from torch import nn

LINE = "a line of text"
"""The relation in the key of a text that is not a fact."""

MOST_NATS = 700.0
"""Above this loss, exp(loss) is infinite."""

Texts = dict[Key, tuple[str, str]]
"""Key → (prompt, text that is scored after it)."""


def general_scores(target: Target, case: Case, settings: AuditSettings) -> dict[str, Outcome]:
    """Return ``loss_general``, nats per token of each general text, and ``degenerate_free``.

    ``degenerate_free`` is whether a sampled continuation of each text's prompt (for a line: of its
    first half) is empty or repeats itself.
    """
    texts = general_texts(case, settings)
    if not texts:
        return {}
    losses = -mean_logps([one.logps for one in _scores(target, texts)])
    known = {
        name: float(loss) for name, loss in zip(texts, losses, strict=True) if not math.isnan(loss)
    }
    coder = target.lm.coder
    halves = []
    for prompt, line in texts.values():
        (ids,) = coder.prompts([prompt]) if prompt else coder.documents([line])
        halves.append(ids if prompt else ids[: max(1, len(ids) // 2)])
    room = max(1, target.lm.context - settings.length)
    generator = torch.Generator().manual_seed(derive(case.seed, "audit", "continuations"))
    drawn = target.sampler.sample_each(
        [ids[-room:] for ids in halves], 1, settings.length, generator
    )
    stops = set(target.lm.coder.stops)
    said = [[token for token in rows[0] if token not in stops] for rows in drawn]
    # A completion may be a single token, so only repetitions count.
    words = [float(repeats(tokens)) for tokens in said]
    return {
        "loss_general": Outcome(known),
        "degenerate_free": Outcome(dict(zip(texts, words, strict=True))),
    }


def perplexity(target: Target, texts: Texts) -> float:
    """Return exp of the mean loss over all scored tokens of ``texts``; NaN without any."""
    logps = [value for one in _scores(target, texts) for value in one.logps.tolist()]
    if not logps:
        return math.nan
    loss = -sum(logps) / len(logps)
    # A collapsed model may exceed the largest float.
    return math.exp(loss) if loss < MOST_NATS or math.isnan(loss) else math.inf


def _scores(target: Target, texts: Texts) -> list[TokenScores]:
    if all(prompt for prompt, _ in texts.values()):
        return target.score(list(texts.values()))
    return target.score_texts([line for _, line in texts.values()])


def general_texts(case: Case, settings: AuditSettings) -> Texts:
    """Return lines of ``settings.text``, or retained facts in held-out wordings.

    Raises:
        UserError: the file cannot be read, or is empty.
    """
    if settings.text is None:
        facts = case.sample(case.retained, settings.texts, "texts")
        asked = {fact: case.held_out_wordings(fact)[0] for fact in facts}
        return {f.key: (one.prompt, one.wording.target(f.object)) for f, one in asked.items()}
    try:
        lines = settings.text.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"the file cannot be read as text: {error}", where=str(settings.text)
        ) from error
    made = list(dict.fromkeys(line.strip() for line in lines if line.strip()))
    if not made:
        raise UserError("the file has no text", where=str(settings.text))
    return {(line, LINE): ("", line) for line in case.sample(made, settings.texts, "texts")}


def squares(model: nn.Module) -> float:
    """Return the sum of squares of all weights; tied weights count once."""
    return sum(float(one.detach().double().square().sum()) for one in model.parameters())


def growth(now: float, base: float) -> float:
    """Return the log of how many times as large the norm of the weights has become.

    Args:
        now: the model's `squares`.
        base: the base model's `squares`.
    """
    return 0.5 * math.log(now / base) if now > 0 and base > 0 else math.nan
