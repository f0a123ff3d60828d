"""What the runs of a group say of each key after each step, read one file at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from cltool.evaluation import ledger
from cltool.evaluation.by_step.numbered import Texts
from cltool.reporting.facts import keys as all_keys
from cltool.reporting.facts.keys import Keys
from cltool.reporting.facts.matrix import Matrix
from cltool.reporting.facts.rehearsed import rehearsed_keys
from cltool.reporting.facts.step_rows import (
    COLUMNS,
    NO_MARGIN,
    NO_STEP,
    NOT_ASKED,
    OBJECT,
    PROMPT,
    Tally,
    step_rows,
    tally,
)
from cltool.reporting.facts.wordings import NEVER, Wordings, add_answers
from cltool.runs.groups import Group
from cltool.runs.measured import Measured

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

MOST_KEYS = 200_000
"""Keys that a page shows; of more, a sample is shown."""

MOST_VALUES = 1_000_000_000
"""Bytes that the columns may have in the browser, by which a sample is made smaller."""

MOST_WORDINGS = 2_000_000
"""Answers to single wordings that a page holds."""


@dataclass
class RunFacts:
    """The matrices of one run: a row for each step that is done, a value for each key.

    Those of `wordings` have a value for each probe, and may have a row for the last step only.
    ``rehearsed`` is None if the run did not record what it rehearsed.
    """

    done: int
    asked: Matrix
    right: Matrix
    stale: Matrix
    answer: Matrix
    margin: Matrix
    said: Matrix
    verdict: Matrix
    rehearsed: Matrix | None = None


@dataclass
class Facts:
    """The facts of a group of runs.

    Attributes:
        keys: the keys.
        texts: all texts.
        steps: number of steps of the stream.
        object, outdated: for each step and key, the number of a text; -1 if there is none.
        group: for each step and key, number in `cltool.reporting.facts.step_rows.GROUPS`.
        learned: for each step and key, the step that taught the object, or `NO_STEP`.
        runs: of each run in the order of the group.
        wordings: the probes.
        all_wordings: whether there are answers to them at all steps, at the last one, or none.
    """

    keys: Keys
    texts: Texts
    steps: int
    object: NDArray[np.int32]
    outdated: NDArray[np.int32]
    group: NDArray[np.uint8]
    learned: NDArray[np.uint16]
    wordings: Wordings
    all_wordings: str = "all"
    runs: list[RunFacts] = field(default_factory=list)

    def counts(self, run: int, step: int) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Return how many probes of each key were asked, right and stale at a step of a run."""
        own = self.runs[run]
        return own.asked.row(step), own.right.row(step), own.stale.row(step)


def collect(group: Group, limit: int = MOST_KEYS) -> Facts:
    """Read the ledgers of a group, one step's file at a time: first their keys, then the rest.

    Args:
        group: the runs; all of them have answers.
        limit: the most keys; of more, a sample is kept.

    Raises:
        UserError: a file is missing or damaged.
    """
    streams = stream_numbers(group)
    keys, rows = Keys(), 0
    for run, step in _steps(group):
        folder = group.runs[run].run.folder
        table = ledger.read_table(folder, step, all_keys.COLUMNS)
        keys.find(table, run, streams[run])
        rows += table.num_rows
    steps, texts = len(group.labels), Texts()
    most = min(limit, MOST_VALUES // (steps * (11 + 8 * len(group.runs))))
    keys.sample(max(1, most))
    shape = (steps, len(keys))
    facts = Facts(
        keys,
        texts,
        steps,
        np.full(shape, -1, np.int32),
        np.full(shape, -1, np.int32),
        np.zeros(shape, np.uint8),
        np.full(shape, NO_STEP, np.uint16),
        Wordings(texts),
    )
    asked = rows * len(keys) // max(1, keys.found)
    last = asked // max(1, sum(1 for _ in _steps(group))) * len(group.runs)
    facts.all_wordings = (
        "all" if asked <= MOST_WORDINGS else "last" if last <= MOST_WORDINGS else "none"
    )
    for run, measured in enumerate(group.runs):
        facts.runs.append(_run(facts, measured, run, streams[run]))
    for own in facts.runs:
        for matrix in (own.said, own.verdict):
            matrix.widen(len(facts.wordings))
    return facts


def stream_numbers(group: Group) -> list[int]:
    """Return the number of the stream of each run; runs on the same stream have the same one."""
    known: dict[str, int] = {}
    return [known.setdefault(measured.stream, len(known)) for measured in group.runs]


def _steps(group: Group) -> Iterator[tuple[int, int]]:
    for run, measured in enumerate(group.runs):
        for step in range(measured.done):
            yield run, step


def _run(facts: Facts, measured: Measured, run: int, stream: int) -> RunFacts:
    width = len(facts.keys)
    asked, right, stale = (Matrix("u1", width, 0) for _ in range(3))
    answer, margin = Matrix("<u4", width, NOT_ASKED), Matrix("i1", width, NO_MARGIN)
    said, verdict = Matrix("<u4", 0, NOT_ASKED), Matrix("u1", 0, NEVER)
    own = RunFacts(measured.done, asked, right, stale, answer, margin, said, verdict)
    forms = facts.keys.forms_of(run)
    for step in range(measured.done):
        wanted = facts.all_wordings == "all"
        wanted |= facts.all_wordings == "last" and step == measured.done - 1
        columns = [*COLUMNS, PROMPT] if wanted else COLUMNS
        table = ledger.read_table(measured.run.folder, step, columns)
        rows = step_rows(table, facts.keys, facts.texts, stream, forms)
        found = tally(rows, width)
        _take_truth(facts, step, found)
        objects = facts.object[step].astype(np.int64)
        said_most = np.where((found.answer == objects) & (objects >= 0), OBJECT, found.answer)
        for matrix, values in (
            (own.asked, found.asked),
            (own.right, found.right),
            (own.stale, found.stale),
            (own.answer, said_most),
            (own.margin, found.margin),
        ):
            matrix.set(step, values)
        if wanted:
            probes = facts.wordings.places(rows, facts.keys.forms.all(), objects)
            for matrix in (own.said, own.verdict):
                matrix.widen(len(facts.wordings))
            add_answers(own.said, own.verdict, step, rows, probes, objects)
    own.rehearsed = rehearsed_keys(measured.run, measured.done, facts.keys, stream)
    return own


def _take_truth(facts: Facts, step: int, found: Tally) -> None:
    """Keep what is true of the keys that no earlier run was asked at the step."""
    fresh = (facts.group[step] == 0) & (found.group > 0)
    for matrix, values in (
        (facts.object, found.object),
        (facts.outdated, found.outdated),
        (facts.group, found.group),
        (facts.learned, found.learned),
    ):
        matrix[step, fresh] = values[fresh]
