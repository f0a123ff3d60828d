"""The reference of a run: a `retrain` run of the same stream and seed, without erased facts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.progress import QUIET, Progress
from cltool.experiments import general, resolve
from cltool.runs import references
from cltool.runs.references import RETRAIN
from cltool.runs.run import Run
from cltool.strategies import STRATEGIES
from cltool.training.budget import KINDS

if TYPE_CHECKING:
    from cltool.facts.stream import Stream


def find(run: Run) -> Run | None:
    """Return a finished `retrain` run beside ``run`` with the same stream, model and seed."""
    for reference in references.beside(run):
        finished = reference.record.get("status") == "finished"
        if finished and reference.record.get("seed") == run.seed:
            return reference
    return None


def retrain(run: Run, stream: Stream, step: int, progress: Progress = QUIET) -> Run:
    """Run `retrain` over ``stream`` in a folder beside ``run``; resume it if it was interrupted.

    It has the model and the seed of ``run``, and its learner settings except budgets and the
    presets of its strategy.

    Args:
        run: the audited run.
        stream: the stream of the run.
        step: the audited step. Unless it is the last, the checkpoints of all steps are kept.
        progress: receives the progress of the run.

    Raises:
        UserError: `retrain` cannot run on this stream or model.
    """
    from cltool.experiments import run as experiment
    from cltool.lm.hub import named_by_a_record

    STRATEGIES.entry(RETRAIN)
    with named_by_a_record():
        return experiment.run(
            stream,
            strategy=RETRAIN,
            seed=run.seed,
            out=references.made_for(run.folder),
            settings=_reference_settings(run),
            keep_checkpoints=step < len(stream) - 1,
            progress=progress,
        )


def _reference_settings(run: Run) -> dict[str, Any]:
    requested = run.record["requested"]
    presets = resolve.resolve(run.strategy).learner.model_dump()
    learner = {
        name: value
        for name, value in requested.get("learner", {}).items()
        if name not in KINDS and presets.get(name) != value
    }
    probe = requested.get("probe", {})
    tables = {"model": requested.get("model", {}), "learner": learner, "probe": probe}
    if general.is_on(resolve.resolve(RETRAIN, tables)):
        tables["general"] = {"ask": "off"}
    return tables


def open_reference(name: str) -> Run | Path:
    """Return the run in the folder ``name``, or else ``name`` as a model's folder or hub name."""
    folder = Path(name)
    return Run.open(folder) if (folder / "run.json").is_file() else folder
