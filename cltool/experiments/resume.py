"""Finds the folder of a run, checks that it holds the requested run, and says how far it is."""

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
    """Return ``runs/SCENARIO-STRATEGY-seedN-HASH``, with a hash of settings and stream.

    Args:
        record: as `cltool.experiments.manifest.identity` returned it.
    """
    text = json.dumps([record["requested"], record["stream"]["digest"]], sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    strategy = file_name(record["strategy"])
    return Path("runs") / f"{record['scenario']}-{strategy}-seed{record['seed']}-{digest}"


def steps_kept(keep: bool | Collection[int], steps: int) -> frozenset[int]:
    """Return the steps whose checkpoints are kept in addition to the last one.

    Args:
        keep: True for all steps, False for none, or the numbers of the steps.
        steps: number of steps in the stream, including the base.

    Raises:
        UserError: the stream does not have a step of ``keep``.
    """
    kept = frozenset(range(steps if keep else 0) if isinstance(keep, bool) else keep)
    if beyond := sorted(kept - set(range(steps))):
        raise UserError(
            f"there is no step {beyond[0]}, so its checkpoint cannot be kept",
            hint=f"The stream's last step is {steps - 1}.",
        )
    return kept


def open_folder(folder: Path, record: Mapping[str, Any], fresh: bool) -> int:
    """Return how many steps of this run the folder already holds.

    Args:
        folder: the run folder; it need not exist.
        record: the requested run, as `cltool.experiments.manifest.identity` returned it.
        fresh: remove the run that the folder holds, and return 0.

    Raises:
        UserError: the folder holds another run, or files that are not a run.
    """
    if fresh and (folder / "run.json").is_file():
        clear(Run.open(folder))
    if not (folder / "run.json").is_file():
        if folder.is_dir() and any(folder.iterdir()):
            raise UserError(
                "the folder is not empty and does not hold a run",
                where=str(folder),
                hint="Choose another folder with --out.",
            )
        return 0
    existing = Run.open(folder)
    differences = _differences(existing.record, record)
    if differences:
        raise UserError(
            "the folder holds a run with other settings",
            where=str(folder),
            details=differences,
            hint="Replace it with --fresh, or choose another folder with --out.",
        )
    from cltool.experiments import checkpoints

    done = existing.steps_done()
    return done if done == len(record["labels"]) else checkpoints.last(folder, done) + 1


def refuse_other_weights(folder: Path, weights: str) -> None:
    """Raise a `UserError` if the run in ``folder`` started from other base weights.

    Args:
        folder: the run folder; it need not exist.
        weights: hash of the base model's weights.
    """
    if not (folder / "run.json").is_file():
        return
    existing = Run.open(folder)
    if existing.steps_done() and existing.record.get("weights", weights) != weights:
        raise UserError(
            "the model's weights have changed since this run started",
            where=str(folder),
            hint="Start the run again with --fresh, or choose another folder with --out.",
        )


def clear(run: Run) -> None:
    """Remove the files of a run; other files in its folder stay.

    Raises:
        UserError: the folder's ``run.json`` is not that of a cltool run.
    """
    if not {"labels", "requested", "strategy"} <= set(run.record):
        raise UserError(
            "the run.json in this folder was not written by cltool",
            where=str(run.folder),
            hint="Choose another folder with --out.",
        )
    for name in ("answers", "audit", "checkpoints"):
        shutil.rmtree(run.folder / name, ignore_errors=True)
    for name in ("erasures.json", "steps.jsonl", "run.json"):
        (run.folder / name).unlink(missing_ok=True)


def _differences(existing: Mapping[str, Any], requested: Mapping[str, Any]) -> list[str]:
    """Return the differences between two records, one sentence each.

    It compares the requested settings, not what was resolved on the machine (such as a device).
    """
    differences = []
    for name in ("scenario", "strategy", "seed", "model", "labels"):
        if existing.get(name) != requested[name]:
            differences.append(_difference(name, existing.get(name), requested[name]))
    before = _flat(existing.get("requested", {}))
    for path, value in _flat(json.loads(json.dumps(requested["requested"]))).items():
        if before.get(path) != value:
            differences.append(_difference(path, before.get(path), value))
    if existing.get("stream", {}).get("digest") != requested["stream"]["digest"]:
        differences.append("the facts or their wordings have changed")
    return differences


def _difference(name: str, existing: object, requested: object) -> str:
    return f"{name}: {existing!r} in the folder, {requested!r} requested"


def _flat(tables: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """Return dotted name → value of nested tables."""
    flat: dict[str, Any] = {}
    for name, value in tables.items():
        place = f"{path}.{name}" if path else str(name)
        if isinstance(value, Mapping):
            flat |= _flat(value, place)
        else:
            flat[place] = value
    return flat
