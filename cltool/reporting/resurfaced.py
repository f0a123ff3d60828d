"""Sentences about erased facts that resurfaced."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cltool.core.plurals import plural

if TYPE_CHECKING:
    import pandas as pd


def in_words(back: pd.DataFrame, labels: Sequence[str]) -> list[str]:
    """Return a sentence for each erased fact that resurfaced.

    Args:
        back: the facts (`cltool.evaluation.outcomes.resurfacing`).
        labels: of the steps.
    """
    found = []
    for _, own in back.groupby(["subject", "relation", "erased"], sort=False):
        first = own.iloc[0]
        later = f" and {len(own) - 1} more" if len(own) > 1 else ""
        found.append(
            f"{first['subject']}, {first['relation']}: {first['object']}"
            f" was erased by update {labels[int(first['erased'])]}"
            " and not produced then, but is produced again after update"
            f" {labels[int(first['step'])]}{later}"
            f" ({first['right']} of {plural(first['asked'], 'wording')})."
        )
    return found
