"""The answers about erased facts, which are few, as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from cltool.evaluation.by_step.numbered import Texts, is_judged
from cltool.evaluation.ledger import KEY
from cltool.evaluation.metrics import DIRECT
from cltool.facts.stream import ERASED

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Read = Callable[[int, Sequence[str]], "pa.Table"]
"""Returns the answers after a step: the columns that are named, as far as there are any."""

COLUMNS = (*KEY, "step", "learned", "accepted", "right", "group", "form", "match", "choice")


def erased_in(table: pa.Table) -> pd.DataFrame:
    """Return the judged answers of a step about erased facts, in forms that ask for the object.

    Args:
        table: at least `COLUMNS`.
    """
    import pyarrow as pa

    texts = Texts()
    erased = texts.coded(table["group"]) == texts.number(ERASED)
    direct = np.isin(texts.coded(table["form"]), texts.numbers(DIRECT))
    chosen = table.select(COLUMNS).filter(pa.array(erased & direct & is_judged(table)))
    kinds = [
        field.with_type(pa.string()) if pa.types.is_dictionary(field.type) else field
        for field in chosen.schema
    ]
    rows: pd.DataFrame = chosen.cast(pa.schema(kinds)).to_pandas()
    return rows


def erased_answers(read: Read, done: int) -> pd.DataFrame:
    """Return the answers of all steps about erased facts (`erased_in`)."""
    import pandas as pd

    return pd.concat([erased_in(read(step, COLUMNS)) for step in range(done)], ignore_index=True)
