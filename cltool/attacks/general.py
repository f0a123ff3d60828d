"""What is left of the model as a whole: general text, free text, and the size of its weights.

General text is a file's lines, or else whole sentences of retained facts in wordings that were
held out: the embedded model knows no other text. Growing weights give away methods that push for
ever (Maini et al. 2024 report collapsed models with perfect forgetting).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import torch

from cltool.attacks.case import Case
from cltool.attacks.settings import AuditSettings
from cltool.attacks.target import Outcome, Target
from cltool.errors import UserError
from cltool.measures.memorisation import mean_logps
from cltool.measures.repetition import degenerate
from cltool.seeds import derive

if TYPE_CHECKING:
    from torch import nn

    from cltool.facts import Key


def written(target: Target, case: Case, settings: AuditSettings) -> dict[str, Outcome]:
    """``loss_general``: nats a token of each general text; ``degenerate_free``.

    ``degenerate_free`` is whether a continuation of half of each text, drawn freely, repeats
    itself or is empty.
    """
    texts = general_texts(case, settings)
    if not texts:
        return {}
    names: list[Key] = [(text, "text") for text in texts]
    scores = target.read(texts)
    losses = -mean_logps([one.logps for one in scores])
    known = {
        name: float(loss) for name, loss in zip(names, losses, strict=True) if not math.isnan(loss)
    }
    halves = [ids[: max(1, len(ids) // 2)] for ids in target.lm.coder.prompts(texts)]
    fitting = [ids[-(target.lm.context - settings.length) :] for ids in halves]
    generator = torch.Generator().manual_seed(derive(case.seed, "audit", "continuations"))
    drawn = target.sampler.sample_each(fitting, 1, settings.length, generator)
    stops = set(target.lm.coder.stops)
    ids = [[token for token in rows[0] if token not in stops] for rows in drawn]
    words = degenerate(ids).values.tolist()
    return {
        "loss_general": Outcome(known),
        "degenerate_free": Outcome(dict(zip(names, words, strict=True))),
    }


def perplexity(target: Target, texts: Sequence[str]) -> float:
    """exp of the mean loss over all tokens of ``texts``; NaN without any."""
    logps = [value for one in target.read(texts) for value in one.logps.tolist()]
    return math.exp(-sum(logps) / len(logps)) if logps else math.nan


def general_texts(case: Case, settings: AuditSettings) -> list[str]:
    """Lines of ``settings.text``, or sentences of retained facts in held-out wordings.

    Raises:
        UserError: the file cannot be read, or is empty.
    """
    if settings.text is None:
        made = [
            asking.prompt + asking.wording.target(fact.object)
            for fact in case.retained
            for asking in case.held_out(fact)[:1]
        ]
    else:
        try:
            lines = settings.text.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"cannot be read as text: {error}", where=str(settings.text)) from error
        made = [line.strip() for line in lines if line.strip()]
        if not made:
            raise UserError("holds no text", where=str(settings.text))
    return case.drawn(list(dict.fromkeys(made)), settings.texts, "texts")


def squares(model: nn.Module) -> float:
    """The sum of squares of all weights, tied ones once."""
    return sum(float(one.detach().double().square().sum()) for one in model.parameters())


def growth(now: float, base: float) -> float:
    """log of how many times as large the norm of the weights has become.

    Args:
        now: their `squares`.
        base: those of the base model.
    """
    return 0.5 * math.log(now / base) if now > 0 and base > 0 else math.nan


Trail = Mapping[int, Mapping[str, float]]
"""Step → ``growth`` and ``perplexity`` after it."""
