"""A folder of runs: on this machine, or at a URL with a copy on every machine that works on it."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from cltool.core.cache_folder import cache_folder
from cltool.core.digests import of_text
from cltool.core.errors import UserError
from cltool.core.remote.url import is_url

TOKEN = ".cltool.shared"
"""Begin of the name of a file by which machines of a cluster see that they have the same folder."""


@dataclass(frozen=True, slots=True)
class Place:
    """A folder of runs, which tasks on several machines may use.

    Attributes:
        root: a path, or a URL.
        below: path of a folder below ``root``, with ``/`` between the names.
        token: end of the name of `token_file`; empty if the folder need not be compared.
    """

    root: str
    below: str = ""
    token: str = ""

    @classmethod
    def of(cls, out: Path | str | Place) -> Place:
        """Return the place that ``out`` names."""
        if isinstance(out, Place):
            return out
        text = str(out)
        if not is_url(text):
            return cls(str(Path(out)))
        stripped = text.rstrip("/")
        return cls(stripped if is_url(stripped) else text)

    @property
    def is_remote(self) -> bool:
        """Whether it is at a URL."""
        return is_url(self.root)

    @property
    def whole(self) -> Place:
        """The place that this one is in."""
        return replace(self, below="")

    @property
    def parent(self) -> Place:
        """The place that holds this one."""
        return replace(self, below=self.below.rpartition("/")[0])

    @property
    def folder(self) -> Path:
        """The folder on this machine: of a URL, the copy in the cache folder."""
        if not self.is_remote:
            return Path(self.root) / self.below
        return cache_folder() / "remote" / of_text(self.root) / self.below

    @property
    def token_file(self) -> Path:
        """The file by which machines see that they have the same folder ``root``."""
        return Path(self.root) / f"{TOKEN}-{self.token}"

    def shown(self, path: Path) -> str:
        """Return ``path`` for messages: as a URL if it is in the copy of one."""
        if self.is_remote and path.is_relative_to(self.folder):
            return f"{self}/{path.relative_to(self.folder).as_posix()}"
        return str(path)

    def __truediv__(self, name: str) -> Place:
        return replace(self, below=f"{self.below}/{name}" if self.below else name)

    def __str__(self) -> str:
        return f"{self.root}/{self.below}" if self.below else self.root

    def refuse_other_folder(self) -> None:
        """Raise a `UserError` if this machine has another folder at the path, or none."""
        if self.token and not self.token_file.is_file():
            raise UserError(
                f"the machine {os.uname().nodename} does not see this folder",
                where=str(Path(self.root).absolute()),
                hint="The machines of a cluster need a folder that they share, or a URL"
                " (--out s3://…).",
            )
