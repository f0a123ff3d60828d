"""Which keys of a page each update of a run rehearsed."""

from __future__ import annotations

import numpy as np

from cltool.facts.identity import key_of
from cltool.reporting.facts.keys import Keys
from cltool.reporting.facts.matrix import Matrix
from cltool.runs import rehearsed
from cltool.runs.run import Run


def rehearsed_keys(run: Run, done: int, keys: Keys, stream: int) -> Matrix | None:
    """Return a matrix with 1 for each step and key that the step's update rehearsed, else 0.

    Args:
        run: the run.
        done: number of its finished steps.
        keys: the keys of the page.
        stream: the number of the run's stream.

    Returns:
        None if no step of the run recorded any.

    Raises:
        UserError: a file is missing, or is not the one that the run wrote.
    """
    rows = [row for row in run.cost_rows()[:done] if row.get(rehearsed.FOLDER)]
    if not rows:
        return None
    own = keys.stream == stream
    places = {
        key_of(*name): [place for place in found if own[place]]
        for name, found in keys.by_name().items()
    }
    matrix = Matrix("u1", len(keys), 0)
    for row in rows:
        values = np.zeros(len(keys), np.uint8)
        for key in rehearsed.read(run.folder, row):
            values[places.get(key, [])] = 1
        matrix.set(int(row["step"]), values)
    return matrix
