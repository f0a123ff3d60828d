"""Prepares worker processes: loads libraries and builds the base model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cltool.core import threads
from cltool.core.errors import UserError
from cltool.core.files import write_json
from cltool.core.json_files import read_json
from cltool.core.workers import worker_progress
from cltool.runs.run import Run

if TYPE_CHECKING:
    from cltool.experiments.resolve import Settings
    from cltool.facts.stream import Stream

MOST = 1024
"""Largest number of threads that a record is believed."""


def load_libraries() -> None:
    """Import the libraries that a run needs."""
    import cltool.evaluation.prober  # noqa: F401


REBUILT = ".rebuilt.json"
"""File of a comparison that has a sentence for each damaged model which was built again for it."""


def make_base_model(stream: Stream, settings: Settings) -> list[str]:
    """Build the model that all runs start from, with the number of threads that is set.

    Returns:
        A sentence for each damaged model that was built again.
    """
    from cltool.experiments.base_model import prepare
    from cltool.models.cache import rebuilt

    progress = worker_progress("model")
    with rebuilt() as sentences:
        prepare(stream, settings, progress)
    progress(1, 1, "ready")
    return sentences


def note_rebuilt(folder: Path, sentences: Sequence[str]) -> None:
    """Keep ``sentences`` for the runs of the comparison in ``folder``, beside those that it has."""
    if sentences:
        write_json(folder / REBUILT, [*dict.fromkeys([*_noted(folder), *sentences])])


@contextmanager
def told_of_rebuilt(folder: Path) -> Iterator[None]:
    """Add the sentences of `note_rebuilt` to the warnings of the run that is made inside.

    Args:
        folder: the run folder, in that of its comparison. A run that is finished gets none.
    """
    sentences = _noted(folder.parent)
    begun = (folder / "run.json").is_file()
    if not sentences or (begun and Run.open(folder).record.get("status") == "finished"):
        yield
        return
    try:
        yield
    finally:
        with suppress(UserError):  # the run did not begin
            run = Run.open(folder)
            known = [str(text) for text in run.record.get("warnings") or ()]
            run.change_record(warnings=[*dict.fromkeys([*known, *sentences])])


def _noted(folder: Path) -> list[str]:
    try:
        found = read_json(folder / REBUILT)
    except UserError:
        return []
    return [str(one) for one in found] if isinstance(found, list) else []


@contextmanager
def recorded_threads(folder: Path) -> Iterator[None]:
    """Compute inside with as many threads as the unfinished run in ``folder`` did before.

    Its results would otherwise differ in the last digits. A number that the user has set is kept.

    Args:
        folder: the run folder; it need not exist.
    """
    import torch

    before = torch.get_num_threads()
    number = _recorded(folder) if threads.chosen_by_cltool() else None
    if number is not None:
        torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _recorded(folder: Path) -> int | None:
    if not (folder / "run.json").is_file():
        return None
    run = Run.open(folder)
    versions = run.record.get("versions")
    text = str(versions.get("threads", "")) if isinstance(versions, Mapping) else ""
    known = text.isascii() and text.isdigit() and 0 < int(text) <= MOST
    return int(text) if known and run.steps_done() else None
