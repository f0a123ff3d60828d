"""What `cltool update` prints: the screen, the estimate, and the gate."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cltool.cli.tables import Part, table
from cltool.core.plurals import plural

if TYPE_CHECKING:
    from cltool.experiments.update.gate import Gate
    from cltool.experiments.update.plan import Plan
    from cltool.experiments.update.screen import Screen
    from cltool.experiments.update.update import Outcome

SHOWN = 40
"""Facts of a list that are shown."""

ANSWER = 40
"""Characters of an answer that are shown."""


def screen_parts(screen: Screen) -> Iterator[Part]:
    """Yield the table of the facts to teach, and sentences about the other lists."""
    shown = screen.facts[:SHOWN]
    if shown:
        yield table(
            ["line", "fact", "object", "the model says", "verdict"],
            [
                [
                    one.listed.place,
                    _short(", ".join(one.listed.key) if not one.listed.prompts
                           else one.listed.fact.subject),
                    _short(one.listed.fact.object),
                    _short(one.answered.said) if one.answered else one.why,
                    one.verdict,
                ]
                for one in shown
            ],
            text=["line", "fact", "object", "the model says", "verdict"],
        )  # fmt: skip
    if len(screen.facts) > SHOWN:
        yield f"… and {len(screen.facts) - SHOWN:,} more (--json lists all)."
    yield from _counts(screen)


def _counts(screen: Screen) -> Iterator[str]:
    from cltool.experiments.update.screen import VERDICTS

    for verdict, count in screen.counts.items():
        if count:
            yield f"{count:>6,}  {verdict}: {VERDICTS[verdict]}."
    yield from _others(screen)


def _others(screen: Screen) -> Iterator[str]:
    kept, lost = len(screen.protected), len(screen.unprotected)
    if kept or lost:
        yield f"Protected: the model answers {kept} of {plural(kept + lost, 'fact')}" + (
            "; the others cannot be kept." if lost else "."
        )
    if screen.earlier:
        right = sum(one.right > 0 for one in screen.earlier)
        yield f"Taught earlier: the model answers {right} of {plural(len(screen.earlier), 'fact')}."
    if screen.erased:
        right = sum(one.right > 0 for one in screen.erased)
        yield f"To erase: the model answers {right} of {plural(len(screen.erased), 'fact')}."
    yield f"Asked in {screen.seconds:.1f} s ({plural(len(screen.rows), 'wording')})."


def estimate_parts(plan: Plan) -> Iterator[str]:
    """Yield sentences about the strategy and what it will cost."""
    cost = plan.estimate
    yield f"\nStrategy: {plan.choice.strategy} ({plan.choice.why})."
    yield (
        f"Estimate: about {cost.tokens:,} training tokens, {_minutes(cost.seconds)} and"
        f" {cost.memory / 1e9:.1f} GB of memory on this machine."
    )


def outcome_parts(outcome: Outcome) -> Iterator[Part]:
    """Yield what became of an update."""
    seen, gate = outcome.seen, outcome.gate
    yield from _counts(seen.screen)
    if outcome.nothing:
        yield "\nThere is nothing to teach: the model is left as it is."
        return
    yield f"\nStrategy: {outcome.attempts[-1].way.strategy} ({outcome.attempts[-1].way.why})."
    if gate is not None:
        yield from gate_parts(gate)
    yield from _attempts(outcome)
    doubts = dict.fromkeys([*outcome.seen.warnings, *outcome.attempts[-1].doubts])
    yield from (f"\nDoubt: {text}" for text in doubts)
    if outcome.folder is None:
        yield "\nREFUSED. Nothing was written, and the model is as it was."
        yield from _help(outcome)
    else:
        number = outcome.record["version"]
        yield f"\nSHIPPED as version {number}. The model is in {_place(outcome)}."


def gate_parts(gate: Gate) -> Iterator[Part]:
    """Yield the table of the requirements, and the facts that speak against shipping."""
    rows = []
    for check in gate.checks:
        moved = ["" if one is None else str(one) for one in (check.lost, check.gained)]
        value = "" if check.value != check.value else f"{check.value:.3f}"
        rows.append([str(check.bound), value, str(check.n), *moved, str(check.verdict),
                     check.reason])  # fmt: skip
    header = ["requirement", "value", "items", "lost", "gained", "verdict", "why"]
    yield table(header, rows, text=["requirement", "verdict", "why"])
    if gate.unasked:
        yield f"Nothing was asked for: {', '.join(map(str, gate.unasked))}."
    broken = gate.broken()
    if broken:
        yield "\nWhat speaks against it:"
        yield table(
            ["requirement", "fact", "right", "the model says"],
            [
                [
                    row["requirement"],
                    _short(", ".join(one for one in (row["subject"], row["relation"]) if one)),
                    _short(row["expected"]),
                    _short(row["says"]),
                ]
                for row in broken[:SHOWN]
            ],
            text=["requirement", "fact", "right", "the model says"],
        )
    if len(broken) > SHOWN:
        yield f"… and {len(broken) - SHOWN:,} more (--json lists all)."


def _attempts(outcome: Outcome) -> Iterator[Part]:
    """Yield a table of the ways that were tried, if there were several."""
    if len(outcome.attempts) < 2:
        return
    names = dict.fromkeys(
        check.bound.text for one in outcome.attempts if one.gate for check in one.gate.checks
    )
    rows = []
    for one in outcome.attempts:
        found = (
            {c.bound.text: f"{c.value:.3f} {c.verdict}" for c in one.gate.checks}
            if one.gate
            else {}
        )
        verdict = one.failed or str(one.gate.verdict if one.gate else "")
        rows.append([one.way.strategy, one.way.why, *(found.get(name, "") for name in names),
                     verdict])  # fmt: skip
    yield "\nWays that were tried:"
    header = ["strategy", "", *names, "verdict"]
    yield table(header, rows, text=header)


def _help(outcome: Outcome) -> Iterator[str]:
    """Yield what the user can do about a refusal."""
    gate = outcome.gate
    undecided = [] if gate is None else [c for c in gate.checks if str(c.verdict) == "undecided"]
    failed = [] if gate is None else [c for c in gate.checks if str(c.verdict) == "fail"]
    if undecided and not failed:
        more = [f"{c.bound}: {c.decides:,}" for c in undecided if c.decides]
        if more:
            yield f"Items that would decide: {'; '.join(more)}."
        yield "To ship it all the same: --accept-undecided."
        return
    if len(outcome.attempts) == 1:
        yield "To try other ways on this update, measured in the same way: --retry 3."


def _place(outcome: Outcome) -> str:
    """Return the folder, relative to the working folder if it is in it."""
    folder = Path(str(outcome.folder))
    with suppress(ValueError):
        return str(folder.relative_to(Path.cwd()))
    return str(folder)


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= ANSWER else line[: ANSWER - 1] + "…"
