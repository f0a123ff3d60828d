"""Copies of a folder at a URL: fetched before work, and sent after each step of it.

The folder at the URL is what counts. Files are sent whole, and the files that say how far a run is
last. So a process that stops in the middle leaves a state from which the run can go on. A file of
the copy with the size and the time of the file at the URL counts as the same file.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

from cltool.core import locks
from cltool.core.errors import UserError, in_words
from cltool.core.files import is_partial, remove, whole_file
from cltool.core.remote.place import Place
from cltool.core.remote.url import file_system

CHECKPOINTS = "checkpoints"
"""Folders that are fetched only for work that goes on from them."""

LAST = ("steps.jsonl", "run.json")
"""Files that say how far a run is, in the order in which they are sent."""

NOT_SENT = (locks.FILE, "heartbeat.json", "*.error.txt")
"""Names of files that stay on one machine: those of running processes, and tracebacks."""

_TIMES = ("mtime", "LastModified", "last_modified", "updated", "timeModified", "created")
"""Under which names file systems tell when a file was written."""


class Copy:
    """The copy of a place on this machine.

    The files ``NAME.…`` beside a run folder ``NAME``, such as its digest, are copied with it.

    Args:
        place: a place at a URL. The caller holds the lock of its folder.

    Raises:
        UserError: the URL cannot be used.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self.folder = place.folder
        self.fs, root = file_system(place.root)
        self.root = f"{root}/{place.below}" if place.below else root
        self.beside = f"{self.root.rpartition('/')[2]}." if place.below else ""
        self._checkpoints = False
        self._known: dict[str, tuple[int, int]] = {}
        self._made: set[str] = set()

    def fetch(self, *, checkpoints: bool = False) -> None:
        """Make the copy what the URL holds.

        Args:
            checkpoints: fetch checkpoints, too; otherwise those that the copy has are left alone.

        Raises:
            UserError: the URL cannot be read.
        """
        self._checkpoints = checkpoints
        with self._explained("read"):
            there = {path: info for path, info in self._listed().items() if self._counts(path)}
            for path in self._files():
                if path not in there:
                    remove(self.folder / path)
            for path, info in there.items():
                if not self._same(path, info):
                    self._fetch_file(path, info)
            self._known = {path: self._state(path) for path in there}

    def send(self) -> None:
        """Send what has changed in the copy since it was fetched or sent.

        Checkpoints count only if they were fetched.

        Raises:
            UserError: the URL cannot be written.
        """
        with self._explained("written"):
            here = self._files()
            gone = [path for path in self._known if path not in here]
            changed = [path for path in here if self._state(path) != self._known.get(path)]
            if changed:
                # Work inside a part of this folder may have sent it already.
                there = self._listed()
                changed = [path for path in changed if not self._same(path, there.get(path, {}))]
            # Without them, the other files of an earlier run count for nothing.
            self._remove([path for path in gone if _rank(path)])
            for path in sorted(changed, key=lambda path: (_rank(path), path)):
                self._send_file(path)
            self._remove([path for path in gone if not _rank(path)])
            if changed:
                self._take_times(changed)
            self._known = {path: self._state(path) for path in here}

    def drop_checkpoints(self) -> None:
        """Remove the checkpoints of the copy, which the URL has."""
        for place in self.folder.rglob(CHECKPOINTS):
            with suppress(OSError):
                remove(place)

    def _listed(self) -> dict[str, Mapping[str, Any]]:
        """Return relative path -> what the file system says of each file at the URL."""
        self.fs.invalidate_cache()
        try:
            found = self.fs.find(self.root, detail=True)
        except FileNotFoundError:
            return {}
        begin = len(self.root.lstrip("/")) + 1
        paths = {str(name).lstrip("/")[begin:]: info for name, info in found.items()}
        paths = {path: info for path, info in paths.items() if _is_inside(path)}
        paths |= self._listed_beside()
        return {path: info for path, info in paths.items() if _is_sent(path)}

    def _listed_beside(self) -> dict[str, Mapping[str, Any]]:
        if not self.beside:
            return {}
        try:
            found = self.fs.ls(self.root.rpartition("/")[0], detail=True)
        except FileNotFoundError:
            return {}
        files = {str(one["name"]).rpartition("/")[2]: one for one in found if one["type"] == "file"}
        return {f"../{name}": one for name, one in files.items() if name.startswith(self.beside)}

    def _at(self, path: str) -> str:
        """Return the path in the file system of a path in the copy."""
        if path.startswith("../"):
            return f"{self.root.rpartition('/')[0]}/{path[3:]}"
        return f"{self.root}/{path}"

    def _files(self) -> list[str]:
        """Return the relative paths of the files of the copy."""
        found = (one for one in self.folder.rglob("*") if one.is_file())
        paths = [one.relative_to(self.folder).as_posix() for one in found]
        if self.beside:
            files = (one for one in self.folder.parent.glob("*") if one.is_file())
            paths += [f"../{one.name}" for one in files if one.name.startswith(self.beside)]
        return sorted(path for path in paths if _is_sent(path) and self._counts(path))

    def _counts(self, path: str) -> bool:
        return self._checkpoints or CHECKPOINTS not in PurePosixPath(path).parts

    def _state(self, path: str) -> tuple[int, int]:
        found = (self.folder / path).stat()
        return found.st_size, found.st_mtime_ns

    def _same(self, path: str, info: Mapping[str, Any]) -> bool:
        with suppress(OSError):
            own, time = (self.folder / path).stat(), _time(info)
            return own.st_size == info.get("size") and time is not None and own.st_mtime == time
        return False

    def _fetch_file(self, path: str, info: Mapping[str, Any]) -> None:
        with whole_file(self.folder / path) as partial:
            self.fs.get_file(self._at(path), str(partial))
        self._set_time(path, info)

    def _send_file(self, path: str) -> None:
        source, target = self.folder / path, self._at(path)
        if "file" in self.fs.protocol:
            with whole_file(Path(target)) as partial:
                shutil.copyfile(source, partial)
            return
        parent = target.rpartition("/")[0]
        if parent not in self._made:
            self.fs.makedirs(parent, exist_ok=True)
            self._made.add(parent)
        # In a transaction, a file appears when it is whole.
        with (
            source.open("rb") as given,
            self.fs.transaction,
            self.fs.open(target, "wb") as sent,
        ):
            shutil.copyfileobj(given, sent, 2**20)

    def _take_times(self, paths: list[str]) -> None:
        """Give files the times that the file system gave them when they were sent."""
        there = self._listed()
        for path in paths:
            if path in there:
                self._set_time(path, there[path])

    def _set_time(self, path: str, info: Mapping[str, Any]) -> None:
        time = _time(info)
        if time is not None:
            with suppress(OSError):
                os.utime(self.folder / path, (time, time))

    def _remove(self, paths: list[str]) -> None:
        for path in paths:
            with suppress(FileNotFoundError):
                self.fs.rm_file(self._at(path))

    @contextmanager
    def _explained(self, done: str) -> Iterator[None]:
        try:
            yield
        except UserError:
            raise
        except Exception as error:  # of the file system's own
            raise UserError(
                f"cannot be {done}: {in_words(error)}",
                where=str(self.place),
                hint="Check the address and your rights there, and give the same command again."
                " Finished steps are kept.",
            ) from error


