"""The ledger: every answer of a run, one row for each (step, probe), one Parquet file per step."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.errors import UserError
from cltool.core.files import refuse_newer_format, whole_file
from cltool.evaluation.matchers import EXACT, MATCH, WRONG
from cltool.evaluation.matching import END, LIMIT, OUTDATED, RIGHT

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

COLUMNS: dict[str, str] = {
    "step": "the step after which the model was asked",
    "subject": "subject of the fact",
    "relation": "relation of the fact",
    "form": "kind of wording: trained, paraphrase, question, reverse, two_hop, …",
    "number": "distinguishes the probes of one key and form",
    "prompt": "the prompt, without the text that the strategy put around it",
    "closing": "text that follows the object in the wording; may be empty",
    "group": "new, retained, future or erased at this step",
    "learned": "the step that taught the fact, or will teach it if the group is future",
    "accepted": "the current object and its aliases; for an erased fact, what must not be said",
    "outdated": "superseded objects, oldest first",
    "answer": "what the model said after the prompt, by free greedy generation, unchanged; special"
    " tokens are left out (in format 1, an accepted or superseded object in place of it)",
    "stop": "why the answer ended: `end` (the model's end token), `line` (a line break), `limit`"
    " (the most tokens of an answer), `context` (the model's context is full)",
    "matched": "the part of the answer that is right or superseded; null if there is none, if"
    " `match` is `choice`, and in format 1",
    "right": "whether the probe is answered right (for an erased fact: its object is still"
    " produced), judged as `match` says",
    "stale": "whether it is answered with a superseded object, judged in the same way",
    "forced": "teacher forcing: every token of the current object was the most probable one",
    "logp": "natural-log probability of the current object after the prompt",
    "logp_outdated": "the same for the latest superseded object; null if there is none",
    "match": "what decides `right` and `stale` in this run: exact, contains or choice",
    "exact": "verdict if the answer must be the object and nothing else: right, outdated or wrong",
    "contains": "verdict if the first sentence of the answer must name the object; null in formats"
    " 1 and 2",
    "choice": "verdict if the object must be more probable than other objects of its relation:"
    " right, outdated or wrong. Only one wording of each fact has it; null for the others, if the"
    " relation has no other object, and in formats 1 and 2",
    "chosen": "the most probable of the objects that `choice` compares; null where `choice` is"
    " null",
}
"""Every column and its meaning."""

TAGS = "tags"
"""A further column if the facts of a stream have tags: a JSON object for each row, or null."""

LEAD = "lead"
"""A further column if the model is asked by chat: the words of the assistant's sentence before the
object, or null."""

GIVEN = "given"
"""A further column if a strategy puts facts before prompts: how many it put before this one."""

FOUND = "found"
"""A further column beside it: whether the facts that answer the probe were among them."""

FURTHER = (TAGS, LEAD, GIVEN, FOUND)

FORMAT = 3
"""Version of the columns, in each file's schema metadata; files without one have version 1."""

FORMAT_KEY = b"cltool.format"

DIGEST_KEY = b"cltool.sha256"
"""Metadata of each file: the SHA-256 of the file with `NO_DIGEST` in its place."""

NO_DIGEST = b"0" * 64

FORMAT_WITH_DIGEST = 2
"""First format in which every file has a digest."""

AGAIN = "Delete the file and give the same `cltool run` again; it resumes there."

KEY = ["subject", "relation"]
PROBE = [*KEY, "form", "number"]


def schema(further: Collection[str] = ()) -> pa.Schema:
    """Return the Arrow schema of a step's file, with `FORMAT` in its metadata.

    Args:
        further: which columns of `FURTHER` it has.
    """
    import pyarrow as pa

    kinds = {
        "step": pa.int32(),
        "number": pa.int32(),
        "learned": pa.int32(),
        "accepted": pa.list_(pa.string()),
        "outdated": pa.list_(pa.string()),
        "right": pa.bool_(),
        "stale": pa.bool_(),
        "forced": pa.bool_(),
        "logp": pa.float32(),
        "logp_outdated": pa.float32(),
        GIVEN: pa.int32(),
        FOUND: pa.bool_(),
    }
    names = (*COLUMNS, *(name for name in FURTHER if name in further))
    columns = [(name, kinds.get(name, pa.string())) for name in names]
    return pa.schema(columns, metadata={FORMAT_KEY: str(FORMAT)})


