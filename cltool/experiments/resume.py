"""Where a run lies on disk, whether it is the run that is asked for, and how far it got."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from cltool.core.errors import UserError
from cltool.runs.run import Run, file_name


def default_folder(record: Mapping[str, Any]) -> Path:
    """``runs/SCENARIO-STRATEGY-seedN-…``, ending in a hash of what was asked for."""
    text = json.dumps([record["requested"], record["stream"]["digest"]], sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    strategy = file_name(record["strategy"])
    return Path("runs") / f"{record['scenario']}-{strategy}-seed{record['seed']}-{digest}"


def steps_kept(keep: bool | Collection[int], steps: int) -> frozenset[int]:
    """The steps whose checkpoints are kept, beside the last one's.

    Args:
        keep: whether all are, or which.
        steps: how many there are, the base included.

    Raises:
        UserError: there is no such step.
    """
    kept = frozenset(range(steps if keep else 0) if isinstance(keep, bool) else keep)
    if beyond := sorted(kept - set(range(steps))):
        raise UserError(
            f"there is no step {beyond[0]} whose checkpoint could be kept",
            hint=f"The stream's last step is {steps - 1}.",
        )
    return kept


def open_folder(folder: Path, record: Mapping[str, Any], fresh: bool) -> int:
    """How many steps of this run the folder already holds.

    Raises:
        UserError: it holds another run.
    """
    if fresh and (folder / "run.json").is_file():
        clear(Run.open(folder))
    if not (folder / "run.json").is_file():
        if folder.is_dir() and any(folder.iterdir()):
            raise UserError(
                "the folder is not empty and holds no run",
                where=str(folder),
                hint="Name another with --out.",
            )
        return 0
    held = Run.open(folder)
    differences = _differences(held.record, record)
    if differences:
        raise UserError(
            "the folder holds a run with other settings",
            where=str(folder),
            details=differences,
            hint="Give --fresh to replace it, or name another with --out.",
        )
    from cltool.experiments import checkpoints

    done = held.steps_done()
    return done if done == len(record["labels"]) else checkpoints.last(folder, done) + 1


def refuse_other_weights(folder: Path, weights: str) -> None:
    """A run goes on only from the base model that it began from.

    Args:
        folder: of the run.
        weights: hash of the base model's weights.

    Raises:
        UserError: the run in the folder began from other weights.
    """
    if not (folder / "run.json").is_file():
        return
    held = Run.open(folder)
    if held.steps_done() and held.record.get("weights", weights) != weights:
        raise UserError(
            "the model's weights have changed since this run began",
            where=str(folder),
            hint="Give --fresh to begin anew, or name another folder with --out.",
        )


def clear(held: Run) -> None:
    """Remove a run, and nothing else that may lie in its folder.

    Raises:
        UserError: the folder's ``run.json`` is not of a run.
    """
    if not {"labels", "requested", "strategy"} <= set(held.record):
        raise UserError(
            "the run.json in this folder is not of a cltool run",
            where=str(held.folder),
            hint="Name another folder with --out.",
        )
    for name in ("answers", "audit", "checkpoints"):
        shutil.rmtree(held.folder / name, ignore_errors=True)
    for name in ("erasures.json", "steps.jsonl", "run.json"):
        (held.folder / name).unlink(missing_ok=True)


def _differences(held: Mapping[str, Any], asked: Mapping[str, Any]) -> list[str]:
    """In what two records differ: what was asked for, not what the machine made of it."""
    found = []
    for name in ("scenario", "strategy", "seed", "model", "labels"):
        if held.get(name) != asked[name]:
            found.append(f"{name}: {held.get(name)!r} there, {asked[name]!r} asked for")
    theirs = _flat(held.get("requested", {}))
    for path, value in _flat(json.loads(json.dumps(asked["requested"]))).items():
        if theirs.get(path) != value:
            found.append(f"{path}: {theirs.get(path)!r} there, {value!r} asked for")
    if held.get("stream", {}).get("digest") != asked["stream"]["digest"]:
        found.append("the facts or their wordings have changed")
    return found


def _flat(tables: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in tables.items():
        place = f"{path}.{name}" if path else str(name)
        if isinstance(value, Mapping):
            flat |= _flat(value, place)
        else:
            flat[place] = value
    return flat
