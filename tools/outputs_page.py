"""Makes docs/outputs.md: files of a run folder, exit codes, and the JSON that commands print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cltool.core import exit_codes
from cltool.core.json_files import SEAL
from cltool.evaluation import ledger
from cltool.evaluation.scores import COSTS, LOOKED_UP, SCORES, Score
from cltool.runs import erasures, general, heartbeat, rehearsed, trained
from cltool.runs.run import FORMAT, LEDGER
from cltool.runs.tables import COMPARED
from cltool.training.stopping import REASONS

_HEAD = f"""\
# Outputs of runs and commands

<!-- Made by `python -m tools.docs`. -->

A run folder holds:

- `run.json`: the settings as given and as resolved, versions, warnings, the labels of the steps,
  and `code`: for each strategy, a digest of its source files and the version of the package that it
  comes from. A run is not continued with other code, unless `--accept-changed-code` is given.
  `sampled`, where a sample of the facts was asked, says how many of how many.
  `weights` and `model_parts` are hashes of the base model's weights, tokenizer, config, generation
  settings and chat template, and `model_source` those of the files in the model's folder. A run is
  not continued with another base model, and a finished one is not returned for another.
  `format` is the version of the file, {FORMAT} at present;
- `answers/step-000.parquet`, `answers/step-001.parquet`, …: the ledger. `cltool.format` in a file's
  schema metadata is its version, {ledger.FORMAT} at present;
- `general/`, if something was asked beside the stream ([general.md](general.md)): `before.json`
  with the answers of the model before the stream, and `step-000.json`, `step-001.json`, … with
  those after each step. Each holds `numbers`, and `answers` with one object for each prompt;
- `rehearsed/step-001.parquet`, …, for each update that rehearsed earlier facts: the columns
  `subject`, `relation` and `sentences`, how many sentences about the fact were rehearsed.
  `run.rehearsed(step)` reads it;
- `steps.jsonl`: what each step cost;
- `checkpoints/`: safetensors and JSON, and in each folder `digests.json`, the SHA-256 of its files;
- `erasures.json`, if an update asks to forget facts;
- `lm_eval.json`, if [lm-eval](general.md) evaluated the model after the last step: for each task of
  the command how it was evaluated, and `rows` with the keys of `lm_eval` below;
- `audit/`, if the run was audited: the results of the attacks, which later audits read;
- `trackers.json` and `tensorboard/`, if the run was [logged](dashboard.md) to other tools: how they
  call it, and TensorBoard's event files;
- `.cltool.lock`: who writes the folder, while a command does. Another command is then refused. The
  lock ends with its process; a file that is left behind does not lock the folder.
- `heartbeat.json`, while a command works on the run: how far it is, as below. It is written again
  every second, is no part of the run, and is removed at the end. If its process was killed, the
  file stays until the run goes on or is replaced; `cltool dashboard` does not show such a run as in
  progress.

`status` in `run.json` is `running` (also of a run that was interrupted), `finished`, `diverged` (a
loss or a weight is not finite; `diverged` has the step and the reason) or `cleared` (removed with
`--fresh`, and not started again).

`cltool.open_run(folder)` reads it. Files without a version have version 1. Files with a newer
version than the installed cltool knows are refused.

What was written is compared with its digest whenever it is read: checkpoints and built models in
the cache with their `digests.json`, and a file of the ledger with `cltool.sha256` in its metadata
(the SHA-256 of the file with 64 zeros in that place). `run.json`, each line of `steps.jsonl`,
`erasures.json`, `lm_eval.json`, `digests.json` and the files in `audit/` and `general/` hold a
digest of themselves, `{SEAL}`. So a file that was changed by hand is refused, too.

Each file of a run is bound to this run. `id` in `run.json` is a digest of the run's settings, its
stream and its base model. The `{SEAL}` of each line of `steps.jsonl`, of `erasures.json` and of
each checkpoint's `digests.json` (with the number of the step) is made from the content and this
`id`, and each line of `steps.jsonl` holds the digest of the step's file of the ledger. So a file of
another run or of another step is noticed. The files in `audit/` hold a `key`, a digest of the model
and of all that was asked.

A built model that is damaged or has no digests is built again, and a run whose last checkpoint is
damaged goes on from the one before, or from the base model; both are in the run's warnings. Results
of attacks that are damaged are made again. Any other file that is damaged or of another run is an
error that names it. Files of earlier versions of cltool, which have no digests, are read: a run
that has no `id` may lack them.
"""

_LEDGER = """\
The ledger has a Parquet file for each step, `answers/step-000.parquet`, `answers/step-001.parquet`,
…, which together are one table, partitioned by the column `step`. DuckDB and Polars read them so; a
step in which no row has one of the last four columns lacks that column:

