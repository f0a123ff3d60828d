"""The answers of a step as tables show them, each distinct one made once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cltool.evaluation.by_step.numbered import Texts
from cltool.evaluation.matchers import CHOICE
from cltool.evaluation.matching import shown

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

COLUMNS = ("match", "chosen", "answer", "closing")
"""The columns of the ledger that are read."""


def shown_answers(table: pa.Table, texts: Texts) -> Numbers:
    """Return the number of each row's answer, without the text that closes the wording.

    Args:
        table: at least `COLUMNS`.
        texts: receives the answers.
    """
    if CHOICE in table["match"].unique().to_pylist():
        return _filled(table["chosen"], texts)
    said, closings = Texts(), Texts()
    closing = _filled(table["closing"], closings)
    pairs = _filled(table["answer"], said) * max(1, len(closings)) + closing
    unique, inverse = np.unique(pairs, return_inverse=True)
    answers, ends = said.all(), closings.all()
    whole = (divmod(int(pair), max(1, len(ends))) for pair in unique)
    return texts.numbers(shown(answers[answer], ends[end]) for answer, end in whole)[inverse]


def _filled(column: Any, texts: Texts) -> Numbers:
    """Return the number of each text, and of the empty one for null."""
    numbers = texts.coded(column)
    return np.where(numbers < 0, texts.number(""), numbers) if (numbers < 0).any() else numbers
