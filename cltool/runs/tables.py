"""Tables of a comparison: strategies, single runs, and paired differences from one strategy."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.errors import UserError
from cltool.evaluation import metrics
from cltool.evaluation.scores import LOOKED_UP, installed_scores
from cltool.runs import harness
from cltool.runs.groups import Group, Variant, group_runs
from cltool.runs.measured import Measured
from cltool.runs.run import DIVERGED, Run

if TYPE_CHECKING:
    import pandas as pd

COMPARED = (
    "new", "new_min", "retained", "retained_min", "kept", "kept_base", "kept_updates", "stale",
    "stale_max", "erased", "resurfaced", *LOOKED_UP, "acc", "bwt", "forgetting", "intransigence",
    "fuar", "unlisted", "unlisted_min", "protected", "perplexity_ratio", "kl_text", "instructions",
    "refusals", "degenerate", "tokens", "seconds", "stored_bytes",
)  # fmt: skip
"""The scores and costs of the comparison, in order; those of installed packages come last."""

BESIDE = (
    "kept_base", "kept_updates", "unlisted", "unlisted_min", "protected", "perplexity_ratio",
    "kl_text", "instructions", "refusals", "degenerate",
)  # fmt: skip
"""Scores that are left out where no run asked anything beside its stream."""

ASKED = frozenset(BESIDE) - {"kept_base", "kept_updates"}
"""Those of them that are not from the ledger."""

OPTIONAL = (*BESIDE, *LOOKED_UP, "erased", "resurfaced", "intransigence")
"""Scores that are left out where no run has them: nothing was to be forgotten, no `joint`, no
facts before prompts."""

ADDED = ("kept",)
"""Scores that results of earlier versions lack; they are also left out where no run has them."""

PARTS = ("", "_half", "_low", "_high")
"""Endings of the columns of a score: the mean, half of its interval, the smallest and the largest
value."""

SPREAD = ("_stream_sd", "_training_sd")
"""Endings of the columns of the standard deviations over streams and over training."""

FINISHED, UNFINISHED, FAILED = "finished", "unfinished", "failed"

STATUSES = (FINISHED, UNFINISHED, DIVERGED, FAILED)
"""What became of a run. One that diverged has no scores, and one that failed ended in an error."""

Runs = Sequence[Run | Measured]


def one_group(runs: Runs) -> Group:
    """Return the group of runs that can be compared.

    Raises:
        UserError: no runs, or runs that cannot be compared.
    """
    groups = group_runs(runs)
    if not groups:
        raise UserError("there are no runs to compare", hint="Name one or more run folders.")
    if len(groups) > 1:
        raise UserError(
            "these runs are not of one scenario, model and number of steps",
            details=[
                f"{group.scenario} on {group.model}, {len(group.labels)} steps: "
                + ", ".join(str(measured.run.folder) for measured in group.runs)
                for group in groups
            ],
            hint="Compare them one group at a time.",
        )
    return groups[0]


def comparison(runs: Runs, failed: Sequence[Mapping[str, Any]] = ()) -> pd.DataFrame:
    """Compare strategies: mean over runs and half-width of the interval.

    If some runs of a strategy are not finished, only those with the most steps count. Runs over
    several streams are pooled: the mean and the interval are then over the streams' means.

    Args:
        runs: the runs.
        failed: the ``strategy`` of each run that failed.

    Returns:
        Index ``strategy`` in order of first appearance (with the run folder's name where
        one strategy ran with several settings). Columns ``runs`` (how many count), ``streams``
        (of how many streams), ``steps`` (done, the base included), ``of`` (steps of the stream),
        ``status`` (`STATUSES`), ``diverged`` and ``unfinished`` (how many runs diverged, and how
        many failed or did fewer steps; they have no scores), then for each of `COMPARED` its mean
        under its name, the half-width under ``NAME_half`` (NaN with fewer than three seeds, or
        streams if there are several), and the smallest and the largest value under ``NAME_low``
        and ``NAME_high``; `OPTIONAL` only if a run has a number. With several streams and seeds
        also the standard deviations ``NAME_stream_sd`` and ``NAME_training_sd``.

    Raises:
        UserError: no runs, or runs that cannot be compared.
    """
    group = one_group(runs)
    group.failed = [str(one["strategy"]) for one in failed]
    return compare(group)


def compare(group: Group) -> pd.DataFrame:
    """Return the `comparison` of one group."""
    import pandas as pd

    pooled = any(variant.several for variant in group.variants)
    endings = (*PARTS, *SPREAD) if pooled else PARTS
    rows = []
    for variant in group.variants:
        row: dict[str, Any] = {"runs": len(variant.scored), "streams": len(variant.streams)}
        row |= {"steps": variant.done, "of": len(group.labels), "status": _status_of(variant)}
        row["diverged"] = sum(measured.diverged for measured in variant.runs)
        lost = [*group.failed].count(variant.strategy)
        row["unfinished"] = len(variant.runs) - len(variant.scored) - row["diverged"] + lost
        for name in (*COMPARED, *installed_scores()):
            numbers = (*variant.interval(name), *variant.extremes(name), *variant.spread(name))
            row |= {f"{name}{end}": one for end, one in zip(endings, numbers, strict=False)}
        rows.append(row)
    names = pd.Index([variant.label for variant in group.variants], name="strategy")
    frame = pd.DataFrame(rows, index=names)
    missing = [name for name in (*OPTIONAL, *ADDED) if frame[name].isna().all()]
    absent = dict.fromkeys([*missing, *(BESIDE if set(missing) >= ASKED else ())])
    return frame.drop(columns=[f"{name}{end}" for name in absent for end in endings])


def per_seed(runs: Runs, failed: Sequence[Mapping[str, Any]] = ()) -> pd.DataFrame:
    """Return the scores and costs of every run, one row a run.

    Args:
        runs: the runs.
        failed: runs that failed: ``strategy`` and ``seed``, and ``stream`` if there are several.

    Returns:
        Columns ``scenario``, ``model``, ``strategy`` (its label in the `comparison`), ``stream``
        (the seed of the stream; missing if it has none), ``seed``, ``status`` (`STATUSES`),
        ``steps`` (done, the base included), `COMPARED`, and what EleutherAI's harness measured, as
        ``lm_eval.TASK.METRIC``. Runs that do not count in the `comparison` have no scores.
    """
    import pandas as pd

    groups = group_runs(runs)
    measured = {
        name: None
        for group in groups
        for one in group.runs
        for name in one.summary
        if name.startswith(harness.PREFIX)
    }
    names = (*COMPARED, *installed_scores(), *measured)
    rows = [
        {
            "scenario": group.scenario,
            "model": group.model,
            "strategy": variant.label,
            "stream": one.stream_seed,
            "seed": one.run.seed,
            "status": _status(one),
            "steps": one.done,
            **scores.get(one.run.folder, dict.fromkeys(names, math.nan)),
        }
        for group in groups
        for variant in group.variants
        for scores in [_scores(variant, names)]
        for one in variant.runs
    ]
    rows += [
        {
            **{name: rows[0][name] if rows else "" for name in ("scenario", "model")},
            "strategy": str(one["strategy"]),
            "stream": one.get("stream"),
            "seed": one["seed"],
            "status": FAILED,
            "steps": math.nan,
            **dict.fromkeys(names, math.nan),
        }
        for one in failed
    ]
    frame = pd.DataFrame(rows)
    whole = {name: "Int64" for name in ("stream", "steps") if name in frame}
    return frame.astype(whole)


def _scores(variant: Variant, names: Sequence[str]) -> dict[Path, dict[str, float]]:
    """Return the scores of each run that counts, by its folder."""
    values = {name: variant.values(name) for name in names}
    return {
        one.run.folder: {name: value[place] for name, value in values.items()}
        for place, one in enumerate(variant.scored)
    }


def _status(one: Measured) -> str:
    return DIVERGED if one.diverged else FINISHED if one.finished else UNFINISHED


def _status_of(variant: Variant) -> str:
    """Return the status of the runs that count; of all runs if none does."""
    statuses = {_status(one) for one in variant.scored or variant.runs}
    return next(one for one in STATUSES if one in statuses)


def evaluated(group: Group) -> pd.DataFrame:
    """Return what EleutherAI's harness measured of the last models, a row for each mean.

    Returns:
        Columns ``strategy``, ``task``, ``metric``, ``better`` (``higher``, ``lower`` or None),
        ``n`` (documents), ``mean`` over the runs, and ``half``, ``low`` and ``high`` as in the
        `comparison`.
    """
    import pandas as pd

    rows = []
    for variant in group.variants:
        tables = [one.run.lm_eval.to_dict("records") for one in variant.scored]
        known = {(row["task"], row["metric"]): row for held in tables for row in held}
        for (task, metric), row in known.items():
            name = f"{harness.PREFIX}{task}.{metric}"
            (mean, half), (low, high) = variant.interval(name), variant.extremes(name)
            rows.append({
                "strategy": variant.label, "task": task, "metric": metric, "better": row["better"],
                "n": row["n"], "mean": mean, "half": half, "low": low, "high": high,
            })  # fmt: skip
    columns = ["strategy", "task", "metric", "better", "n", "mean", "half", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def paired(runs: Runs, reference: str) -> pd.DataFrame:
    """Return the differences of each strategy from ``reference``, paired by stream and seed.

    Returns:
        Index ``strategy`` and ``score``. Columns ``difference`` (the mean), ``half`` (half-width
        of its 95% t interval; over the streams' means if there are several streams; NaN with
        fewer than three), ``low`` and ``high`` (the smallest and the largest difference), and
        ``n``, the number of pairs.

    Raises:
        UserError: no strategy has this name, or the runs cannot be compared.
    """
    return paired_in(one_group(runs), reference)


def paired_in(group: Group, reference: str) -> pd.DataFrame:
    """Return the differences, as `paired`, of one group."""
    import pandas as pd

    found = refuse_no_reference(group, reference)
    rows, places = [], []
    for variant in group.variants:
        if variant is found:
            continue
        for name in (*COMPARED, *installed_scores()):
            if (row := _differences(variant, found, name)) is not None:
                rows.append(row)
                places.append((variant.label, name))
    index = pd.MultiIndex.from_tuples(places, names=["strategy", "score"])
    return pd.DataFrame(rows, index=index, columns=["difference", "half", "low", "high", "n"])


def refuse_no_reference(group: Group, reference: str) -> Variant:
    """Return the variant that ``reference`` names.

    Raises:
        UserError: there is none, or more than one.
    """
    found = [one for one in group.variants if reference in (one.label, one.strategy)]
    if len(found) != 1:
        raise UserError(
            f"{reference!r} is {'no strategy' if not found else 'more than one strategy'} here",
            where="reference",
            hint=f"There are: {', '.join(variant.label for variant in group.variants)}.",
        )
    return found[0]


def _differences(variant: Variant, reference: Variant, score: str) -> dict[str, Any] | None:
    base = dict(zip(map(_pair, reference.scored), reference.values(score), strict=True))
    clusters: dict[str, list[float]] = {}
    for one, value in zip(variant.scored, variant.values(score), strict=True):
        difference = value - base.get(_pair(one), math.nan)
        if not math.isnan(difference):
            clusters.setdefault(one.stream, []).append(difference)
    values = [value for held in clusters.values() for value in held]
    if not values:
        return None
    mean, half = metrics.clustered_interval(list(clusters.values()), variant.several)
    both = (variant, reference)
    # The answers of two strategies about one fact go together, so this is rather too wide.
    half = math.hypot(half, *(one.sampling_half(score) for one in both))
    return {
        "difference": mean,
        "half": half,
        "low": min(values),
        "high": max(values),
        "n": len(values),
    }


def _pair(one: Measured) -> tuple[object, ...]:
    return one.stream, one.run.seed, one.done
