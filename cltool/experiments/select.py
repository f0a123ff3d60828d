"""Which strategies a comparison is asked for: names, compositions, and families of them."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence

from cltool.core.errors import UserError
from cltool.experiments import resolve
from cltool.strategies import STRATEGIES

WHERE = "--strategies"

Families = Mapping[str, Collection[str]]


def chosen(text: str) -> Sequence[str]:
    """Names as they stand; a family stands for its members, ``all`` for every built-in one.

    A family composed with others (``unlearning+replay``) stands for each of its members so
    composed; those that cannot be, such as `retrain` with anything, stand alone.

    Args:
        text: separated by commas.

    Raises:
        UserError: a family is misspelt, two are composed, or what one is composed with is unknown.
    """
    families = _families()
    found: tuple[str, ...] = ()
    for name in filter(None, (part.strip() for part in text.split(","))):
        members = _members(name, families)
        found += tuple(one for one in members if one not in found) if members else (name,)
    return found


def _families() -> Families:
    families: dict[str, dict[str, None]] = {}
    for entry in STRATEGIES.entries():
        if entry.source == "built-in":
            families.setdefault(entry.family, {})[entry.name] = None
    # Avalanche's plugins are asked for by name: some need settings.
    own = [names for family, names in families.items() if family != "avalanche"]
    families["all"] = {name: None for names in own for name in names}
    return families


def _members(name: str, families: Families) -> list[str]:
    """What a family, or a composition with one, stands for; nothing where there is none."""
    parts = [part.strip() for part in name.split("+")]
    there = [part for part in parts if part in families and part not in STRATEGIES]
    if len(there) > 1:
        raise UserError(
            f"{name!r} composes {len(there)} families",
            where=WHERE,
            hint="Compose one family with strategies, as in unlearning+replay.",
        )
    if not there:
        near = difflib.get_close_matches(name.casefold(), families, n=1)
        if near and name not in STRATEGIES and name not in families:
            raise UserError(
                f"unknown strategy or family {name!r}",
                where=WHERE,
                hint=f"Did you mean {near[0]!r}? Families are: {', '.join(sorted(families))}.",
            )
        return list(families.get(name, ()))
    others = [part for part in parts if part != there[0]]
    for part in others:
        STRATEGIES.entry(part)
    found: dict[str, None] = {}
    for member in families[there[0]]:
        composed = "+".join(member if part == there[0] else part for part in parts)
        found[composed if not others or _composes(composed) else member] = None
    return list(found)


def _composes(name: str) -> bool:
    try:
        resolve.build(resolve.resolve(name))
    except UserError:
        return False
    return True
