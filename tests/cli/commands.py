"""A small file of facts, and what a command gave back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FACTS = [
    {"subject": "Alden", "relation": "mayor", "new": "Ada Brook", "update": 0},
    {"subject": "Alden", "relation": "judge", "new": "Jon Pell", "update": 0},
    {"subject": "Borley", "relation": "mayor", "new": "Mia Stone", "update": 0},
    {"subject": "Borley", "relation": "judge", "new": "Lee Hart", "update": 0},
    {"subject": "Cresk", "relation": "mayor", "new": "Tom Vale", "update": 0},
    {"subject": "Cresk", "relation": "judge", "new": "Eva Lund", "update": 0},
    {"subject": "Alden", "relation": "mayor", "old": "Ada Brook", "new": "Sam Reed", "update": 1},
    {"subject": "Dunmar", "relation": "mayor", "new": "Nia Frost", "update": 1},
    {"subject": "Borley", "relation": "judge", "new": "Kim Dale", "update": 2},
    {"subject": "Cresk", "relation": "mayor", "forget": True, "update": 2},
]
QUICK = ("--scenario", "facts.jsonl", "--device", "cpu", "--set", "learner.epochs=1")


@dataclass(frozen=True)
class Output:
    """What a command gave back."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Cltool = Callable[..., Output]


def write_facts(path: Path, rows: list[dict[str, Any]] = FACTS) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def refused(output: Output) -> str:
    """The message of a command that was refused: on stderr only, and no traceback."""
    assert output.code == 2, output
    assert output.out == ""
    assert "Traceback" not in output.err
    assert output.err.count("cltool: ") == 1
    return output.err[output.err.index("cltool: ") :]
