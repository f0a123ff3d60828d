"""Expands a list of strategies in which families such as ``unlearning`` may be named."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence

from cltool.core.errors import UserError
from cltool.experiments import resolve
from cltool.strategies import STRATEGIES

WHERE = "--strategies"

Families = Mapping[str, Collection[str]]


def expand(text: str) -> Sequence[str]:
    """Return the strategies named in ``text``, with each family replaced by its members.

    ``all`` is the family of every built-in strategy. A family composed with other strategies
    (``unlearning+replay``) is replaced by the compositions of each member with them; a member
    that cannot be composed with them, such as `retrain`, is listed alone.

    Args:
        text: strategies, compositions and families, separated by commas.

    Raises:
        UserError: a family is misspelled, two families are composed, or a strategy composed with
            a family is unknown.
    """
    families = _families()
    expanded: tuple[str, ...] = ()
    for name in filter(None, (part.strip() for part in text.split(","))):
        members = _members(name, families)
        expanded += tuple(one for one in members if one not in expanded) if members else (name,)
    return expanded


def _families() -> Families:
    """Return family → its built-in strategies, and ``all``."""
    families: dict[str, dict[str, None]] = {}
    for entry in STRATEGIES.entries():
        if entry.source == "built-in":
            families.setdefault(entry.family, {})[entry.name] = None
    # ``all`` leaves out Avalanche's plugins: some of them need settings.
    own = [names for family, names in families.items() if family != "avalanche"]
    families["all"] = {name: None for names in own for name in names}
    return families


def _members(name: str, families: Families) -> list[str]:
    """Return the strategies for a family or a composition with one; none if there is no family."""
    parts = [part.strip() for part in name.split("+")]
    named = [part for part in parts if part in families and part not in STRATEGIES]
    if len(named) > 1:
        raise UserError(
            f"{name!r} composes {len(named)} families",
            where=WHERE,
            hint="Compose one family with strategies, as in unlearning+replay.",
        )
    if not named:
        near = difflib.get_close_matches(name.casefold(), families, n=1)
        if near and name not in STRATEGIES and name not in families:
            raise UserError(
                f"unknown strategy or family {name!r}",
                where=WHERE,
                hint=f"Did you mean {near[0]!r}? Families: {', '.join(sorted(families))}.",
            )
        return list(families.get(name, ()))
    family = named[0]
    others = [part for part in parts if part != family]
    for part in others:
        STRATEGIES.entry(part)
    members: dict[str, None] = {}
    for member in families[family]:
        composition = "+".join(member if part == family else part for part in parts)
        members[composition if not others or _can_be_composed(composition) else member] = None
    return list(members)


def _can_be_composed(name: str) -> bool:
    try:
        resolve.build(resolve.resolve(name))
    except UserError:
        return False
    return True
