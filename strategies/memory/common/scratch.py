"""Folders for files that a process can make again, and that are removed when it ends."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import weakref
from contextlib import suppress
from pathlib import Path

from cltool.core.processes import is_running

_PREFIX = "cltool-facts-"


def scratch_folder(owner: object) -> Path:
    """Return a new folder in the folder for temporary files that only this user can read.

    It is removed when ``owner`` is no longer used, or when Python exits. Folders of processes that
    were killed are removed now.
    """
    place = Path(tempfile.gettempdir())
    for other in place.glob(f"{_PREFIX}*"):
        found = re.fullmatch(rf"{_PREFIX}(\d+)-\w+", other.name)
        if found and not is_running(int(found[1])):
            with suppress(OSError):
                shutil.rmtree(other)
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    weakref.finalize(owner, shutil.rmtree, folder, ignore_errors=True)
    return folder
