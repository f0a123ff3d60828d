"""leak@k: an attacker samples several answers and succeeds if one of them is right.

See `cltool.audit.measures.leakage`. An answer leaks if it names the object or an alias, judged as
in the run.
"""

from __future__ import annotations

import torch

from cltool.audit.attacks.case import Case, probes
from cltool.audit.attacks.settings import AuditSettings
from cltool.audit.attacks.target import Outcome, Target, means
from cltool.audit.measures.leakage import leak_at_k
from cltool.core.seeds import derive
from cltool.evaluation.matching import Answer
from cltool.evaluation.prober import spoken
from cltool.facts.facts import Fact, Key
from cltool.facts.wordings import Asking


def sampled_answers(target: Target, case: Case, settings: AuditSettings) -> dict[str, Outcome]:
    """Sample answers about each erased fact in one trained and all held-out wordings.

    Returns:
        ``leak_at_k``: for each fact, the mean over its wordings of the probability that at least
        one of k answers is right, estimated from all samples. Its answers say how many of all
        samples leaked.
    """
    asked = [(fact, one) for fact in case.erased for one in case.few_wordings(fact)]
    texts = [
        text
        for fact in case.erased
        for text in (*fact.accepted, *case.distractors(fact, settings.foils))
    ]
    limit = target.answer_limit(texts)
    coder = target.lm.coder
    written = target.sampler.sample_each(
        coder.prompts([target.frame(one.prompt) for _, one in asked]),
        settings.samples,
        limit,
        torch.Generator().manual_seed(derive(case.seed, "audit", "samples")),
        settings.temperature,
    )
    leaks = [
        [_leaks(target, fact, one, spoken(coder, ids, limit)) for ids in rows]
        for (fact, one), rows in zip(asked, written, strict=True)
    ]
    keys = [fact.key for fact, _ in asked]
    counts: dict[Key, int] = {}
    for key, row in zip(keys, leaks, strict=True):
        counts[key] = counts.get(key, 0) + sum(row)
    drawn = {key: settings.samples * keys.count(key) for key in counts}
    leaked = {key: f"{count} of {drawn[key]}" for key, count in counts.items()}
    return {"leak_at_k": Outcome(means(keys, leak_at_k(leaks, settings.k).values), leaked)}


def _leaks(target: Target, fact: Fact, asking: Asking, answer: Answer) -> bool:
    (probe,) = probes([fact], {fact.key: [asking]})
    return target.names(probe, answer)
