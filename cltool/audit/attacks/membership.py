"""Membership inference: does the model show that it was trained on the erased sentences?

See `cltool.audit.measures.membership`. An erased sentence is compared with *distractors*: the same
subject in the same wording, with an object of the relation that was never true of it, so the two
sets differ only in the object. A text's score is the mean over its trained wordings; only the
completion is scored, because the prompts are the same in both sets.

The attack ``reference`` is a text's loss minus the loss of a model that never saw it. That model is
the retrained one, as in open-unlearning's benchmarks. The retrained model's own differences are all
0 and its AUC is 0.5, which is therefore the target: a model that was retrained with another seed
would differ from it only by chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cltool.audit.attacks.case import Case
from cltool.audit.attacks.target import Target, means
from cltool.audit.measures import membership
from cltool.audit.measures.ragged import Values

LOSS, REFERENCE = "loss", "reference"


@dataclass(frozen=True, slots=True)
class Membership:
    """Scores of one attack; higher means not a member.

    Attributes:
        erased: (facts,), of the erased sentences.
        unseen: (distractors,), of sentences that were never taught.
    """

    erased: list[float]
    unseen: list[float]

    @property
    def auc(self) -> float:
        """Probability that an erased sentence looks more like a member than an unseen one."""
        return membership.auc(self.erased, self.unseen)

    def less(self, other: Membership) -> Membership:
        """Return the scores minus another model's scores on the same texts."""
        return Membership(
            [one - two for one, two in zip(self.erased, other.erased, strict=True)],
            [one - two for one, two in zip(self.unseen, other.unseen, strict=True)],
        )


def membership_attacks(target: Target, case: Case, distractors: int) -> dict[str, Membership]:
    """Run the attacks that need only one model: loss, zlib, min_k and min_k_plus_plus.

    Args:
        target: the model.
        case: the erased facts.
        distractors: number of unseen sentences for each erased one.

    Returns:
        Attack → scores; empty if no fact has distractors.
    """
    names: list[tuple[str, ...]] = []
    pairs: list[tuple[str, str]] = []
    for fact in case.erased:
        others = case.distractors(fact, distractors)
        for text in (fact.object, *others) if others else ():
            asked = case.trained_wordings(fact)
            pairs += [(one.prompt, one.wording.target(text)) for one in asked]
            names += [(*fact.key, text)] * len(asked)
    if not pairs:
        return {}
    scores = target.score(pairs)
    inner = [one.answer() for one in scores]
    each = {
        LOSS: membership.loss([one.logps for one in scores]),
        "zlib": membership.zlib_ratio([one.logps for one in scores], [text for _, text in pairs]),
        "min_k": membership.min_k([one.logps for one in inner]),
        "min_k_plus_plus": membership.min_k_plus_plus(
            [one.logps for one in inner], [one.means for one in inner], [one.stds for one in inner]
        ),
    }
    objects = {(*fact.key, fact.object) for fact in case.erased}
    return {name: _split(names, values, objects) for name, values in each.items()}


def _split(
    names: Sequence[tuple[str, ...]], values: Values, erased: set[tuple[str, str, str]]
) -> Membership:
    found = means(names, values.tolist())
    return Membership(
        [value for name, value in found.items() if name in erased],
        [value for name, value in found.items() if name not in erased],
    )
