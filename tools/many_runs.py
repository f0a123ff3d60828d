"""Simulates many runs on some GPUs that fail: ``python -m tools.many_runs``, for docs/scale.md.

A run needs a share of a GPU for some hours, in steps of equal length. GPUs fail at random
(exponential times between failures) and are back after a repair; what ran on one starts again at
its last finished step, or from its beginning (``--restart``). A run that failed more often than
``--retries`` is given up. Runs start in their order, each as soon as there is room on a GPU.
"""

from __future__ import annotations

import argparse
import heapq
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True)
class Plan:
    """What is simulated.

    Attributes:
        runs: number of runs.
        gpus: number of GPUs.
        hours: hours that a run computes without failures.
        steps: steps of a run.
        share: runs on a GPU at the same time.
        between: mean hours between two failures of a GPU; infinite: none.
        repair: hours until a GPU that failed is back.
        resume: whether a run goes on at its last finished step.
        retries: how often a run may fail and start again.
    """

    runs: int = 1000
    gpus: int = 8
    hours: float = 1.0
    steps: int = 20
    share: int = 1
    between: float = float("inf")
    repair: float = 0.5
    resume: bool = True
    retries: int = 3


@dataclass(frozen=True)
class Outcome:
    """What came of it.

    Attributes:
        hours: hours until the last run ended.
        lost: share of the computed hours that were computed again or for nothing.
        failures: how often a run failed.
        given_up: runs that failed too often.
    """

    hours: float
    lost: float
    failures: int
    given_up: int


def simulate(plan: Plan, seed: int = 0) -> Outcome:
    """Return what comes of a plan; the same for the same seed."""
    rng = random.Random(seed)
    waiting = [(run, 0.0, 0) for run in range(plan.runs)][::-1]
    # (hour of the failure, run, hours that are kept, failures) of runs that start again.
    failing: list[tuple[float, int, float, int]] = []
    # (hour, number of the event, GPU); a GPU takes up to `share` runs at once.
    free: list[tuple[float, int, int]] = [(0.0, gpu, gpu) for gpu in range(plan.gpus)]
    heapq.heapify(free)
    events, failures, given_up = plan.gpus, 0, 0
    computed = useful = end = 0.0
    while waiting or failing:
        now, _, gpu = heapq.heappop(free)
        while failing and failing[0][0] <= now:
            waiting.append(heapq.heappop(failing)[1:])
        if not waiting:
            heapq.heappush(free, (failing[0][0], events, gpu))
            events += 1
            continue
        taken = [waiting.pop() for _ in range(min(plan.share, len(waiting)))]
        failure = now + _between(rng, plan.between)
        longest = now
        for run, done, failed in taken:
            finish = now + plan.hours - done
            if finish <= failure:
                computed += finish - now
                useful += plan.hours
                longest = max(longest, finish)
                continue
            failures += 1
            computed += failure - now
            step = plan.hours / plan.steps
            kept = step * int((done + failure - now) / step + 1e-9) if plan.resume else 0.0
            longest = max(longest, failure + plan.repair)
            if failed == plan.retries:
                given_up += 1
            else:
                heapq.heappush(failing, (failure, run, kept, failed + 1))
        end = max(end, longest)
        heapq.heappush(free, (longest, events, gpu))
        events += 1
    return Outcome(end, 1 - useful / computed if computed else 0.0, failures, given_up)


def _between(rng: random.Random, mean: float) -> float:
    return mean if mean == float("inf") else rng.expovariate(1 / mean)


def table(plans: Sequence[tuple[str, Plan]], seeds: int = 20) -> str:
    """Return the outcomes of plans, each a mean over seeds, in Markdown."""
    head = ("plan", "GPUs", "hours", "work lost", "failures", "runs given up")
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    for name, plan in plans:
        found = [simulate(plan, seed) for seed in range(seeds)]
        hours, lost, failures, given_up = (
            sum(getattr(one, field) for one in found) / seeds
            for field in ("hours", "lost", "failures", "given_up")
        )
        cells = [name, str(plan.gpus), f"{hours:,.1f}", f"{lost:.1%}", f"{failures:,.0f}"]
        lines.append(f"| {' | '.join([*cells, f'{given_up:,.1f}'])} |")
    return "\n".join(lines)


PAGE = Path(__file__).parents[1] / "docs" / "scale.md"

FAILING = 200.0
"""Mean hours between two failures of a GPU or of its host, preemptions included."""

_SMALL = Plan(gpus=64)
_LONG = Plan(gpus=64, hours=48)

PLANS: tuple[tuple[str, Plan], ...] = (
    ("1-hour runs, nothing fails", Plan()),
    ("1-hour runs, nothing fails", _SMALL),
    ("4 runs on a GPU, each then takes 1.6 hours", replace(_SMALL, share=4, hours=1.6)),
    ("1-hour runs, go on after failures", replace(_SMALL, between=FAILING)),
    ("48-hour runs, go on after failures", replace(_LONG, between=FAILING)),
    ("48-hour runs, start again after failures", replace(_LONG, between=FAILING, resume=False)),
    ("48-hour runs, preempted every 10 hours", replace(_LONG, between=10)),
    ("the same, with 20 retries", replace(_LONG, between=10, retries=20)),
)
"""What docs/scale.md has: its name, and the plan."""


def with_table(page: str) -> str:
    """Return a page with the table of `PLANS` in its place."""
    marks = r"(<!-- runs -->).*?(<!-- end -->)"
    return re.sub(marks, lambda found: f"{found[1]}\n{table(PLANS)}\n{found[2]}", page, flags=re.S)


def main() -> None:
    """Print the outcomes of `PLANS`, and write them into the page; or those of one plan."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--runs", type=int)
    parser.add_argument("--gpus", type=int, default=8)
    parser.add_argument("--hours", type=float, default=1.0, help="hours of a run [1]")
    parser.add_argument("--steps", type=int, default=20, help="steps of a run [20]")
    parser.add_argument("--share", type=int, default=1, help="runs on a GPU at once [1]")
    parser.add_argument("--between", type=float, default=float("inf"), help="hours to a failure")
    parser.add_argument("--repair", type=float, default=0.5, help="hours of a repair [0.5]")
    parser.add_argument("--retries", type=int, default=3)
    parser.add_argument("--restart", action="store_true", help="runs start again from the base")
    given = vars(parser.parse_args())
    resume, runs = not given.pop("restart"), given.pop("runs")
    plans = PLANS if runs is None else (("as given", Plan(runs=runs, resume=resume, **given)),)
    print(table(plans))
    if runs is None and PAGE.is_file():
        PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
