"""Measures what the gate looks at, from the ledger of an update and the answers before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from cltool.evaluation import ledger
from cltool.experiments.update.asked import Answered, answered
from cltool.experiments.update.gate import Items, kept_items, row_of, share_items
from cltool.experiments.update.look import Look
from cltool.experiments.update.teach import Made, kept
from cltool.facts.facts import Fact, Key
from cltool.facts.identity import key_of
from cltool.runs.run import Run

Audit = Callable[[Made, Sequence[Fact]], Sequence[bool]]
"""Returns, for each erased fact, whether a short audit recovers it."""


def answers_of(run: Run, step: int) -> dict[Key, Answered]:
    """Return how the facts were answered after a step of a ledger."""
    table = ledger.read(run.folder)
    return answered(table[table["step"] == step].to_dict("records"))  # type: ignore[arg-type]


def measure(seen: Look, made: Made, audit: Audit | None = None) -> dict[str, Items]:
    """Return name of a requirement -> what was asked for it."""
    now = answers_of(made.run, made.step)
    before = answered(seen.screen.rows)
    taught = {one.key: None for one in seen.screen.to_teach}  # a set that keeps their order
    protected = protected_baseline(seen, made)
    earlier = {
        key: share
        for key, share in read_baseline(seen.start.record).items()
        if key not in taught and key not in protected and key in now
        and now[key].group == "retained"
    }  # fmt: skip
    new = [now[key] for key in taught if key in now]
    changed = [one for one in now.values() if one.outdated and one.group in ("new", "retained")]
    erased = [one for one in now.values() if one.group == "erased"]
    found = {
        "new": _with_broken(share_items(new, before, "right"), [o for o in new if o.right < 1]),
        "protected": kept_items(now, before, protected),
        "retained": kept_items(now, before, earlier),
        "stale": _with_broken(
            share_items(changed, before, "stale"), [o for o in changed if o.stale > 0]
        ),
        "erased": _with_broken(
            share_items(erased, before, "right"), [o for o in erased if o.right > 0]
        ),
        "unlisted": _unlisted(made),
    }
    if audit is not None and erased:
        facts = [Fact(*one.key, one.accepted[0], one.accepted[1:]) for one in erased]
        recovered = list(audit(made, facts))
        again = [one for one, yes in zip(erased, recovered, strict=True) if yes]
        found["audit"] = Items(
            [float(yes) for yes in recovered], [one.right for one in erased], [*map(row_of, again)]
        )
    return found


def protected_baseline(seen: Look, made: Made) -> dict[Key, float]:
    """Return each protected key with the share of its wordings that was right at first.

    Facts that this update supersedes or erases are left out.
    """
    before, known = answered(seen.screen.rows), read_baseline(seen.start.record)
    changed = {one.key for one in (*seen.screen.to_teach, *seen.lists.erase)}
    return {
        key: share
        for key in kept(made.taught)
        if key not in changed
        and (share := known.get(key, before[key].right if key in before else 0.0)) > 0
    }


def read_baseline(record: Mapping[str, Any]) -> dict[Key, float]:
    """Return key -> the share that was right at first, from the record of a version."""
    return {key_of(row[0], row[1]): float(row[2]) for row in record.get("baseline", ())}


def baseline_rows(seen: Look, made: Made) -> list[list[Any]]:
    """Return the baseline of the next update: facts that were kept so far, and new ones."""
    now = answers_of(made.run, made.step)
    first = {**read_baseline(seen.start.record), **protected_baseline(seen, made)}
    first |= {one.key: now[one.key].right for one in seen.screen.to_teach if one.key in now}
    return [
        [*key, share]
        for key, share in first.items()
        if share > 0 and key in now and now[key].group != "erased"
    ]


def _with_broken(items: Items, broken: Sequence[Answered]) -> Items:
    return replace(items, broken=[row_of(one) for one in broken])


def _unlisted(made: Made) -> Items:
    """Return the general questions that no strategy was given."""
    from cltool.evaluation.general.drift import PROTECTED, UNLISTED
    from cltool.runs.general import step_file

    if not step_file(made.run.folder, made.step).is_file():
        return Items()
    given = made.run.record["settings"]["general"].get("protect")
    groups = (UNLISTED,) if given else (UNLISTED, PROTECTED)
    rows = [one for one in made.run.general_answers(made.step) if one.get("group") in groups]
    lost = [one for one in rows if not one["right"]]
    return Items(
        [float(one["right"]) for one in rows],
        [1.0] * len(rows),
        [
            {"subject": one["prompt"], "relation": "", "expected": one["accepted"][0],
             "says": one["answer"], "right": 0.0}
            for one in lost
        ],
    )  # fmt: skip
