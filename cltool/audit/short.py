"""A short audit of an updated model: does any of a few quick attacks recover an erased fact?

The attacks ask in all wordings, from the object to the subject and through another fact, and once
more with quantised weights. There is no reference model: an object that the model would guess
without having learned it counts as recovered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cltool.facts.facts import Fact

if TYPE_CHECKING:
    from cltool.experiments.update.teach import Made

ANSWERS = ("greedy_trained", "greedy_paraphrase", "greedy_question", "reversed", "two_hop")
"""The scores that say how often an answer named the erased object."""


def recovered(made: Made, facts: Sequence[Fact]) -> list[bool]:
    """Return, for each erased fact, whether one of the attacks recovers it.

    Args:
        made: the updated model, as it would be shipped.
        facts: the erased facts.

    Raises:
        UserError: the model cannot be loaded.
    """
    from cltool.audit.attacks.case import Case
    from cltool.audit.attacks.indirect_questions import indirect_answers
    from cltool.audit.attacks.quantisation import quantised
    from cltool.audit.attacks.questions import greedy_answers
    from cltool.audit.attacks.settings import AuditSettings
    from cltool.audit.findings import match_of, target_of
    from cltool.experiments.base_model import prepare
    from cltool.experiments.update.folder import INSIDE
    from cltool.experiments.update.look import settings_of

    stream = made.taught.stream(made.folder / INSIDE)
    lm, fitting = prepare(stream, settings_of(made.folder, made.way.settings, made.chat))
    settings = AuditSettings.model_validate({"prompts": 32})
    target = target_of(lm, settings, stream=fitting, match=match_of(made.run))
    case = Case.of_stream(fitting, len(fitting) - 1)
    outcomes = greedy_answers(target, case) | indirect_answers(target, case)
    outcomes = {name: one for name, one in outcomes.items() if name in ANSWERS}
    weak = quantised(target, case)
    outcomes |= {name: one for name, one in weak.items() if not name.endswith("_probability")}
    return [any(one.scores.get(fact.key, 0.0) > 0 for one in outcomes.values()) for fact in facts]
