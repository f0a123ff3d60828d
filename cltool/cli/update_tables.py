"""What `cltool update` prints: the screen, the estimate, and the gate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cltool.cli.tables import Part, table
from cltool.core.plurals import plural

if TYPE_CHECKING:
    from cltool.experiments.update.plan import Plan
    from cltool.experiments.update.screen import Screen

SHOWN = 40
"""Facts of a list that are shown."""

ANSWER = 40
"""Characters of an answer that are shown."""


def screen_parts(screen: Screen) -> Iterator[Part]:
    """Yield the table of the facts to teach, and sentences about the other lists."""
    from cltool.experiments.update.screen import VERDICTS

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


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= ANSWER else line[: ANSWER - 1] + "…"
