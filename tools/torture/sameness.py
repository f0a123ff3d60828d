"""Whether two results are the same: files byte for byte, except times and memory."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

VARYING = (
    "seconds",
    "peak_memory",
    "time",
    "created",
    "command",
    "digests",
    "sha256",
    "checksum",
    "host",
    "pid",
)
"""Keys whose values differ from run to run."""

WITHOUT = (".lock", ".html", ".error.txt")
"""Endings of files that are not compared."""


def differences(found: Path, sound: Path, made: Sequence[str]) -> list[str]:
    """Return how what a command made differs from the sound result.

    Args:
        found: the working folder of the command.
        sound: the working folder in which it ran unbroken.
        made: the folders and files that it makes.
    """
    problems = []
    for name in made:
        one, other = contents(found / name), contents(sound / name)
        for path in sorted({*one, *other}):
            if path not in one:
                problems.append(f"{name}/{path} is missing")
            elif path not in other:
                problems.append(f"{name}/{path} is left over")
            elif one[path] != other[path]:
                problems.append(f"{name}/{path} differs{_where(one[path], other[path])}")
    left = [str(file.relative_to(found)) for file in found.rglob("*.partial*")]
    return [*problems, *(f"{path} is left behind" for path in left)]


def contents(place: Path) -> dict[str, Any]:
    """Return relative path → content of every file, without what differs from run to run."""
    files = [place] if place.is_file() else sorted(place.rglob("*"))
    return {
        str(file.relative_to(place)): content(file)
        for file in files
        if file.is_file() and not file.name.endswith(WITHOUT)
    }


def content(file: Path) -> Any:
    """Return what a file holds: parsed JSON without times, or a hash of its bytes."""
    data = file.read_bytes()
    try:
        if file.suffix == ".jsonl":
            return [steady(json.loads(line)) for line in data.splitlines()]
        if file.suffix == ".json":
            return steady(json.loads(data))
    except (ValueError, RecursionError):
        pass
    return hashlib.sha256(data).hexdigest()


def steady(value: Any) -> Any:
    """Return a JSON value without what differs from run to run."""
    if isinstance(value, dict):
        return {
            name: steady(inner)
            for name, inner in value.items()
            if not any(word in name for word in VARYING)
        }
    if isinstance(value, list):
        return [steady(inner) for inner in value if not _varies(inner)]
    return value


def output(text: str) -> Any:
    """Return what a command printed as JSON, without what differs from run to run."""
    try:
        return steady(json.loads(text))
    except ValueError:
        return text


def _varies(value: Any) -> bool:
    return isinstance(value, str) and "seconds" in value


def _where(one: Any, other: Any, path: str = "") -> str:
    """Return the first place where two JSON values differ, with both values."""
    if type(one) is not type(other) or not isinstance(one, dict | list):
        return "" if one == other else f" at {path or 'all'}: {one!r:.80} instead of {other!r:.80}"
    if isinstance(one, list):
        if len(one) != len(other):
            return f" at {path}: {len(one)} items instead of {len(other)}"
        pairs = [(str(place), *both) for place, both in enumerate(zip(one, other, strict=True))]
    else:
        pairs = [(name, one.get(name), other.get(name)) for name in {**one, **other}]
    for name, left, right in pairs:
        if left != right:
            return _where(left, right, f"{path}.{name}")
    return ""
