"""Which facts each update of a run rehearsed: a small file for each step that rehearsed any."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.errors import UserError
from cltool.core.files import whole_file
from cltool.facts.identity import key_of

if TYPE_CHECKING:
    from cltool.facts.facts import Key

FOLDER = "rehearsed"
"""The folder of the files, and the field of a row of ``steps.jsonl`` that says what they hold."""

AGAIN = "Delete the folder of the run and give its command again."


def step_file(run: Path, step: int) -> Path:
    """Return the file of the facts that a step rehearsed."""
    return run / FOLDER / f"step-{step:03d}.parquet"


def write(run: Path, step: int, facts: Mapping[Key, int], others: int) -> dict[str, Any]:
    """Write the facts that a step rehearsed; return what its row of ``steps.jsonl`` says of them.

    Args:
        run: the run folder.
        step: the number of the step.
        facts: key → number of sentences.
        others: number of rehearsed sentences about no fact of the stream.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {
        "subject": pa.array([subject for subject, _ in facts], pa.string()),
        "relation": pa.array([relation for _, relation in facts], pa.string()),
        "sentences": pa.array(facts.values(), pa.int32()),
    }
    file = step_file(run, step)
    with whole_file(file) as partial:
        pq.write_table(pa.table(columns), partial, compression="zstd")
        digest = hashlib.sha256(partial.read_bytes()).hexdigest()
    return {
        "facts": len(facts),
        "sentences": sum(facts.values()),
        "others": others,
        "sha256": digest,
    }


def read(run: Path, row: Mapping[str, Any]) -> dict[Key, int]:
    """Return the facts that a step rehearsed: key → number of sentences.

    Args:
        run: the run folder.
        row: the step's row of ``steps.jsonl``.

    Returns:
        Empty if the step rehearsed nothing, or the run did not record it.

    Raises:
        UserError: the file is missing, or is not the one that the run wrote.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    said = row.get(FOLDER)
    if not isinstance(said, Mapping):
        return {}
    file = step_file(run, int(row["step"]))
    try:
        content = file.read_bytes()
        if hashlib.sha256(content).hexdigest() != said.get("sha256"):
            raise UserError("is not the file that the run wrote", where=str(file), hint=AGAIN)
        table = pq.read_table(pa.BufferReader(content))
        names, counts = (table[name].to_pylist() for name in ("subject", "sentences"))
        relations = table["relation"].to_pylist()
    except (pa.ArrowException, OSError, LookupError) as error:
        raise UserError(f"cannot be read: {error}", where=str(file), hint=AGAIN) from error
    return {key_of(*key): n for *key, n in zip(names, relations, counts, strict=True)}
