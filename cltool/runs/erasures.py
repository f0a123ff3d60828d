"""The record of erasures: facts to forget, what was cleared, and whether they stayed erased.

``erasures.json`` in the run folder has an entry for each request: the fact, the time, what each
store held before and after, and the answers of the model before, right after and after
every later update. The scores are read from the ledger each time, so a resumed run ends with the
same record; only the time of a request and what was cleared are kept.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from typing_extensions import TypedDict

from cltool.core.errors import UserError
from cltool.core.files import refuse_newer_format, write_json
from cltool.core.json_files import check, read_json, sealed, unsealed
from cltool.core.locks import HeldError, folder_lock
from cltool.evaluation import ledger
from cltool.evaluation.matchers import judged
from cltool.evaluation.metrics import DIRECT
from cltool.evaluation.outcomes import came_back
from cltool.facts.facts import Belief, Fact, Knowledge, Update
from cltool.facts.identity import key_of
from cltool.facts.stream import ERASED, Stream
from cltool.runs.record import ELSEWHERE
from cltool.runs.references import references
from cltool.runs.run import Run

if TYPE_CHECKING:
    import pandas as pd

FILE = "erasures.json"
FORMAT = 1
INEXACT = "is no exact reference here"
"""Part of the warning in the record of a run whose base cltool could not rebuild."""

COLUMNS: dict[str, str] = {
    "subject": "subject of the fact",
    "relation": "relation of the fact",
    "object": "the object to forget",
    "aliases": "its other accepted spellings",
    "learned": "the step that taught it",
    "step": "the step that erased it",
    "label": "label of that step",
    "time": "time of the request (UTC, ISO 8601); null if unknown",
    "stores": "strategy → `entries_before`, `entries_after` (of this fact), `bytes_before`,"
    " `bytes_after` (of everything it keeps) and `purged` (store → what was done there); null if"
    " unknown",
    "scores": "one object per step, from the step before the request on: `step`, `label`, `when`"
    " (before, after or later), `asked` (wordings), `right` (share of them answered with the"
    " fact) and `logp` (mean natural-log probability of its object); empty if it is never asked",
    "taught_again": "the step that taught the key again, which ends the erasure; or null",
    "resurfaced": "steps after which it was produced although it was not right after the erasure",
    "retrained": "the same scores of the retrained reference from the request on, as means over its"
    " runs; null without a reference",
}
"""Every key of a request and its meaning."""


class _Score(TypedDict):
    step: int
    label: str
    when: str
    asked: float
    right: float
    logp: float | None


class _Store(TypedDict):
    entries_before: int
    entries_after: int
    bytes_before: int
    bytes_after: int
    purged: dict[str, str]


class _Request(TypedDict):
    subject: str
    relation: str
    object: str
    aliases: list[str]
    learned: int
    step: int
    label: str
    time: str | None
    stores: dict[str, _Store] | None
    scores: list[_Score]
    taught_again: int | None
    resurfaced: list[int]
    retrained: list[_Score] | None


class _Reference(TypedDict):
    runs: list[str]
    exact: bool


class _Record(TypedDict):
    reference: _Reference | None
    requests: list[_Request]


@dataclass
class Request:
    """A fact to forget, and its scores so far."""

    fact: Fact
    learned: int
    step: int
    label: str
    time: str | None = None
    stores: Mapping[str, Any] | None = None
    scores: list[dict[str, Any]] = field(default_factory=list)
    taught_again: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values, with the keys of `COLUMNS`."""
        since = [line for line in self.scores if line["when"] != "before"]
        back = came_back([line["right"] for line in since])
        return {
            "subject": self.fact.subject,
            "relation": self.fact.relation,
            "object": self.fact.object,
            "aliases": [*self.fact.aliases],
            "learned": self.learned,
            "step": self.step,
            "label": self.label,
            "time": self.time,
            "stores": self.stores,
            "scores": self.scores,
            "taught_again": self.taught_again,
            "resurfaced": [line["step"] for line, yes in zip(since, back, strict=True) if yes],
            "retrained": None,
        }

    def score(self, label: str, step: int, rows: pd.DataFrame) -> None:
        """Add the scores of the fact after ``step``.

        Args:
            label: label of the step.
            step: number of the step; at least the step before the request.
            rows: rows of the ledger for this step and key; may be empty.
        """
        if self.taught_again is not None or rows.empty:
            return
        first = rows.iloc[0]
        same = int(first["learned"]) == self.learned
        if step >= self.step and not (same and first["group"] == ERASED):
            self.taught_again = step
            return
        before = "before" if step < self.step else "after"
        logp = float(rows["logp"].astype(float).mean())
        self.scores.append(
            {
                "step": step,
                "label": label,
                "when": before if step <= self.step else "later",
                "asked": len(rows),
                "right": float(rows["right"].mean()),
                "logp": round(logp, 6) if math.isfinite(logp) else None,
            }
        )


