"""Data sets of the Hugging Face hub, copied once into the cache as Parquet files.

``hub:OWNER/NAME`` names one, ``hub:OWNER/NAME:CONFIG`` and ``hub:OWNER/NAME:CONFIG:SPLIT`` one of
its parts. ``OWNER/NAME`` alone does, too, if there is no such file or folder.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from cltool.core.cache_folder import cache_folder
from cltool.core.errors import UserError
from cltool.core.files import whole_file
from cltool.core.reachable import answers
from cltool.facts.files.endings import KINDS

PREFIX = "hub:"
_ID = re.compile(
    r"(?:hub:)?(?P<name>[\w.-]+(?:/[\w.-]+)?)(?::(?P<config>[\w.-]*))?(?::(?P<split>[\w.-]+))?"
)
_EXTRA = "datasets"


def is_id(path: Path) -> bool:
    """Return whether ``path`` names a data set of the hub, and not a file or folder."""
    text = str(path)
    if text.startswith(PREFIX):
        return True
    named = _ID.fullmatch(text)
    plain = len(path.parts) == 2 and path.suffix.lower() not in KINDS and not path.is_absolute()
    return bool(named) and plain and not path.exists() and not path.parent.is_dir()


def copy_of(path: Path) -> Path:
    """Return where the copy of a data set is or will be; it may not exist."""
    return (
        cache_folder()
        / "datasets"
        / (_name(path).replace("/", "--").replace(":", "--") + ".parquet")
    )


def local_file(path: Path) -> Path:
    """Return ``path`` if it is a file or folder, else the copy of the data set that it names.

    A copy that exists is used without asking the hub.

    Raises:
        UserError: there is no such data set, it has several parts, or the hub is out of reach.
    """
    if not is_id(path):
        return path
    copy = copy_of(path)
    if not copy.is_file():
        copy.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(copy) as partial:
            _download(path).to_parquet(str(partial))
    return copy


def _download(path: Path) -> Any:
    """Return the `datasets.Dataset` that ``path`` names.

    Raises:
        UserError: as `local_file`.
    """
    where = str(path)
    try:
        import datasets
        from huggingface_hub import constants
    except ImportError as error:
        raise UserError(
            "data sets of the hub need the package datasets",
            where=where,
            hint="Install it: pip install 'cltool[datasets]'. Or give a file.",
        ) from error
    found = _ID.fullmatch(where)
    if found is None:
        raise UserError(
            "is not the name of a data set", where=where, hint="Write hub:OWNER/NAME:CONFIG:SPLIT."
        )
    if constants.HF_HUB_OFFLINE or not answers(constants.ENDPOINT):
        off = "is switched off (HF_HUB_OFFLINE)" if constants.HF_HUB_OFFLINE else "does not answer"
        raise UserError(
            f"there is no such file or folder, no copy of such a data set, and the hub {off}",
            where=where,
            hint="Give a file, or try again with a connection to the hub.",
        )
    datasets.disable_progress_bars()
    try:
        data = datasets.load_dataset(found["name"], found["config"] or None, split=found["split"])
    except (OSError, ValueError, RuntimeError) as error:
        first = str(error).strip().split("\n", 1)[0]
        raise UserError(
            f"the hub does not give this data set: {first}",
            where=where,
            hint="Write hub:OWNER/NAME:CONFIG:SPLIT.",
        ) from error
    return _one_split(data, where)


def _one_split(data: Any, where: str) -> Any:
    if not isinstance(data, dict):
        return data
    if len(data) > 1:
        name = where.rstrip(":")
        split = next(iter(data))
        colons = "::" if name.removeprefix(PREFIX).count(":") == 0 else ":"
        raise UserError(
            f"the data set has several splits: {', '.join(data)}",
            where=where,
            hint=f"Name one of them, for example {name}{colons}{split}.",
        )
    return next(iter(data.values()))


def _name(path: Path) -> str:
    return str(path).removeprefix(PREFIX)
