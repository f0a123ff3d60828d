"""The gate: whether a model that was updated may be shipped.

What the user listed is asked whole: each fact counts, and nothing is estimated. General questions
and texts are samples of what the model knows and does, so their bounds are met only if the whole
interval is within them.

A protected fact counts as kept as far as it is answered in as many wordings as when it was
protected, and a fact of an earlier update as when it was taught. So losses of several updates add
up, and cannot pass one by one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cltool.core.plurals import plural
from cltool.evaluation.requirements.bounds import Bound, parse_bounds
from cltool.evaluation.requirements.checks import Check, Verdict, overall
from cltool.evaluation.requirements.intervals import mcnemar
from cltool.evaluation.requirements.items import check_items, check_losses
from cltool.experiments.update.asked import Answered
from cltool.experiments.update.text_losses import TextLosses
from cltool.facts.facts import Key

NAMES = {
    "new": "facts of this update that are answered in held-out wordings",
    "retained": "facts of earlier updates that are answered as when they were taught",
    "protected": "protected facts that are answered as when they were protected",
    "unlisted": "general questions, known before the first update, that are still answered",
    "stale": "superseded facts whose outdated object is still the answer",
    "erased": "facts to erase that are still produced",
    "audit": "facts to erase that a short audit recovers",
    "perplexity": "perplexity of a general text; as a ratio: to the model before the first update",
}
"""What a requirement can be about -> what it is."""

IMPLIED = "retained>=0.95, erased<=0, audit<=0.05"
"""Requirements that hold unless the user gives others about the same."""

SAMPLES = ("unlisted",)
"""What is a sample of more than was asked."""


@dataclass(frozen=True)
class Items:
    """What was asked for one requirement.

    Attributes:
        after: 1 for each item that is right (for ``stale``, ``erased`` and ``audit``: produced), 0
            if it is not, or a share of its wordings.
        before: the same before the update.
        broken: the items that speak against shipping, as rows to show.
    """

    after: Sequence[float] = ()
    before: Sequence[float] = ()
    broken: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class Gate:
    """The result of the gate.

    Attributes:
        checks: the requirements that something was asked for.
        unasked: requirements that nothing was asked for.
        items: name of a requirement -> what was asked.
    """

    checks: Sequence[Check]
    unasked: Sequence[Bound] = ()
    items: Mapping[str, Items] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """The verdict on all requirements."""
        return overall(self.checks)

    def ships(self, accept_undecided: bool) -> bool:
        """Return whether the model may be shipped."""
        good = (Verdict.PASS, Verdict.UNDECIDED) if accept_undecided else (Verdict.PASS,)
        return self.verdict in good

    def broken(self) -> list[dict[str, Any]]:
        """Return the facts and questions that speak against shipping."""
        return [
            {"requirement": name, **row} for name, one in self.items.items() for row in one.broken
        ]

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "verdict": str(self.verdict),
            "checks": [_check_json(check) for check in self.checks],
            "nothing_asked": [bound.text for bound in self.unasked],
            "broken": self.broken(),
        }


def requirements(text: str) -> tuple[Bound, ...]:
    """Return the bounds that an update must meet.

    Raises:
        UserError: ``text`` is not valid.
    """
    given = parse_bounds(text, "--require", NAMES, example="new>=0.95, perplexity<=1.05x")
    named = {bound.score for bound in given}
    implied = parse_bounds(IMPLIED, "--require", NAMES)
    return (*given, *(bound for bound in implied if bound.score not in named))


def judge(bounds: Sequence[Bound], items: Mapping[str, Items], texts: TextLosses) -> Gate:
    """Return the verdict on each bound."""
    checks, unasked = [], []
    for bound in bounds:
        if bound.score == "perplexity":
            if not texts.tokens:
                unasked.append(bound)
            else:
                checks.append(check_losses(bound, texts.after, texts.before, texts.tokens))
            continue
        one = items.get(bound.score, Items())
        if not one.after:
            unasked.append(bound)
        elif bound.score in SAMPLES:
            checks.append(check_items(bound, one.after, one.before))
        else:
            checks.append(check_listed(bound, one))
    return Gate(checks, unasked, items)


def check_listed(bound: Bound, items: Items) -> Check:
    """Check a bound on facts that were all asked: their share is no estimate."""
    n = len(items.after)
    value = sum(items.after) / n
    if bound.ratio:
        before = sum(items.before) / n
        value = value / before if before else math.nan
    pairs = list(zip(items.after, items.before, strict=True)) if items.before else []
    gained, lost = sum(a > b for a, b in pairs), sum(a < b for a, b in pairs)
    verdict = Verdict.PASS if bound.meets(value) else Verdict.FAIL
    reason = f"all {plural(n, 'listed fact')} were asked" if n > 1 else "the listed fact was asked"
    return Check(
        bound, verdict, value, value, value, reason, n, gained=gained, lost=lost,
        p=mcnemar(gained, lost),
    )  # fmt: skip


def kept_items(
    now: Mapping[Key, Answered],
    before: Mapping[Key, Answered],
    baseline: Mapping[Key, float],
) -> Items:
    """Return how facts are kept, compared with how they were answered at first.

    Args:
        now: the answers after the update.
        before: the answers before the update.
        baseline: key -> share of its wordings that was right at first, above 0.
    """
    found = [(key, now[key]) for key in baseline if key in now]
    after = [min(1.0, one.right / baseline[key]) for key, one in found]
    earlier = [
        min(1.0, before[key].right / baseline[key]) if key in before else 1.0 for key, _ in found
    ]
    broken = [
        row_of(one) for (_, one), a, b in zip(found, after, earlier, strict=True) if a < min(b, 1.0)
    ]
    return Items(after, earlier, broken)


def share_items(answers: Iterable[Answered], before: Mapping[Key, Answered], what: str) -> Items:
    """Return how facts are answered.

    Args:
        answers: of the facts, after the update.
        before: the answers before the update.
        what: ``right`` or ``stale``.
    """
    found = list(answers)
    after = [float(getattr(one, what)) for one in found]
    earlier = [float(getattr(before[one.key], what)) if one.key in before else 0.0 for one in found]
    return Items(after, earlier)


def row_of(one: Answered) -> dict[str, Any]:
    """Return a fact as a row to show."""
    return {
        "subject": one.key[0],
        "relation": one.key[1],
        "expected": one.accepted[0],
        "says": one.said,
        "right": one.right,
    }


def _check_json(check: Check) -> dict[str, Any]:
    def plain(value: float | None) -> float | None:
        return None if value is None or not math.isfinite(value) else value

    return {
        "requirement": check.bound.text,
        "verdict": str(check.verdict),
        "value": plain(check.value),
        "low": plain(check.low),
        "high": plain(check.high),
        "n": check.n,
        "gained": check.gained,
        "lost": check.lost,
        "p": plain(check.p),
        "items_that_would_decide": check.decides,
        "reason": check.reason,
    }
