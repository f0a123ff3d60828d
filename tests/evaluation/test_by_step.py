"""Numbers computed step by step are those that are computed from the whole ledger."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cltool.evaluation import collapse, metrics, outcomes, summary
from cltool.evaluation.by_step import collapsed
from cltool.evaluation.by_step.coded_step import Coder
from cltool.evaluation.by_step.ledger_scores import COLUMNS, ledger_scores
from cltool.evaluation.by_step.lost import SinceTaught
from cltool.evaluation.ledger import read_table, write_step
from cltool.runs.measured import Measured
from cltool.runs.run import Run

from ..reporting.conftest import Recipe, write_run

Change = Callable[[dict[str, Any]], dict[str, Any]]


def _rewritten(run: Run, change: Change) -> Run:
    """Return the run with each row of its ledger changed."""
    for step, rows in run.answers.groupby("step"):
        records = [
            {name: None if one is None or one != one else one for name, one in row.items()}
            for row in rows.drop(columns=["accepted", "outdated"]).to_dict("records")
        ]
        lists = zip(rows["accepted"], rows["outdated"], strict=True)
        for row, (accepted, outdated) in zip(records, lists, strict=True):
            row |= {"accepted": list(accepted), "outdated": list(outdated)}
        write_step(run.folder, int(step), [change(row) for row in records])
    return Run(run.folder)


def _by_choice(row: dict[str, Any]) -> dict[str, Any]:
    one = row["form"] == "paraphrase"
    judged = {} if one else {"choice": None, "chosen": None, "right": False, "stale": False}
    return row | {"match": "choice"} | judged


def _by_containment(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"match": "contains", "answer": f" It is{row['answer']}"}


def _looked_up(row: dict[str, Any]) -> dict[str, Any]:
    number = int(str(row["subject"]).split()[-1])
    hop = {"form": "two_hop"} if row["form"] == "question" and number % 3 == 0 else {}
    return row | hop | {"given": 2, "found": None if number % 5 == 0 else number % 2 == 0}


def _silent(row: dict[str, Any]) -> dict[str, Any]:
    said = {"answer": "", "right": False, "stale": False} if row["step"] == 4 else {}
    return row | said


def _several_names(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"accepted": [*row["accepted"], f"the {row['accepted'][0]}"]}


def _trained_only(row: dict[str, Any]) -> dict[str, Any]:
    form = {"paraphrase": "reverse", "question": "reverse", "trained": "trained"}[row["form"]]
    return row | {"form": form, "number": ["paraphrase", "question", "trained"].index(row["form"])}


CHANGES: dict[str, Change] = {
    "as it is": lambda row: row,
    "choice": _by_choice,
    "contains": _by_containment,
    "looked up": _looked_up,
    "collapsed": _silent,
    "aliases": _several_names,
    "trained only": _trained_only,
}


def _same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(
        found, expected, rtol=1e-12, atol=1e-15, check_dtype=False, check_names=False,
        check_index_type=False, check_column_type=False,
    )  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_numbers_step_by_step_are_those_of_the_whole_ledger(name: str, tmp_path: Path) -> None:
    recipe = Recipe(erase=True, keep=0.7, gain=0.6, facts=30, per_update=6)
    _compare(_rewritten(write_run(tmp_path / "run", recipe), CHANGES[name]), 8)


@pytest.mark.parametrize(
    ("stream", "steps", "name"),
    [
        (0, 6, "as it is"),
        (1, 6, "choice"),
        (2, 6, "contains"),
        (3, 2, "as it is"),
        (4, 1, "choice"),
    ],
)
def test_so_they_are_where_facts_are_erased_and_taught_again_and_not_always_asked(
    stream: int, steps: int, name: str, tmp_path: Path
) -> None:
    labels = [str(step) for step in range(steps)]
    recipe = Recipe(drawn=stream, keep=0.8, gain=0.7, facts=20, labels=labels)
    _compare(_rewritten(write_run(tmp_path / "run", recipe), CHANGES[name]), steps)


def _compare(run: Run, steps: int) -> None:
    """Compare the numbers of a run that are computed step by step with those of its ledger."""
    found = ledger_scores(run.step_table, steps)
    rows, end = run.answers, steps - 1
    _same(found.steps, summary.per_step(rows))
    _same(found.matrix, metrics.accuracy_matrix(rows))
    assert found.fuar == pytest.approx(metrics.fuar(rows), abs=1e-12, nan_ok=True)
    _same(found.resurfacing, outcomes.resurfacing(rows))
    assert found.resurfaced == pytest.approx(outcomes.resurfaced(rows), nan_ok=True)
    _same(found.moves_from_base, outcomes.transitions(rows, 0, end))
    _same(found.moves_since_taught, outcomes.moves_since_taught(rows))
    assert found.lost_by_step == outcomes.lost_by_step(rows)
    _compare_since_taught(found.since_taught, outcomes.since_taught(rows))
    last = rows[rows["step"] == end]
    counted = metrics.held_out(last)
    assert found.asked.probes == len(counted)
    assert [*found.asked.counted] == counted["form"].unique().tolist()
    assert [*found.asked.forms] == last["form"].unique().tolist()
    whole = Measured(Run(run.folder)).summary
    expected = run.summary()
    assert list(whole) == list(expected)
    assert list(whole.values()) == pytest.approx(list(expected.values()), abs=1e-12, nan_ok=True)


def _compare_since_taught(found: SinceTaught, since: pd.DataFrame) -> None:
    """Compare what became of each fact."""
    since = since.assign(object=[str(names[0]) for names in since["accepted"]])
    since = since.assign(lost=since["right_then"] & ~since["right"])
    fact = ["subject", "relation", "learned", "object"]
    expected = since.groupby(fact).agg(
        asked=("right", "size"), right=("right_then", "sum"), lost=("lost", "sum")
    )
    table = found.facts.to_pandas()
    _same(table.set_index(fact).sort_index(), expected)
    lost = found.lost.to_pandas()
    named = table.loc[lost["fact"], fact].reset_index(drop=True).assign(stale=lost["stale"])
    wanted = since.loc[since["lost"], [*fact, "stale"]]
    assert Counter(named.itertuples(index=False, name=None)) == Counter(
        wanted.itertuples(index=False, name=None)
    )


def test_answers_that_are_alike_are_counted_in_the_same_way(tmp_path: Path) -> None:
    for number, gain in enumerate((0.0, 0.5, 1.0)):
        run = write_run(tmp_path / str(number), Recipe(gain=gain, keep=0.5, facts=9, per_update=3))
        for step in range(8):
            coder, rows = Coder(), run.answers[run.answers["step"] == step]
            coded = coder.coded(step, read_table(run.folder, step, COLUMNS))
            assert collapsed.counts(coder, coded) == collapse.counts(rows.to_dict("records"))


def test_a_ledger_without_a_form_that_counts_has_no_scores(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", Recipe(labels=("a", "b"), facts=4, per_update=1))
    found = ledger_scores(_rewritten(run, lambda row: row | {"form": "reverse"}).step_table, 2)
    assert found.steps.empty and found.matrix.empty and math.isnan(found.fuar)
    assert found.asked.facts == 0 and [*found.asked.forms] == ["reverse"]
