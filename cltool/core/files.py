"""Atomic writing of files: an interruption leaves the old file or the new one, never a part."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cltool.core.errors import UserError


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; after success, flush it and rename it to ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        yield partial
        with partial.open("rb") as handle:
            os.fsync(handle.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8."""
    with whole_file(path) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: Path, value: Any) -> None:
    """Write ``value`` as JSON; keys keep their order, and floats all their digits."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def refuse_newer_format(found: object, known: int, file: Path) -> None:
    """Check the version of a file's format.

    Args:
        found: the version in the file.
        known: the newest version that this cltool reads.
        file: where it was found.

    Raises:
        UserError: the version is newer, or is not a whole number.
    """
    if not isinstance(found, int):
        raise UserError(f"has no valid format number: {found!r}", where=str(file))
    if found > known:
        raise UserError(
            f"has format {found}, but this version of cltool reads formats up to {known}",
            where=str(file),
            hint="Install a newer cltool to read it.",
        )