@contextmanager
def reading_copy(place: Place) -> Iterator[None]:
    """Have everything of ``place`` but checkpoints on this machine; send what changes inside.

    Raises:
        UserError: the URL cannot be used, or a machine of a cluster does not see the folder.
    """
    if not place.is_remote:
        place.refuse_other_folder()
        yield
        return
    copy = Copy(place)
    copy.fetch()
    yield
    copy.send()


@contextmanager
def working_copy(place: Place, go_on: Callable[[], bool]) -> Iterator[Callable[[], None]]:
    """Work on a run folder of ``place``; yield what sends the changes after each step.

    What is still to be sent is sent at the end, also after an error.

    Args:
        place: of the run folder. The caller holds the lock of its folder.
        go_on: whether the run in the folder is not finished, so that its checkpoint is needed;
            called when everything else was fetched.

    Raises:
        UserError: the URL cannot be used, or a machine of a cluster does not see the folder.
    """
    if not place.is_remote:
        place.refuse_other_folder()
        yield lambda: None
        return
    copy = Copy(place)
    copy.fetch()
    if go_on():
        copy.fetch(checkpoints=True)
    try:
        yield copy.send
    except BaseException:
        with suppress(UserError):
            copy.send()
        raise
    copy.send()
    copy.drop_checkpoints()


def _is_inside(path: str) -> bool:
    """Return whether a path from a URL, where any text may be a name, is one below the folder."""
    found = PurePosixPath(path)
    return bool(found.parts) and not found.is_absolute() and ".." not in found.parts


def _is_sent(path: str) -> bool:
    parts = PurePosixPath(path).parts
    stays = any(fnmatchcase(parts[-1], name) for name in NOT_SENT)
    return not stays and not any(is_partial(Path(part)) for part in parts)


def _rank(path: str) -> int:
    """Return 0 for most files, and the place in the order of sending for those that come last."""
    name = PurePosixPath(path).name
    return LAST.index(name) + 1 if name in LAST else 0


def _time(info: Mapping[str, Any]) -> float | None:
    """Return when a file was written, in seconds; None if the file system does not say."""
    for name in _TIMES:
        value = info.get(name)
        if isinstance(value, str):
            with suppress(ValueError):
                value = datetime.fromisoformat(value)
        if isinstance(value, datetime):
            value = value.timestamp()
        if isinstance(value, int | float):
            return float(value)
    return None
