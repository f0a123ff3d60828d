"""Tells whether a run started from the base model that is there at present."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cltool import models
from cltool.core.errors import UserError
from cltool.lm.companions import file_digest, folder_digests
from cltool.runs.run import Run

if TYPE_CHECKING:
    from cltool.lm.language_model import LanguageModel

OTHER_MODEL = (
    "Use the model that it started from, choose another folder with --out, or replace the run with"
    " --fresh."
)


def source_parts(name: str) -> dict[str, dict[str, str]]:
    """Return the hashes of the checkpoint in a folder, by which a finished run knows it again.

    Args:
        name: the model's name; nothing is returned if it is registered, or no path.
    """
    place = Path(name).expanduser()
    if models.registered(name) is not None or not place.exists():
        return {}
    return {"model_source": folder_digests(place) if place.is_dir() else file_digest(place)}


def refuse_other_model(folder: Path, lm: LanguageModel) -> None:
    """Raise a `UserError` if the run in ``folder`` started from another base model.

    Args:
        folder: the run folder; it need not exist.
        lm: the base model.
    """
    if not (folder / "run.json").is_file():
        return
    existing = Run.open(folder)
    if not existing.steps_done():
        return
    _refuse_other_asking(existing, lm.coder.chat is not None)
    if changed := changed_parts(existing, lm.parts):
        raise UserError(
            f"the model's {changed} changed since this run started",
            where=str(folder),
            hint=OTHER_MODEL,
        )


def _refuse_other_asking(run: Run, chat: bool) -> None:
    """Raise a `UserError` if the steps of ``run`` were asked in another way.

    Args:
        run: an existing run with finished steps.
        chat: whether the model is asked through its chat template.
    """
    settings = run.record.get("settings")
    model = settings.get("model") if isinstance(settings, Mapping) else None
    before = isinstance(model, Mapping) and model.get("chat") == "on"
    if before != chat:
        name, how = ("on", "through its chat template") if before else ("off", "as plain text")
        raise UserError(
            f"this run asked the model {how}",
            where=str(run.folder),
            hint=f"Set --chat {name}, choose another folder with --out, or use --fresh.",
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
