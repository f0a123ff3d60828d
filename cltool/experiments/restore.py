"""A run on disk, made to stand again: its stream, and its model and strategies after a step."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.errors import UserError
from cltool.core.progress import QUIET, Progress
from cltool.core.settings import field_names
from cltool.experiments import resolve
from cltool.experiments.build_learner import advance, build_learner
from cltool.scenarios import SCENARIOS

if TYPE_CHECKING:
    from cltool.facts.stream import Stream
    from cltool.runs.run import Run
    from cltool.training.learner import Learner

FILE = "file"
"""The scenario that reads a user's own file."""


def reopened(
    run: Run, scenario: str | None = None, options: Mapping[str, Any] | None = None
) -> Stream:
    """The stream of ``run``, made again from what its record says.

    Args:
        run: the run.
        scenario: the file of facts, where it is no longer the one of its name in this folder;
            or another way to say the scenario.
        options: options of the scenario that the record does not know, such as where its
            wordings lie; they go before those that it does.

    Raises:
        UserError: the facts are not there, or are others now.
    """
    source = run.record.get("requested", {}).get("scenario", {})
    name = scenario or source.get("scenario", run.record.get("scenario", ""))
    if name == FILE:
        name = _there(run, source.get("file"), "facts", "--scenario")
    kind = SCENARIOS.load(FILE if Path(name).suffix.lower() in resolve.FILES else name)
    known = set(field_names(kind.Config))
    values = {key: value for key, value in source.items() if key in known and value is not None}
    if "relations" in known and "relations" not in values:
        chosen = [text.partition("=")[2] for text in source.get("where", ())]
        values |= {"relations": chosen[0]} if chosen else {}
    if isinstance(source.get("seed"), int):
        values["seed"] = source["seed"]
    given = dict(options or {})
    if "path" in known and values.get("wordings") and "wordings" not in given:
        values["wordings"] = _there(run, values["wordings"], "wordings", "--wordings")
    stream = resolve.open_stream(name, {**values, **given})
    asked = run.record.get("stream", {}).get("digest")
    if stream.digest() != asked:
        raise UserError(
            "the facts or their wordings are not those that the run was made with",
            where=str(run.folder),
            hint="Name the file it was made with (--scenario, --wordings), or its options "
            "(--set scenario.NAME=VALUE).",
        )
    return stream


def _there(run: Run, name: Any, what: str, option: str) -> str:
    """A file that the record names without its folder: in this one, or beside the run."""
    for place in (Path(), run.folder, *run.folder.resolve().parents[:2]):
        if isinstance(name, str) and (place / name).is_file():
            return str(place / name)
    raise UserError(
        f"the file of the run's {what} is not here: {name}",
        where=str(run.folder),
        hint=f"Say where it lies with {option}.",
    )


def resolved(run: Run) -> resolve.Settings:
    """The settings that the run was asked for.

    Raises:
        UserError: the record holds none, or some that are no longer known.
    """
    requested = run.record.get("requested")
    if not isinstance(requested, dict) or "strategy" not in requested:
        raise UserError("the run's record does not say what was asked for", where=str(run.folder))
    tables = {name: requested.get(name, {}) for name in resolve.SECTIONS if name != "scenario"}
    return resolve.resolve(run.strategy, tables)


def kept_steps(run: Run) -> list[int]:
    """The steps that are done and have a checkpoint.

    Raises:
        UserError: there is none.
    """
    from cltool.experiments import checkpoints

    done = run.steps_done()
    steps = [step for step in range(done) if checkpoints.folder(run.folder, step).is_dir()]
    if not steps:
        raise UserError(
            "the run has no checkpoint",
            where=str(run.folder),
            hint="Give its command again; it goes on where it stopped.",
        )
    return steps


def chosen_step(run: Run, step: int | None) -> int:
    """``step``, or the last one that has a checkpoint.

    Raises:
        UserError: it has none, or there is no such step.
    """
    if step is not None:
        run.refuse_missing(step)
    steps = kept_steps(run)
    if step is None:
        return steps[-1]
    if step not in steps:
        raise UserError(
            f"the run has no checkpoint of step {step}",
            where=str(run.folder),
            hint=f"There are those of {', '.join(map(str, steps))}; "
            "--keep-checkpoints keeps every step's.",
        )
    return step


def at_base(run: Run, stream: Stream, progress: Progress = QUIET) -> Learner:
    """A learner of the run on the base model, its strategies not attached yet.

    Args:
        run: the run.
        stream: as ``reopened`` gave it.
        progress: receives the progress of making a model that has to be made.

    Raises:
        UserError: the model cannot be loaded, or is another one now.
    """
    settings = resolved(run)
    learner = build_learner(stream, settings, run.seed, progress=progress)
    weights = learner.lm.digest()
    if run.record.get("weights", weights) != weights:
        raise UserError(
            "the model's weights have changed since this run began",
            where=str(run.folder),
            hint="Audit it where the model is the one that it began from.",
        )
    return learner


def settle(learner: Learner, run: Run, step: int) -> None:
    """From the base, make model and strategies of ``learner`` stand as they did after ``step``.

    Raises:
        UserError: the checkpoint does not fit the model.
    """
    advance(learner, run.folder, step)
    learner.model.eval()
