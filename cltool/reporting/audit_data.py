"""The data of an audit's page as plain JSON values; ``cltool audit --json`` prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cltool.reporting.formats import number

if TYPE_CHECKING:
    from cltool.audit.attacks.battery import Findings
    from cltool.audit.audit import Audit
    from cltool.facts.facts import Fact

Data = dict[str, Any]

SAID = {
    "trained": ("greedy_trained",),
    "held out": ("greedy_question", "greedy_paraphrase"),
    "reversed": ("reversed",),
    "drawn": ("leak_at_k",),
    "relearned": ("relearn_erased",),
    "int4": ("int4",),
}
"""Column of the table of facts → the attacks whose answers it shows."""


def audit_data(audit: Audit, command: str | None = None) -> Data:
    """Return everything that an audit found; None for a missing number.

    Args:
        audit: what was found.
        command: the command that makes the page.
    """
    return {
        "format": 1,
        "about": dict(audit.about),
        "verdicts": audit.tally,
        "attacks": [row.as_json() | {"meaning": row.attack.meaning} for row in audit.rows],
        "facts": [_fact(audit, fact) for fact in audit.facts],
        "steps": [
            {
                "step": one.step,
                "label": one.label,
                "growth": number(one.growth),
                "perplexity": number(one.perplexity),
            }
            for one in audit.steps
        ],
        "doubts": list(audit.doubts),
        "settings": audit.settings.model_dump(mode="json"),
        "command": command,
    }


def _fact(audit: Audit, fact: Fact) -> Data:
    def score(side: Findings | None, name: str) -> float | None:
        outcome = None if side is None else side.outcomes.get(name)
        return None if outcome is None else number(outcome.scores.get(fact.key))

    answers: Data = {}
    for column, names in SAID.items():
        outcomes = [audit.model.outcomes[name] for name in names if name in audit.model.outcomes]
        candidates = [
            {"answer": one.answers[fact.key], "score": number(one.scores[fact.key])}
            for one in outcomes
            if fact.key in one.answers
        ]
        # Of several answers, show the one that leaks most.
        answers[column] = max(candidates, key=lambda one: one["score"] or 0.0, default=None)
    return {
        "subject": fact.subject,
        "relation": fact.relation,
        "object": fact.object,
        "aliases": list(fact.aliases),
        "answers": answers,
        "probability": score(audit.model, "probability"),
        "reference": score(audit.reference, "probability"),
        "before": score(audit.before, "probability"),
    }
