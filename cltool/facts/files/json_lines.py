"""Writes rows as JSON lines, with characters of all scripts as they are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping


def as_json_lines(rows: Iterable[Mapping[str, object]]) -> str:
    """Return each row as a JSON object on a line."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
