"""How much of the answers a page carries, so that it stays small enough to send and to open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cltool.reporting import formats

MOST_BYTES = 11_000_000
"""The most that the facts of all groups may take of a page, which is to stay below 12 MB."""

WORDINGS_BYTES = 200_000
WORDINGS_BYTES_EACH = 2.1
"""Answers to single wordings are left out where the facts of a page would take more than the first
number of bytes, and the second for each fact, step and run."""


@dataclass(frozen=True)
class Detail:
    """What a page has of the answers: of all steps, the last one of each run, or none."""

    answers: str
    margins: str
    wordings: str


LEVELS = (
    Detail("all", "all", "all"),
    Detail("all", "all", "last"),
    Detail("all", "all", "none"),
    Detail("last", "last", "none"),
    Detail("none", "none", "none"),
)
"""From the most to the least."""

ORDER = ("all", "last", "none")


def chosen(size: Callable[[Detail], int], wordings: str, cells: int, most: int) -> Detail:
    """Return the first of `LEVELS` that is small enough; the last one if none is.

    Args:
        size: returns the size of the facts in the page, in bytes.
        wordings: how many of the answers to single wordings there are, one of `ORDER`.
        cells: number of facts, steps and runs multiplied.
        most: bytes that the facts may take.
    """
    soft = min(most, WORDINGS_BYTES + WORDINGS_BYTES_EACH * cells)
    for level in LEVELS:
        if ORDER.index(level.wordings) < ORDER.index(wordings):
            continue
        if size(level) <= (most if level.wordings == "none" else soft):
            return level
    return LEVELS[-1]


def notes(detail: Detail, most: int) -> list[str]:
    """Return sentences that say what a page leaves out."""
    limit = formats.size(most)
    found = []
    if detail.answers != "all":
        kept = "only those after the last step are here" if detail.answers == "last" else ""
        found.append(
            "The answers and the probabilities of the objects are left out so that the facts"
            f" of this page take less than {limit}{'; ' * bool(kept)}{kept}."
        )
    if detail.wordings != "all":
        kept = "; only those after the last step are here" if detail.wordings == "last" else ""
        found.append(
            f"The answers to single wordings are left out to keep this page small{kept}."
            " `cltool show` prints them."
        )
    return found
