"""Files of a few facts, and the streams made from them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from cltool.core.errors import UserError
from cltool.facts.stream import Stream
from cltool.scenarios.own_facts import OwnFacts, OwnFactsConfig

Row = dict[str, object]


def fact(subject: str, new: str, update: int, **more: object) -> Row:
    return {"subject": subject, "relation": "mayor", "new": new, "update": update, **more}


def dated(subject: str, new: str, day: str, **more: object) -> Row:
    return {"subject": subject, "relation": "mayor", "new": new, "date": day, **more}


GOOD = [fact("Ulm", "Ada", 0), fact("Bonn", "Bea", 0), fact("Ulm", "Cy", 1)]


def jsonl(path: Path, rows: Iterable[Row | str | bytes]) -> Path:
    lines = []
    for row in rows:
        text = row if isinstance(row, str | bytes) else json.dumps(row, ensure_ascii=True)
        lines.append(text if isinstance(text, bytes) else text.encode())
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


def load(path: Path, **options: object) -> Stream:
    return OwnFacts(OwnFactsConfig.model_validate({"path": path, **options})).stream(0)


def from_rows(tmp_path: Path, rows: Iterable[Row | str | bytes], **options: object) -> Stream:
    return load(jsonl(tmp_path / "facts.jsonl", rows), **options)


def refused(tmp_path: Path, rows: Iterable[Row | str | bytes], **options: object) -> UserError:
    with pytest.raises(UserError) as caught:
        from_rows(tmp_path, rows, **options)
    return caught.value


def taught(stream: Stream) -> list[dict[str, str]]:
    return [{item.subject: item.object for item in update.learn} for update in stream]


def valid(stream: Stream, step: int) -> dict[str, str]:
    return {item.subject: item.object for item in stream.knowledge(step).valid()}
