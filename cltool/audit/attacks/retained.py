"""Retained facts: related knowledge must be kept.

Retained facts are grouped by what they share with an erased fact: its subject, its object, its
relation, or nothing. A score below the reference's is damage.
"""

from __future__ import annotations

from cltool.audit.attacks.case import Case, probes
from cltool.audit.attacks.questions import degenerate_shares, right
from cltool.audit.attacks.settings import AuditSettings
from cltool.audit.attacks.target import Outcome, Target
from cltool.facts.facts import Key
from cltool.facts.overlap import OBJECT, OTHER, RELATION, SUBJECT

NAMES = {
    SUBJECT: "same_subject",
    RELATION: "same_relation",
    OBJECT: "same_object",
    OTHER: "unrelated",
}


def retained_facts(target: Target, case: Case, settings: AuditSettings) -> dict[str, Outcome]:
    """Return right answers on ``same_subject``, ``same_relation``, ``same_object``, ``unrelated``.

    And ``degenerate_retained``: the share of degenerate answers. Groups without facts are left out.
    """
    found: dict[str, Outcome] = {}
    words: dict[Key, float] = {}
    for group, name in NAMES.items():
        facts = case.sample(case.groups[group], settings.neighbours, "neighbours", group)
        if facts:
            rows = target.ask(probes(facts, {fact.key: case.few_wordings(fact) for fact in facts}))
            found[name] = right(rows)
            words |= degenerate_shares(target, rows).scores
    return found | ({"degenerate_retained": Outcome(words)} if words else {})
