"""Makes the prober of a run, and finds what cannot be asked as the run judges answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cltool.core.errors import UserError
from cltool.evaluation import choice, limits
from cltool.evaluation.choice import Chooser
from cltool.evaluation.matchers import CHOICE, chosen
from cltool.experiments.probed_keys import probed_keys

if TYPE_CHECKING:
    from cltool.core.settings import ProbeSettings
    from cltool.evaluation.prober import Prober
    from cltool.runs.run import Run
    from cltool.training.learner import Learner


def prober_of(run: Run, learner: Learner, settings: ProbeSettings) -> Prober:
    """Return the prober of a run; one that goes on is judged like its finished steps.

    Args:
        run: the run, whose record says how answers are judged.
        learner: the learner of the run.
        settings: the requested settings.
    """
    return prober_judging(run.match, learner, settings)


def prober_judging(match: str, learner: Learner, settings: ProbeSettings) -> Prober:
    """Return a prober for the learner's model and stream, which judges answers by ``match``."""
    from cltool.evaluation.prober import Prober

    judging = settings.model_copy(update={"match": match})
    chooser = Chooser(learner.stream, learner.seed)
    return Prober(learner.lm, judging, learner.stream, chooser, learner.team)


def warnings(learner: Learner, settings: ProbeSettings) -> list[str]:
    """Return warnings about facts that cannot be right, or cannot be asked.

    Args:
        learner: the learner of the run, with the base model.
        settings: the requested settings.

    Raises:
        UserError: answers are judged by choice, and no fact has an object to compare with.
    """
    stream = learner.stream
    if chosen(settings, learner.lm) != CHOICE:
        return limits.too_long(stream, learner.lm.coder, settings.max_tokens)
    keys = probed_keys(stream, settings)
    without = Chooser(stream, learner.seed).unasked(
        (key, fact.accepted) for key, (_, fact) in keys.items()
    )
    if without == len(keys):
        raise UserError(
            "no relation has two objects, so there is nothing to choose from",
            where="--match choice",
            hint="Use --match contains, or give facts about more subjects.",
        )
    return [choice.left_out(without, len(keys))] if without else []
