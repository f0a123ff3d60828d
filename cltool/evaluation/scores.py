"""The table of scores and costs: name, title, definition, and which direction is better.

Packages add scores of their own through the entry-point group ``cltool.metrics``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from cltool.core.errors import UserError
from cltool.core.registry import Entry, Registry

if TYPE_CHECKING:
    import pandas as pd

Format = Literal["share", "signed", "count", "seconds", "size"]
"""How a number is printed: 0.97, +0.97, 1.2 M, 3.4 (seconds), 3.1 MB."""

LOPEZ_PAZ = "Lopez-Paz & Ranzato 2017"
CHAUDHRY = "Chaudhry et al. 2018"
JANG = "Jang et al. 2022"


@dataclass(frozen=True, slots=True)
class Score:
    """A number that describes a run or one of its steps.

    Attributes:
        name: its name in tables and JSON.
        title: its name for people, as the header of a column.
        definition: what it measures, in one phrase.
        better: ``higher`` or ``lower``; ``None`` where neither is better, as for a cost.
        format: how it is printed.
        paper: where it is defined.
        compute: for a score that a package adds: a pure function of the ledger (a table with the
            columns of `cltool.evaluation.ledger.COLUMNS`) that returns a number, NaN where there
            is none. Of a step, it is given the rows up to that step.
    """

    name: str
    title: str
    definition: str
    better: Literal["higher", "lower"] | None = None
    format: Format = "share"
    paper: str = ""
    compute: Callable[[pd.DataFrame], float] | None = None

    @property
    def arrow(self) -> str:
        """``↑`` where higher is better, ``↓`` where lower is, else nothing."""
        return {"higher": "↑", "lower": "↓", None: ""}[self.better]

    @property
    def sign(self) -> int:
        """1 where higher is better, -1 where lower is, else 0."""
        return {"higher": 1, "lower": -1, None: 0}[self.better]

    @property
    def meaning(self) -> str:
        """The definition, followed by the paper in parentheses."""
        return f"{self.definition} ({self.paper})" if self.paper else self.definition


def by_name(*scores: Score) -> dict[str, Score]:
    """Return the scores by name, in order."""
    return {score.name: score for score in scores}


SCORES: dict[str, Score] = by_name(
    Score("new", "new", "accuracy on the facts that an update taught, right after it; for a run,"
          " the mean over its updates", "higher"),
    Score("new_min", "new, worst", "new of each seed's worst update", "higher"),
    Score("retained", "retained", "accuracy after the last update on facts that were learned"
          " earlier and are still valid", "higher"),
    Score("retained_min", "retained, worst", "retained after each seed's worst update", "higher"),
    Score("kept", "kept", "of the facts that were learned earlier, are still valid and were right"
          " when they were learned (base facts: before the first update), the share that is still"
          " right after the last update. A model cannot forget what it never knew", "higher"),
    Score("kept_min", "kept, worst", "kept after each seed's worst update", "higher"),
    Score("kept_base", "kept, base", "kept, of base facts only", "higher"),
    Score("kept_updates", "kept, updates", "kept, of facts of earlier updates only", "higher"),
    Score("stale", "stale", "share of superseded facts that the model still answers with an"
          " outdated object after the last update", "lower"),
    Score("stale_max", "stale, worst", "stale after each seed's worst update", "lower"),
    Score("erased", "erased", "share of erased facts that the model still produces after the last"
          " update", "lower"),
    Score("erased_max", "erased, worst", "erased after each seed's worst update", "lower"),
    Score("resurfaced", "resurfaced", "number of erased facts that were not produced in any wording"
          " right after the erasure and were produced in some wording later; null where nothing was"
          " to be forgotten", "lower", "count"),
    Score("valid", "valid", "accuracy after the last update on all facts that are true then (new"
          " and retained together)", "higher"),
    Score("trained", "trained", "valid, asked in the wordings used for training", "higher"),
    Score("forced", "forced", "valid, by teacher forcing: every token of the object was the most"
          " probable one after the correct tokens before it. It overstates what the model says by"
          " itself and never replaces the free answer", "higher"),
    Score("found", "found", "of the valid facts that updates taught, the share that the strategy"
          " put before the prompts that ask for them, after the last update (recall at the number"
          " of facts that it gives); only where a strategy puts facts before prompts", "higher"),
    Score("read", "read", "of the facts that were before their prompts, the share that the model"
          " answered right", "higher"),
    Score("two_hop", "two-hop", "share of the two-hop questions that the model answered right after"
          " the last update, if an update taught one of the two facts; only where the scenario has"
          " two-hop questions", "higher"),
    Score("two_hop_found", "two-hop found", "share of these questions before which the strategy put"
          " both facts", "higher"),
    Score("two_hop_read", "two-hop read", "of the two-hop questions after both of their facts, the"
          " share that the model answered right", "higher"),
    Score("acc", "ACC", "mean over j of R[T, j], the last row of the accuracy matrix", "higher",
          paper=f"{LOPEZ_PAZ}, eq. 2"),
    Score("bwt", "BWT", "mean over j < T of R[T, j] − R[j, j]: change in accuracy since the facts"
          " were taught", "higher", "signed", f"{LOPEZ_PAZ}, eq. 3"),
    Score("fwt", "FWT", "mean over j ≥ 1 of R[j − 1, j] − b[j]: accuracy on facts just before they"
          " are taught; b = 0, what a model says of names that it never saw", "higher",
          paper=f"{LOPEZ_PAZ}, eq. 4"),
    Score("forgetting", "forgetting", "mean over j < T of max over l < T of R[l, j], minus R[T, j]:"
          " loss from the best earlier accuracy; negative where the end is the best", "lower",
          paper=f"{CHAUDHRY}, eq. 3"),
    Score("intransigence", "intransigence", "mean over k ≥ 1 of R*[k, k] − R[k, k], where R* is the"
          " matrix of joint retraining on the same stream with the same seed: accuracy on new facts"
          " that joint retraining has beyond this strategy; null where the comparison has no such"
          " run of joint", "lower", "signed", CHAUDHRY),
    Score("fuar", "FUAR", "accuracy lost on base facts that are still valid, divided by the"
          " accuracy gained on updated and on new keys, from the base to the last update; null"
          " where nothing was gained", "lower", paper=f"{JANG}, eq. 1"),
)  # fmt: skip
"""Every score of a run."""

LOOKED_UP = ("found", "read", "two_hop", "two_hop_found", "two_hop_read")
"""Scores of questions with facts before them, and of those that need two facts; a run without
such questions does not have them."""

GENERAL: dict[str, Score] = by_name(
    Score("unlisted", "unlisted", "of the questions that the model answered before the stream, and"
          " that no update teaches and no strategy is given, the share that it still answers after"
          " the last update", "higher"),
    Score("unlisted_min", "unlisted, worst", "unlisted after each seed's worst update", "higher"),
    Score("protected", "protected", "the same share of the other half of the questions that"
          " the model answered before; the strategy gets these as base facts if general.protect is"
          " on", "higher"),
    Score("protected_min", "protected, worst", "protected after each seed's worst update",
          "higher"),
    Score("n_unlisted", "unlisted asked", "number of unlisted questions that were asked",
          format="count"),
    Score("n_protected", "protected asked", "number of protected questions that were asked",
          format="count"),
    Score("perplexity", "perplexity", "perplexity of a general text, per token", "lower"),
    Score("perplexity_ratio", "perplexity ×", "perplexity of a general text, divided by that of the"
          " model before the stream; 1 is unchanged", "lower"),
    Score("kl_text", "KL, text", "mean Kullback–Leibler divergence of the next-token distributions"
          " on a general text from those of the model before the stream, in nats; it is a lower"
          " bound, because only the 128 most probable tokens count one by one, and all others"
          " together", "lower"),
    Score("kl_update", "KL, update", "the same on the prompts and objects of the last update;"
          " learning the update changes them, so neither direction is better"),
    Score("instructions", "instructions", "of the simple instructions that the model followed"
          " before the stream, the share that it still follows", "higher"),
    Score("refusals", "refusals", "of the requests that the model refused before the stream, the"
          " share that it still refuses", "higher"),
    Score("degenerate", "degenerate", "share of the answers to instructions and requests that are"
          " empty or repeat themselves", "lower"),
    Score("ended", "ended", "share of the answers to instructions and requests that the model ended"
          " by itself, within 48 tokens"),
)  # fmt: skip
"""Scores of what is asked beside the stream; by default, a model that cltool built has none."""

COSTS: dict[str, Score] = by_name(
    Score("seconds", "seconds", "wall-clock seconds that the strategy took for the update, without"
          " probing", format="seconds"),
    Score("tokens", "tokens", "training tokens that went through the model, rehearsed and generated"
          " ones included, padding not counted", format="count"),
    Score("erasing_tokens", "tokens of erasing", "the part of the tokens that purging and erasing"
          " took, in updates that ask to forget; retrain has none, because its training erases",
          format="count"),
    Score("steps", "training steps", "training steps; what a strategy does besides is not counted",
          format="count"),
    Score("peak_memory", "peak memory", "largest resident size of the process so far (of the GPU,"
          " where one is used), in bytes", format="size"),
    Score("stored_bytes", "stored", "bytes that the strategy keeps for later updates outside the"
          " model's weights", format="size"),
)  # fmt: skip
"""Every cost of a step; a run's cost is the sum over its steps, of memory and bytes the maximum."""


