"""The page of what runs and commands put out: the ledger, the costs, and the JSON of tables."""

from __future__ import annotations

from collections.abc import Mapping

from cltool import erasures, ledger
from cltool.metrics import NAMES
from cltool.records import COSTS
from cltool.reporting.table import COLUMNS

_HEAD = """\
# What comes out

<!-- Made by `python -m cltool.docs`. -->

A run folder holds `run.json` (settings as asked for and as resolved, versions, warnings, labels of
the steps), `answers/step-NNNN.parquet` (the ledger), `steps.jsonl` (what each step cost),
`checkpoints/` (safetensors and JSON) and, where something was to be forgotten, `erasures.json`.
`cltool.Run.open(folder)` reads it.
"""


def outputs_page() -> str:
    """The page, whole."""
    scores = {column.name: column.meaning for column in COLUMNS}
    parts = [
        _HEAD,
        "## The ledger: a row for every probe at every step\n",
        _table("column", ledger.COLUMNS),
        "## `steps.jsonl`: a line a step\n",
        _table("key", {"step": "0 is the base", "label": "the update's label", **COSTS}),
        "## `cltool run --json`\n",
        "`folder`; `summary` (a number for each score of the whole run and for each cost); `steps`"
        " (an object a step: scores, counts `n_new`, `n_retained`, `n_superseded`, `n_erased`, and"
        " costs); `resurfaced`, erased facts that came back: `run` (its folder) and `text`. The"
        " scores:\n",
        _table("score", NAMES),
        "## `cltool compare --json`, `cltool report --json`\n",
        "`report` (the page's path), `failed` (cells with their error), `doubts` (sentences),"
        " `resurfaced` (as above) and `table`, an object a strategy: `strategy`; `runs`, how many"
        " seeds count; `steps` done of `of`; `best`, the scores in which it is best or not told"
        " from the best; and for each of the following its mean, and under `NAME_half` half of its"
        " 95% interval, null with one seed:\n",
        _table("key", scores),
        "## `erasures.json`, `cltool erasures --json`\n",
        "`reference` (`runs`, the folders of the retrained runs; `exact`, whether they are an exact"
        " reference; null without any) and `requests`, an object for each fact that was to be"
        " forgotten ([erasing.md](erasing.md)):\n",
        _table("key", erasures.COLUMNS),
        "## `cltool tune --json`\n",
        "`folder` and `tunings`, an object a strategy: `chosen`, `front` and `trials` (each trial"
        " has `number`, `settings`, `scores`), `kept` (whether the bounds are), and `verdict`, the"
        " later updates' scores of the `chosen` settings and of the `presets`.\n",
    ]
    return "\n".join(parts)


def _table(head: str, rows: Mapping[str, str]) -> str:
    lines = [f"| {head} | meaning |", "| --- | --- |"]
    lines += [f"| `{name}` | {meaning} |" for name, meaning in rows.items()]
    return "\n".join([*lines, ""])
