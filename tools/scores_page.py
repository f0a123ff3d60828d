"""The page on scores: how answers are judged, and the tables of all scores and costs."""

from __future__ import annotations

from collections.abc import Iterable

from cltool.evaluation.choice import MOST
from cltool.evaluation.scores import COSTS, GENERAL, SCORES, Score

MATRIX = ("acc", "bwt", "fwt", "forgetting", "intransigence", "fuar")
"""Scores that come from the accuracy matrix, or from accuracies at both ends of a run."""

_HEAD = f"""\
# The scores

<!-- Made by `python -m tools.docs`. -->

All scores are functions of the ledger: the Parquet files in a run folder's `answers/`, with one row
for each probe at each step. `cltool list metrics` lists the scores and costs. `Run.metrics()`
returns them for each step, `Run.summary()` for the whole run, and `Run.summary(until=3)` for the
run up to step 3.

## When an answer is right

The model gets the prompt and generates freely and greedily until it stops by itself: with its
end token or a line break. The answer is kept unchanged. `--match` (the setting `probe.match`) says
what decides whether it is right, and with it every score:

- `exact`: the answer is the object and nothing else. It is for models that cltool made, which
  answer with the object alone.
- `contains`: the first sentence of the answer names the object. It is for other models, which may
  answer in sentences.
- `choice`: the object is more probable than other objects of its relation. This is what the model
  knows, whatever the form of its answers.
- `auto`, the default: `exact` for the embedded model and for a model that cltool saved after
  training one (`--save-model`), else `contains`.

The ledger keeps the verdicts `exact` and `contains` of every probe, and `choice` of one probe of
each fact. So other scores can be computed from it. The column `match` says which one decided; so do
`run.json` (`settings.probe.match`), the report page, and the last line that `cltool run` and
`cltool compare` print. Runs with different values of `match` are not compared, and a run cannot be
continued with another value. Ledgers of formats 1 and 2 were judged by `exact`, and have no other
verdict. `cltool audit` judges answers as the run does, and those of a run with `choice` by
`contains`.

### `exact`

After normalisation (Unicode NFKC, case folded, white space collapsed,
punctuation removed at both ends, one kind of hyphen and apostrophe) the answer must be exactly
the object or one of its aliases. A model that does not stop there is right only if it closes the
sentence as the wording does (`Ada Brook.`). An answer is *outdated* if it matches a superseded
object in the same way. Any other answer is *wrong*, including one that reaches the length limit or
says the object and more.

A right or outdated answer counts as wrong

- if the text after the closing may still be a part of the name: after an abbreviation
  (`Acme Corp. France.`, `No. 5`), before a suffix (`Ada Brook. Jr.`), or inside a title
  (`Who? Weekly`);
- if that text takes the answer back (`Ghent. No.`, `Ghent. Or Turin.`), or if the answer trails off
  (`Ghent... or so`).

If an erased object is looked for, the text after the closing is ignored, because a model must not
say that object at all. An answer that is a longer known object does not name the erased one.

### `contains`

An answer that is right or outdated by `exact` is so by `contains`. Any other answer is right if its
first sentence has the object or an alias as whole words and claims it, and claims no other object
of the relation before it or beside it. It is outdated if it names a superseded object in this way.
A name does not count

- if it is a part of a longer name (`Paris Hilton`), a longer word or another number, or the owner
  of something (`Leo Moss's brother`);
- if the sentence denies it, calls it former, leaves it open or is a question (`not Ghent`,
  `Ghent or Turin`);
- if it is the subject of the question, which the sentence repeats.

A model must not say an erased object at all, so every mention in the whole answer counts. An answer
may be 24 tokens longer than the longest object. Of the 533 answers of two models and hard written
ones that were judged by hand beforehand (`tests/evaluation/judged_sentences.jsonl`), at least 98%
get the verdict that they got by hand.

### `choice`

One held-out wording of each fact is asked. The object is compared with at most {MOST} others after
the same prompt: the latest superseded object, and distractors, which are objects of the same
relation in any step of the stream, drawn by the seed of the run and the key. An accepted object or
alias is never among them. The score of a name is its natural-log probability divided by its number
of tokens. The fact is right if its object has the highest score, and outdated if a superseded
object has it; if two are equal, the object does not win. The column `chosen` has the most probable
object. With {MOST} others, a model that knows nothing is right about one fact in {MOST + 1}, and
one erased fact in {MOST + 1} counts as still produced.

The other wordings of the fact have no verdict, and with `--match choice` they do not count. So
`trained` is missing. A relation needs two objects: facts without anything to choose from are left
out of the scores, and a warning of the run says how many they are. In the accuracy matrix, an
object that is taught later counts as right before that only if it was among those compared.

The prompt is read once for all names. With it, asking the embedded model about 200 keys of
`leaders` takes 1.8 times as long (`python -m tools.match_cost --model tiny --keys 200`), and
SmolLM2-135M-Instruct about 24 keys 1.2 times (`--model smollm2 --keys 24 --turns 3`).

## Groups

At each step, each fact that is asked about is in one group:

| group | facts |
| --- | --- |
| `new` | taught by this update (at step 0: the base) |
| `retained` | learned earlier and still valid |
| `future` | taught by a later update |
| `erased` | to be forgotten, by this update or an earlier one |

A valid fact that replaced another has outdated objects; `stale` is measured on these facts.

## Which wordings count

A fact's score is the mean over its probes of the held-out forms, `paraphrase` and `question`. A
group's score is the mean over its facts, so a fact that is asked in three ways has the same weight
as one that is asked in two. A fact without held-out wordings (a question without paraphrases, a
relation with one wording) is in the ledger but not in these scores. If a stream holds out nothing
at all, the `trained` probes count instead, and the report warns. `two_hop` and `reverse` probes
are in the ledger and never part of these scores.

## A model that collapsed

A model that says nothing does not name superseded or erased objects either. So low values of
`stale` and `erased` (up to 0.1) are left out (a dash in tables, null in JSON) after a step at which
almost all answers (90%) are empty, identical and wrong, or cut off, or at which almost no valid
fact is answered, not even those that the step taught. A model that answers more than half of the
valid facts has not collapsed. The run warns of a collapse.

## Answers of each group
"""

