"""What a run asked beside its stream: the files in its folder, and the numbers of its steps."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.errors import UserError
from cltool.core.files import refuse_newer_format
from cltool.core.json_files import read_json, unsealed
from cltool.evaluation.scores import GENERAL

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1
"""Version of the files."""

FOLDER = "general"
"""The folder of the files, and the field of a row of ``steps.jsonl`` with the numbers."""

AGAIN = "Delete the folder of the run and give its command again."


def before_file(run: Path) -> Path:
    """Return the file of what the model before the stream answered."""
    return run / FOLDER / "before.json"


def step_file(run: Path, step: int) -> Path:
    """Return the file of what the model answered after a step."""
    return run / FOLDER / f"step-{step:03d}.json"


def read(file: Path, owner: str) -> dict[str, Any]:
    """Read one of the files: ``numbers`` and ``answers``.

    Args:
        file: the file.
        owner: the run's id.

    Raises:
        UserError: it cannot be read, is damaged, or belongs to another run.
    """
    content = read_json(file)
    if not isinstance(content, dict) or not isinstance(content.get("answers"), list):
        raise UserError("is not a file of answers", where=str(file), hint=AGAIN)
    refuse_newer_format(content.get("format", FORMAT), FORMAT, file)
    return unsealed(content, file, owner, AGAIN)


def numbers(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return the numbers of each step, with a column for each score of `GENERAL` that it has.

    Args:
        rows: of ``steps.jsonl``.
    """
    import pandas as pd

    found = [row.get(FOLDER) or {} for row in rows]
    asked = [name for name in GENERAL if any(one.get(name) is not None for one in found)]
    index = pd.Index([row["step"] for row in rows], name="step")
    table = [[_number(one.get(name)) for name in asked] for one in found]
    return pd.DataFrame(table, index=index, columns=asked, dtype=float)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else math.nan
