"""What stands near the erased facts must stay known.

Retained facts are parted by what they share with an erased one: its subject, its object, its
relation, or nothing. A score below the reference's is damage.
"""

from __future__ import annotations

from cltool.audit.attacks.asking import broken, right
from cltool.audit.attacks.case import Case, probes
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


def kept(target: Target, case: Case, settings: AuditSettings) -> dict[str, Outcome]:
    """``same_subject``, ``same_relation``, ``same_object``, ``unrelated``: right answers.

    And ``degenerate_retained``: share of their answers that are no text. Without the kinds of
    which there are no facts.
    """
    found: dict[str, Outcome] = {}
    words: dict[Key, float] = {}
    for group, name in NAMES.items():
        facts = case.drawn(case.groups[group], settings.neighbours, "neighbours", group)
        if facts:
            rows = target.ask(probes(facts, {fact.key: case.few(fact) for fact in facts}))
            found[name] = right(rows)
            words |= broken(target, rows).scores
    return found | ({"degenerate_retained": Outcome(words)} if words else {})
