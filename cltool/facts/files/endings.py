"""The kinds of files that hold facts, told apart by the ending of their names."""

from __future__ import annotations

from pathlib import Path

DELIMITED, JSON, LINES, PARQUET = "delimited", "json", "json lines", "parquet"
ARROW = "arrow"

KINDS = {
    ".jsonl": LINES,
    ".ndjson": LINES,
    ".json": JSON,
    ".csv": DELIMITED,
    ".tsv": DELIMITED,
    ".tab": DELIMITED,
    ".txt": DELIMITED,
    ".parquet": PARQUET,
    ".pq": PARQUET,
    ".arrow": ARROW,
}
"""Ending → how the file is read."""

ENDINGS = (".jsonl", ".json", ".csv", ".tsv", ".parquet")
"""The endings that messages name."""

GZIP = ".gz"


def unzipped(path: Path) -> Path:
    """Return ``path`` without ``.gz``."""
    return path.with_suffix("") if path.suffix.lower() == GZIP else path


def kind_of(path: Path) -> str | None:
    """Return how a file with this name is read, or None if it is not."""
    kind = KINDS.get(unzipped(path).suffix.lower())
    return None if kind in (PARQUET, ARROW) and path.suffix.lower() == GZIP else kind


def table_name(path: Path) -> str:
    """Return the name of a table: that of its file without the endings."""
    inner = unzipped(path)
    return inner.stem if inner.suffix.lower() in KINDS else inner.resolve().name