_GROUPS = """\
A step has `new`, `retained`, `stale`, `erased`, `valid`, `trained` and `forced`; the last update is
then the step's own, and `new` at step 0 is the accuracy on the base.

If a comparison has several seeds, a star marks the best mean of a column if the 95% intervals tell
it apart from all others, and `~` the means that they do not tell apart from it. A comparison also
lists reasons to doubt conclusions from it: a base that the model never knew, a `naive` that forgets
hardly anything, differences within the noise between seeds (or a single seed, which says nothing
about noise), and questions in trained wordings.

## Accuracy matrix

R[i, j] is the accuracy after update i on the facts of update j. A column holds one fixed set of
facts: those that update j taught and that are valid at the end, because losing a superseded fact
is not forgetting. If no fact of an update is valid at the end, its column does not count in means.
"""

_BESIDE = """\
## Beside the stream

If cltool did not build the model, a run also asks questions that no update teaches
([general.md](general.md)). These scores compare the model after the last step with the model before
the stream; other runs do not have them.
"""

_REST = """\
**Transitions** (`cltool.evaluation.outcomes.transitions`) count, between two steps, the probes that
went from right, outdated or wrong to right, outdated or wrong. They count the facts that are valid
at both steps. Averages hide opposite movements.

## Costs
"""

_OWN = """\
Costs are recorded for each step. A run's cost is the sum over its steps; of `peak_memory` and
`stored_bytes` it is the maximum.

## Intervals

With several seeds a table shows the mean and the half-width of its 95% Student-t interval over
seeds. With one seed there is no interval.

A run may ask about a sample of its facts: `--probe-sample 5000` (`probe.sample`), stratified by
what happens to a fact (it stays as in the base, an update adds, changes or erases it), its relation
and the step that first teaches it, and the same at every step and for every strategy. Each fact is
as likely to be in it as any other, so scores are plain shares. A share p of n of N facts has the
variance p (1 − p) / (n − 1) · (1 − n / N) (Cochran 1977, Sampling Techniques, chapter 3). Intervals
of shares have it added, with n the number of sampled facts that the score is about. More seeds do
not make it smaller. `two_hop`, `fuar` and `resurfaced` are not shares of the sampled facts: nothing
is added to theirs. `sampled` in `run.json` has the numbers. With many small updates, a sample has
few of the facts that one update teaches: `new` is then sure as a mean over the updates, and unsure
for each of them.

## Add a score

A package can add scores of its own. A score is a `cltool.Score` with a pure function of the ledger,
a pandas table with the columns of [outputs.md](outputs.md):

```python
from cltool import Score


def short_answers(answers):
    last = answers[answers["step"] == answers["step"].max()]
    return (last["answer"].str.split().str.len() == 1).mean()


SHORT = Score(
    "short_answers",
    "short",
    "share of answers of one word after the last update",
    "lower",
    compute=short_answers,
)
```

```toml
[project.entry-points."cltool.metrics"]
short_answers = "my_package.metrics:SHORT"
```

Once the package is installed, `short_answers` is a column of the tables of `cltool run`,
`cltool compare` and the report page, of their JSON, and of `Run.metrics()` and `Run.summary()`. For
a step, the function gets the rows up to that step. It returns a number, or NaN where there is none.
`better` is `"higher"`, `"lower"` or `None`; `format` is `"share"` (0.97), `"signed"` (+0.97),
`"count"` (1.2 M), `"seconds"` or `"size"` (3.1 MB).
"""


def scores_page() -> str:
    """Return the whole page."""
    groups = [score for score in SCORES.values() if score.name not in MATRIX]
    matrix = [SCORES[name] for name in MATRIX]
    return "\n".join(
        [
            _HEAD,
            _table(groups),
            _GROUPS,
            _table(matrix),
            _BESIDE,
            _table(GENERAL.values()),
            _REST,
            _table(COSTS.values()),
            _OWN,
        ]
    )


def _table(scores: Iterable[Score]) -> str:
    lines = ["| name | in tables | definition | better | paper |", f"|{' --- |' * 5}"]
    for score in scores:
        definition = score.definition.replace("*", r"\*")
        cells = [f"`{score.name}`", score.title, definition, score.arrow, score.paper]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])