```sql
SELECT step, "group", avg("right"::int) AS share
FROM read_parquet('runs/NAME/answers/*.parquet', union_by_name = true)
WHERE form <> 'trained' GROUP BY ALL ORDER BY ALL;
```

```python
files = sorted(Path("runs/NAME/answers").glob("*.parquet"))
answers = pl.concat([pl.scan_parquet(file) for file in files], how="diagonal")
answers.group_by("step", "group").agg(pl.col("right").mean()).collect()
```
"""

ATTACK = {
    "attack": "name of the attack",
    "family": "group of attacks on the page",
    "title": "title of the attack on the page",
    "meaning": "what is scored",
    "verdict": "indistinguishable, residue, over-forgotten or undecided; for facts that must be"
    " kept, also damaged or better than the reference",
    "figure": "score of the audited model: a mean over facts, or an AUC",
    "reference": "score of the retrained model",
    "before": "score of the model before the erasure; null if it was not measured",
    "difference": "figure minus reference",
    "low": "lower end of the interval of the difference",
    "high": "upper end of the interval of the difference",
    "n": "number of facts or texts",
    "tolerance": "the largest difference that counts as equal",
    "within": "the smallest tolerance at which the verdict would be indistinguishable",
    "notes": "further numbers by name, such as the restored share",
}
"""Keys of `cltool.audit.judge.Row.as_json`, and their meanings."""

SPREAD = {
    "mean": "mean over the seeds that have a number",
    "min": "the smallest of these numbers",
    "max": "the largest of these numbers",
    "by_seed": "one number per seed, in the order of `seeds`; null if it is missing",
}
"""Keys of `cltool.reporting.survey_data.spread`, and their meanings."""


_RUN = """\
## `cltool run --json`

- `folder`: the run folder;
- `summary`: a number for each score of the whole run and for each cost;
- `steps`: an object for each step, with scores, costs, the keys of `training` as `training.NAME`,
  and the counts `n_new`, `n_retained`, `n_superseded` and `n_erased`;
- `resurfaced`: erased facts that came back, each with `run` (its folder) and `text`;
- `lm_eval`, if [lm-eval](general.md) evaluated the model: an object for each `task` and `metric`,
  with `value`, `stderr` (its standard error), `n` (documents), `limit` (of documents), `shots`,
  `better` (`higher`, `lower` or null) and `version` (of the task). `summary` and the last of the
  `steps` have `value` as `lm_eval.TASK.METRIC`.

[scores.md](scores.md) defines the scores and costs. Those of a run are:
"""

_COMPARE = """\
## `cltool compare --json`, `cltool report --json`

- `report`: path of the page;
- `failed`: cells that failed, each with `strategy`, `stream` (if there are several), `seed` and
  `error`;
- `doubts`: sentences about the limits of the comparison, and the warnings of its runs;
- `resurfaced`: as above;
- `table`: an object for each strategy;
- `lm_eval`, if lm-eval evaluated models: an object for each `strategy`, `task` and `metric`, with
  `better`, `n`, the `mean` over the runs, and `half`, `low` and `high` as below;
- `per_seed`: an object for each run, with `scenario`, `model`, `strategy`, `stream` (the seed of
  the stream, or null), `seed`, `status`, `steps` (how many are done), and the scores and costs
  below, which are null where the run does not count;
- with `--require`: `requirements`, an object for each strategy with its `verdict` (`pass`, `fail`
  or `undecided`) and `checks`. A check has `bound`, `score`, `verdict`, `value`, its interval
  (`low` and `high`), `reason`, the number of facts `n` and of `runs` that it comes from, and how
  many facts (`decides`) or runs (`decides_runs`) would decide it, null if it is decided or none
  would;
- with `--reference`: `reference`, and `paired`, an object for each `strategy` and `score` with the
  mean `difference` from the reference over `n` pairs of runs that have the same stream and seed,
  `half` of its 95% interval, and the smallest and the largest difference (`low` and `high`).

