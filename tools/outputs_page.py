"""The page of what runs and commands put out: the ledger, the costs, and the JSON of tables."""

from __future__ import annotations

from collections.abc import Mapping

from cltool.evaluation import ledger
from cltool.evaluation.scores import COSTS, SCORES, Score
from cltool.reporting.table import COMPARED
from cltool.runs import erasures

_HEAD = """\
# What comes out

<!-- Made by `python -m tools.docs`. -->

A run folder holds `run.json` (settings as asked for and as resolved, versions, warnings, labels of
the steps), `answers/step-NNNN.parquet` (the ledger), `steps.jsonl` (what each step cost),
`checkpoints/` (safetensors and JSON) and, where something was to be forgotten, `erasures.json`.
What audits found out of its models is kept in `audit/`, for the next one. `cltool.Run.open(folder)`
reads it.
"""


ATTACK = {
    "attack": "its name",
    "family": "what it stands with on the page",
    "title": "its name for people",
    "meaning": "what is scored",
    "verdict": "indistinguishable, residue, over-forgotten or undecided; of what is to be kept,"
    " damaged or better than the reference",
    "figure": "the model's score, mean over facts, or an AUC",
    "reference": "the retrained model's",
    "before": "of the model before the erasing; null where it was not asked",
    "difference": "of figure and reference",
    "low": "lower end of its interval",
    "high": "upper end of its interval",
    "n": "facts, or texts, that it comes from",
    "tolerance": "the largest difference that does not count",
    "within": "the smallest tolerance at which the two would be indistinguishable",
    "notes": "further numbers by name, such as the restored share",
}
"""What `cltool.audit.judge.Row.as_json` gives, and its meaning."""

SPREAD = {
    "mean": "over the seeds of which there is a number",
    "min": "the least of them",
    "max": "the largest of them",
    "by_seed": "one a seed, in the order of `seeds`; null for what is not there",
}
"""What `cltool.reporting.survey_data.spread` gives, and its meaning."""


def outputs_page() -> str:
    """The page, whole."""
    from cltool.audit.survey import RUN_SCORES

    scores, costs = _meanings(SCORES), _meanings(COSTS)
    compared = {name: (scores | costs)[name] for name in COMPARED}
    parts = [
        _HEAD,
        "## The ledger: a row for every probe at every step\n",
        _table("column", ledger.COLUMNS),
        "## `steps.jsonl`: a line a step\n",
        _table(
            "key",
            {
                "step": "0 is the base",
                "label": "the update's label",
                **costs,
                "logs": "what the strategy logged with `learner.log` ([hooks.md](hooks.md)), by"
                " name; missing where it logged nothing, null where a value was not finite",
            },
        ),
        "## `cltool run --json`\n",
        "`folder`; `summary` (a number for each score of the whole run and for each cost); `steps`"
        " (an object a step: scores, counts `n_new`, `n_retained`, `n_superseded`, `n_erased`, and"
        " costs); `resurfaced`, erased facts that came back: `run` (its folder) and `text`. The"
        " scores:\n",
        _table("score", scores),
        "## `cltool compare --json`, `cltool report --json`\n",
        "`report` (the page's path), `failed` (cells with their error), `doubts` (sentences),"
        " `resurfaced` (as above) and `table`, an object a strategy: `strategy`; `runs`, how many"
        " seeds count; `steps` done of `of`; `best`, the scores in which it is best or not told"
        " from the best; and for each of the following its mean, and under `NAME_half` half of its"
        " 95% interval, null with one seed:\n",
        _table("key", compared),
        "## `erasures.json`, `cltool erasures --json`\n",
        "`reference` (`runs`, the names of the retrained runs' folders; `exact`, whether they are"
        " an exact reference; null without any) and `requests`, an object for each fact that was"
        " to be forgotten ([erasing.md](erasing.md)):\n",
        _table("key", erasures.COLUMNS),
        "## `cltool tune --json`\n",
        "`folder`, `report` (the page, or null) and `tunings`, an object a strategy: `chosen`,"
        " `front` and `trials` (each trial has `number`, `settings`, `scores`), `kept` (whether"
        " the bounds are), and `verdict`, the later updates' scores of the `chosen` settings and"
        " of the `presets`.\n",
        "## `cltool audit --json`\n",
        "`format` (1); `command`; `page` (its path); `about` (what was audited); `verdicts` (how"
        " often each was given);"
        " `attacks`, `facts` and `steps`, lists of objects; `doubts` (sentences); `settings`."
        " A fact has `subject`, `relation`, `object`, `aliases`, `answers` (what the model said in"
        " each way of asking, with its score) and the `probability` of its object under the model,"
        " the `reference` and the model `before`; a step has `step`, `label`, `growth` and"
        " `perplexity`. An attack ([auditing.md](auditing.md)) has:\n",
        _table("key", ATTACK),
        "## `cltool audit --json` of several runs\n",
        "`page`; `about`; `attacks` (the columns: `attack`, `family`, `title`, `meaning` and"
        " `tolerance`); `scores` (`score`, `title`, `meaning`); `steps`, an object for each audited"
        " step; `left_out` (`run` and `reason`); `doubts`; `settings`. A step has `step`, `label`,"
        " `erased` (facts of each seed), the `reference` (`figures` by attack, and `scores`), the"
        " figures of the model `before`, and `strategies`, the best first. A strategy has"
        " `strategy`, `seeds`, `verdicts` (how often each was given), `attacks` by name (of all"
        " seeds together, with the keys above from `verdict` on) and `scores` by name. Each score,"
        " and each attack beside its verdict, has:\n",
        _table("key", SPREAD),
        "The scores are:\n",
        _table("score", _meanings(RUN_SCORES)),
    ]
    return "\n".join(parts)


def _meanings(scores: Mapping[str, Score]) -> dict[str, str]:
    return {name: score.meaning.replace("*", r"\*") for name, score in scores.items()}


def _table(head: str, rows: Mapping[str, str]) -> str:
    lines = [f"| {head} | meaning |", "| --- | --- |"]
    lines += [
        f"| `{name}` | {meaning.replace('*', chr(92) + '*')} |" for name, meaning in rows.items()
    ]
    return "\n".join([*lines, ""])
