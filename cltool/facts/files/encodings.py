"""The lines of text files: their encoding, compression and line ends.

A byte order mark says which encoding a file has; without one it is UTF-8. Lines end at a line
feed; in a file without any near its beginning, at a carriage return.
"""

from __future__ import annotations

import codecs
import gzip
import re
import shlex
import zlib
from collections.abc import Iterator
from functools import lru_cache, partial
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, cast

from cltool.core import progress
from cltool.core.errors import UserError
from cltool.facts.files.endings import GZIP
from cltool.facts.files.shown import shown
from cltool.facts.files.signatures import what_else

MAX_LINE = 256 * 2**20
"""The longest line, in characters; also the longest JSON document of several lines."""

_HEAD = 1 << 16
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NAMES = {"cp1252": "WINDOWS-1252", "mac_roman": "MACINTOSH", "cp437": "CP437"}
"""Codec → its name for iconv."""


_NOT_UTF8, _READS = "not UTF-8", "it reads"


class Undecoded(dict[int, str]):
    """The lines of a file that cannot be decoded: line number → the reason.

    Attributes:
        path: the file.
        codec: the encoding that they probably have, or ``""``.
        mixed: whether other lines have characters beyond ASCII in UTF-8.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.codec = ""
        self.mixed = False

    @property
    def advice(self) -> str:
        """How to mend the file; empty if it has no lines of another encoding."""
        if not any(reason.startswith(_NOT_UTF8) for reason in self.values()):
            return ""
        if self.mixed:
            return "The other lines are UTF-8: write these in UTF-8, too."
        if not self.codec:
            return "Save the file as UTF-8."
        name = _NAMES[self.codec]
        return (
            f"The file is probably {name}. Save it as UTF-8 (in Excel: CSV UTF-8), or convert it:"
            f" {_conversion(self.path, name)}"
        )


def may_have_other_encoding(reason: str) -> bool:
    """Return whether a line is bad because it probably has another encoding than UTF-8."""
    return _READS in reason


def text_lines(undecoded: Undecoded) -> Iterator[str]:
    """Iterate over the lines of a file, with their ends.

    A line that cannot be decoded is added to ``undecoded`` and has replacement characters.

    Args:
        undecoded: names the file; the lines that cannot be decoded are added.

    Raises:
        UserError: the file is something else than its name says, is damaged, has an encoding that
            is not read, or has a line longer than `MAX_LINE`.
        OSError: it cannot be opened.
    """
    path = undecoded.path
    opened = gzip.open if path.suffix.lower() == GZIP else open
    try:
        with cast(BinaryIO, opened(path, "rb")) as raw:
            head = raw.read(_HEAD)
            encoding = _encoding(path, head)
            start = head.decode(encoding, errors="replace")
            newline = "\r" if "\r" in start and "\n" not in start else "\n"
            raw.seek(0)
            errors = "surrogateescape" if encoding.startswith("utf-8") else "surrogatepass"
            with TextIOWrapper(raw, encoding, errors, newline) as text:
                yield from _told(path, raw, _lines(path, text, undecoded))
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        what = f"cannot be unpacked: {error}"
        raise UserError(what, where=str(path), hint="Copy or compress it again.") from error
    except UnicodeDecodeError as error:
        what = f"ends in the middle of a character ({error.encoding})"
        raise UserError(what, where=str(path), hint="Copy or export it again.") from error


def _told(path: Path, raw: BinaryIO, lines: Iterator[str]) -> Iterator[str]:
    """Iterate over ``lines``; of a long file, it is shown how much of it was read."""
    shown = progress.current().task(f"{path.name}: reading")
    # A packed file is measured by what was read of it.
    source, size = getattr(raw, "fileobj", None) or raw, path.stat().st_size
    number = 0
    for number, line in enumerate(lines, start=1):
        if not number % progress.MANY:
            shown(min(source.tell(), size), size, f"{number:,} lines")
        yield line
    if number >= progress.MANY:
        shown(size, size, f"{number:,} lines")


def _lines(path: Path, text: TextIOWrapper, undecoded: Undecoded) -> Iterator[str]:
    for number, line in enumerate(iter(partial(text.readline, MAX_LINE), ""), start=1):
        if len(line) == MAX_LINE and line[-1] not in "\r\n":
            what = f"the line is longer than {MAX_LINE // 2**20} million characters"
            hint = "Write one fact on each line."
            raise UserError(what, where=f"{path}:{number}", hint=hint)
        if not line.isascii():
            try:
                line.encode()
            except UnicodeEncodeError as error:
                undecoded[number] = _reason(line, error.start, text.encoding, undecoded)
                line = line.encode("utf-8", "replace").decode()
            else:
                undecoded.mixed = True
        yield line


def _encoding(path: Path, head: bytes) -> str:
    what, hint = what_else(head)
    if what:
        raise UserError(f"is not what its name says: it is {what}", where=str(path), hint=hint)
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding
    zeros = head[:256].count(0)
    if zeros and zeros * 3 >= len(head[:256]):
        raise UserError(
            "is probably UTF-16 without a byte order mark: every second byte is zero"
            if head.strip(b"\0")
            else "is full of zero bytes",
            where=str(path),
            hint="Save it as UTF-8.",
        )
    return "utf-8"


def _reason(line: str, start: int, encoding: str, undecoded: Undecoded) -> str:
    if not encoding.startswith("utf-8"):
        return f"not Unicode: an unpaired surrogate at position {start + 1}"
    raw = line.encode("utf-8", "surrogateescape")
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        reason = f"{_NOT_UTF8}: byte 0x{raw[error.start]:02x} at position {error.start + 1}"
        codec = _probable(raw)
        if not codec:
            return reason
        undecoded.codec = codec
        return f"{reason}; as {_NAMES[codec]} {_READS} {shown(_around(raw, error.start, codec))}"
    return f"not Unicode: an unpaired surrogate at position {start + 1}"


def _conversion(path: Path, encoding: str) -> str:
    """Return the command that writes the file in UTF-8 beside it."""
    packed = path.suffix.lower() == GZIP
    plain = path.with_suffix("") if packed else path
    new = shlex.quote(str(plain.with_name(f"{plain.stem}-utf8{plain.suffix}")))
    name = shlex.quote(str(path))
    convert = f"iconv -f {encoding} -t UTF-8"
    return f"gzip -dc {name} | {convert} > {new}" if packed else f"{convert} {name} > {new}"


def _around(raw: bytes, place: int, codec: str) -> str:
    """Return the text around the byte at ``place``."""
    return raw[max(0, place - 12) : place + 12].decode(codec, errors="replace").strip()


@lru_cache(maxsize=64)
def _probable(raw: bytes) -> str:
    """Return the codec that makes the most plausible Latin text of ``raw``, or ``""``."""
    if re.search(rb"[\x80-\xff]{4}", raw):
        # No word of a Latin script: another one, of which many encodings are possible.
        return ""
    scores = {codec: _plausible(raw.decode(codec, errors="replace")) for codec in _NAMES}
    best = max(scores, key=lambda codec: scores[codec])
    return best if scores[best] > 0 else ""


def _plausible(text: str) -> int:
    score = 0
    for before, char in zip(" " + text, text, strict=False):
        if char.isascii():
            continue
        if char.lower() in "äöüßéèêëàáâãåæçñíìîïóòôõøúùûœ" and not (
            char.isupper() and before.islower()
        ):
            score += 2
        elif char in "’‘“”„–—…€°£§«»¿¡®©™·":
            score += 1
        else:
            score -= 3
    return score
