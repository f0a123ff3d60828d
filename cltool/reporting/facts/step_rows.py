"""The answers of one step of a run, and what they say of each key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cltool.evaluation.by_step.answers import shown_answers
from cltool.evaluation.by_step.numbered import Texts, is_judged
from cltool.evaluation.metrics import DIRECT
from cltool.facts.stream import ERASED, FUTURE, NEW, RETAINED
from cltool.reporting.facts.keys import Keys

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

GROUPS = ("", NEW, RETAINED, FUTURE, ERASED)
"""The groups of facts by their number in a page; the first is that of a key that is not asked."""

COLUMNS = (
    "subject", "relation", "form", "number", "closing", "group", "learned", "accepted",
    "outdated", "answer", "right", "stale", "logp", "logp_outdated", "match", "choice", "chosen",
)  # fmt: skip
"""The columns of the ledger that are read."""

PROMPT = "prompt"
"""A further one, for `cltool.reporting.facts.wordings`."""

OBJECT = 0xFFFFFFFF
"""In place of the number of an answer: it is exactly the object."""

NOT_ASKED = 0xFFFFFFFE
NO_TEXT = 0xFFFFFFFF
NO_STEP = 0xFFFF
NO_MARGIN = -128
MOST_MARGIN = 127
QUARTER = 0.25
"""The unit of a margin, in nats."""


@dataclass(frozen=True)
class StepRows:
    """The rows of one step about the keys of a page; every array has a value for each row.

    Attributes:
        key: the number of the key.
        direct: whether the row asks for the object by the subject, and is judged.
        counted: whether it counts in the state of its key.
        form: number in `Keys.forms`.
        number: distinguishes the wordings of a key and form.
        group: number in `GROUPS`.
        learned: the step that taught the object.
        object, outdated: numbers of texts: the first accepted name, and the latest superseded one
            (-1 if there is none).
        answer: number of the text of the answer, as `cltool show` gives it.
        right, stale, judged: the verdict.
        margin: logp(object) - logp(outdated) in nats, or logp(object); NaN if unknown.
        table: all columns of the ledger.
    """

    key: Numbers
    direct: NDArray[np.bool_]
    counted: NDArray[np.bool_]
    form: Numbers
    number: Numbers
    group: Numbers
    learned: Numbers
    object: Numbers
    outdated: Numbers
    answer: Numbers
    right: NDArray[np.bool_]
    stale: NDArray[np.bool_]
    judged: NDArray[np.bool_]
    margin: NDArray[np.float64]
    table: pa.Table


def step_rows(
    table: pa.Table, keys: Keys, texts: Texts, stream: int, forms: tuple[str, ...]
) -> StepRows:
    """Return the rows of a step about ``keys``.

    Args:
        table: the answers (`COLUMNS`).
        keys: the keys of the page.
        texts: receives the texts.
        stream: the number of the run's stream.
        forms: those that count.
    """
    import pyarrow as pa

    places = keys.places(table, stream)
    if (places < 0).any():
        table = table.filter(pa.array(places >= 0))
        places = places[places >= 0]
    form, judged = keys.forms.coded(table["form"]), is_judged(table)
    groups = Texts()
    groups.numbers(GROUPS)
    group = groups.coded(table["group"])
    erased = group == GROUPS.index(ERASED)
    direct = judged & keys.having(form, DIRECT)
    logp, other = (_floats(table[name]) for name in ("logp", "logp_outdated"))
    return StepRows(
        key=places,
        direct=direct,
        counted=np.where(erased, direct, judged & keys.having(form, forms)),
        form=form,
        number=table["number"].to_numpy().astype(np.int64),
        group=group,
        learned=table["learned"].to_numpy().astype(np.int64),
        object=_item(table["accepted"], texts, 0),
        outdated=_item(table["outdated"], texts, -1),
        answer=shown_answers(table, texts),
        right=_flags(table["right"]),
        stale=_flags(table["stale"]),
        judged=judged,
        margin=logp - np.where(np.isnan(other), 0.0, other),
        table=table,
    )


def _flags(column: Any) -> NDArray[np.bool_]:
    flags: NDArray[np.bool_] = column.fill_null(False).to_numpy().astype(bool)
    return flags


def _floats(column: Any) -> NDArray[np.float64]:
    return np.asarray(column.to_numpy(), np.float64)


def _item(column: Any, texts: Texts, place: int) -> Numbers:
    """Return the first (0) or the last (-1) text of each list; -1 where it is empty."""
    lists = column.combine_chunks()
    numbers = np.append(texts.coded(lists.flatten()), -1)
    lengths = lists.value_lengths().fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
    ends = np.cumsum(lengths)
    chosen = ends - 1 if place else ends - lengths
    return np.where(lengths > 0, numbers[np.where(lengths > 0, chosen, -1)], -1)


@dataclass(frozen=True)
class Tally:
    """What one step of a run says of each key; every array has a value for each key.

    Attributes:
        object, outdated: numbers of texts, -1 if there is none.
        group: number in `GROUPS`, 0 if the key is not asked.
        learned: the step that taught the object, `NO_STEP` if the key is not asked.
        asked, right, stale: numbers of counted probes, at most 255.
        answer: the answer given most, `NOT_ASKED` without one. The first one of several.
        margin: mean of the margins in units of `QUARTER`, `NO_MARGIN` without one.
    """

    object: Numbers
    outdated: Numbers
    group: Numbers
    learned: Numbers
    asked: Numbers
    right: Numbers
    stale: Numbers
    answer: Numbers
    margin: Numbers


def tally(rows: StepRows, keys: int) -> Tally:
    """Return what the rows of a step say of each of ``keys`` keys."""
    direct = np.flatnonzero(rows.direct)
    named, first = np.unique(rows.key[direct], return_index=True)
    first = direct[first]

    def truth(values: Numbers, missing: int) -> Numbers:
        found = np.full(keys, missing, np.int64)
        found[named] = values[first]
        return found

    counted = rows.key[rows.counted]

    def count(flags: NDArray[np.bool_]) -> Numbers:
        return np.minimum(255, np.bincount(counted[flags[rows.counted]], minlength=keys))

    return Tally(
        object=truth(rows.object, -1),
        outdated=truth(rows.outdated, -1),
        group=truth(rows.group, 0),
        learned=truth(rows.learned, NO_STEP),
        asked=count(np.ones(len(rows.key), bool)),
        right=count(rows.right),
        stale=count(rows.stale),
        answer=_most(counted, rows.answer[rows.counted], keys),
        margin=_margins(counted, rows.margin[rows.counted], keys),
    )


def _most(key: Numbers, answer: Numbers, keys: int) -> Numbers:
    """Return the answer that each key has most often; of several, the one that comes first."""
    found = np.full(keys, NOT_ASKED, np.int64)
    if not len(key):
        return found
    order = np.lexsort((answer, key))
    begin = np.flatnonzero(
        np.append(True, (np.diff(key[order]) != 0) | (np.diff(answer[order]) != 0))
    )
    often = np.diff(np.append(begin, len(key)))
    first = order[begin]  # `lexsort` is stable, so this is the first row with the answer
    best = np.lexsort((-first, often, key[first]))
    found[key[first][best]] = answer[first][best]  # the last one of a key counts
    return found


def _margins(key: Numbers, margin: NDArray[np.float64], keys: int) -> Numbers:
    known = ~np.isnan(margin)
    number = np.bincount(key[known], minlength=keys)
    clipped = np.clip(margin[known], -1e6, 1e6)
    total = np.bincount(key[known], weights=clipped, minlength=keys)
    means = np.rint(total / np.maximum(number, 1) / QUARTER)
    found = np.clip(means, -MOST_MARGIN, MOST_MARGIN).astype(np.int64)
    return np.where(number > 0, found, NO_MARGIN)
