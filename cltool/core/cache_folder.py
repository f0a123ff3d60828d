"""The folder of what cltool builds or downloads once: models and data sets."""

from __future__ import annotations

import os
from pathlib import Path

from cltool.core.errors import UserError


def cache_folder() -> Path:
    """Return the cache folder: ``$CLTOOL_CACHE``, or the user's cache folder.

    Raises:
        UserError: the user has no home folder.
    """
    own = os.environ.get("CLTOOL_CACHE")
    if own:
        return Path(own)
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(base) if base else Path.home() / ".cache") / "cltool"
    except RuntimeError as error:
        raise UserError(
            "the folder for built models is not known: this user has no home folder",
            where="CLTOOL_CACHE",
            hint="Name a folder that you can write: CLTOOL_CACHE=DIR.",
        ) from error
