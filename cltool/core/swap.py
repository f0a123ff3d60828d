"""Replaces a folder by another one at once: whoever opens it finds the old one or the new one."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from pathlib import Path

from cltool.core.files import remove

EXCHANGE = 2
"""``RENAME_EXCHANGE`` of Linux, and ``RENAME_SWAP`` of macOS."""

_HERE = -100
"""``AT_FDCWD``: paths are relative to the working folder."""

_UNABLE = (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP)

ASIDE = "replaced"
"""What the name of an old folder ends with, where it cannot be exchanged at once."""


def replace_folder(new: Path, place: Path) -> None:
    """Put the folder ``new`` at ``place``, and remove the folder that was there.

    Both are in the same folder. On Linux and macOS they are exchanged in one step; on file systems
    that cannot do that, two renames follow each other, and `recover` ends what was interrupted
    between them.

    Raises:
        OSError: a folder cannot be renamed.
    """
    _flush(new)
    if not place.exists():
        new.rename(place)
    elif _exchange(new, place):
        remove(new)
    else:
        aside = _aside(place)
        remove(aside)
        place.rename(aside)
        new.rename(place)
        remove(aside)
    _flush_names(place.parent)


def recover(place: Path) -> None:
    """Bring back a folder whose replacement was interrupted between two renames."""
    aside = _aside(place)
    if not aside.is_dir():
        return
    if place.exists():
        remove(aside)
    else:
        aside.rename(place)


def _aside(place: Path) -> Path:
    return place.with_name(f".{place.name}.{ASIDE}")


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders; False where the system or the file system cannot."""
    library = ctypes.CDLL(None, use_errno=True)
    first, second = os.fsencode(one), os.fsencode(other)
    if sys.platform == "darwin":
        failed = library.renamex_np(first, second, EXCHANGE)
    elif hasattr(library, "renameat2"):
        failed = library.renameat2(_HERE, first, _HERE, second, EXCHANGE)
    else:
        return False
    if not failed:
        return True
    number = ctypes.get_errno()
    if number in _UNABLE:
        return False
    raise OSError(number, os.strerror(number), str(other))


def _flush(folder: Path) -> None:
    """Write the files of a folder to the disk: a power failure then leaves none of them empty."""
    for file in folder.rglob("*"):
        if file.is_file() and not file.is_symlink():
            handle = os.open(file, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _flush_names(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:
        pass  # some file systems cannot
    finally:
        os.close(handle)
