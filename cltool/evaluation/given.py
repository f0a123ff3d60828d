"""Tells apart whether a fact was found and whether it was read.

A strategy may put facts before a prompt. A fact is *found* if it is among them; then the model can
read it there. The ledger keeps both: what was given, and what the model answered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from cltool.evaluation.ledger import FOUND, GIVEN
from cltool.facts.facts import Fact

if TYPE_CHECKING:
    from cltool.facts.stream import Probe

Given = Callable[[str], Sequence[Fact] | None]
"""Returns the facts that a strategy puts before a prompt; None if it never puts any."""


def nothing(prompt: str) -> None:
    """Return None: no strategy puts facts before prompts."""


def needed(probe: Probe) -> tuple[Fact, ...]:
    """Return the facts that together answer ``probe``."""
    return probe.needs or (Fact(*probe.key, probe.accepted[0], probe.accepted[1:]),)


def columns(probe: Probe, given: Sequence[Fact] | None) -> dict[str, Any]:
    """Return the columns of the ledger about what was put before a prompt.

    Args:
        probe: what is asked.
        given: the facts before its prompt; None: no strategy puts facts there.
    """
    if given is None:
        return {}
    by_key: dict[object, list[Fact]] = {}
    for fact in given:
        by_key.setdefault(fact.key, []).append(fact)
    found = all(
        any(fact.restates(need) for fact in by_key.get(need.key, ())) for need in needed(probe)
    )
    return {GIVEN: len(given), FOUND: found}
