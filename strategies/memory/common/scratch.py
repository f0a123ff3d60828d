"""Folders for files that a process makes again when it starts again, and removes when it ends."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from cltool.core.processes import is_running

_PREFIX = "cltool-facts-"


def scratch_folder() -> Path:
    """Return a new folder in the folder for temporary files that only this user can read.

    It is removed when Python exits. Folders of processes that were killed are removed now.
    """
    place = Path(tempfile.gettempdir())
    for other in place.glob(f"{_PREFIX}*"):
        found = re.fullmatch(rf"{_PREFIX}(\d+)-\w+", other.name)
        if found and not is_running(int(found[1])):
            with suppress(OSError):
                shutil.rmtree(other)
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
