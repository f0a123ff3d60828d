"""The wordings in which the keys of a page are asked, and the answers to each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cltool.evaluation.by_step.numbered import Texts
from cltool.evaluation.metrics import DIRECT
from cltool.reporting.facts.matrix import Matrix
from cltool.reporting.facts.step_rows import NOT_ASKED, OBJECT, StepRows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

SUBJECT, THE_OBJECT = "\x01", "\x02"
"""What stands for the subject and the object in a prompt, so that many keys share its text."""

VERDICTS = ("wrong", "right", "outdated", "not judged", "not asked")
WRONG, RIGHT, OUTDATED, NOT_JUDGED, NEVER = range(len(VERDICTS))


class Wordings:
    """The probes of all runs, numbered by their first appearance.

    A probe is a key, a form, a number and a prompt, in which `SUBJECT` and `THE_OBJECT` stand for
    the names of the key at the step.
    """

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._probes: dict[tuple[int, int, int, int], int] = {}
        self._prompts: dict[tuple[str, str, str], int] = {}

    def __len__(self) -> int:
        return len(self._probes)

    def probes(self) -> Numbers:
        """Return the key, form, number and prompt of each probe, a row each."""
        return np.array([*self._probes], np.int64).reshape(-1, 4)

    def places(self, rows: StepRows, forms: Sequence[str], objects: Numbers) -> Numbers:
        """Return the number of the probe of each row of a step.

        Args:
            rows: the rows.
            forms: the names of the forms by their numbers.
            objects: the number of the text of each key's object; -1 without one.
        """
        names, known = [*self._texts.all(), ""], self._probes
        plain = [form in DIRECT for form in forms]
        columns = (rows.key, rows.form, rows.number, objects[rows.key])
        texts = (_texts(rows.table[name]) for name in ("subject", "prompt"))
        found = []
        for subject, prompt, key, form, number, thing in zip(
            *texts, *(column.tolist() for column in columns), strict=True
        ):
            told = self._prompt(prompt, subject, "" if plain[form] else names[thing])
            found.append(known.setdefault((key, form, number, told), len(known)))
        return np.array(found, np.int64)

    def _prompt(self, prompt: str, subject: str, thing: str) -> int:
        told = (prompt, subject, thing)
        if told not in self._prompts:
            short = prompt.replace(SUBJECT, "").replace(THE_OBJECT, "")
            for name, sign in ((subject, SUBJECT), (thing, THE_OBJECT)):
                short = short.replace(name, sign) if name else short
            self._prompts[told] = self._texts.number(short)
        return self._prompts[told]


def _texts(column: Any) -> Iterator[str]:
    """Iterate over a column of texts; each distinct text is made once."""
    known = Texts()
    numbers = known.coded(column).tolist()
    names = [*known.all(), ""]
    return (names[number] for number in numbers)


def add_answers(
    said: Matrix, verdict: Matrix, step: int, rows: StepRows, probes: Numbers, objects: Numbers
) -> None:
    """Keep the answers of a step to each probe, and their verdicts.

    Args:
        said, verdict: receive them, as wide as there are probes.
        step: the step.
        rows: its rows.
        probes: the number of the probe of each row.
        objects: the number of the text of each key's object.
    """
    own = np.full(said.width, NOT_ASKED, np.int64)
    own[probes] = np.where(rows.answer == objects[rows.key], OBJECT, rows.answer)
    said.set(step, own)
    judged = np.where(rows.right, RIGHT, np.where(rows.stale, OUTDATED, WRONG))
    found = np.full(said.width, NEVER, np.int64)
    found[probes] = np.where(rows.judged, judged, NOT_JUDGED)
    verdict.set(step, found)
