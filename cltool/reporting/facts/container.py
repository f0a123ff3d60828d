"""The container of a page's facts: a header of JSON, then columns of numbers, gzip, base64.

Its content before gzip: the length of the header (4 bytes, little-endian), the header (UTF-8 JSON,
filled up with spaces so that the columns begin at a multiple of 8), and the columns, each of which
begins at a multiple of 8. Numbers are little-endian.
"""

from __future__ import annotations

import base64
import gzip
import json
import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cltool.core.errors import UserError

if TYPE_CHECKING:
    from numpy.typing import NDArray

TYPES = {"u8": "u1", "u16": "<u2", "u32": "<u4", "i8": "i1"}
"""Types of columns, and their names in numpy."""

ALIGNED = 8
LEVEL = 7
"""Of the compression: 9 takes four times as long and saves 3 %."""
_HEAD = b"\x1f\x8b\x08" + bytes(6) + b"\xff"
"""Of a gzip file without a time, a name and an operating system."""

_END = b"\x03\x00"
"""An empty last block."""


@dataclass(frozen=True)
class Column:
    """A column that is compressed by itself, so that its share of the page is known.

    Attributes:
        kind: one of `TYPES`.
        length: number of values.
        delta: whether each row is the difference from the row before, modulo the type's range.
        packed: raw DEFLATE of the column and of the padding after it, without a last block.
    """

    kind: str
    length: int
    delta: bool
    packed: bytes

    @property
    def size(self) -> int:
        """Bytes of the column in the container, with the padding."""
        return -(-self.length * np.dtype(TYPES[self.kind]).itemsize // ALIGNED) * ALIGNED


def column(kind: str, rows: Iterable[NDArray[Any]], delta: bool = False) -> Column:
    """Return a column.

    Args:
        kind: one of `TYPES`.
        rows: its rows, all of one length.
        delta: keep differences from row to row, which compress better where little changes.
    """
    dtype = np.dtype(TYPES[kind])
    packer, length, parts = _packer(), 0, []
    before: NDArray[Any] = np.zeros(1, dtype)
    for row in rows:
        values = np.ascontiguousarray(row.astype(dtype))
        parts.append(packer.compress((values - before if delta else values).tobytes()))
        before = values
        length += len(values)
    parts.append(packer.compress(bytes(-length * dtype.itemsize % ALIGNED)))
    parts.append(packer.flush(zlib.Z_FULL_FLUSH))
    return Column(kind, length, delta, b"".join(parts))


def pack(header: Mapping[str, Any], columns: Mapping[str, Column]) -> str:
    """Return the container as text for a script element of a page.

    Args:
        header: JSON values; ``columns`` is added.
        columns: the columns by their names.
    """
    offset, listed = 0, {}
    for name, one in columns.items():
        listed[name] = {
            "type": one.kind,
            "offset": offset,
            "length": one.length,
            "delta": one.delta,
        }
        offset += one.size
    whole = {**header, "columns": listed}
    text = json.dumps(whole, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    text += b" " * (-(4 + len(text)) % ALIGNED)
    head = struct.pack("<I", len(text)) + text
    packer = _packer()
    parts = [_HEAD, packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)]
    parts += [one.packed for one in columns.values()]
    check, size = zlib.crc32(head), len(head) + offset
    for one in columns.values():
        check = zlib.crc32(zlib.decompressobj(-zlib.MAX_WBITS).decompress(one.packed), check)
    parts += [_END, struct.pack("<II", check, size & 0xFFFFFFFF)]
    return base64.b64encode(b"".join(parts)).decode("ascii")


def _packer() -> zlib._Compress:
    return zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)


def unpack(text: str) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return the header and the columns of a container, without their differences.

    Raises:
        UserError: it is damaged.
    """
    try:
        content = gzip.decompress(base64.b64decode(text, validate=True))
        (length,) = struct.unpack_from("<I", content)
        header = json.loads(content[4 : 4 + length])
        columns = {}
        for name, one in header["columns"].items():
            begin = 4 + length + one["offset"]
            values = np.frombuffer(content, TYPES[one["type"]], one["length"], begin)
            columns[name] = _summed(values, one["delta"], header)
    except (ValueError, KeyError, EOFError, OSError, struct.error, zlib.error) as error:
        raise UserError(f"cannot be read as the facts of a page: {error}") from error
    return header, columns


def _summed(values: NDArray[Any], delta: bool, header: Mapping[str, Any]) -> NDArray[Any]:
    """Return a column of differences as it was; the sums are modulo the range of its type."""
    if not delta or not len(values):
        return values
    rows = values.reshape(len(header["labels"]), -1)
    return np.cumsum(rows, axis=0, dtype=values.dtype).reshape(-1)
