"""Publishes an updated model: its card, its record and its history, and all of it at once."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cltool.core import digests
from cltool.core.files import write_json, write_text
from cltool.core.json_files import sealed
from cltool.core.swap import replace_folder
from cltool.experiments import checkpoints
from cltool.experiments.update.card import card
from cltool.experiments.update.folder import FORMAT, HISTORY, INSIDE, RECORD
from cltool.experiments.update.gate import Gate
from cltool.experiments.update.history import ROOM, History, Version, weights_of
from cltool.experiments.update.listed import Listed
from cltool.experiments.update.look import Look
from cltool.experiments.update.measure import baseline_rows
from cltool.experiments.update.request import Request
from cltool.experiments.update.store import TENSORS, Tree, digest
from cltool.experiments.update.teach import Made
from cltool.lm.checkpoint_folder import ADAPTER

CARD = "README.md"


def publish(request: Request, seen: Look, made: Made, gate: Gate, place: Path) -> dict[str, Any]:
    """Put the updated model at ``place``, in one step, and return the record of its version.

    Args:
        request: what was asked for.
        seen: what the screen found.
        made: the updated model.
        gate: why it may be shipped.
        place: the folder; it is new, or holds the version before.

    Raises:
        OSError: a file cannot be written.
    """
    history, start = History(made.folder), seen.start
    if start.folder is not None:
        history.share(History(start.folder))
    base = _base(history, seen, made)
    number = history.next_number()
    record = _record(request, seen, made, gate, number, base) | {"name": place.name}
    facts = {
        "taught": [_row(one) for one in seen.screen.to_teach],
        "erased": [_row(one) for one in seen.lists.erase],
        "lost": [row for row in gate.broken() if row["requirement"] not in ("new", "erased")],
    }
    write_text(made.folder / CARD, card(record, gate.as_json(), facts))
    state = made.folder / INSIDE / "state"
    checkpoints.folder(made.run.folder, made.step).rename(state)
    shutil.rmtree(made.run.folder / "checkpoints")
    write_json(made.folder / INSIDE / RECORD, sealed(record))
    _write_digests(made)
    keep(history, made.folder, state, record, start.version)
    shutil.rmtree(state)
    _prune(history, made.folder, number, record)
    replace_folder(made.folder, place)
    return record


def keep(
    history: History, folder: Path, state: Path, record: Mapping[str, Any], parent: int
) -> None:
    """Add the version in ``folder`` to its history.

    Args:
        history: the history, which is in ``folder``.
        folder: the folder of the model.
        state: the strategy's checkpoint.
        record: the record of the version.
        parent: the version that it was made from.
    """
    like = weights_of(history.version(int(record["base"]["version"])).files)
    files = history.store.put_tree(folder, _files(folder, state), like)
    kept = history.store.put_tree(
        state, [file.name for file in state.iterdir()], weights_of(files) or like
    )
    about = {name: record[name] for name in ("created", "strategy", "step", "counts", "gate")}
    history.add(Version(int(record["version"]), parent, files, kept, about))


def _files(folder: Path, state: Path) -> list[str]:
    """Return the files of a version, relative to its folder."""
    history = folder / INSIDE / HISTORY
    return [
        file.relative_to(folder).as_posix()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not file.is_relative_to(history) and not file.is_relative_to(state)
    ]


def _base(history: History, seen: Look, made: Made) -> dict[str, Any]:
    """Return the version that the strategy began with, and keep it if it is the first."""
    start = seen.start
    if made.way.goes_on and start.folder is not None:
        return dict(start.record["base"])
    if start.folder is not None:
        return {"version": start.version, "name": str(start.record["base"]["name"]), "source": ""}
    from cltool.lm.checkpoint_folder import find
    from cltool.lm.companions import Companions
    from cltool.models import sources

    folder = find(sources.checkpoint(made.base))
    names = [*Companions.read(folder).files, *(file.name for file in folder.glob(f"*{TENSORS}*"))]
    files: Tree = history.store.put_tree(folder, dict.fromkeys(names), copy=True)
    about = {"created": "", "strategy": "", "step": 0, "counts": {}, "gate": {}}
    history.add(Version(0, None, files, {}, about))
    return {"version": 0, "name": start.model, "source": made.source}


def _record(
    request: Request, seen: Look, made: Made, gate: Gate, number: int, base: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the record of the version."""
    lists = {"facts": request.facts, "protect": request.protect, "forget": request.forget,
             "wordings": request.wordings}  # fmt: skip
    counts = seen.screen.counts | {
        "taught": len(seen.screen.to_teach),
        "protected": len(seen.screen.protected),
        "erased": len(seen.lists.erase),
    }
    return {
        "format": FORMAT,
        "version": number,
        "parent": seen.start.version,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": request.command,
        "base": dict(base),
        "strategy": made.way.strategy,
        "why": made.way.why,
        "settings": dict(made.way.settings),
        "seed": request.seed,
        "step": made.step,
        "chat": seen.chat,
        "adapter": (made.folder / ADAPTER).is_file(),
        "counts": counts,
        "gate": {one["requirement"]: one["value"] for one in gate.as_json()["checks"]},
        "checks": gate.as_json(),
        "baseline": baseline_rows(seen, made),
        "texts": made.texts.as_json(),
        "data": {f"{name}: {path.name}": digest(path) for name, path in lists.items()
                 if path is not None and path.is_file()},
    }  # fmt: skip


def _write_digests(made: Made) -> None:
    """Write the file by which cltool finds out whether the model has changed since."""
    files = {file.name: digest(file) for file in made.folder.iterdir() if file.is_file()}
    record = {"format": 1, "run": made.run.id, "checkpoint": None, "built": made.built,
              "files": files}  # fmt: skip
    write_json(made.folder / digests.SAVED, record)


def _prune(history: History, folder: Path, number: int, record: Mapping[str, Any]) -> None:
    """Drop old weights until the folder is not larger than `ROOM` models.

    What is needed to go back by one update, or to the model before the first one, stays.
    """
    first, kept = history.version(0), (0, int(record["base"]["version"]), int(record["parent"]))
    size = sum(
        history.store.bytes_of(name) for path, name in first.files.items() if path.endswith(TENSORS)
    )
    beside = sum(
        file.stat().st_size
        for file in folder.glob(f"*{TENSORS}")
        if file.stat().st_nlink == 1  # others are objects of the store
    )
    history.prune(number, kept, round(ROOM * size) - beside)


def _row(one: Listed) -> dict[str, str]:
    pair = bool(one.prompts)
    return {"subject": one.fact.subject, "relation": "" if pair else one.fact.relation,
            "expected": one.fact.object, "says": ""}  # fmt: skip
