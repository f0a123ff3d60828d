"""The rows of Parquet files."""

from __future__ import annotations

from cltool.core.errors import UserError
from cltool.facts.files.arrow_tables import table_rows, wanted_columns
from cltool.facts.files.shown import shown
from cltool.facts.files.source import Part, Rows, Source

_BATCH_ROWS = 8192


def parquet_rows(part: Part, source: Source) -> Rows:
    """Read a Parquet file row by row, without the columns that cannot be tags of facts.

    Raises:
        UserError: the file is no readable Parquet file, or the names of its columns are not usable.
        OSError: it cannot be opened.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    part.by_row = True
    where = str(part.path)
    try:
        with pq.ParquetFile(part.path) as file:
            wanted = wanted_columns(file.schema_arrow, source, where)
            yield from table_rows(file.iter_batches(_BATCH_ROWS, columns=wanted), source)
    except UnicodeDecodeError as error:
        # Arrow decodes the names of all columns when it opens the file.
        what = f"the name of a column is not UTF-8: {shown(error.object)}"
        raise UserError(what, where=where, hint="Rename it, and write the file again.") from error
    except (pa.ArrowException, MemoryError) as error:
        raise UserError(f"not a readable Parquet file: {error}", where=where) from error
