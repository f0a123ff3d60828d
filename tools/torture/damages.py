"""Ways to damage a file."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

DEEP = 100_000
"""Levels of nesting that no reader of JSON follows."""

ODD_VALUES: tuple[Any, ...] = (
    *(None, True, -1, 0, 10**400, 1e308, "", "x", [], {}, [[]], {"a": 1}, "\x1b[31mred\x1b[0m"),
    *(float("nan"), float("inf"), "../../../etc/passwd", "{subject}", -(2**63)),
)


def truncate(file: Path, rng: random.Random) -> str:
    """Cut off a part."""
    size = file.stat().st_size
    kept = rng.choice([size // 2, max(size - 1, 0), min(size, 8), rng.randrange(size + 1)])
    os.truncate(file, kept)
    return f"truncated from {size} to {kept} bytes"


def empty(file: Path, rng: random.Random) -> str:
    """Leave no bytes."""
    os.truncate(file, 0)
    return "emptied"


def flip(file: Path, rng: random.Random) -> str:
    """Flip one bit."""
    data = bytearray(file.read_bytes())
    if not data:
        return empty(file, rng)
    place, bit = rng.randrange(len(data)), rng.randrange(8)
    data[place] ^= 1 << bit
    file.write_bytes(data)
    return f"bit {bit} of byte {place} flipped"


def digit(file: Path, rng: random.Random) -> str:
    """Change one digit of a text file."""
    data = bytearray(file.read_bytes())
    places = [place for place, byte in enumerate(data) if byte in b"0123456789"]
    if not places:
        return flip(file, rng)
    place = rng.choice(places)
    data[place] = rng.choice([byte for byte in b"0123456789" if byte != data[place]])
    file.write_bytes(data)
    return f"digit at byte {place} changed"


def garbage(file: Path, rng: random.Random) -> str:
    """Replace it by random bytes."""
    file.write_bytes(rng.randbytes(rng.choice([1, 200, 5000])))
    return "replaced by random bytes"


def append(file: Path, rng: random.Random) -> str:
    """Add bytes at the end."""
    with file.open("ab") as handle:
        handle.write(rng.choice([b"\0\0\0\0", b"{}", b"\n\n", b"\xff\xfe", b"null\n"]))
    return "bytes appended"


def remove(file: Path, rng: random.Random) -> str:
    """Remove it."""
    file.unlink()
    return "removed"


def folder(file: Path, rng: random.Random) -> str:
    """Put a folder in its place."""
    file.unlink()
    file.mkdir()
    if rng.random() < 0.5:
        (file / "inside").touch()
    return "replaced by a folder"


def link(file: Path, rng: random.Random) -> str:
    """Put a symbolic link in its place that leads nowhere or to itself."""
    target = rng.choice(["nowhere", file.name, "/dev/null", "."])
    file.unlink()
    file.symlink_to(target)
    return f"replaced by a link to {target}"


def parent(file: Path, rng: random.Random) -> str:
    """Remove the folder that it is in."""
    shutil.rmtree(file.parent)
    return "its folder removed"


def swap(file: Path, rng: random.Random) -> str:
    """Exchange its content with that of another file of its kind nearby."""
    root = file.parent.parent
    others = [
        other
        for other in sorted(root.rglob(f"*{file.suffix}"))
        if other != file and other.is_file() and other.read_bytes() != file.read_bytes()
    ]
    if not others:
        return garbage(file, rng)
    other = rng.choice(others)
    one, two = file.read_bytes(), other.read_bytes()
    file.write_bytes(two)
    other.write_bytes(one)
    return f"swapped with {other.name}"


def wrong_type(file: Path, rng: random.Random) -> str:
    """Put an odd value somewhere into JSON."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.suffix == ".jsonl" else []
    number = rng.randrange(len(lines)) if lines else 0
    value = json.loads(lines[number] if lines else file.read_text(encoding="utf-8"))
    odd = rng.choice(ODD_VALUES)
    path, changed = _replaced(value, odd, rng)
    text = json.dumps(changed, ensure_ascii=False)
    if lines:
        lines[number] = text
        text = "\n".join(lines) + "\n"
    file.write_text(text, encoding="utf-8")
    return f"{path or 'all of it'} is {odd!r:.30}"


def nested(file: Path, rng: random.Random) -> str:
    """Replace it by JSON that is nested absurdly deep."""
    opening, closing = rng.choice([("[", "]"), ('{"a":', "}")])
    file.write_text(opening * DEEP + ("1" if closing == "}" else "") + closing * DEEP)
    return "nested too deep"


def no_column(file: Path, rng: random.Random) -> str:
    """Leave out a column of a Parquet file, or change its type."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(file)
    name = rng.choice(table.column_names)
    place = table.column_names.index(name)
    if rng.random() < 0.5:
        table = table.remove_column(place)
        said = f"column {name} left out"
    else:
        table = table.set_column(place, name, pa.nulls(table.num_rows, pa.float64()))
        said = f"column {name} is null"
    pq.write_table(table, file)
    return said


def fewer_rows(file: Path, rng: random.Random) -> str:
    """Leave out a row of a Parquet file."""
    import pyarrow.parquet as pq

    table = pq.read_table(file)
    pq.write_table(table.slice(1), file)
    return "first row left out"


def other_answer(file: Path, rng: random.Random) -> str:
    """Change the scores in a Parquet file."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    table = pq.read_table(file)
    if "right" not in table.column_names:
        return flip(file, rng)
    place = table.column_names.index("right")
    turned = pc.invert(table.column("right").cast(pa.bool_()))
    pq.write_table(table.set_column(place, "right", turned), file)
    return "right and wrong exchanged"


Damage = Callable[[Path, random.Random], str]

ALL: tuple[Damage, ...] = (
    *(truncate, empty, flip, flip, garbage, append, remove, folder, link, parent, swap),
)
TEXT: tuple[Damage, ...] = (digit, digit, nested, wrong_type, wrong_type, wrong_type)
LEDGER: tuple[Damage, ...] = (no_column, fewer_rows, other_answer)


def fitting(file: Path) -> tuple[Damage, ...]:
    """Return the damages that make sense for this file."""
    if file.suffix in (".json", ".jsonl"):
        return (*ALL, *TEXT)
    if file.suffix == ".parquet":
        return (*ALL, *LEDGER)
    return ALL


def _replaced(value: Any, odd: Any, rng: random.Random) -> tuple[str, Any]:
    """Return the path of a random inner value, and the value with ``odd`` in its place."""
    if not isinstance(value, dict | list) or not value or rng.random() < 0.15:
        return "", odd
    if isinstance(value, dict):
        name = rng.choice(sorted(value))
        if rng.random() < 0.1:
            return f".{name} left out", {key: one for key, one in value.items() if key != name}
        path, inner = _replaced(value[name], odd, rng)
        return f".{name}{path}", {**value, name: inner}
    place = rng.randrange(len(value))
    path, inner = _replaced(value[place], odd, rng)
    return f"[{place}]{path}", [*value[:place], inner, *value[place + 1 :]]
