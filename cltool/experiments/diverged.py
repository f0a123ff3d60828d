"""Records that a run diverged, and refuses to go on with such a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from cltool.core.errors import LOWER, OTHER_MODEL, Diverged, UserError
from cltool.experiments import resolve
from cltool.runs.run import DIVERGED, Run


@contextmanager
def recorded(run: Run, step: int, label: str) -> Iterator[None]:
    """Record in ``run.json`` that ``step`` diverged, if it does so inside.

    Raises:
        Diverged: it did; the message says where the run is and what to do next.
    """
    try:
        yield
    except Diverged as error:
        _record(run, step, label, error)
        raise refusal(run, error) from error


def _record(run: Run, step: int, label: str, error: Diverged) -> None:
    """Write to ``run.json`` that ``run`` diverged.

    The finished steps before it and their checkpoint stay.

    Args:
        run: the run.
        step: the step that diverged; nothing of it is recorded as a result.
        label: the label of the step.
        error: names the batch and the learning rate.
    """
    held = f"step {step - 1}" if step else "none"
    warning = (
        f"This run diverged at step {step} ({label}) and has no results from there on "
        f"(last finished step: {held}). {error.what[:1].upper()}{error.what[1:]}."
    )
    run.change_record(
        status=DIVERGED,
        diverged={"step": step, "label": label, "reason": error.what},
        warnings=[*run.record.get("warnings", ()), warning],
    )


def refusal(run: Run, error: Diverged | None = None) -> Diverged:
    """Return the error for a run that diverged, with what to do next.

    Args:
        run: the run.
        error: what happened just then; None: it happened when the run was started before.
    """
    found = run.record.get("diverged")
    reason = error.what if error else found.get("reason") if isinstance(found, dict) else None
    begun = bool(found.get("step")) if isinstance(found, dict) else True
    next_step = error.hint if error else LOWER if begun else OTHER_MODEL
    if changed := changed_settings(run):
        next_step += f" Or go back towards the presets of the strategy: {', '.join(changed)}."
    return Diverged(
        str(reason or "the run diverged"),
        where=str(run.folder),
        hint=("" if error else "It was not trained again. ")
        + f"{next_step} The finished steps and the last checkpoint are kept. To try again, use"
        " another folder (--out), or replace this run (--fresh).",
    )


def changed_settings(run: Run) -> list[str]:
    """Return the numbers of the run's strategy that are not its presets, in words."""
    requested = run.record.get("requested")
    tables = requested.get("strategy") if isinstance(requested, Mapping) else None
    try:
        presets = resolve.resolve(run.strategy).as_tables()["strategy"]
    except UserError:  # a strategy that is not installed here
        return []
    found = []
    for name, table in tables.items() if isinstance(tables, Mapping) else ():
        usual = presets.get(name, {})
        for setting, value in table.items() if isinstance(table, Mapping) else ():
            preset = usual.get(setting, value)
            if isinstance(value, int | float) and value != preset:
                found.append(f"strategy.{name}.{setting} is {value:g} (preset: {preset})")
    return found
