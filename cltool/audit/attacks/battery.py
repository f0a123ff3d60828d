"""All attacks on one model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from cltool.audit.attacks import asking, forcing, general, indirect, leaking, membership, neighbours
from cltool.audit.attacks.case import Case
from cltool.audit.attacks.membership import Membership
from cltool.audit.attacks.quantisation import coarse
from cltool.audit.attacks.relearning import rate_of, relearned
from cltool.audit.attacks.settings import AuditSettings
from cltool.audit.attacks.target import Outcome, Target
from cltool.core.progress import QUIET, Progress

Step = tuple[str, Callable[[], None]]


@dataclass(slots=True)
class Findings:
    """What all attacks found out of one model.

    Attributes:
        outcomes: attack → a number for each fact.
        members: membership attack → its scores.
        squares: the sum of squares of the weights.
        perplexity: on general text.
    """

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    members: dict[str, Membership] = field(default_factory=dict)
    squares: float = 0.0
    perplexity: float = float("nan")


def attack(
    target: Target,
    case: Case,
    settings: AuditSettings,
    progress: Progress = QUIET,
    *,
    weights: bool = True,
) -> Findings:
    """Every attack that applies, one after the other; the model is afterwards as it was.

    Args:
        target: the model.
        case: what was erased, and what was not.
        settings: of the attacks.
        progress: receives the progress of the attacks.
        weights: also those that change the weights; the others are questions only.

    Raises:
        UserError: the model cannot be attacked in one of the ways; none was tried then.
    """
    if weights and settings.steps:
        rate_of(target.lm, settings)
    found = Findings()

    def add(outcomes: dict[str, Outcome]) -> None:
        found.outcomes |= outcomes

    def known() -> None:
        add({"known": asking.briefly(target, case, case.erased)})
        add({"known_probability": forcing.probable(target, case, case.erased)})

    def recognised() -> None:
        found.members = membership.recognised(target, case, settings.foils)

    def whole() -> None:
        add(general.written(target, case, settings))
        found.squares = general.squares(target.lm.model)
        found.perplexity = general.perplexity(target, general.general_texts(case, settings))

    steps: list[Step] = [
        ("questions", lambda: add(asking.greedy(target, case))),
        ("what is known", known),
        ("ways around", lambda: add(indirect.around(target, case))),
        ("probabilities", lambda: add(forcing.forced(target, case, settings.foils))),
        ("sampled answers", lambda: add(leaking.sampled(target, case, settings))),
        ("membership", recognised),
        ("retained facts", lambda: add(neighbours.kept(target, case, settings))),
        ("general text", whole),
    ]
    if weights:
        steps += [
            ("quantisation", lambda: add(coarse(target, case))),
            ("relearning", lambda: add(relearned(target, case, settings))),
        ]
    for done, (what, step) in enumerate(steps):
        progress(done, len(steps), what)
        step()
    return found
