"""Records in a temporary file: a sequence of values that needs almost no memory."""

from __future__ import annotations

import json
import os
import tempfile
import weakref
from array import array
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Generic, TypeVar

from cltool.core.errors import UserError

Item = TypeVar("Item")

_BLOCK = 16
"""Records of which only the first one's place in the file is remembered."""

_BUFFER = 1 << 16
_ENCODE = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode
_DECODE = json.JSONDecoder().raw_decode
_ERRORS = "surrogatepass"


class Records(Generic[Item]):
    """A sequence of values in a file, which is removed with this object.

    The file is in the folder for temporary files (the environment variable ``TMPDIR``). It holds a
    line of JSON for each record. Memory: half a byte for each record.

    A copy in another process reads the same file, while the process that made it lives; it cannot
    be appended to. On another machine it needs a folder for temporary files that both share.

    Args:
        encode: makes a JSON value of a record. A function of a module, so that it can be sent to
            another process.
        decode: makes the record again.

    Raises:
        UserError: the file cannot be made.
    """

    def __init__(self, encode: Callable[[Item], object], decode: Callable[[Any], Item]) -> None:
        self._encode, self._decode = encode, decode
        try:
            handle, name = tempfile.mkstemp(prefix="cltool-", suffix=".jsonl")
        except OSError as error:
            raise _not_written(error, "TMPDIR") from error
        self._path = Path(name)
        self._write: BinaryIO | None = os.fdopen(handle, "wb", buffering=_BUFFER)
        self._open(owner=True)
        self._blocks = array("Q")
        self._count = self._size = self._flushed = 0

    def _open(self, owner: bool) -> None:
        self._read = os.open(self._path, os.O_RDONLY)
        self._cached: tuple[int, list[bytes]] = -1, []
        weakref.finalize(self, _close, self._read, self._write, self._path if owner else None)

    def __getstate__(self) -> dict[str, Any]:
        """Return what another process needs to read the same file."""
        self._flush()
        return {
            name: value
            for name, value in self.__dict__.items()
            if name not in ("_write", "_read", "_cached")
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Open the file of a copy for reading.

        Raises:
            UserError: the file is on another machine, or was removed.
        """
        self.__dict__.update(state)
        self._write = None
        try:
            self._open(owner=False)
        except FileNotFoundError as error:
            # In one line, because a cluster shows the last line of an error.
            what = f"the temporary file {self._path} is not on this machine, or was removed; set"
            raise UserError(f"{what} TMPDIR to a folder that all machines share") from error

    def __len__(self) -> int:
        return self._count

    def append(self, item: Item) -> int:
        """Append a record, and return its number, from 0.

        Raises:
            UserError: the file cannot be written, for example because the disk is full.
            TypeError: this is a copy in another process.
        """
        if self._write is None:
            raise TypeError("a copy of records cannot be appended to")
        line = _ENCODE(self._encode(item)).encode("utf-8", _ERRORS) + b"\n"
        if not self._count % _BLOCK:
            self._blocks.append(self._size)
        try:
            self._write.write(line)
        except OSError as error:
            raise _not_written(error, str(self._path)) from error
        self._size += len(line)
        self._count += 1
        return self._count - 1

    def __getitem__(self, number: int) -> Item:
        """Return a record.

        Raises:
            IndexError: there is none of this number.
        """
        if not 0 <= number < self._count:
            raise IndexError(number)
        block, place = divmod(number, _BLOCK)
        return self._decoded(self._lines(block)[place])

    def __iter__(self) -> Iterator[Item]:
        return self.between(0, self._count)

    def between(self, begin: int, end: int) -> Iterator[Item]:
        """Iterate over the records ``begin`` … ``end`` - 1."""
        for block in range(begin // _BLOCK, -(-end // _BLOCK)):
            first = block * _BLOCK
            for line in self._lines(block)[max(0, begin - first) : end - first]:
                yield self._decoded(line)

    def _decoded(self, line: bytes) -> Item:
        return self._decode(_DECODE(line.decode("utf-8", _ERRORS))[0])

    def _lines(self, block: int) -> list[bytes]:
        if self._cached[0] == block:
            return self._cached[1]
        whole = block + 1 < len(self._blocks)
        begin, end = self._blocks[block], self._blocks[block + 1] if whole else self._size
        if end > self._flushed:
            self._flush()
        lines = os.pread(self._read, end - begin, begin).split(b"\n")[:-1]
        if whole:
            self._cached = block, lines
        return lines

    def _flush(self) -> None:
        if self._write is not None:
            try:
                self._write.flush()
            except OSError as error:
                raise _not_written(error, str(self._path)) from error
            self._flushed = self._size


def _not_written(error: OSError, where: str) -> UserError:
    return UserError(
        f"a temporary file cannot be written: {error.strerror or error}",
        where=where,
        hint="Set the environment variable TMPDIR to a folder with more room.",
    )


def _close(read: int, write: BinaryIO | None, path: Path | None) -> None:
    with suppress(OSError):
        os.close(read)
    if write is not None:
        with suppress(OSError):
            write.close()
    if path is not None:
        with suppress(OSError):
            path.unlink()
