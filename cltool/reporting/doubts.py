"""Reasons to doubt the conclusions of a comparison."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cltool.evaluation.matchers import EXACT
from cltool.evaluation.metrics import ENOUGH
from cltool.evaluation.scores import SCORES
from cltool.reporting import formats
from cltool.reporting.table import Standing, able, standing
from cltool.runs.groups import Group, Variant, flatten
from cltool.runs.measured import Measured
from cltool.runs.tables import compare as compared

KNOWN = 0.8
"""Accuracy on the base facts before the first update, below which the base is in doubt."""

LEARNED = 0.05
"""Gain in new over an untrained model, up to which a strategy counts as not having learned."""

FROZEN = "frozen"

NOBODY = Standing()

FORGOTTEN = 0.1
"""Forgetting of `naive`, below which there is hardly anything to prevent."""


def doubts(group: Group) -> list[str]:
    """Return the reasons why differences between these runs may mean little, a text each."""
    found = (check(group) for check in CHECKS)
    return [text for text in found if text]


def with_warnings(group: Group) -> list[str]:
    """Return the `doubts`, and the warnings of the runs with the runs that each is about."""
    told = [f"{one['text']} ({'; '.join(one['runs'])})" for one in warnings(group)]
    return [*doubts(group), *told]


def warnings(group: Group) -> list[dict[str, Any]]:
    """Return each warning of the runs once: ``text``, and the ``runs`` that it is about.

    If a warning is about all runs of a strategy, the strategy is named in place of them. A warning
    that says the same as one of the `doubts` is left out.
    """
    found = by_text(group, lambda one: one.run.record.get("warnings") or ())
    said = tuple(start for start, check in _SAID.items() if check(group))
    return [
        {**one, "runs": _together(group, one["runs"])}
        for one in found
        if not (said and one["text"].startswith(said))
    ]


def _together(group: Group, names: list[str]) -> list[str]:
    if len(names) == len(group.runs) > 1:
        return ["all runs"]
    short = []
    for variant in group.variants:
        own = [_run_name(variant, one, _several_streams(group)) for one in variant.runs]
        told = [name for name in own if name in names]
        short += [variant.label] if told == own else told
    return short


def doubted(group: Group) -> set[str]:
    """Return the labels of the variants that a warning is about, for a mark in the table."""
    return {
        variant.label
        for variant in group.variants
        if any(one.run.record.get("warnings") for one in variant.runs)
    }


def by_text(group: Group, texts_of: Callable[[Measured], Iterable[str]]) -> list[dict[str, Any]]:
    """Return each text once, with the runs that it is about."""
    runs: dict[str, list[str]] = {}
    several = _several_streams(group)
    for variant in group.variants:
        for measured in variant.runs:
            name = _run_name(variant, measured, several)
            for text in dict.fromkeys(texts_of(measured)):
                runs.setdefault(str(text), []).append(name)
    return [{"text": text, "runs": names} for text, names in runs.items()]


def _several_streams(group: Group) -> bool:
    return len({one.stream for one in group.runs}) > 1


def _run_name(variant: Variant, measured: Measured, several: bool) -> str:
    known = several and measured.stream_seed is not None
    stream = f"stream {measured.stream_seed}, " if known else ""
    return f"{variant.label}, {stream}seed {measured.run.seed}"


def _base(group: Group) -> str:
    known = [float(run.steps["new"].iloc[0]) for run in group.runs if run.done]
    known = [share for share in known if not math.isnan(share)]
    if not known or (share := statistics.mean(known)) >= KNOWN:
        return ""
    exact = " Only the object and nothing else counted as right (--match exact)."
    strict = exact if group.match == EXACT else ""
    return (
        f"Before the first update, the model answered only {formats.share(share)} of the base facts"
        f" right.{strict} It cannot forget what it never knew. Teach the base first (--teach-base),"
        " or use facts that the model knows."
    )


def _naive(group: Group) -> str:
    found = [
        forgetting
        for variant in group.variants
        if variant.strategy == "naive"
        for forgetting in variant.values("forgetting")
    ]
    if not found or not (lost := statistics.mean(found)) < FORGOTTEN:
        return ""
    return (
        f"naive forgets hardly anything on this stream (forgetting {formats.share(lost)}), so a"
        " strategy has little to prevent."
    )


def _nobody(group: Group) -> str:
    """Return a doubt where no strategy learned more than was known before, or than `frozen` has."""
    new = {
        variant.label: statistics.mean(variant.values("new"))
        for variant in group.variants
        if variant.strategy != FROZEN and variant.scored
    }
    new = {name: share for name, share in new.items() if not math.isnan(share)}
    before = [share for variant in group.variants for share in _before(variant)]
    if not new or not before:
        return ""
    floor, best = statistics.mean(before), max(new.values())
    if floor >= KNOWN or best > floor + LEARNED:
        return ""
    return (
        f"No strategy learned the updates: new is {formats.share(best)} at best, and"
        f" {formats.share(floor)} without any training. So retained and stale do not say what a"
        " strategy loses by learning. Give the updates more training, or another learning rate."
    )


def _before(variant: Variant) -> list[float]:
    """Return how well the runs knew what the updates taught, without training, where known."""
    if variant.strategy == FROZEN:
        shares = variant.values("new")
    else:
        matrices = [one.matrix.to_numpy() for one in variant.scored]
        shares = [float(m[i - 1, i]) for m in matrices for i in range(1, len(m))]
    return [share for share in shares if not math.isnan(share)]


def _noise(group: Group) -> str:
    scored = [variant for variant in group.variants if variant.scored]
    if len(scored) < 2:
        return ""
    several = any(variant.several for variant in scored)
    unit, option = ("stream", "--stream-seeds") if several else ("seed", "--seeds")
    least = min(variant.units for variant in scored)
    if least < ENOUGH:
        number = "one" if least < 2 else str(least)
        return (
            f"With {number} {unit}{'s' * (least > 1)}, a small difference cannot be distinguished"
            f" from noise, and there is no interval. Compare with {option} 3 or more before you"
            " conclude anything from it."
        )
    frame = compared(group)
    if len(able(frame)) < 2:
        return ""
    judged = [SCORES[name] for name in ("new", "retained", "acc")]
    tied = [column.title for column in judged if standing(frame, column, floor=0) == NOBODY]
    if not tied:
        return ""
    return f"No difference in {' or '.join(tied)} is larger than the noise between {unit}s."


def _unscored(group: Group) -> str:
    """Return a doubt where a strategy stands in the table without any score."""
    names = [variant.label for variant in group.variants if not variant.scored]
    if not names or len(group.variants) < 2:
        return ""
    return (
        f"There are no scores of {', '.join(names)}: all of their runs diverged,"
        " or did not finish a step."
    )


def _streams(group: Group) -> str:
    """Return a doubt where strategies have scores on different streams."""
    held = {variant.label: set(variant.streams) for variant in group.variants if variant.scored}
    every = set[str]().union(*held.values())
    lacking = [
        f"{name} on {len(own)} of {len(every)}" for name, own in held.items() if own != every
    ]
    if not lacking:
        return ""
    return (
        f"The strategies have scores on different streams ({', '.join(lacking)}), so a difference"
        " between them can come from the facts. Compare them on the same streams."
    )


def _wordings(group: Group) -> str:
    forms = {form for run in group.runs for form in run.asked.forms}
    if not forms or forms - {"trained"}:
        return ""
    return (
        "Every wording that was asked was also trained, so reciting a sentence looks like knowing"
        " the fact. Give each relation more wordings."
    )


def _sampled(group: Group) -> str:
    """Return what sample of the facts was asked, if not all of them were."""
    found = {(one.facts, one.of): None for variant in group.variants for one in variant.samples}
    if not found:
        return ""
    sizes = [f"{facts:,} of {of:,} facts" for facts, of in found]
    return (
        f"A sample was asked: {' and '.join(sizes)}, the same at every step and for every strategy."
        " Scores are shares of it. Intervals are wider for it, with the finite population"
        " correction."
    )


def _devices(group: Group) -> str:
    settings = [flatten(run.run.record.get("settings")) for run in group.runs]
    devices = {str(one["model.device"]): None for one in settings if "model.device" in one}
    if len(devices) < 2:
        return ""
    return (
        f"These runs are from different devices ({', '.join(devices)}), which round differently."
        " A small difference between strategies can come from that."
    )


def _code(group: Group) -> str:
    """Return a doubt where runs of one strategy were made with different code."""
    from cltool.experiments.strategy_code import differences

    found: dict[str, dict[str, str]] = {}
    differing: dict[str, None] = {}
    for one in group.runs:
        recorded = one.run.record.get("code")
        for name, code in (recorded if isinstance(recorded, Mapping) else {}).items():
            if isinstance(code, Mapping):
                own = {part: str(code.get(part)) for part in ("digest", "from")}
                if differences({name: found.setdefault(name, own)}, {name: own}):
                    differing[str(name)] = None
    if not differing:
        return ""
    return (
        f"These runs were made with different code of {', '.join(differing)}. Run them again with"
        " --fresh before you compare them."
    )


_SAID = {"Before the first update, none of": _base, "No wording is held out": _wordings}
"""Beginnings of warnings of runs, and the doubts of a comparison that say the same."""

CHECKS: tuple[Callable[[Group], str], ...] = (
    _base,
    _naive,
    _nobody,
    _noise,
    _unscored,
    _streams,
    _wordings,
    _sampled,
    _devices,
    _code,
)
