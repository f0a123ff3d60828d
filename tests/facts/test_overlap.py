"""What do facts share with other facts?"""

from __future__ import annotations

from cltool.facts.facts import Fact
from cltool.facts.overlap import OBJECT, OTHER, RELATION, SUBJECT, overlap


def test_names_are_shared_in_any_spelling() -> None:
    around = [Fact("Zürich Lab", "maître", "Ghent", ("Gent",))]
    facts = [
        Fact("Zu\u0308rich Lab", "city", "Ulm"),
        Fact("x", "city", "zürich lab."),
        Fact("x", "city", "“GENT”"),
        Fact("x", "mai\u0302tre", "Ulm"),
        Fact("x", "city", "Ulm"),
    ]
    assert overlap(facts, around) == [SUBJECT, SUBJECT, OBJECT, RELATION, OTHER]
