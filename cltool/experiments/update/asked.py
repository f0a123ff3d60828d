"""Asks a model about every fact of a stream, and says of each fact how it was answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cltool.facts.facts import Key
from cltool.facts.identity import key_of
from cltool.facts.wordings import PARAPHRASE, QUESTION, TRAINED

if TYPE_CHECKING:
    from cltool.core.settings import ProbeSettings
    from cltool.facts.stream import Probe, Stream
    from cltool.lm.language_model import LanguageModel

Rows = Sequence[Mapping[str, Any]]
"""Rows of a ledger, all of one step."""

HELD_OUT = (PARAPHRASE, QUESTION)


@dataclass(frozen=True, slots=True)
class Answered:
    """How a model answered one fact, over its held-out wordings (all, if none is held out).

    Attributes:
        key: the key of the fact.
        group: ``new``, ``retained``, ``future`` or ``erased``.
        accepted: the right answers; of an erased fact, those that must not be given.
        right: share of the wordings that were answered right.
        stale: share of them that were answered with a superseded object.
        outdated: whether the key has a superseded object.
        said: the answer that was given most.
        wordings: number of the wordings.
    """

    key: Key
    group: str
    accepted: tuple[str, ...]
    right: float
    stale: float
    outdated: bool
    said: str
    wordings: int

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "subject": self.key[0],
            "relation": self.key[1],
            "accepted": [*self.accepted],
            "says": self.said,
            "right": self.right,
            "stale": self.stale,
        }


def ask(lm: LanguageModel, stream: Stream, settings: ProbeSettings) -> list[dict[str, Any]]:
    """Ask a model what it would have to answer after the last update of a stream.

    Args:
        lm: the model.
        stream: the facts, as `cltool.experiments.base_model.prepare` returned it.
        settings: how the model is asked.

    Returns:
        The rows of a ledger.
    """
    from cltool.evaluation.choice import Chooser
    from cltool.evaluation.prober import Prober

    last = len(stream) - 1
    known = stream.knowledge(last)
    probes = _counted(stream.probes(known, stream.first_taught()))
    prober = Prober(lm, settings, stream, Chooser(stream) if settings.match == "choice" else None)
    return prober.ask(last, probes)


def _counted(probes: Iterable[Probe]) -> list[Probe]:
    """Return the probes in held-out wordings, and those of keys that have no other."""
    every = list(probes)
    held_out = {one.key for one in every if one.form in HELD_OUT}
    return [one for one in every if one.form in HELD_OUT or one.key not in held_out]


def answered(rows: Rows) -> dict[Key, Answered]:
    """Return key → how its fact was answered."""
    found: dict[Key, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(key_of(row["subject"], row["relation"]), []).append(row)
    return {key: _answered(key, own) for key, own in found.items()}


def _answered(key: Key, rows: Rows) -> Answered:
    direct = [row for row in rows if row["form"] in (TRAINED, *HELD_OUT)] or list(rows)
    asked = [row for row in direct if row["form"] in HELD_OUT] or direct
    answers = [str(row["answer"]).strip() for row in asked]
    first = asked[0]
    return Answered(
        key,
        str(first["group"]),
        tuple(first["accepted"]),
        _share(row["right"] for row in asked),
        _share(row["stale"] for row in asked),
        bool(len(first["outdated"])),
        max(answers, key=answers.count),
        len(asked),
    )


def _share(values: Iterable[bool]) -> float:
    listed = [bool(value) for value in values]
    return sum(listed) / len(listed)
