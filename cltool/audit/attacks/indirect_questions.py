"""Indirect questions: from the object to the subject, and through another fact.

Berglund et al. (2024), "The Reversal Curse", and Zhong et al. (2023), "MQuAKE", for two-hop
questions. If the scenario has reversed probes of an erased fact, they are asked; all other
questions are built from the relation's name. No model was trained on these wordings, so compare
the scores with those of the retrained model and of the model before the erasing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cltool.audit.attacks.case import Case
from cltool.audit.attacks.questions import right
from cltool.audit.attacks.target import Outcome, Target, means
from cltool.audit.measures import memorisation
from cltool.facts.facts import Fact
from cltool.facts.identity import object_identity
from cltool.facts.stream import ERASED, Probe

REVERSED, TWO_HOP, REVERSE = "reversed", "two_hop", "reverse"

CROWD = 100
"""Maximum number of other subjects among which the true one is ranked."""

HOPS = 8
"""Maximum number of two-hop questions about one fact: a name may be in thousands of facts."""


def indirect_answers(target: Target, case: Case) -> dict[str, Outcome]:
    """Ask indirectly about the erased facts.

    Returns:
        ``reversed``, ``two_hop``: share of right greedy answers, and ``…_probability``;
        ``lookup``: 1 / rank of the true subject among other subjects of the relation, ordered by
        the probability of the object after each. Scores that no erased fact has are left out.
    """
    found: dict[str, Outcome] = {}
    for name, asked in ((REVERSED, _reversed(case)), (TWO_HOP, _two_hop(case))):
        probes = [p for p in asked if target.fits(p.prompt, p.gap + p.accepted[0] + p.closing)]
        if probes:
            found |= _outcomes(name, target, probes)
    return found | _lookup(target, case)


def _outcomes(name: str, target: Target, probes: Sequence[Probe]) -> dict[str, Outcome]:
    pairs = [(probe.prompt, probe.gap + probe.accepted[0] + probe.closing) for probe in probes]
    values = memorisation.probability([one.logps for one in target.score(pairs)]).values
    keys = [probe.key for probe in probes]
    return {
        name: right(target.ask(probes)),
        f"{name}_probability": Outcome(means(keys, values)),
    }


def _reversed(case: Case) -> list[Probe]:
    """Return probes for the subject, given the object: the scenario's own, or plain ones."""
    own = [probe for probe in case.own if probe.form == REVERSE]
    asked = {probe.key for probe in own}
    made = [
        _probe(fact, REVERSE, f"{fact.object} is the {plain(fact.relation)} of", (fact.subject,))
        for fact in case.erased
        if fact.key not in asked
    ]
    return [*own, *made]


def _two_hop(case: Case) -> list[Probe]:
    """Return questions through an erased fact to a fact about its object, and through a fact to it.

    The answer of the first kind is still true, but only the erased fact leads to it.
    """
    about: dict[str, list[Fact]] = {}
    naming: dict[str, list[Fact]] = {}
    for fact in case.retained:
        about.setdefault(object_identity(fact.subject), []).append(fact)
        naming.setdefault(object_identity(fact.object), []).append(fact)
    probes: list[Probe] = []
    for fact in case.erased:
        relation = plain(fact.relation)
        over = [
            (f"The {plain(end.relation)} of the {relation} of {fact.subject} is", end.accepted)
            for end in about.get(object_identity(fact.object), ())
        ]
        to = [
            (f"The {relation} of the {plain(first.relation)} of {first.subject} is", fact.accepted)
            for first in naming.get(object_identity(fact.subject), ())
        ]
        drawn = case.sample([*over, *to], HOPS, TWO_HOP, *fact.key)
        probes += [_probe(fact, TWO_HOP, prompt, accepted) for prompt, accepted in drawn]
    return probes


def _lookup(target: Target, case: Case) -> dict[str, Outcome]:
    """Rank the subjects of the relation by the probability of the object after each."""
    pairs: list[tuple[str, str]] = []
    sizes, keys = [], []
    for fact in case.erased:
        others = {o.subject: None for o in case.retained if o.relation == fact.relation}
        others.pop(fact.subject, None)
        if not others:
            continue
        crowd = case.sample(list(others), CROWD, "lookup", *fact.key)
        first = case.trained_wordings(fact)[0].number
        for subject in (fact.subject, *crowd):
            asking = next(
                (a for a in case.wordings.askings((subject, fact.relation)) if a.number == first),
                case.wordings.askings((subject, fact.relation))[0],
            )
            pairs.append((asking.prompt, asking.wording.target(fact.object)))
        sizes.append(1 + len(crowd))
        keys.append(fact.key)
    if not keys:
        return {}
    logps = np.array([one.logps.sum() for one in target.score(pairs)])
    parts = np.split(logps, np.cumsum(sizes)[:-1])
    # Ties count half, as in an AUC.
    ranks = [1 + (row[1:] > row[0]).sum() + (row[1:] == row[0]).sum() / 2 for row in parts]
    return {"lookup": Outcome({k: 1 / float(rank) for k, rank in zip(keys, ranks, strict=True)})}


def _probe(fact: Fact, form: str, prompt: str, accepted: tuple[str, ...]) -> Probe:
    return Probe(fact.key, form, 0, prompt, " ", ".", ERASED, 0, accepted)


def plain(relation: str) -> str:
    """Return a relation's name in words."""
    return " ".join(relation.replace("_", " ").replace("-", " ").split())
