"""Finds the retrained runs that serve as reference for a run with erasures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cltool.core.errors import UserError
from cltool.runs.run import Run

RETRAIN = "retrain"
"""Name of the strategy whose runs are exact references."""


def made_for(folder: Path) -> Path:
    """Return the folder of the reference that an audit makes for the run in ``folder``."""
    return folder.with_name(f"{folder.name}-{RETRAIN}")


def made_for_audits(runs: Sequence[Run]) -> list[Run]:
    """Return the runs among ``runs`` that audits made as references of the others."""
    folders = {made_for(run.folder) for run in runs}
    return [run for run in runs if run.strategy == RETRAIN and run.folder in folders]


def references(run: Run, among: Sequence[Run]) -> list[Run]:
    """Return the runs in ``among`` that retrained on the stream and base model of ``run``."""
    return [one for one in among if one.strategy == RETRAIN and not _unlike(run, one)]


def beside(run: Run) -> list[Run]:
    """Return the `references` among the `neighbours` of ``run``."""
    return references(run, neighbours(run))


def neighbours(run: Run) -> list[Run]:
    """Return the runs in the same folder as ``run``, where a comparison puts them."""
    found = []
    for file in sorted(run.folder.absolute().parent.glob("*/run.json")):
        try:
            other = Run.open(file.parent)
            sound = bool(other.strategy)
        except (UserError, LookupError):
            # A file of that name need not be a run's.
            continue
        found += [other] * sound
    return found


def refuse_unlike(run: Run, reference: Run, *, exact: bool = True) -> None:
    """Raise an error if ``reference`` is not a reference for ``run``.

    Args:
        run: the run with erasures.
        reference: the run to compare it with.
        exact: whether only a run of `retrain` is accepted.

    Raises:
        UserError: says why it is not.
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
    """Return which of the things that both must share differ; empty if none does."""
    pairs: dict[str, list[object]] = {
        "stream": [one.record.get("stream", {}).get("digest") for one in (run, reference)],
        "model": [one.record.get("weights") for one in (run, reference)],
        "--match": [one.match for one in (run, reference)],
    }
    differing = [name for name, (ours, theirs) in pairs.items() if ours != theirs]
    return f"it has another {' and '.join(differing)}" if differing else ""
