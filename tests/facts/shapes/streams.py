"""Writes rows into a file, and reads it as a stream of facts."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from cltool.facts.stream import Stream
from cltool.scenarios.own_facts import OwnFacts, OwnFactsConfig

from .samples import Rows


def written(path: Path, rows: Rows) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".csv":
        with path.open("w", newline="", encoding="utf-8") as handle:
            writer = csv.DictWriter(handle, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    else:
        path.write_text(json.dumps(rows, indent=1))
    return path


def load(path: Path, **options: Any) -> Stream:
    return OwnFacts(OwnFactsConfig.model_validate({"path": path, **options})).stream(0)


def told(stream: Stream) -> list[list[tuple[str, str, tuple[str, ...]]]]:
    """Return (subject, object, aliases) of the facts that each update teaches."""
    return [[(one.subject, one.object, one.aliases) for one in update.learn] for update in stream]
