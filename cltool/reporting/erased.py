"""What a run was asked to forget as text, and the alarm when some of it came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cltool.evaluation import outcomes
from cltool.reporting import formats

if TYPE_CHECKING:
    import pandas as pd

HEADER = ("asked for", "fact", "before", "after", "last", "retrained", "kept", "resurfaced")


def alarms(rows: pd.DataFrame, labels: Sequence[str]) -> list[str]:
    """A sentence for each erased fact that came back (`outcomes.resurfacing`).

    Args:
        rows: a run's ledger.
        labels: of the steps.
    """
    back = outcomes.resurfacing(rows)
    found = []
    for _, own in back.groupby(["subject", "relation", "erased"], sort=False):
        first = own.iloc[0]
        later = f" and {len(own) - 1} more" if len(own) > 1 else ""
        found.append(
            f"{first['subject']}, {first['relation']}: {first['object']}"
            f" was erased by update {labels[int(first['erased'])]}"
            " and not produced then, but is produced again after update"
            f" {labels[int(first['step'])]}{later}"
            f" ({first['right']} of {first['asked']} wordings)."
        )
    return found


def as_text(record: Mapping[str, Any], labels: Sequence[str]) -> str:
    """A record of erasures (`cltool.runs.erasures`) as a table, a line a request, and what it
    says."""
    rows = [_row(request, labels) for request in record["requests"]]
    lines = formats.aligned([HEADER, *rows])
    for request in record["requests"]:
        for strategy, told in (request["stores"] or {}).items():
            for store, text in told["purged"].items():
                line = f"{request['label']}, {strategy}, {store}: {text}"
                lines += [] if line in lines else [line]
    reference = record["reference"]
    if reference is not None:
        runs = formats.plural(len(reference["runs"]), "run")
        lines.append(f"retrained: the last score of {runs} of retrain" + _doubt(reference))
    return "\n".join(lines)


def _row(request: Mapping[str, Any], labels: Sequence[str]) -> list[str]:
    when = {name: [s for s in request["scores"] if s["when"] == name] for name in
            ("before", "after", "later")}  # fmt: skip
    back = ", ".join(str(labels[int(step)]) for step in request["resurfaced"])
    again = request.get("taught_again")
    if again is not None:
        # Its scores end there.
        back += f"{'; ' if back else ''}taught again by {labels[int(again)]}"
    return [
        str(request["label"]),
        f"{request['subject']}, {request['relation']}: {request['object']}",
        _share(when["before"]),
        _share(when["after"]),
        _share(request["scores"]),
        _share(request["retrained"] or []),
        _kept(request["stores"]),
        back or formats.DASH,
    ]


def _share(lines: Sequence[Mapping[str, Any]]) -> str:
    """The last one's."""
    return formats.shown(lines[-1]["right"] if lines else None, formats.share)


def _kept(stores: Mapping[str, Any] | None) -> str:
    """Entries of the fact in each strategy's stores, before and after."""
    if stores is None:
        return "?"
    told = [
        f"{name} {one['entries_before']} → {one['entries_after']}"
        for name, one in stores.items()
        if one["entries_before"] or one["entries_after"]
    ]
    return ", ".join(told) or formats.DASH


def _doubt(reference: Mapping[str, Any]) -> str:
    return "" if reference["exact"] else ", which is no exact reference on this model"
