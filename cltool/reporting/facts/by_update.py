"""What each update did, counted for each variant of a group, and which update broke each key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cltool.reporting.facts.block import facts_of
from cltool.reporting.facts.changes import each_update
from cltool.runs.groups import Group, Variant

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class ByUpdate:
    """What the updates did in the runs of one variant.

    Attributes:
        counts: of each update that was done, in order, the number of keys of each change.
        broken_by: the last update that broke each key since it was taught; 0 if none did.
    """

    counts: list[dict[str, int]]
    broken_by: NDArray[np.int64]


def by_update(group: Group, variant: Variant) -> ByUpdate | None:
    """Return what the updates did, computed once; None where a run has only its scores.

    Runs that diverged do not count.
    """
    facts = facts_of(group)
    if facts is None:
        return None
    made = group.made.setdefault("by update", {})
    if variant.label not in made:
        numbers = {id(measured): number for number, measured in enumerate(group.runs)}
        runs = [(numbers[id(one)], one.done) for one in variant.runs if not one.diverged]
        counts, broken_by = [], np.zeros(len(facts.keys), np.int64)
        for step, found in each_update(facts, runs):
            counts.append({name: int(flags.sum()) for name, flags in found.items()})
            broken_by[facts.learned[step] == step] = 0
            broken_by[found["broken"]] = step
        made[variant.label] = ByUpdate(counts, broken_by)
    result: ByUpdate = made[variant.label]
    return result
