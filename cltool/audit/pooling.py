"""Pooling of the findings of a strategy's seeds, fact by fact.

The same fact with two seeds is not independent evidence: a fact counts once, with its mean score.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from cltool.audit.attacks.battery import Findings
from cltool.audit.attacks.target import Outcome


def pooled(found: Sequence[Findings]) -> Findings:
    """Return one set of findings from those of several seeds.

    Each fact's score is its mean over the seeds, for facts that have a score with all seeds. The
    perplexity is the geometric mean, the weights' sum of squares the mean. The findings of a
    single seed are returned as they are. Pooled findings have no answers, and no membership
    attacks, because their texts are compared seed by seed.

    Args:
        found: findings of each seed's model, at least one.
    """
    if len(found) == 1:
        return found[0]
    outcomes: dict[str, Outcome] = {}
    for name in found[0].outcomes:
        each = [one.outcomes[name].scores for one in found if name in one.outcomes]
        if len(each) < len(found):
            continue
        keys = [key for key in each[0] if all(key in scores for scores in each)]
        if keys:
            outcomes[name] = Outcome({k: sum(s[k] for s in each) / len(each) for k in keys})
    logs = [_log(one.perplexity) for one in found]
    size = sum(one.squares for one in found) / len(found)
    mean = sum(logs) / len(logs)
    return Findings(outcomes, {}, size, math.exp(mean) if math.isfinite(mean) else mean)


def _log(value: float) -> float:
    return math.log(value) if value > 0 else math.nan
