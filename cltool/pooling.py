"""Findings of one strategy's seeds, taken together.

A fact of two seeds counts twice, so that the verdicts on a strategy come from all of its runs.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from cltool.attacks.battery import Findings
from cltool.attacks.membership import Membership
from cltool.attacks.target import Outcome
from cltool.facts import Key


def pooled(found: Mapping[int, Findings]) -> Findings:
    """One model's findings, made of those of several seeds.

    Texts of membership attacks are put in a row, in the order of the seeds; the perplexity is
    the geometric mean, the weights' sum of squares the mean.

    Args:
        found: seed → what was found out of its model, at least one.
    """
    outcomes: dict[str, Outcome] = {}
    for seed, findings in found.items():
        for name, one in findings.outcomes.items():
            held = outcomes.setdefault(name, Outcome({}))
            held.scores.update({of_seed(seed, key): value for key, value in one.scores.items()})
            held.answers.update({of_seed(seed, key): text for key, text in one.answers.items()})
    members: dict[str, Membership] = {}
    for name in next(iter(found.values())).members:
        each = [one.members[name] for one in found.values() if name in one.members]
        if len(each) == len(found):
            members[name] = Membership(
                [value for one in each for value in one.erased],
                [value for one in each for value in one.unseen],
            )
    logs = [_log(one.perplexity) for one in found.values()]
    size = sum(one.squares for one in found.values()) / len(found)
    return Findings(outcomes, members, size, math.exp(sum(logs) / len(logs)))


def of_seed(seed: int, key: Key) -> Key:
    """A key as it is called where seeds are pooled; its relation stays."""
    return f"seed {seed}: {key[0]}", key[1]


def of_seeds(taught: Mapping[int, Collection[Key]]) -> set[Key]:
    """The keys of all seeds as they are called where they are pooled."""
    return {of_seed(seed, key) for seed, keys in taught.items() for key in keys}


def _log(value: float) -> float:
    return math.log(value) if value > 0 else math.nan
