"""The block of a page that holds the facts of a group of runs."""

from __future__ import annotations

from typing import Any

from cltool.reporting import formats
from cltool.reporting.facts import detail as details
from cltool.reporting.facts.collect import Facts, collect
from cltool.reporting.facts.container import pack
from cltool.reporting.facts.detail import MOST_BYTES, Detail
from cltool.reporting.facts.encode import Encoder
from cltool.reporting.facts.step_rows import GROUPS
from cltool.runs.groups import Group

FORMAT = 1

SMALLER = 0.8
"""A sample that does not fit is drawn again, this much smaller than its size asks for."""

FEWEST_KEYS = 1000
"""A sample does not get smaller than this."""


def facts_of(group: Group) -> Facts | None:
    """Return the facts of a group, read once; None where a run has only its scores.

    Raises:
        UserError: a file of a ledger is missing or damaged.
    """
    if not all(measured.has_answers for measured in group.runs):
        return None
    if "facts" not in group.made:
        group.made["facts"] = collect(group)
    found: Facts = group.made["facts"]
    return found


def block(group: Group, most: int = MOST_BYTES) -> str | None:
    """Return the facts of a group as the text of a script element; None where there are none.

    The same runs make the same text, byte for byte.

    Args:
        group: the runs.
        most: bytes that the text may have.

    Raises:
        UserError: a file of a ledger is missing or damaged.
    """
    facts = facts_of(group)
    if facts is None or not len(facts.keys):
        return None
    text = _text(group, facts, most)
    while len(text) > most and len(facts.keys) > FEWEST_KEYS:
        facts = collect(group, int(len(facts.keys) * SMALLER * most / len(text)))
        text = _text(group, facts, most)
    return text


def _text(group: Group, facts: Facts, most: int) -> str:
    encoder = Encoder(facts)
    cells = len(facts.keys) * facts.steps * len(facts.runs)
    detail = details.chosen(encoder.size, facts.all_wordings, cells, most)
    return pack(_header(group, facts, detail, most), encoder.columns(detail))


def _header(group: Group, facts: Facts, detail: Detail, most: int) -> dict[str, Any]:
    keys = facts.keys
    streams = {run.stream: run.stream_seed for run in group.runs}
    sampled = None
    if len(keys) < keys.found:
        how = (
            f"{formats.whole(len(keys))} of {formats.whole(keys.found)} facts are shown: a random"
            " sample that keeps the shares of the relations and of the updates that taught them."
        )
        sampled = {"of": keys.found, "how": how}
    return {
        "format": FORMAT,
        "labels": group.labels,
        "facts": len(keys),
        "relations": keys.relations.all(),
        "groups": GROUPS,
        "match": group.match,
        "forms": keys.counted(),
        "all_forms": keys.forms.all(),
        "streams": list(streams.values()),
        "variants": _variants(group),
        "detail": {
            "answers": detail.answers,
            "wordings": detail.wordings,
            "margins": detail.margins,
        },
        "sampled": sampled,
        "notes": details.notes(detail, most),
    }


def _variants(group: Group) -> list[dict[str, Any]]:
    number, found = 0, []
    for variant in group.variants:
        runs = []
        for measured in variant.runs:
            runs.append(
                {
                    "run": number,
                    "seed": measured.run.seed,
                    "stream": measured.stream_seed if variant.several else None,
                    "done": measured.done,
                    "diverged": measured.diverged,
                }
            )
            number += 1
        found.append({"name": variant.label, "strategy": variant.strategy, "runs": runs})
    return found
