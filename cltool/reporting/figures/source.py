"""What figures are drawn from: the data of a report, of run folders or of a page."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cltool.core.errors import UserError
from cltool.core.similar import guess
from cltool.reporting import views
from cltool.reporting.templates import read_data
from cltool.runs.groups import Group, Variant

Data = Mapping[str, Any]

MOST = 6
"""As many strategies as a figure tells apart by colour, dash and marker."""


@dataclass(frozen=True, slots=True)
class Source:
    """The numbers of strategies that can be compared.

    Attributes:
        labels: the labels of all steps.
        names: the strategies.
        counted: how many runs count, of each strategy.
        views: the data of views of the report, by their names.
        unit: what intervals are over: ``seeds`` or ``streams``.
    """

    labels: Sequence[str]
    names: Sequence[str]
    counted: Mapping[str, int]
    views: Data
    unit: str = "seeds"

    def only(self, names: Sequence[str]) -> Source:
        """Return the source with these strategies, in this order; all of them if empty.

        Raises:
            UserError: there is no such strategy.
        """
        refuse_unknown(names, self.names, "--only")
        return replace(self, names=names) if names else self

    def mean(self, name: str, score: str) -> float | None:
        """Return the mean of a score of a strategy; None if it has none."""
        numbers = self.numbers(name, score)
        return numbers.get("mean")

    def numbers(self, name: str, score: str) -> Data:
        """Return ``mean`` and ``half`` of a score of a strategy, from the view ``scores``."""
        found: Data = self.views["scores"]["means"].get(name, {}).get(score, {})
        return found


def of_group(group: Group, needed: Collection[str]) -> Source:
    """Return the data of runs that can be compared.

    Args:
        group: the runs.
        needed: the views whose data is computed.
    """
    made = views.views()
    return Source(
        labels=group.labels,
        names=[variant.label for variant in group.variants],
        counted={variant.label: len(variant.scored) for variant in group.variants},
        views={name: made[name].data(group) for name in needed},
        unit=_unit(group.variants),
    )


def _unit(variants: Sequence[Variant]) -> str:
    return "streams" if any(variant.several for variant in variants) else "seeds"


def of_page(page: Path) -> Source:
    """Return the data that is embedded in a report.

    Raises:
        UserError: the file is no report of strategies, or holds several groups of runs.
    """
    groups = read_data(page).get("groups")
    if not isinstance(groups, list):
        raise UserError(
            "is no report of strategies, so there is nothing to draw",
            where=str(page),
            hint="Name run folders, or a page of `cltool compare` or `cltool report`.",
        )
    if len(groups) != 1:
        raise UserError(
            f"shows {len(groups)} groups of runs that cannot be compared",
            where=str(page),
            hint="Name the run folders of one group.",
        )
    (group,) = groups
    strategies = group["strategies"]
    return Source(
        labels=group["labels"],
        names=[one["name"] for one in strategies],
        counted={one["name"]: one["counted"] for one in strategies},
        views=group["views"],
        unit="streams" if any(one.get("streams") for one in strategies) else "seeds",
    )


def highlighted(source: Source, asked: Sequence[str]) -> list[str]:
    """Return the strategies that are told apart, at most `MOST`; the others are grey.

    Args:
        source: the strategies.
        asked: those that the user named; without any, the strategies with the highest sum of new
            and retained are chosen. They keep the order of ``source``.

    Raises:
        UserError: an unknown name, or too many.
    """
    refuse_unknown(asked, source.names, "--highlight")
    if len(asked) > MOST:
        raise UserError(
            f"{len(asked)} strategies cannot be told apart in one figure",
            where="--highlight",
            hint=f"Name at most {MOST}.",
        )
    if asked:
        return [name for name in source.names if name in asked]
    if len(source.names) <= MOST:
        return list(source.names)

    def both(name: str) -> float:
        return sum(source.mean(name, score) or 0.0 for score in ("new", "retained"))

    best = sorted(source.names, key=both, reverse=True)[:MOST]
    return [name for name in source.names if name in best]


def refuse_unknown(names: Sequence[str], known: Sequence[str], where: str) -> None:
    """Raise a `UserError` if a name is no strategy of the figure."""
    for name in names:
        if name not in known:
            hint = guess(name, known) or f"There are: {', '.join(known)}."
            raise UserError(f"there is no strategy {name!r} here", where=where, hint=hint)
