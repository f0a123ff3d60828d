"""The facts that are valid at the end, with the answers when they were taught and at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cltool.evaluation.by_step.answers import shown_answers
from cltool.evaluation.by_step.coded_step import CodedStep, Coder
from cltool.evaluation.by_step.numbered import Numbering, Texts
from cltool.evaluation.by_step.probe_memory import ProbeMemory

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class SinceTaught:
    """What became of each fact since the step that taught it (Arrow, for little memory).

    Attributes:
        facts: ``subject``, ``relation``, ``learned``, ``object``, and of its probes how many were
            ``asked``, ``right`` when it was taught, and ``lost`` since then.
        lost: a row for each lost probe: ``fact`` (row of `facts`), the ``answer`` that is given
            instead, and whether it is ``stale``.
    """

    facts: pa.Table
    lost: pa.Table


def since_taught(coder: Coder, rows: CodedStep, counted: Flags, taught: ProbeMemory) -> SinceTaught:
    """Return what became of each fact.

    Args:
        coder: the numbers of the run.
        rows: the last step.
        counted: which of its rows count.
        taught: the verdicts of the steps that taught the facts.
    """
    import pyarrow as pa

    chosen = np.flatnonzero(counted & rows.valid & taught.held(rows))
    flags = np.zeros(len(rows.fact), bool)
    flags[chosen] = True
    then, now = taught.verdict(rows, flags)[0], rows.right[chosen]
    facts = Numbering()
    place = facts.add(rows.fact[chosen])
    _, first = np.unique(place, return_index=True)
    number = len(facts)
    names = coder.fact_names(facts.codes)
    gone = then & ~now
    table = pa.table(
        {
            "subject": pa.array([subject for subject, _ in names], pa.string()),
            "relation": pa.array([relation for _, relation in names], pa.string()),
            "learned": rows.learned[chosen][first],
            "object": pa.array(
                [coder.list_of(one)[0] for one in rows.accepted[chosen][first].tolist()],
                pa.string(),
            ),
            "asked": np.bincount(place, minlength=number),
            "right": np.bincount(place[then], minlength=number),
            "lost": np.bincount(place[gone], minlength=number),
        }
    )
    lost = {
        "fact": place[gone],
        "answer": pa.array(_answers(rows, chosen[gone]), pa.string()),
        "stale": pa.array(rows.stale[chosen[gone]]),
    }
    return SinceTaught(table, pa.table(lost))


def _answers(rows: CodedStep, places: NDArray[np.int64]) -> list[str]:
    """Return the answers of some rows as tables show them."""
    import pyarrow as pa

    texts = Texts()
    numbers = shown_answers(rows.table.take(pa.array(places)), texts)
    answers = texts.all()
    return [answers[number] for number in numbers.tolist()]
