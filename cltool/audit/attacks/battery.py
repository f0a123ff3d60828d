"""All attacks on one model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from cltool.audit.attacks import (
    general,
    indirect_questions,
    membership,
    questions,
    retained,
    sampling,
    teacher_forcing,
)
from cltool.audit.attacks.case import Case
from cltool.audit.attacks.membership import Membership
from cltool.audit.attacks.quantisation import quantised
from cltool.audit.attacks.relearning import learning_rate, relearned_scores
from cltool.audit.attacks.settings import AuditSettings
from cltool.audit.attacks.target import Outcome, Target
from cltool.core.progress import QUIET, Progress

Step = tuple[str, Callable[[], None]]


@dataclass(slots=True)
class Findings:
    """The scores of all attacks on one model.

    Attributes:
        outcomes: attack → a number for each fact.
        members: membership attack → its scores.
        squares: sum of squares of the weights.
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
    """Run every attack that applies, one after the other, and restore the model's weights.

    Args:
        target: the model.
        case: the erased and the retained facts.
        settings: of the attacks.
        progress: receives the progress of the attacks.
        weights: whether to run attacks that change the weights as well; the others only ask.

    Raises:
        UserError: one of the attacks is not possible on this model; none was run.
    """
    if weights and settings.steps:
        learning_rate(target.lm, settings)
    found = Findings()

    def add(outcomes: dict[str, Outcome]) -> None:
        found.outcomes |= outcomes

    def known() -> None:
        add({"known": questions.right_answers(target, case, case.erased)})
        add({"known_probability": teacher_forcing.probabilities(target, case, case.erased)})

    def members() -> None:
        found.members = membership.membership_attacks(target, case, settings.foils)

    def general_text() -> None:
        add(general.general_scores(target, case, settings))
        found.squares = general.squares(target.lm.model)
        found.perplexity = general.perplexity(target, general.general_texts(case, settings))

    steps: list[Step] = [
        ("questions", lambda: add(questions.greedy_answers(target, case))),
        ("what is known", known),
        ("indirect questions", lambda: add(indirect_questions.indirect_answers(target, case))),
        ("probabilities", lambda: add(teacher_forcing.forced_scores(target, case, settings.foils))),
        ("sampled answers", lambda: add(sampling.sampled_answers(target, case, settings))),
        ("membership", members),
        ("retained facts", lambda: add(retained.retained_facts(target, case, settings))),
        ("general text", general_text),
    ]
    if weights:
        steps += [
            ("quantisation", lambda: add(quantised(target, case))),
            ("relearning", lambda: add(relearned_scores(target, case, settings))),
        ]
    for done, (what, step) in enumerate(steps):
        progress(done, len(steps), what)
        step()
    return found
