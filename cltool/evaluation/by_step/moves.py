"""How answers moved between steps (`cltool.evaluation.outcomes`), from coded steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cltool.evaluation.outcomes import OUTCOMES, no_moves

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]
    Verdict = tuple[Flags, Flags]


def table(before: Verdict, after: Verdict) -> pd.DataFrame:
    """Count the moves between `OUTCOMES`.

    Args:
        before, after: right and stale of each probe.
    """
    then, now = (np.where(right, 0, np.where(stale, 1, 2)) for right, stale in (before, after))
    size = len(OUTCOMES)
    counts = np.bincount(then * size + now, minlength=size * size).reshape(size, size)
    found = no_moves()
    found.iloc[:, :] = counts
    return found
