"""Which scores and costs a table of strategies shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cltool.core.errors import UserError
from cltool.core.similar import guess
from cltool.evaluation.scores import Score, installed_scores
from cltool.runs.tables import COMPARED

ALL = "all"

USUAL = (
    "new", "retained", "kept", "stale", "erased", "resurfaced", "acc", "bwt",
    "unlisted", "perplexity_ratio", "tokens", "seconds",
)  # fmt: skip
"""The columns that are shown by default, where runs have them; scores of packages follow."""


def read_columns(text: str | None, where: str = "--columns") -> tuple[str, ...] | None:
    """Return the names of the columns that ``text`` lists; None for the usual ones.

    Args:
        text: names, separated by commas, or ``all``.
        where: the option that has them, for errors.

    Raises:
        UserError: a name is not a column, or is given twice.
    """
    if text is None:
        return None
    known = [*COMPARED, *installed_scores()]
    if text.strip() == ALL:
        return tuple(known)
    names = [name.strip() for name in text.split(",")]
    wrong = [name for name in names if name not in known]
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if wrong or twice:
        what = [f"{name!r} is no column" for name in wrong] + [
            f"{n!r} is given twice" for n in twice
        ]
        near = [text for name in wrong if (text := guess(name, known))]
        raise UserError(
            "; ".join(what),
            where=where,
            hint=" ".join([*near, f"There are: {ALL}, {', '.join(known)}."]),
        )
    return tuple(names)


def shown_columns(there: Iterable[Score], chosen: Sequence[str] | None) -> list[Score]:
    """Return those scores of a table that are shown: the chosen ones in their order, or the usual.

    Args:
        there: the scores that the table has.
        chosen: names, as `read_columns` returns them.
    """
    scores = {score.name: score for score in there}
    names = (*USUAL, *installed_scores()) if chosen is None else chosen
    found = [scores[name] for name in names if name in scores]
    return found or list(scores.values())