class Recorder:
    """Writes ``erasures.json`` of a run in progress.

    Args:
        run: the run.
        stream: the stream of the run.
    """

    def __init__(self, run: Run, stream: Stream) -> None:
        self._run = run
        self._folder = run.folder
        self._stream = stream
        self._requests: list[Request] = []

    def resume(self, done: int) -> None:
        """Restore the requests of the first ``done`` steps."""
        recorded = {
            _request_key(one): one for one in (read(self._run) or {"requests": []})["requests"]
        }
        known = Knowledge()
        for step in range(done):
            update = self._stream.updates[step]
            held = [known.belief(fact.key) for fact in update.forget]
            known.apply(update)
            for belief in held:
                if belief is not None:
                    old = recorded.get((step, belief.fact.key), {})
                    request = Request(belief.fact, belief.learned, step, update.label)
                    request.time, request.stores = old.get("time"), old.get("stores")
                    self._requests.append(request)
        for step in range(self._first(), done):
            self._score(step, self._requests)

    def ask(
        self, update: Update, erased: Sequence[Belief], stores: Sequence[Mapping[str, Any]]
    ) -> None:
        """Add the requests of ``update``.

        Args:
            update: the update that is being applied.
            erased: for each key to forget, what was believed before the update.
            stores: for each of these, the result of `cltool.experiments.purge.Purge.clear`.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        for belief, cleared in zip(erased, stores, strict=True):
            self._requests.append(
                Request(belief.fact, belief.learned, update.step, update.label, now, cleared)
            )

    def write(self, step: int) -> None:
        """Write the record after ``step``, if there are requests; the answers are in the ledger."""
        if not self._requests:
            return
        new = [request for request in self._requests if request.step == step]
        if new:
            self._score(step - 1, new)
        self._score(step, self._requests)
        requests = [request.as_json() for request in self._requests]
        record = {"format": FORMAT, "reference": None, "requests": requests}
        write_json(self._folder / FILE, sealed(record, self._run.id))

    def _first(self) -> int:
        return min((request.step - 1 for request in self._requests), default=len(self._stream))

    def _score(self, step: int, requests: Sequence[Request]) -> None:
        rows = ledger.read_step(self._folder, step)
        rows = judged(rows[rows["form"].isin(DIRECT)])
        by_key = rows.groupby(ledger.KEY, sort=False)
        asked = {key_of(str(key[0]), str(key[1])): own for key, own in by_key}
        for request in requests:
            if step >= request.step - 1:
                own = asked.get(request.fact.key, rows.iloc[:0])
                request.score(self._stream.updates[step].label, step, own)


def read(run: Run) -> dict[str, Any] | None:
    """Read the record of erasures of a run; None if no update so far forgets anything.

    Raises:
        UserError: the file is damaged, or another run wrote it.
    """
    file = run.folder / FILE
    if not file.exists() and not file.is_symlink():
        return None
    record = read_json(file)
    if isinstance(record, dict):
        refuse_newer_format(record.get("format", FORMAT), FORMAT, file)
    check(record, _Record, file, "It is not a record that cltool wrote, or it was changed.")
    return unsealed(record, file, run.id, ELSEWHERE)


def open_record(run: Run) -> dict[str, Any]:
    """Read the record of a run.

    Raises:
        UserError: the run has none, or it is damaged.
    """
    record = read(run)
    if record is None:
        raise UserError(
            f"the run has no record of erasures ({FILE}): no update so far forgets anything",
            where=str(run.folder),
            hint="Ask for some: --set scenario.forgotten=5, or lines with forget in your file.",
        )
    last = len(run.record["labels"]) - 1
    for request in record["requests"]:
        again = request["taught_again"]
        steps = [request["step"], *request["resurfaced"], *([] if again is None else [again])]
        if not all(0 <= step <= last for step in steps):
            raise UserError(
                f"names a step that the run does not have; its last one is {last}",
                where=str(run.folder / FILE),
            )
    return record


def with_reference(record: Mapping[str, Any], runs: Sequence[Run]) -> dict[str, Any]:
    """Return ``record`` with the scores of the retrained runs for the same facts.

    Args:
        record: the record of a run with erasures.
        runs: its `references`; those without a record are ignored.
    """
    found = {run.folder.name: read(run) for run in runs}
    tables = {name: _by_request(one["requests"]) for name, one in found.items() if one is not None}
    requests = []
    for request in record["requests"]:
        own = [table[key] for table in tables.values() if (key := _request_key(request)) in table]
        requests.append({**request, "retrained": _mean_scores(own) if own else None})
    exact = all(_exact(run) for run in runs if run.folder.name in tables)
    reference = {"runs": [*tables], "exact": exact} if tables else None
    return {**record, "reference": reference, "requests": requests}


def write_references(runs: Sequence[Run]) -> None:
    """Add the scores of the retrained runs among ``runs`` to the record of each run."""
    for run in runs:
        record = read(run)
        compared = None if record is None else with_reference(record, references(run, runs))
        if compared != record:
            # Where another command reads the run, the next comparison adds them.
            with suppress(HeldError), folder_lock(run.folder):
                if read(run) == record:
                    write_json(run.folder / FILE, sealed(compared or {}, run.id))


def _exact(run: Run) -> bool:
    """Return whether the base of the reference learned the base facts from cltool alone."""
    return not any(INEXACT in text for text in run.record.get("warnings") or ())


def _request_key(request: Mapping[str, Any]) -> tuple[Any, ...]:
    return request["step"], key_of(request["subject"], request["relation"])


def _by_request(requests: Sequence[Mapping[str, Any]]) -> dict[tuple[Any, ...], list[Any]]:
    return {
        _request_key(one): [line for line in one["scores"] if line["when"] != "before"]
        for one in requests
    }


def _mean_scores(runs: Sequence[Sequence[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Return the means over runs for each step that all runs have."""
    return [
        {
            **lines[0],
            "right": _mean([line["right"] for line in lines]),
            "logp": _mean([line["logp"] for line in lines if line["logp"] is not None]),
        }
        for lines in zip(*runs, strict=False)
    ]


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 6) if values else None