def step_file(run: Path, step: int) -> Path:
    """Return the path of the answers after ``step`` in the run folder ``run``."""
    return run / "answers" / f"step-{step:03d}.parquet"


def write_step(run: Path, step: int, rows: Sequence[dict[str, Any]]) -> str:
    """Write the answers of one step, and return the file's `digest`.

    An interruption leaves the whole file or none.
    """
    import pyarrow as pa

    further = {name for name in FURTHER for row in rows if row.get(name) is not None}
    return write_table(run, step, pa.Table.from_pylist(list(rows), schema=schema(further)))


def write_table(run: Path, step: int, table: pa.Table) -> str:
    """Write the answers of one step from an Arrow table (`schema`); see `write_step`."""
    import pyarrow.parquet as pq

    with whole_file(step_file(run, step)) as partial:
        metadata = {**(table.schema.metadata or {}), DIGEST_KEY: NO_DIGEST}
        pq.write_table(table.replace_schema_metadata(metadata), partial, compression="zstd")
        content = partial.read_bytes()
        found = hashlib.sha256(content).hexdigest()
        head, _, tail = content.rpartition(NO_DIGEST)
        partial.write_bytes(head + found.encode() + tail)
    return found


def digest(run: Path, step: int) -> str | None:
    """Return the digest of the file of a step; None if it is of format 1, which has none.

    Raises:
        UserError: the file cannot be read, or is damaged.
    """
    import pyarrow as pa

    file = step_file(run, step)
    try:
        content = _read_undamaged(file)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _unreadable(file, error) from error
    place = _digest_place(content)
    return None if place is None else content[place : place + len(NO_DIGEST)].decode()


def read_step(run: Path, step: int) -> pd.DataFrame:
    """Read the answers after one step.

    Raises:
        UserError: the file is missing or damaged.
    """
    return _read_file(step_file(run, step))


def read_table(run: Path, step: int, columns: Sequence[str] | None = None) -> pa.Table:
    """Read the answers after one step as an Arrow table, which needs a fraction of the memory.

    Columns of texts are dictionaries: each distinct text is there once.

    Args:
        run: the run folder.
        step: the step.
        columns: the columns to read, beside ``step``; by default all. Those of `FURTHER` that the
            file lacks are left out.

    Raises:
        UserError: the file is missing or damaged.
    """
    return _table_of(step_file(run, step), columns, coded=True)


def read(run: Path) -> pd.DataFrame:
    """Read all answers of a run, in the order of steps and probes.

    Raises:
        UserError: the folder has no answers, or a file is damaged.
    """
    import pandas as pd

    files = sorted(
        (file for file in (run / "answers").glob("step-*.parquet") if _step(file) is not None),
        key=lambda file: (len(file.name), file.name),
    )
    if not files:
        raise UserError(
            "no answers there",
            where=str(run),
            hint="Name a run folder, such as runs/NAME/ewc-seed0; `cltool run` makes one.",
        )
    answers: pd.DataFrame = pd.concat(map(_read_file, files), ignore_index=True)
    return answers


def _digest_place(content: bytes) -> int | None:
    """Return where the digest is in the content of a ledger file; None if it has none."""
    key = content.rfind(DIGEST_KEY)  # the metadata are at the end of the file
    found = re.compile(rb"[^0-9a-f]{1,8}(?=[0-9a-f]{64})").match(content, key + len(DIGEST_KEY))
    return None if key < 0 or found is None else found.end()


def _read_undamaged(file: Path) -> bytes:
    """Return the content of a ledger file after comparing it with its digest.

    Raises:
        UserError: a newer cltool wrote it.
        ValueError: it is not what was written.
    """
    import pyarrow as pa

    content = file.read_bytes()
    place = _digest_place(content)
    if place is None:
        format = _format(pa.BufferReader(content))
        refuse_newer_format(format, FORMAT, file)
        if format >= FORMAT_WITH_DIGEST:
            raise ValueError("the file is damaged: it has no digest")
        return content
    plain = content[:place] + NO_DIGEST + content[place + len(NO_DIGEST) :]
    if hashlib.sha256(plain).hexdigest().encode() != content[place : place + len(NO_DIGEST)]:
        raise ValueError("the file is damaged: it has changed since it was written")
    return content


