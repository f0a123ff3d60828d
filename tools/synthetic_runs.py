"""Synthetic run folders of any size, written by the real ledger, for benchmarks of reports.

The numbers are drawn so that they change as those of real runs do: a fact that is known stays
known at most updates, a wrong answer stays the same for some time, and log-probabilities move a
little at every update.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cltool.evaluation.ledger import schema, write_table
from cltool.evaluation.scores import COSTS
from cltool.facts.stream import ERASED, FUTURE, NEW, RETAINED
from cltool.runs.run import Run

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

FORMS = ("trained", "paraphrase", "question")
PROMPTS = ("The {} of {} is", "{1}'s {0} is", "What is the {} of {}?")
RELATIONS = ("mayor", "capital", "owner", "coach", "river", "editor", "founder", "motto")
GROUPS = (NEW, RETAINED, FUTURE, ERASED)
SYLLABLES = ("ba", "de", "ki", "lo", "mu", "na", "per", "ro", "sil", "ta", "ven", "zo")
CHANGED, LATE, ERASED_SHARE = 0.02, 0.1, 0.001
"""Shares of the keys that an update changes, that are taught late, and that an update erases."""

BROKEN = {"naive": 0.06, "replay": 0.02}
"""Strategy → the chance that an update breaks a known fact."""

REGAINED, REWORDED, GAIN = 0.01, 0.05, 0.95
PER_SUBJECT = 4


@dataclass
class Truth:
    """What is true of each key after a step; objects are numbers of names."""

    group: Numbers
    learned: Numbers
    object: Numbers
    outdated: list[list[int]]


def names(count: int, words: int) -> list[str]:
    """Return made-up names, all different."""
    parts, found = len(SYLLABLES), []
    for number in range(count):
        rest, text = number * 7919 + 13, ""
        while rest:
            rest, syllable = divmod(rest, parts)
            text += SYLLABLES[syllable]
        half = len(text) // 2
        found.append(f"{text[:half].title()} {text[half:].title()}" if words > 1 else text.title())
    return found


def truths(facts: int, steps: int, pool: int) -> Iterator[Truth]:
    """Iterate over what is true after each step."""
    rng = np.random.default_rng(0)
    learned = np.where(rng.random(facts) < LATE, rng.integers(1, max(2, steps), facts), 0)
    truth = Truth(
        np.where(learned > 0, GROUPS.index(FUTURE), GROUPS.index(NEW)),
        learned,
        rng.integers(0, pool, facts),
        [[] for _ in range(facts)],
    )
    for step in range(steps):
        if step:
            truth.group[truth.group == GROUPS.index(NEW)] = GROUPS.index(RETAINED)
            truth.group[(truth.group == GROUPS.index(FUTURE)) & (learned == step)] = 0
            chance = rng.random(facts)
            valid = truth.group == GROUPS.index(RETAINED)
            for key in np.flatnonzero(valid & (chance < CHANGED)):
                truth.outdated[key] = [*truth.outdated[key], int(truth.object[key])]
                truth.object[key] = rng.integers(0, pool)
                truth.group[key], truth.learned[key] = GROUPS.index(NEW), step
            truth.group[valid & (chance > 1 - ERASED_SHARE)] = GROUPS.index(ERASED)
        yield truth


class Answers:
    """What a model answers to each probe of each key: arrays of (form, key)."""

    def __init__(self, strategy: str, seed: int, facts: int, pool: int) -> None:
        self._rng = np.random.default_rng([seed, sorted(BROKEN).index(strategy)])
        self._broken = BROKEN[strategy]
        self._pool = pool
        shape = (len(FORMS), facts)
        self.right = np.zeros(shape, bool)
        self.stale = np.zeros(shape, bool)
        self.said = self._rng.integers(0, pool, shape)
        self._level = self._rng.normal(0, 1, (2, *shape))

    def move(self, truth: Truth, step: int) -> None:
        """Go on to the answers after a step."""
        rng, shape = self._rng, self.right.shape
        kept = np.isin(truth.group, (GROUPS.index(NEW), GROUPS.index(RETAINED)))
        taught = (truth.group == GROUPS.index(NEW)) & (truth.learned == step)
        chance = rng.random(shape[1])
        broken = kept & ~taught & (chance < self._broken)
        regained = kept & ~taught & (chance > 1 - REGAINED)
        before = self.right.copy()
        self.right[:, taught | regained] = True
        self.right &= ~(broken & (rng.random(shape) < 0.8))
        self.right &= ~(taught & (rng.random(shape) > GAIN))
        self.right[:, truth.group == GROUPS.index(FUTURE)] = False
        gone = truth.group == GROUPS.index(ERASED)
        self.right[:, gone] &= rng.random((shape[0], int(gone.sum()))) < 0.05
        fresh = (before & ~self.right) | (~self.right & (rng.random(shape) < REWORDED))
        latest = np.array([own[-1] if own else -1 for own in truth.outdated])
        outdated = (rng.random(shape) < 0.5) & (latest >= 0)
        other = np.where(outdated, latest, rng.integers(0, self._pool, shape))
        self.said = np.where(self.right, truth.object, np.where(fresh, other, self.said))
        self.stale = ~self.right & (self.said == latest)
        self.right |= self.said == truth.object
        self._level += rng.normal(0, 0.15, self._level.shape)

    def logp(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the log-probabilities of the object and of the outdated one."""
        own, other = self._level
        return np.where(self.right, -0.3, -7.0) - np.abs(own), -6.0 - np.abs(other)


