"""The versions of an updated model: what each consists of, and how one is brought back.

``cltool/history/versions/0003.json`` lists the files of version 3 and the strategy's state after it
as objects of the store beside it. Version 0 is the model before the first update.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cltool.core.errors import UserError
from cltool.core.files import write_json
from cltool.core.json_files import read_json, sealed, unsealed
from cltool.experiments.update.folder import HISTORY, INSIDE
from cltool.experiments.update.store import TENSORS, Store, Tree

ROOM = 3.1
"""The weights in the history and in the folder may have this many times the size of those of the
model before. Beyond it, the oldest versions lose their weights, but not their ledgers."""

FLOOR = 64 << 20
"""Bytes of weights that are always kept."""


@dataclass(frozen=True)
class Version:
    """One version.

    Attributes:
        number: its number.
        parent: the version that it was made from; None for version 0.
        files: the files of the folder.
        state: the files of the strategy's checkpoint after it.
        about: what was done: see `cltool.experiments.update.publish`.
    """

    number: int
    parent: int | None
    files: Tree
    state: Tree
    about: Mapping[str, Any]

    @property
    def objects(self) -> set[str]:
        """The objects that it consists of."""
        return {*self.files.values(), *self.state.values()}

    @property
    def weights(self) -> set[str]:
        """Those that hold weights."""
        trees = (*self.files.items(), *self.state.items())
        return {name for path, name in trees if path.endswith(TENSORS)}

    @property
    def model(self) -> Tree:
        """The files without those in the folder ``cltool``."""
        return {path: name for path, name in self.files.items()
                if path.partition("/")[0] != INSIDE}  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "format": 1,
            "version": self.number,
            "parent": self.parent,
            "about": dict(self.about),
            "files": self.files,
            "state": self.state,
        }


class History:
    """The history in the folder of an updated model.

    Args:
        folder: the folder of the model.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / INSIDE / HISTORY
        self.store = Store(self.folder / "objects")

    def versions(self) -> list[Version]:
        """Return all versions, in order.

        Raises:
            UserError: a record is damaged.
        """
        return [_read(file) for file in sorted((self.folder / "versions").glob("*.json"))]

    def version(self, number: int) -> Version:
        """Return a version.

        Raises:
            UserError: there is none with this number, or its record is damaged.
        """
        file = self._file(number)
        if not file.is_file():
            known = ", ".join(str(one.number) for one in self.versions())
            raise UserError(
                f"there is no version {number}",
                where=str(self.folder.parent.parent),
                hint=f"There are: {known}." if known else "The folder has no history.",
            )
        return _read(file)

    def add(self, version: Version) -> None:
        """Write the record of a version, whose objects are in the store."""
        write_json(self._file(version.number), sealed(version.as_json()))

    def next_number(self) -> int:
        """Return the number of the next version."""
        return max((one.number for one in self.versions()), default=0) + 1

    def has(self, version: Version) -> bool:
        """Return whether all objects of a version are there."""
        return version.objects <= self.store.names()

    def share(self, other: History) -> None:
        """Take over the history of another folder."""
        self.store.share(other.store)
        for version in other.versions():
            self.add(version)

    def weights(self) -> int:
        """Return the bytes of all objects that hold weights."""
        names = {name for version in self.versions() for name in version.weights}
        return sum(map(self.store.bytes_of, names))

    def prune(self, current: int, others: Iterable[int], room: int) -> list[int]:
        """Drop the weights of old versions, the oldest first, until they fit into ``room``.

        Args:
            current: the version that is not dropped.
            others: further versions that are not dropped.
            room: bytes.

        Returns:
            The versions whose weights were dropped.
        """
        kept = {current, *others}
        dropped: list[int] = []
        versions = [one for one in self.versions() if self.has(one)]
        for version in versions:
            if self.weights() <= max(room, FLOOR):
                break
            if version.number in kept:
                continue
            dropped.append(version.number)
            self.store.keep_only(
                name
                for one in self.versions()
                for name in (one.objects - one.weights if one.number in dropped else one.objects)
            )
        return dropped

    def _file(self, number: int) -> Path:
        return self.folder / "versions" / f"{number:04d}.json"


def weights_of(tree: Mapping[str, str]) -> str | None:
    """Return the object of a tree's largest kind of file, its weights; None without any."""
    names = [name for name in sorted(tree) if name.endswith(TENSORS)]
    return tree[names[0]] if names else None


def _read(file: Path) -> Version:
    value = read_json(file)
    if not isinstance(value, dict):
        raise UserError("is not a record of a version", where=str(file))
    value = unsealed(value, file)
    return Version(
        int(value["version"]), value["parent"], value["files"], value["state"], value["about"]
    )
