"""Teacher-forced scores: the published measures of memorisation.

`cltool.audit.measures.memorisation` and `cltool.audit.measures.truth_ratio` have definitions and
sources. The scored texts are completions of framed prompts: the object, the end of its wording,
and the end token if the measure counts it.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from cltool.audit.attacks.case import Case
from cltool.audit.attacks.target import Outcome, Target, means
from cltool.audit.measures import memorisation, truth_ratio
from cltool.facts.facts import Fact

RIGHT, WRONG = "right_log", "wrong_log"
"""Mean log-probability per token of the object, and of its distractors, in held-out wordings."""


def forced_scores(target: Target, case: Case, distractors: int) -> dict[str, Outcome]:
    """Return teacher-forced scores of the erased facts, each beside up to ``distractors`` others.

    Returns:
        ``probability``, ``exact_memorisation``, ``extraction_strength``: means over the
        trained wordings. ``truth_ratio``: share of the right answer against distractors in held-out
        wordings; `RIGHT` and `WRONG` are the logarithms of both sides. ``alias``: probability of
        the most probable alias, for facts that have one.
    """
    asked = [(fact, one) for fact in case.erased for one in case.trained_wordings(fact)]
    scores = target.score([(one.prompt, one.wording.target(fact.object)) for fact, one in asked])
    keys = [fact.key for fact, _ in asked]
    hits = [one.answer().hits for one in scores]
    found = {
        "probability": memorisation.probability([one.logps for one in scores]).values,
        "exact_memorisation": memorisation.exact_memorisation(hits).values,
        "extraction_strength": memorisation.extraction_strength(hits).values,
    }
    outcomes = {name: Outcome(means(keys, values)) for name, values in found.items()}
    return outcomes | _against_distractors(target, case, distractors) | _aliases(target, case)


def probabilities(target: Target, case: Case, facts: Iterable[Fact]) -> Outcome:
    """Return the probability per token of each fact's object.

    It is the mean over one trained and all held-out wordings.
    """
    asked = [(fact, one) for fact in facts for one in case.few_wordings(fact)]
    scores = target.score([(one.prompt, one.wording.target(fact.object)) for fact, one in asked])
    values = memorisation.probability([one.logps for one in scores]).values
    return Outcome(means([fact.key for fact, _ in asked], values))


def _against_distractors(target: Target, case: Case, count: int) -> dict[str, Outcome]:
    """Return R / (R + W) for each erased fact that has distractors, in its held-out wordings."""
    right, wrong, keys = [], [], []
    for fact in case.erased:
        others = case.distractors(fact, count)
        if others:
            askings = case.held_out_wordings(fact)
            keys.append(fact.key)
            right.append([(one.prompt, one.wording.target(fact.object)) for one in askings])
            wrong.append([(one.prompt, one.wording.target(o)) for one in askings for o in others])
    if not keys:
        return {}
    pairs = [pair for row in (*right, *wrong) for pair in row]
    logps = memorisation.mean_logps([one.logps for one in target.score(pairs)])
    cuts = np.cumsum([len(row) for row in (*right, *wrong)])[:-1]
    parts = np.split(logps, cuts)
    sides = parts[: len(keys)], parts[len(keys) :]
    right_logs, wrong_logs = truth_ratio.mean_logs(*sides)
    found = {
        "truth_ratio": truth_ratio.preference(*sides).values,
        RIGHT: right_logs,
        WRONG: wrong_logs,
    }
    return {
        name: Outcome(dict(zip(keys, values.tolist(), strict=True)))
        for name, values in found.items()
    }


def _aliases(target: Target, case: Case) -> dict[str, Outcome]:
    named = [fact for fact in case.erased if fact.aliases]
    asked = [
        (f, one, alias) for f in named for alias in f.aliases for one in case.trained_wordings(f)
    ]
    if not asked:
        return {}
    scores = target.score([(one.prompt, one.wording.target(alias)) for _, one, alias in asked])
    values = memorisation.probability([one.logps for one in scores]).values
    each = means([(*fact.key, alias) for fact, _, alias in asked], values)
    best = {f.key: max(each[*f.key, alias] for alias in f.aliases) for f in named}
    return {"alias": Outcome(best)}
