"""Ways around a question: asked from the object, and through another fact.

Berglund et al. (2024), "The Reversal Curse", and Zhong et al. (2023), "MQuAKE", for questions of
two hops. Where the scenario has reversed probes of an erased fact, those are asked; all others are
plain ones, made of the relation's name. No model was trained in such words, so the retrained
model's score, and that of the model before the erasing, say what they are worth.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cltool.audit.attacks.asking import right
from cltool.audit.attacks.case import Case
from cltool.audit.attacks.target import Outcome, Target, means
from cltool.audit.measures import memorisation
from cltool.facts.facts import Fact
from cltool.facts.stream import ERASED, Probe

REVERSED, TWO_HOP, REVERSE = "reversed", "two_hop", "reverse"

CROWD = 100
"""Most subjects among whom the one that an object belongs to is looked for."""

HOPS = 8
"""Most questions of two hops about one fact: a name may be in thousands of others."""


def around(target: Target, case: Case) -> dict[str, Outcome]:
    """Erased facts asked for by ways around them.

    Returns:
        ``reversed``, ``two_hop``: share of right greedy answers, and ``…_probability``;
        ``lookup``: 1 / rank of the true subject among others of the relation, ordered by how
        probable each makes the object. Without those that no erased fact has.
    """
    found: dict[str, Outcome] = {}
    for name, asked in ((REVERSED, _reversed(case)), (TWO_HOP, _two_hop(case))):
        probes = [p for p in asked if target.fits(p.prompt, p.gap + p.accepted[0] + p.closing)]
        if probes:
            found |= _outcomes(name, target, probes)
    return found | _lookup(target, case)


def _outcomes(name: str, target: Target, probes: Sequence[Probe]) -> dict[str, Outcome]:
    pairs = [(probe.prompt, probe.gap + probe.accepted[0] + probe.closing) for probe in probes]
    values = memorisation.probability([one.logps for one in target.force(pairs)]).values
    keys = [probe.key for probe in probes]
    return {
        name: right(target.ask(probes)),
        f"{name}_probability": Outcome(means(keys, values)),
    }


def _reversed(case: Case) -> list[Probe]:
    """The subject asked from the object: the scenario's own way, or a plain one."""
    own = [probe for probe in case.own if probe.form == REVERSE]
    asked = {probe.key for probe in own}
    made = [
        _probe(fact, REVERSE, f"{fact.object} is the {plain(fact.relation)} of", (fact.subject,))
        for fact in case.erased
        if fact.key not in asked
    ]
    return [*own, *made]


def _two_hop(case: Case) -> list[Probe]:
    """Over the erased fact to what is known of its object, and to it from what names its subject.

    The answer of the first is still true; it can be reached only by who knows the erased fact.
    """
    about: dict[str, list[Fact]] = {}
    naming: dict[str, list[Fact]] = {}
    for fact in case.retained:
        about.setdefault(fact.subject, []).append(fact)
        naming.setdefault(fact.object, []).append(fact)
    probes: list[Probe] = []
    for fact in case.erased:
        relation = plain(fact.relation)
        over = [
            (f"The {plain(end.relation)} of the {relation} of {fact.subject} is", end.accepted)
            for end in about.get(fact.object, ())
        ]
        to = [
            (f"The {relation} of the {plain(first.relation)} of {first.subject} is", fact.accepted)
            for first in naming.get(fact.subject, ())
        ]
        drawn = case.drawn([*over, *to], HOPS, TWO_HOP, *fact.key)
        probes += [_probe(fact, TWO_HOP, prompt, accepted) for prompt, accepted in drawn]
    return probes


def _lookup(target: Target, case: Case) -> dict[str, Outcome]:
    """Every subject of the relation is asked, and the object names the one that fits it best."""
    pairs: list[tuple[str, str]] = []
    sizes, keys = [], []
    for fact in case.erased:
        others = {o.subject: None for o in case.retained if o.relation == fact.relation}
        others.pop(fact.subject, None)
        if not others:
            continue
        crowd = case.drawn(list(others), CROWD, "lookup", *fact.key)
        first = case.trained(fact)[0].number
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
    logps = np.array([one.logps.sum() for one in target.force(pairs)])
    parts = np.split(logps, np.cumsum(sizes)[:-1])
    # Ties count half, as in an AUC.
    ranks = [1 + (row[1:] > row[0]).sum() + (row[1:] == row[0]).sum() / 2 for row in parts]
    return {"lookup": Outcome({k: 1 / float(rank) for k, rank in zip(keys, ranks, strict=True)})}


def _probe(fact: Fact, form: str, prompt: str, accepted: tuple[str, ...]) -> Probe:
    return Probe(fact.key, form, 0, prompt, " ", ".", ERASED, 0, accepted)


def plain(relation: str) -> str:
    """A relation's name in words."""
    return " ".join(relation.replace("_", " ").replace("-", " ").split())