An object of the table has `strategy`; `runs`, how many runs count, and `streams`, over how many
streams; `steps`, how many steps are done, and `of`, how many there are; `status`; `diverged`, how
many runs did; `best`, the scores in which the intervals tell the strategy apart from all others;
`tied`, those in which it is not told apart from the best mean; and
the mean of each score and cost below.
A `status` is `finished`, `unfinished`, `diverged` or `failed`. A run that diverged, ended in an
error, or has fewer steps than other runs of its strategy does not count. A strategy with a run that
diverged is never marked as best.
`NAME_low` and `NAME_high` are the smallest and the largest value. `NAME_half` is half of the 95%
interval (Student's t), null with fewer than three seeds. With several streams (`--stream-seeds`)
the mean and the interval are over the means of the streams, because runs on one stream are not
independent; `NAME_stream_sd` and `NAME_training_sd` are then the standard deviations over streams
and over training (one-way analysis of variance), null if they cannot be told apart. `erased`,
`resurfaced` and `intransigence` are missing if no run has them. With `--by TAG`, `cltool report`
also has `by`: an object for each run and each `value` of the tag, with the scores after the last
step. [scores.md](scores.md) defines the scores:
"""

_ERASURES = """\
## `erasures.json`, `cltool erasures --json`

`reference` is null without a retrained run. Otherwise it has `runs`, the names of the folders of
the retrained runs, and `exact`, whether they are an exact reference. `requests` has an object for
each fact that had to be forgotten ([erasing.md](erasing.md)):
"""

_TUNE = """\
## `cltool tune --json`

- `folder`: the folder of the runs;
- `report`: path of the page, or null;
- `tunings`: an object for each strategy;
- `doubts`: what limits the conclusions, a sentence each: the warnings of the runs of the presets,
  of the chosen settings, of the front and of the later updates, with the settings that each is
  about.

A strategy has `chosen`, `front` and `trials` (each trial has `number`, `settings` and `scores`, and
`warnings` if its run has any); `kept`, whether the chosen settings meet the bounds; and `verdict`,
the scores on the later updates of the `chosen` settings and of the `presets`. A score is null where
the updates have no facts for it.
"""

_REPRODUCE = """\
## `report.json` of an experiment, `cltool reproduce --json`

`report.json` has `experiment`, its name; `command`, which makes it; `cells`; `doubts`, as above;
and either `table` and `resurfaced`, as above, or `tunings`, as `cltool tune --json`. `cells` has:

- `planned` and `finished`: how many cells the experiment has, and how many of them count;
- `other_code`: names of the finished cells that other code than the present one made, when the
  report was written;
- `one_code`: whether one version of the code made all finished cells, or null where their files do
  not say it.

`cltool reproduce --json` prints an object for each experiment:

- `experiment`: its folder; and `runs`, the folder of its runs;
- `written`: paths of the pages and JSON files that were written;
- `not_written`: reports whose run folders are missing;
- `failed`: cells, audits and reports that failed, a sentence each;
- `stale`: cells that are still missing or out of date;
- `other_code`: finished cells that other code than the present one made;
- `doubts`: as above.

An experiment that cannot be read has `error` in place of these. With `--list` an object has
`experiment`, `shows`, `cells`, `finished` and `other_code` (how many of the finished cells other
code made), or `error`. With `--check` there is an object for each cell that has to run or that
other code made: `experiment`, `cell`, `reason`, and `has_to_run`, which is false for a cell that
other code made.

With `--cells`, such an object has `experiment`, `runs`, `failed`, and `finished`, the number of
cells of the share that were run.
"""

_AUDIT = """\
## `cltool audit --json`

- `format`: 1;
- `command`: the command as typed;
- `page`: path of the page;
- `about`: what was audited;
- `verdicts`: how often each verdict was given;
- `attacks`, `facts` and `steps`: lists of objects;
- `doubts`: sentences about the limits of the verdicts;
- `settings`.

A fact has `subject`, `relation`, `object`, `aliases`, `answers` (what the model answered to each
kind of question, with its score) and `probability`, that of its object under the model, the
`reference` and the model `before`. A step has `step`, `label`, `growth` and `perplexity`. An
attack ([auditing.md](auditing.md)) has:
"""

_SURVEY = """\
## `cltool audit --json` of several runs

- `page` and `about`: as above;
- `attacks`: the columns, each with `attack`, `family`, `title`, `meaning` and `tolerance`;
- `scores`: each with `score`, `title` and `meaning`;
- `steps`: an object for each audited step;
- `left_out`: runs that could not be audited, each with `run` and `reason`;
- `doubts` and `settings`: as above.

A step has `step`, `label`, `erased` (the number of erased facts per seed), `reference` (`figures`
by attack, and `scores`), `before` (the figures of the models before the erasure) and `strategies`,
the best first. A strategy has `strategy`, `seeds`, `verdicts` (how often each was given),
`attacks` by name (over all seeds, with the keys above from `verdict` on) and `scores` by name.
Each score has the following keys, and each attack has them beside its verdict:
"""


def outputs_page() -> str:
    """Return the page as Markdown."""
    from cltool.audit.survey_tables import RUN_SCORES

    own = [name for name in SCORES if name not in ("intransigence", *LOOKED_UP)]
    step = {
        "step": "number of the step; 0 is the base",
        "label": "label of the update",
        **_meanings(COSTS),
        trained.KEY: "how training on the update went, as below; missing if nothing was trained",
        "uncounted_tokens": "tokens that passed through the model and were not counted; missing"
        " if all were ([hooks.md](hooks.md#tokens))",
        "changed_uncounted": "true where the weights changed and no token was counted",
        "owed": "what earlier updates spent beyond their budgets, deducted from this update's;"
        " missing without a budget ([hooks.md](hooks.md#tokens))",
        "new_before": "accuracy before the update on what it teaches, in held-out wordings; null"
        " if none of it is asked; missing for the base",
        "new_after": "the same after the update",
        "logs": "what the strategy logged with `learner.log` ([hooks.md](hooks.md)), by name;"
        " missing if it logged nothing, null if a value was not finite",
        general.FOLDER: "what was measured beside the stream: numbers by the names of"
        " [scores.md](scores.md), null where there is none, and `answers`, the digest of the step's"
        " file in `general/`; missing if nothing was asked",
        rehearsed.FOLDER: "what the update rehearsed: `facts`, how many; `sentences`, how often in"
        " all; `others`, sentences about no fact of the stream; and `sha256` of the step's file in"
        " `rehearsed/`; missing if it rehearsed nothing. For agem and gem it is that whose gradient"
        " the update's was compared with. Strategies that train on all facts again, such as joint,"
        " rehearse nothing in this sense",
        LEDGER: "digest of the step's file of the ledger",
        SEAL: "digest of the line and of the run's `id`",
    }
    parts = [
        _HEAD,
        "## Exit codes of all commands\n",
        _table("code", {str(code): meaning for code, meaning in exit_codes.MEANINGS.items()}),
        "## The ledger: a row for every probe at every step\n",
        _LEDGER,
        _table(
            "column",
            ledger.COLUMNS
            | {
                ledger.TAGS: "only if facts have [tags](facts.md#tags):"
                " the tags of the fact, as a JSON object; null if it has none",
                ledger.LEAD: "only if the model is asked [by chat](models.md): the words of the"
                " assistant's sentence before the object; null if there are none",
                ledger.GIVEN: "only if the strategy puts facts before prompts: how many it put"
                " before this one",
                ledger.FOUND: "only if the strategy puts facts before prompts: whether the facts"
                " that answer the probe (two of a two-hop question) were among them",
            },
        ),
        "## `steps.jsonl`: a line for every step\n",
        _table("key", step),
        "`training` has these keys:\n",
        _table("key", trained.COLUMNS),
        "Training stops for one of these reasons:\n",
        _table("stop", {str(reason): meaning for reason, meaning in REASONS.items()}),
        "## `heartbeat.json`: how far a run in progress is\n",
        _table("key", {"format": f"{heartbeat.FORMAT}", **heartbeat.KEYS}),
        _RUN,
        _names([*own, *COSTS]),
        "These are there only if the run has them: facts before prompts, two-hop questions.\n",
        _names(LOOKED_UP),
        _COMPARE,
        _names(COMPARED),
        _ERASURES,
        _table("key", erasures.COLUMNS),
        _TUNE,
        _REPRODUCE,
        _AUDIT,
        _table("key", ATTACK),
        _SURVEY,
        _table("key", SPREAD),
        "The scores are those of all updates up to the step:\n",
        _table("score", _meanings(RUN_SCORES)),
    ]
    return "\n".join(parts)


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) + ".\n"


def _meanings(scores: Mapping[str, Score]) -> dict[str, str]:
    return {name: score.meaning for name, score in scores.items()}


def _table(head: str, rows: Mapping[str, str]) -> str:
    lines = [f"| {head} | meaning |", "| --- | --- |"]
    lines += [f"| `{name}` | {meaning} |" for name, meaning in rows.items()]
    return "\n".join([*lines, ""])
