"""Which runs a run that erased facts is held to: those that retrained without them."""

from __future__ import annotations

from collections.abc import Sequence

from cltool.core.errors import UserError
from cltool.runs.run import Run

RETRAIN = "retrain"
"""The strategy whose runs are exact references."""


def references(run: Run, among: Sequence[Run]) -> list[Run]:
    """Those of ``among`` that retrained on the stream of ``run``, from the same base model."""
    return [one for one in among if one.strategy == RETRAIN and not _unlike(run, one)]


def beside(run: Run) -> list[Run]:
    """`references` among the `neighbours` of ``run``."""
    return references(run, neighbours(run))


def neighbours(run: Run) -> list[Run]:
    """The runs beside ``run``, as a comparison puts them."""
    found = []
    for file in sorted(run.folder.absolute().parent.glob("*/run.json")):
        other = Run.open(file.parent)
        try:
            sound = bool(other.strategy)
        except (UserError, LookupError):
            # A file of that name need not be a run's.
            continue
        found += [other] * sound
    return found


def refuse_unlike(run: Run, reference: Run, *, exact: bool = True) -> None:
    """Refuse what is no reference for ``run``.

    Args:
        run: that erased facts.
        reference: to which it is to be held.
        exact: only a run of `retrain` will do.

    Raises:
        UserError: says why.
    """
    reason = _unlike(run, reference)
    if exact and reference.strategy != RETRAIN:
        reason = f"its strategy is {reference.strategy}, not {RETRAIN}"
    if reason:
        raise UserError(
            f"it is no reference for {run.folder}: {reason}",
            where=str(reference.folder),
            hint=f"Run {RETRAIN} on the same stream and model.",
        )


def _unlike(run: Run, reference: Run) -> str:
    """What a run and its reference must share and do not, or nothing."""
    pairs = {
        "stream": [one.record.get("stream", {}).get("digest") for one in (run, reference)],
        "model": [one.record.get("weights") for one in (run, reference)],
    }
    differing = [name for name, (ours, theirs) in pairs.items() if ours != theirs]
    return f"it has another {' and '.join(differing)}" if differing else ""
