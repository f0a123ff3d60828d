"""How a fact is given to a model that is to answer from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cltool.facts import Fact
    from cltool.wordings import Wordings


def line(fact: Fact, wordings: Wordings) -> str:
    """The line in which ``fact`` is given: one sentence of plain text, and a line break."""
    asking = wordings.askings(fact.key)[0]
    return " ".join((asking.prompt + asking.wording.target(fact.object)).split()) + "\n"