def write_runs(folder: Path, facts: int, steps: int, strategies: int = 2) -> list[Run]:
    """Write run folders: two strategies at most, then further seeds of them.

    Args:
        folder: receives them.
        facts: number of keys.
        steps: number of steps, with the base.
        strategies: number of runs.
    """
    found = []
    for number in range(strategies):
        strategy, seed = list(BROKEN)[number % 2], number // 2
        found.append(_write_run(folder / f"{strategy}-seed{seed}", strategy, seed, facts, steps))
    return found


def _write_run(folder: Path, strategy: str, seed: int, facts: int, steps: int) -> Run:
    run, pool = Run(folder), max(40, facts // 20)
    labels = [str(2000 + step) for step in range(steps)]
    things, subjects = names(pool, 2), names(facts // PER_SUBJECT + 1, 1)
    answers = Answers(strategy, seed, facts, pool)
    for step, truth in enumerate(truths(facts, steps, pool)):
        answers.move(truth, step)
        write_table(folder, step, _table(step, truth, answers, things, subjects))
    cost = {**dict.fromkeys(COSTS, 0), "seconds": 3.0, "tokens": 150_000}
    run.write_costs([{"step": step, "label": label} | cost for step, label in enumerate(labels)])
    settings = {"scenario": {"seed": 0}, "strategy": {"name": strategy}, "learner": {"epochs": 4}}
    run.write_record(
        {
            "format": 1,
            "status": "finished",
            "scenario": "synthetic",
            "strategy": strategy,
            "seed": seed,
            "model": "tiny",
            "labels": labels,
            "settings": settings,
            "stream": {"digest": "synthetic", "updates": [], "skipped": []},
            "warnings": [],
        }
    )
    return run


def _table(
    step: int, truth: Truth, answers: Answers, things: list[str], subjects: list[str]
) -> pa.Table:
    import pyarrow as pa

    facts, forms = len(truth.group), len(FORMS)
    rows = facts * forms
    keys, form = np.divmod(np.arange(rows), forms)
    subject, relation = keys // PER_SUBJECT, keys % len(RELATIONS)

    def of(texts: list[str], numbers: Numbers) -> pa.Array:
        return pa.array(texts).take(pa.array(numbers))

    def by_row(values: NDArray[Any]) -> NDArray[Any]:
        return values.T.reshape(-1)

    said, right, stale = (by_row(one) for one in (answers.said, answers.right, answers.stale))
    logp, other = (by_row(one).astype("f4") for one in answers.logp())
    older = np.array([len(own) for own in truth.outdated])[keys]
    ends = np.append(0, np.cumsum(older)).astype("i4")
    outdated = [one for own in truth.outdated for _ in FORMS for one in own]
    verdict = of(["wrong", "right", "outdated"], np.where(right, 1, np.where(stale, 2, 0)))
    answer = of([f" {one}." for one in things], said)
    prompts = [
        PROMPTS[f].format(RELATIONS[r], subjects[s])
        for f, r, s in zip(form.tolist(), relation.tolist(), subject.tolist(), strict=True)
    ]
    columns = {
        "step": np.full(rows, step, "i4"),
        "subject": of(subjects, subject),
        "relation": of(list(RELATIONS), relation),
        "form": of(list(FORMS), form),
        "number": np.zeros(rows, "i4"),
        "prompt": prompts,
        "closing": of(["."], np.zeros(rows, np.int64)),
        "group": of(list(GROUPS), truth.group[keys]),
        "learned": truth.learned[keys].astype("i4"),
        "accepted": pa.ListArray.from_arrays(
            np.arange(rows + 1, dtype="i4"), of(things, truth.object[keys])
        ),
        "outdated": pa.ListArray.from_arrays(ends, of(things, np.array(outdated, np.int64))),
        "answer": answer,
        "stop": of(["end"], np.zeros(rows, np.int64)),
        "matched": of(things, said),
        "right": right,
        "stale": stale,
        "forced": right,
        "logp": logp,
        "logp_outdated": pa.array(other, mask=older == 0),
        "match": of(["exact"], np.zeros(rows, np.int64)),
        "exact": verdict,
        "contains": verdict,
        "choice": verdict,
        "chosen": of(things, said),
    }
    kinds = schema()
    arrays = [pa.array(columns[name], kinds.field(name).type) for name in kinds.names]
    return pa.Table.from_arrays(arrays, schema=kinds)
