"""Tells whether a run started from the base model that is there at present."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from cltool import models
from cltool.core.errors import UserError
from cltool.lm.companions import folder_digests
from cltool.runs.run import Run

OTHER_MODEL = (
    "Use the model that it started from, choose another folder with --out, or replace the run with"
    " --fresh."
)


def source_parts(name: str) -> dict[str, dict[str, str]]:
    """Return the hashes of the checkpoint in a folder, by which a finished run knows it again.

    Args:
        name: the model's name; nothing is returned if it is registered, or no folder.
    """
    folder = Path(name).expanduser()
    if models.registered(name) is not None or not folder.is_dir():
        return {}
    return {"model_source": folder_digests(folder)}


def refuse_other_model(folder: Path, parts: Mapping[str, str]) -> None:
    """Raise a `UserError` if the run in ``folder`` started from another base model.

    Args:
        folder: the run folder; it need not exist.
        parts: hash of each part of the base model (`LanguageModel.parts`).
    """
    if not (folder / "run.json").is_file():
        return
    existing = Run.open(folder)
    if existing.steps_done() and (changed := changed_parts(existing, parts)):
        raise UserError(
            f"the model's {changed} changed since this run started",
            where=str(folder),
            hint=OTHER_MODEL,
        )


def refuse_changed_source(run: Run) -> None:
    """Raise a `UserError` if the checkpoint that a finished run started from is another one.

    A run that goes on loads its model, and `refuse_other_model` compares it.
    """
    before, name = run.record.get("model_source"), run.record.get("model")
    if not isinstance(before, Mapping) or not isinstance(name, str):
        return
    parts = source_parts(name).get("model_source", {})
    changed = [part for part, value in parts.items() if before.get(part, value) != value]
    if changed:
        raise UserError(
            f"the model's {_have(changed)} changed since this run started",
            where=str(run.folder),
            hint=OTHER_MODEL,
        )


def changed_parts(run: Run, parts: Mapping[str, str]) -> str:
    """Return which parts of a model are not those that ``run`` started from, as a subject and verb.

    Args:
        run: an existing run; parts that its record lacks count as the same.
        parts: hash of each part of the model (`LanguageModel.parts`).

    Returns:
        Such as "weights have" or "tokenizer and config have"; empty if all are the same.
    """
    others = run.record.get("model_parts")
    recorded = {
        **(others if isinstance(others, Mapping) else {}),
        "weights": run.record.get("weights", parts["weights"]),
    }
    changed = [name for name, value in parts.items() if recorded.get(name, value) != value]
    return _have(changed) if changed else ""


def _have(parts: Sequence[str]) -> str:
    plural = len(parts) > 1 or parts[0] == "weights"
    return f"{' and '.join(parts).replace('_', ' ')} {'have' if plural else 'has'}"
