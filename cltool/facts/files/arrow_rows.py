"""The rows of Arrow files, such as those in a folder of `datasets.Dataset.save_to_disk`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cltool.core.errors import UserError
from cltool.facts.files.arrow_tables import table_rows, wanted_columns
from cltool.facts.files.source import Part, Rows, Source

if TYPE_CHECKING:
    import pyarrow as pa

_FILE_MARK = b"ARROW1"
"""How a file of Arrow's file format begins; `datasets` writes the streaming format."""


def arrow_rows(part: Part, source: Source) -> Rows:
    """Read an Arrow file row by row, without the columns that cannot be tags of facts.

    Raises:
        UserError: the file is no readable Arrow file, or the names of its columns are not usable.
        OSError: it cannot be opened.
    """
    import pyarrow as pa

    part.by_row = True
    where = str(part.path)
    with part.path.open("rb") as head:
        streamed = head.read(len(_FILE_MARK)) != _FILE_MARK
    try:
        with pa.memory_map(where) as file:
            opened = pa.ipc.open_stream(file) if streamed else pa.ipc.open_file(file)
            with opened as table:
                wanted = wanted_columns(table.schema, source, where)
                batches = table if streamed else _of_file(table)
                yield from table_rows((one.select(wanted) for one in batches), source)
    except (pa.ArrowException, UnicodeDecodeError, MemoryError) as error:
        raise UserError(f"not a readable Arrow file: {error}", where=where) from error


def _of_file(table: pa.RecordBatchFileReader) -> Iterator[pa.RecordBatch]:
    for number in range(table.num_record_batches):
        yield table.get_batch(number)
