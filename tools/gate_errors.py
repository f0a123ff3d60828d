"""How often the gate of `cltool update` errs, by simulation: ``python -m tools.gate_errors``.

An update is simulated by what it does to the items: each of those that were answered before is lost
with a given probability, independently. Harmless updates lose none, or as few as an answer here and
there that was on the edge (0.5 points). The gate sees a sample of items, as it sees general
questions, and ships an update if every requirement is met. Listed facts, which are all asked, are
simulated beside it: there the loss is that of the facts themselves.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass

from cltool.evaluation.requirements.checks import Verdict
from cltool.experiments.update.gate import Items, judge, requirements
from cltool.experiments.update.text_losses import TextLosses

LOSSES = (0.0, 0.005, 0.02, 0.05, 0.10)
"""Share of the items that an update loses."""

HARMLESS = 0.005
"""The largest loss that is called harmless."""

BOUNDS = {"unlisted": "unlisted>=0.95", "protected": "protected>=0.98"}
"""What is simulated -> the requirement, as it is by default."""


@dataclass(frozen=True)
class Errors:
    """What became of simulated updates that lose the same share.

    Attributes:
        score: what was lost: ``unlisted`` (a sample) or ``protected`` (all are asked).
        loss: the share.
        updates: number of the updates.
        items: number of the items that were asked.
        shipped, refused, undecided: share of the updates. An undecided one is not shipped.
    """

    score: str
    loss: float
    updates: int
    items: int
    shipped: float
    refused: float
    undecided: float


def simulate(score: str, loss: float, updates: int, items: int, seed: int = 0) -> Errors:
    """Return what the gate does with ``updates`` simulated updates that lose the share ``loss``."""
    rng = random.Random(f"{seed} {score} {loss}")
    bounds = [one for one in requirements(BOUNDS[score]) if one.score == score]
    verdicts = []
    for _ in range(updates):
        after = [float(rng.random() >= loss) for _ in range(items)]
        found = {score: Items(after, [1.0] * items)}
        verdicts.append(judge(bounds, found, TextLosses((), ())).verdict)

    def share(verdict: Verdict) -> float:
        return verdicts.count(verdict) / updates

    return Errors(
        score, loss, updates, items, share(Verdict.PASS), share(Verdict.FAIL),
        share(Verdict.UNDECIDED),
    )  # fmt: skip


def table(rows: Sequence[Errors]) -> str:
    """Return the results as a table in Markdown."""
    lines = [
        "| lost of | loss | shipped | refused | undecided |",
        "| --- | --- | --- | --- | --- |",
    ]
    for one in rows:
        kind = "a sample" if one.score == "unlisted" else "listed facts"
        shares = (f"{100 * share:.1f}%" for share in (one.shipped, one.refused, one.undecided))
        lines.append(
            f"| {one.items} items, {kind} ({BOUNDS[one.score]}) | {100 * one.loss:g} points |"
            f" {' | '.join(shares)} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--updates", type=int, default=100, help="of each kind [100]")
    parser.add_argument("--items", type=int, default=200, help="asked of each update [200]")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = [
        simulate(score, loss, options.updates, options.items, options.seed)
        for score in BOUNDS
        for loss in LOSSES
    ]
    if options.json:
        print(json.dumps([vars(one) for one in rows], indent=1))
    else:
        print(table(rows))


if __name__ == "__main__":
    main()
