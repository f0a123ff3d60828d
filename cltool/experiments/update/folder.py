"""What a folder of an updated model holds, and how it is opened.

At the top of the folder is an ordinary checkpoint (or a PEFT adapter) with its tokenizer and its
model card. The folder ``cltool`` in it has the record of the update, the facts, the ledger, and the
history with the strategy's state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cltool.core.errors import UserError
from cltool.core.files import refuse_newer_format
from cltool.core.json_files import read_json, unsealed
from cltool.experiments.update.facts_file import Taught, read_taught

INSIDE = "cltool"
"""The folder in an updated model's folder that holds what is not the model."""

RECORD = "update.json"
"""The record of the version in ``cltool/``."""

RUN, HISTORY = "run", "history"
"""The folders of the ledger and of the history in ``cltool/``."""

FORMAT = 1
"""Version of the record."""


@dataclass(frozen=True)
class Start:
    """The model that an update starts from.

    Attributes:
        model: what is loaded: a folder, or the name of a model.
        folder: the folder of an updated model; None if the model was never updated.
        record: the record of its version; empty if the model was never updated.
        taught: what it was taught.
    """

    model: str
    folder: Path | None = None
    record: Mapping[str, Any] = field(default_factory=dict)
    taught: Taught = field(default_factory=Taught)

    @property
    def version(self) -> int:
        """The number of its version; 0 if it was never updated."""
        return int(self.record.get("version", 0))


def is_updated(folder: Path) -> bool:
    """Return whether a folder holds a model that `cltool update` wrote."""
    return (folder / INSIDE / RECORD).is_file()


def read_version(folder: Path) -> dict[str, Any]:
    """Return the record of the version in the folder of an updated model.

    Raises:
        UserError: there is none, or it is damaged.
    """
    file = folder / INSIDE / RECORD
    if not file.is_file():
        raise UserError(
            "the folder holds no model that cltool update wrote",
            where=str(folder),
            hint="Make one: cltool update MODEL facts.jsonl --out FOLDER.",
        )
    record = read_json(file)
    if not isinstance(record, dict):
        raise UserError("is not a record of an update", where=str(file))
    refuse_newer_format(record.get("format", FORMAT), FORMAT, file)
    return unsealed(record, file, hint="Restore it with cltool rollback.")


def opened(model: str) -> Start:
    """Return the model that an update starts from.

    Args:
        model: the folder of an updated model, or any model that cltool loads.

    Raises:
        UserError: the folder is damaged, or cltool would build the model from the facts.
    """
    from cltool import models

    folder = Path(model).expanduser()
    if is_updated(folder):
        return Start(str(folder), folder, read_version(folder), read_taught(folder / INSIDE))
    registered = models.registered(model)
    if registered is not None and registered.knows_base:
        raise UserError(
            f"{model!r} is built from the facts that it is given, so it cannot be updated",
            where="MODEL",
            hint="Name a checkpoint: a folder, a hub name, or smollm2. To try an update on an"
            " embedded model, save one first: cltool run --save-model DIR.",
        )
    return Start(model)
