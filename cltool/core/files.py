"""Atomic writing of files: an interruption leaves the old file or the new one, never a part."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from cltool.core.errors import UserError
from cltool.core.processes import is_running

_PARTIAL = re.compile(r"\..+\.\d+\.partial|\.step-\d+\.partial")
"""Names of temporary files and of temporary checkpoints."""


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; after success, flush it and rename it to ``path``.

    Raises:
        UserError: ``path`` is a device, a pipe or the like, which must not be replaced.
        OSError: the file cannot be written.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        raise UserError(
            "is a device or a pipe, not a file",
            where=str(path),
            hint="Name a file or a new one.",
        )
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with disk_errors(path):
            partial.touch()
            mode = partial.stat().st_mode
            yield partial
            # Some libraries write a file that its owner alone can read, whatever the umask says.
            partial.chmod(mode)
            with partial.open("rb") as handle:
                os.fsync(handle.fileno())
            # If this is interrupted, the old file is still there, so the next command comes here.
            _remove_left(path)
            partial.replace(path)
    except OSError as error:
        if error.filename == str(partial):  # users know the other name
            error.filename = str(path)
        raise
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def _remove_left(path: Path) -> None:
    """Remove the temporary files of ``path`` that processes left which have ended."""
    name = re.compile(rf"\.{re.escape(path.name)}\.(\d+)\.partial")
    with suppress(OSError):
        for other in path.parent.iterdir():
            found = name.fullmatch(other.name)
            if found and not is_running(int(found[1])):
                other.unlink()


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Let errors of writing name ``path``, if they name no file.

    Raises:
        OSError: an error of the disk, also one that a library raised as an error of its own.
    """
    try:
        yield
    except OSError as error:
        if error.filename is None and error.errno is not None:
            error.filename = str(path)
        raise
    except Exception as error:
        # safetensors and tokenizers have errors of their own: "… (os error 28)".
        found = re.search(r"\(os error (\d+)\)", str(error))
        if found is None:
            raise
        number = int(found[1])
        raise OSError(number, os.strerror(number), str(path)) from error


def remove(path: Path) -> None:
    """Remove a file, a link or a folder with all that is in it; never what a link points to.

    Raises:
        OSError: it cannot be removed.
    """
    if path.is_symlink() or path.is_file():
        path.unlink(missing_ok=True)
    elif path.exists():
        shutil.rmtree(path)


def is_partial(path: Path) -> bool:
    """Return whether ``path`` is named like a temporary file or folder of cltool."""
    return _PARTIAL.fullmatch(path.name) is not None


def remove_partials(*folders: Path) -> None:
    """Remove the temporary files that killed commands left in ``folders``.

    Nobody else may be writing there.

    Raises:
        OSError: one cannot be removed.
    """
    for folder in folders:
        if folder.is_dir():
            for path in folder.iterdir():
                if is_partial(path):
                    remove(path)


def give_default_modes(folder: Path) -> None:
    """Give all files in ``folder`` the mode of the umask, which the folder itself was made with."""
    mode = folder.stat().st_mode & 0o666
    for file in folder.rglob("*"):
        if file.is_file() and not file.is_symlink():
            file.chmod(mode)


def write_text(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8."""
    with whole_file(path) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: Path, value: Any) -> None:
    """Write ``value`` as JSON; keys keep their order, and floats all their digits."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def refuse_to_replace(path: Path, what: str, starts: Sequence[str], example: str) -> None:
    """Raise a `UserError` if ``path`` is a folder, or a file that is not what will be written.

    Args:
        path: a file that will be written; it need not exist.
        what: what will be written, such as ``"an HTML page"``.
        starts: how a file of this kind can begin; an empty file may be replaced, too.
        example: another name for the file.
    """
    hint = f"Choose another name, such as {example}, or delete it."
    if path.is_dir():
        raise UserError("is a folder, not a file", where=str(path), hint=hint)
    if path.is_file():
        with path.open("rb") as file:
            begin = file.read(max(map(len, starts)))
        if begin and not any(begin.startswith(one.encode()) for one in starts):
            raise UserError(
                f"is there, and is not {what}, so it is not replaced", where=str(path), hint=hint
            )


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