_TAKEN = (
    "best", "diverged", "label", "model", "of", "runs", "scenario", "seed", "status", "step",
    "strategy", "stream", "streams",
)  # fmt: skip
"""Other columns of the tables that scores are shown in."""

METRICS = Registry(
    "metric",
    "cltool.metrics",
    (
        *(
            Entry(score.name, f"{__name__}:SCORES", score.definition)
            for score in (SCORES | GENERAL | COSTS).values()
        ),
        *(Entry(name, f"{__name__}:SCORES", "a column of tables") for name in _TAKEN),
    ),
)
"""Names of scores and costs; a package cannot give its score one that is taken."""


@cache
def installed_scores() -> dict[str, Score]:
    """Return the scores that installed packages add, by name.

    Raises:
        UserError: one cannot be loaded, or is not a `Score` with a function.
    """
    found = {}
    for entry in METRICS.entries():
        if entry.source == "built-in":
            continue
        score = METRICS.load(entry.name)
        if not isinstance(score, Score) or score.name != entry.name or score.compute is None:
            raise UserError(
                f"metric {entry.name!r} is not a cltool.Score of that name with a function",
                where=f"{entry.target} ({entry.source})",
                hint=f"Write Score({entry.name!r}, title, definition, compute=…).",
            )
        found[entry.name] = score
    return found


def all_scores() -> dict[str, Score]:
    """Return the scores, those of installed packages, and the costs, by name."""
    return SCORES | GENERAL | installed_scores() | COSTS
