"""Looks at the versions of an updated model, goes back to one, and compares two."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cltool.core.digests import of_json
from cltool.core.errors import UserError
from cltool.core.files import remove
from cltool.core.locks import file_lock
from cltool.core.swap import replace_folder
from cltool.experiments.update.asked import Answered
from cltool.experiments.update.folder import INSIDE, RUN, read_version
from cltool.experiments.update.history import History, Version
from cltool.experiments.update.measure import answers_of
from cltool.experiments.update.update import held, workplace
from cltool.facts.facts import Key
from cltool.facts.identity import names_object
from cltool.runs.run import Run

LEDGER = (f"{INSIDE}/{RUN}/run.json", f"{INSIDE}/{RUN}/steps.jsonl", f"{INSIDE}/{RUN}/answers/")
"""The files of a version that its ledger is read from."""


LOST, GAINED, REPLACED = KINDS = "lost", "gained", "replaced"
"""How the answer to a fact can differ between two versions."""


@dataclass(frozen=True)
class Entry:
    """A version in the list.

    Attributes:
        version: the version.
        current: whether the folder holds it.
        complete: whether it can be brought back: old weights may have been dropped.
    """

    version: Version
    current: bool
    complete: bool

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "version": self.version.number,
            "parent": self.version.parent,
            "current": self.current,
            "can_be_restored": self.complete,
            **self.version.about,
        }


@dataclass(frozen=True)
class Flip:
    """A fact that two versions answer differently.

    Attributes:
        key: the key of the fact.
        kind: `LOST` or `GAINED`: the second version answers it right in fewer or in more wordings;
            `REPLACED`: another object is right there.
        before, after: how both answered it.
    """

    key: Key
    kind: str
    before: Answered
    after: Answered

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "subject": self.key[0],
            "relation": self.key[1],
            "kind": self.kind,
            "expected": self.after.accepted[0],
            "from_right": self.before.right,
            "to_right": self.after.right,
            "from_says": self.before.said,
            "to_says": self.after.said,
        }


def entries(folder: Path) -> list[Entry]:
    """Return the versions of an updated model.

    Raises:
        UserError: the folder holds none, or a record is damaged.
    """
    current = int(read_version(folder)["version"])
    history = History(folder)
    return [Entry(one, one.number == current, history.has(one)) for one in history.versions()]


def rollback(folder: Path, number: int) -> dict[str, Any]:
    """Put a version at the place of the current one; the later ones stay in the history.

    Args:
        folder: the folder of an updated model.
        number: the version; 0 is the model before the first update, which is no updated model.

    Raises:
        UserError: there is no such version, or its weights were dropped.
    """
    place = Path(os.path.realpath(folder))
    read_version(place)
    with held(place), workplace(place) as work:
        history = History(place)
        version = history.version(number)
        if number == 0:
            raise UserError(
                "version 0 is the model before the first update",
                where="--to",
                hint="It is unchanged where it was. To write it again: cltool export FOLDER"
                " --version 0 --to merged --out DIR.",
            )
        new = work / "new"
        history.store.get_tree(version.files, new)
        History(new).share(history)
        replace_folder(new, place)
    return read_version(place)


def differences(folder: Path, first: int, second: int) -> list[Flip]:
    """Return the facts that two versions answer differently, those that were lost first.

    Facts that one of them was not asked are left out.

    Raises:
        UserError: there is no such version, or its ledger cannot be read.
    """
    before, after = (_answers(folder, number) for number in (first, second))
    flips = [
        Flip(key, kind, one, after[key])
        for key, one in before.items()
        if key in after and (kind := _kind(one, after[key]))
    ]
    return sorted(flips, key=lambda flip: KINDS.index(flip.kind))


def _kind(before: Answered, after: Answered) -> str:
    """Return how two answers differ; empty if they do not, or if the fact was to be erased."""
    if "erased" in (before.group, after.group):
        return ""
    if not names_object(before.accepted[0], after.accepted):
        return REPLACED
    if after.right == before.right:
        return ""
    return GAINED if after.right > before.right else LOST


def _answers(folder: Path, number: int) -> Mapping[Key, Answered]:
    history = History(folder)
    version = history.version(number)
    if number == 0:
        raise UserError(
            "version 0 is the model before the first update, which has no ledger of its own",
            where="--from",
            hint="The record of version 1 says what changed: cltool history FOLDER --json.",
        )
    files = {name: one for name, one in version.files.items() if name.startswith(LEDGER)}
    with TemporaryDirectory(prefix="cltool-") as place:
        history.store.get_tree(files, Path(place))
        return answers_of(Run(Path(place) / INSIDE / RUN), int(version.about["step"]))


def promote(folder: Path, name: Path, number: int | None = None) -> Path:
    """Let a name point to a version, at once; whoever opens it finds the old one or the new one.

    The version is written beside the name, in a folder in ``NAME.versions``. The folder that the
    name pointed to before stays until the next promotion, for servers that still read it.

    Args:
        folder: the folder of an updated model.
        name: a link, which is made or moved.
        number: the version; None: the current one.

    Returns:
        The folder that the name points to.

    Raises:
        UserError: there is no such version, or ``name`` is something else than a link.
    """
    if name.exists() and not name.is_symlink():
        raise UserError("is there, and is no link", where=str(name), hint="Choose another name.")
    chosen = int(read_version(folder)["version"]) if number is None else number
    history = History(folder)
    version = history.version(chosen)
    home = Path(os.path.realpath(name.parent)) / f"{name.name}.versions"
    home.mkdir(parents=True, exist_ok=True)
    with file_lock(home / ".lock"):
        # Versions of another model have the same numbers, but other files.
        place = home / f"{chosen:04d}-{of_json(version.model)[:8]}"
        if not place.is_dir():
            partial = home / f".{place.name}.{os.getpid()}.partial"
            remove(partial)
            history.store.get_tree(version.model, partial)
            replace_folder(partial, place)
        before = Path(os.path.realpath(name)) if name.is_symlink() else None
        link = name.with_name(f".{name.name}.{os.getpid()}.partial")
        link.unlink(missing_ok=True)
        link.symlink_to(Path(home.name) / place.name)
        link.replace(name)
        kept = {place, before}
        for other in home.iterdir():
            if other.is_dir() and other not in kept:
                remove(other)
    return place


def summary(found: Sequence[Flip]) -> str:
    """Return how many facts were lost, gained and replaced, in words."""
    counts = {kind: sum(one.kind == kind for one in found) for kind in KINDS}
    return ", ".join(f"{count} {kind}" for kind, count in counts.items())