def _format(content: pa.BufferReader) -> int:
    import pyarrow.parquet as pq

    return int((pq.read_schema(content).metadata or {}).get(FORMAT_KEY, 1))


def _read_file(file: Path) -> pd.DataFrame:
    answers: pd.DataFrame = _table_of(file, None, coded=False).to_pandas()
    return answers


def _table_of(file: Path, columns: Sequence[str] | None, coded: bool) -> pa.Table:
    """Return the answers of a file, perhaps only some columns of them.

    Args:
        file: the file.
        columns: those to read; by default all.
        coded: return columns of texts as dictionaries.

    Raises:
        UserError: the file is missing or damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        content = pa.BufferReader(_read_undamaged(file))
        written = _format(content)
        refuse_newer_format(written, FORMAT, file)
        found = pq.read_schema(content).names
        known = schema(set(FURTHER) & set(found))
        old = _ADDED_IN_2 if written < 2 else ()
        old = (*old, *_ADDED_IN_3) if written < 3 else old
        if missing := [name for name in COLUMNS if name not in {*found, *old}]:
            raise ValueError(f"has no column {missing[0]}")
        wanted = [name for name in known.names if columns is None or name in (*columns, "step")]
        if written < FORMAT:
            table = pq.read_table(content)
            table = _from_format_1(table) if written < 2 else table
            table = _from_format_2(table).select(known.names).cast(known)
        else:
            texts = [one.name for one in known if coded and one.type == pa.string()]
            kinds = [one.with_type(pa.dictionary(pa.int32(), one.type)) for one in known]
            kinds = [
                own if own.name in texts else one for own, one in zip(kinds, known, strict=True)
            ]
            table = pq.read_table(
                content, schema=pa.schema(kinds), columns=wanted, read_dictionary=texts
            )
        steps = {int(step) for step in table["step"].unique().to_pylist()}
        if others := sorted(steps - {_step(file)}):
            raise ValueError(f"it holds answers after step {others[0]}")
    except (pa.ArrowException, OSError, ValueError, LookupError) as error:
        raise _unreadable(file, error) from error
    return table.select(wanted)


def _step(file: Path) -> int | None:
    """Return the step that a ledger file is named after; None if it is named otherwise."""
    found = re.fullmatch(r"step-(\d{3,})\.parquet", file.name)
    return None if found is None else int(found[1])


def _unreadable(file: Path, error: Exception) -> UserError:
    return UserError(f"cannot be read as answers: {error}", where=str(file), hint=AGAIN)


_ADDED_IN_2 = ("stop", "matched")
_ADDED_IN_3 = ("match", "exact", "contains", "choice", "chosen")


def _from_format_1(table: pa.Table) -> pa.Table:
    """Return the answers of a file of format 1 with the columns of this one.

    Format 1 kept no reason why an answer ended, and the object in place of an answer that names it.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    stop = pc.call_function("if_else", [table["stopped"], pa.scalar(END), pa.scalar(LIMIT)])
    table = table.append_column("stop", stop)
    return table.append_column("matched", pa.nulls(len(table), pa.string()))


def _from_format_2(table: pa.Table) -> pa.Table:
    """Return the answers of a file of format 2 with the columns of this one.

    In format 2, answers were judged exactly. Nothing is known of the other verdicts.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    stale = pc.call_function("if_else", [table["stale"], pa.scalar(OUTDATED), pa.scalar(WRONG)])
    exact = pc.call_function("if_else", [table["right"], pa.scalar(RIGHT), stale])
    columns = {MATCH: pa.array([EXACT] * len(table), pa.string()), EXACT: exact}
    for name in _ADDED_IN_3:
        column = columns.get(name, pa.nulls(len(table), pa.string()))
        table = table.append_column(name, column)
    return table
