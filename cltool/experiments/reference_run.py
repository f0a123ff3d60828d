"""The reference of a run: the same stream and seed, retrained without what was erased."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.progress import QUIET, Progress
from cltool.experiments import resolve
from cltool.runs import references
from cltool.runs.references import RETRAIN
from cltool.runs.run import Run
from cltool.strategies import STRATEGIES

if TYPE_CHECKING:
    from cltool.facts.stream import Stream

BUDGETS = ("tokens", "steps", "seconds")
"""What an erasing may be allowed to cost is nothing to hold the reference to."""


def beside(run: Run) -> Run | None:
    """A finished `retrain` run of the same stream, model and seed in a folder beside ``run``."""
    fitting = (one for one in references.beside(run) if one.record.get("status") == "finished")
    return next((one for one in fitting if one.record.get("seed") == run.seed), None)


def make(run: Run, stream: Stream, step: int, progress: Progress = QUIET) -> Run:
    """Run `retrain` over ``stream``, in a folder beside ``run``; it goes on where it stopped.

    It has the run's model and seed, and those of its learner's settings that are no presets
    of its strategy, without budgets.

    Args:
        run: what is audited.
        stream: of the run.
        step: after which update; of an earlier one than the last, every checkpoint is kept.
        progress: receives the progress of the run.

    Raises:
        UserError: `retrain` cannot run on this.
    """
    from cltool.experiments import run as experiment

    STRATEGIES.entry(RETRAIN)
    folder = run.folder.with_name(f"{run.folder.name}-{RETRAIN}")
    return experiment.run(
        stream,
        strategy=RETRAIN,
        seed=run.seed,
        out=folder,
        settings=_tables(run),
        keep_checkpoints=step < len(stream) - 1,
        progress=progress,
    )


def _tables(run: Run) -> dict[str, Any]:
    requested = run.record["requested"]
    presets = resolve.resolve(run.strategy).learner.model_dump()
    learner = {
        name: value
        for name, value in requested.get("learner", {}).items()
        if name not in BUDGETS and presets.get(name) != value
    }
    probe = requested.get("probe", {})
    return {"model": requested.get("model", {}), "learner": learner, "probe": probe}


def opened(place: str) -> Run | Path:
    """A run folder, or else what is taken for a checkpoint's folder or hub name."""
    folder = Path(place)
    return Run.open(folder) if (folder / "run.json").is_file() else folder
