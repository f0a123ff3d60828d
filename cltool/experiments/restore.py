"""Restores a finished run from disk: stream, model and strategy state after a step."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.errors import UserError
from cltool.core.progress import QUIET, Progress
from cltool.core.settings import field_names
from cltool.experiments import resolve
from cltool.experiments.build_learner import advance, build_learner
from cltool.experiments.same_model import changed_parts
from cltool.facts.files.hub_datasets import copy_of, is_id
from cltool.scenarios import SCENARIOS

if TYPE_CHECKING:
    from cltool.facts.stream import Stream
    from cltool.runs.run import Run
    from cltool.training.learner import Learner

FILE = "file"
"""The scenario that reads a user's own file of facts."""


def stream_of(
    run: Run, scenario: str | None = None, options: Mapping[str, Any] | None = None
) -> Stream:
    """Return the stream of ``run``, opened again with the options in its record.

    Args:
        run: the run.
        scenario: the scenario's name or the path of the file of facts. By default the name in the
            record; a file is searched in the working folder and beside the run.
        options: options of the scenario that the record lacks, such as the path of the wordings.
            They override those in the record.

    Raises:
        UserError: a file is missing, or the facts or wordings are not those of the run.
    """
    name, values = scenario_of(run, scenario, options)
    stream = resolve.open_stream(name, values)
    if stream.digest() != run.record.get("stream", {}).get("digest"):
        raise UserError(
            "the facts or their wordings are not those of the run",
            where=str(run.folder),
            hint="Give the files of the run (--scenario, --wordings), or the options of its "
            "scenario (--set scenario.NAME=VALUE).",
        )
    return stream


def scenario_of(
    run: Run, scenario: str | None = None, options: Mapping[str, Any] | None = None
) -> tuple[str, dict[str, Any]]:
    """Return the scenario of ``run`` (a name, or the path of a file of facts) and its options.

    The arguments are those of `stream_of`.

    Raises:
        UserError: a file is missing.
    """
    source = run.record.get("requested", {}).get("scenario", {})
    name = scenario or source.get("scenario", run.record.get("scenario", ""))
    if name == FILE:
        name = _find_file(run, source.get("file"), "facts", "--scenario")
    kind = SCENARIOS.load(FILE if resolve.names_a_file(name) else name)
    known = set(field_names(kind.Config))
    values = _recorded_options(source, known)
    given = dict(options or {})
    if "path" in known and values.get("wordings") and "wordings" not in given:
        values["wordings"] = _find_file(run, values["wordings"], "wordings", "--wordings")
    return name, {**values, **given}


def _recorded_options(source: Mapping[str, Any], known: Collection[str]) -> dict[str, Any]:
    """Return the scenario's options and seed that a record holds.

    Args:
        source: the stream's source in the record. If the scenario has the option ``relations``,
            their names are in ``where`` (``relation=A,B``).
        known: names of the options that the scenario has.
    """
    values = {key: value for key, value in source.items() if key in known and value is not None}
    if "relations" in known and "relations" not in values:
        chosen = [text.partition("=")[2] for text in source.get("where", ())]
        values |= {"relations": chosen[0]} if chosen else {}
    if isinstance(source.get("seed"), int):
        values["seed"] = source["seed"]
    return values


def _find_file(run: Run, name: Any, what: str, option: str) -> str:
    """Return the path of a file that the record names without its folder.

    It is searched in the working folder, in the run folder and in the two folders above it.
    """
    if isinstance(name, str) and is_id(Path(name)) and copy_of(Path(name)).is_file():
        return name
    for folder in (Path(), run.folder, *run.folder.resolve().parents[:2]):
        if isinstance(name, str) and name and (folder / name).exists():
            return str(folder / name)
    raise UserError(
        f"the file of the run's {what} was not found: {name}",
        where=str(run.folder),
        hint=f"Give its path with {option}.",
    )


def settings_of(run: Run) -> resolve.Settings:
    """Return the settings that were requested for the run.

    Raises:
        UserError: the record has no settings, or unknown ones.
    """
    requested = run.record.get("requested")
    if not isinstance(requested, dict) or "strategy" not in requested:
        raise UserError("the run's record does not hold its settings", where=str(run.folder))
    tables = {name: requested.get(name, {}) for name in resolve.SECTIONS if name != "scenario"}
    return resolve.resolve(run.strategy, tables)


def kept_steps(run: Run) -> list[int]:
    """Return the finished steps that have a checkpoint.

    Raises:
        UserError: there are none.
    """
    from cltool.experiments import checkpoints

    done = run.steps_done()
    steps = [step for step in checkpoints.steps(run.folder) if step < done]
    if not steps:
        raise UserError(
            "the run has no checkpoint",
            where=str(run.folder),
            hint=checkpoints.way_on(run.folder, len(run.record["labels"]) - 1),
        )
    return steps


def chosen_step(run: Run, step: int | None) -> int:
    """Return ``step``, or the last step that has a checkpoint if ``step`` is None.

    Raises:
        UserError: there is no such step, or it has no checkpoint.
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
            hint=f"Steps with a checkpoint: {', '.join(map(str, steps))}. To keep those of all "
            "steps, run with --keep-checkpoints.",
        )
    return step


def base_learner(run: Run, stream: Stream, progress: Progress = QUIET) -> Learner:
    """Return the learner of the run with the base model, before its strategies are attached.

    Args:
        run: the run.
        stream: as ``stream_of`` returned it.
        progress: receives the progress of building the model, if it must be built.

    Raises:
        UserError: the model cannot be loaded, or is not that of the run.
    """
    from cltool.lm.hub import named_by_a_record

    settings = settings_of(run)
    with named_by_a_record():
        learner = build_learner(stream, settings, run.seed, progress=progress)
    if changed := changed_parts(run, learner.lm.parts):
        raise UserError(
            f"the model's {changed} changed since this run started",
            where=str(run.folder),
            hint="Audit the run with the model that it started from.",
        )
    return learner


def move_to_step(learner: Learner, run: Run, step: int) -> None:
    """Move a learner from the base to the state of ``run`` after ``step``, in evaluation mode.

    Raises:
        UserError: the checkpoint does not fit the model.
    """
    advance(learner, run.folder, step)
    learner.model.eval()
