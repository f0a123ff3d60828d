"""How answers changed, and which facts were lost."""

from __future__ import annotations

from collections import Counter
from typing import Any

from cltool.evaluation import metrics, outcomes
from cltool.evaluation.outcomes import OUTCOMES
from cltool.reporting.views import lost_facts
from cltool.reporting.views.transitions import transitions
from cltool.runs.groups import Group, group_runs
from cltool.runs.run import Run

from .conftest import Make, at


def _group(*runs: Run) -> Group:
    (group,) = group_runs(runs)
    return group


def test_base_transitions_are_those_of_metrics_over_all_runs(make: Make) -> None:
    runs = [make(seed=seed, keep=0.8) for seed in range(2)]
    moves = transitions(_group(*runs).variants[0])
    assert moves is not None
    tables = [outcomes.transitions(run.answers, 0, 7) for run in runs]
    for before in OUTCOMES:
        for after in OUTCOMES:
            assert moves["base"][before][after] == sum(int(at(t, before, after)) for t in tables)


def test_the_worst_step_loses_the_most_facts_since_the_step_before(make: Make) -> None:
    run = make(keep=0.8)
    moves = transitions(_group(run).variants[0])
    assert moves is not None
    losses = []
    for step in range(1, 8):
        table = outcomes.transitions(run.answers, step - 1, step)
        losses.append((int(at(table, "right", "wrong") + at(table, "right", "outdated")), -step))
    lost, step = max(losses)
    assert moves["worst"] == {"step": -step, "lost": lost}


def test_the_step_that_broke_a_fact_is_that_of_its_own_stream(make: Make) -> None:
    def of(stream: int, **fields: Any) -> Run:
        record = {"stream": {"digest": f"stream {stream}", "updates": []}}
        settings = {"scenario": {"seed": stream}}
        return make(f"s{stream}", drawn=stream, record=record, settings=settings, **fields)

    recipe = {"facts": 40, "keep": 0.6, "gain": 0.9, "labels": [str(step) for step in range(7)]}
    runs = [of(stream, **recipe) for stream in range(2)]
    pooled = lost_facts.data(_group(*runs))["rows"]
    alone = {
        (row["subject"], row["relation"], row["learned"], row["object"]): row["cells"][0]["broke"]
        for run in runs
        for row in lost_facts.data(_group(run))["rows"]
    }
    found = {
        (row["subject"], row["relation"], row["learned"], row["object"]): row["cells"][0]["broke"]
        for row in pooled
    }
    assert len(found) > 10
    assert found == {fact: alone[fact] for fact in found}


def test_taught_transitions_agree_with_bwt_in_direction_and_count(make: Make) -> None:
    run = make(keep=0.8)
    moves = transitions(_group(run).variants[0])
    assert moves is not None
    rows = metrics.held_out(run.answers)
    end = rows[(rows["step"] == 7) & rows["group"].isin(["new", "retained"])]
    assert sum(sum(c.values()) for c in moves["taught"].values()) == (end["learned"] < 7).sum()
    kept = end[(end["learned"] < 7) & end["right"]]
    assert sum(moves["taught"][kind]["right"] for kind in OUTCOMES) == len(kept)


def test_one_step_has_no_transitions(make: Make) -> None:
    assert transitions(_group(make(done=1)).variants[0]) is None


def test_lost_facts_are_right_when_taught_and_not_at_the_end(make: Make) -> None:
    naive, kept = make(strategy="naive", keep=0.6), make(strategy="joint", keep=1.0, gain=1.0)
    lost = lost_facts.data(_group(naive, kept))
    expected: Counter[str] = Counter()
    asked = metrics.held_out(naive.answers)
    for (subject, *_), probe in asked.groupby(["subject", "relation", "form", "number"]):
        end = probe[probe["step"] == 7].iloc[0]
        if end["group"] not in ("new", "retained"):
            continue
        taught = probe[probe["step"] == end["learned"]].iloc[0]
        expected[str(subject)] += bool(taught["right"] and not end["right"])
    found = {row["subject"]: row["cells"][0]["lost"] for row in lost["rows"]}
    assert found == {subject: count for subject, count in expected.items() if count}
    assert lost["total"] == len(found)
    losses = [row["cells"][0]["lost"] for row in lost["rows"]]
    assert losses == sorted(losses, reverse=True)
    assert all(row["cells"][1]["lost"] == 0 for row in lost["rows"])


def test_a_lost_fact_shows_the_answer_given_instead(make: Make) -> None:
    run = make(keep=0.3)
    row = lost_facts.data(_group(run))["rows"][0]
    end = run.answers[(run.answers["step"] == 7) & (run.answers["subject"] == row["subject"])]
    answers = {answer.strip().removesuffix(".") for answer in end["answer"]}
    assert row["cells"][0]["answer"] in answers
    assert row["cells"][0]["answer"] != row["object"]


def test_unfinished_variants_have_no_cells(make: Make) -> None:
    lost = lost_facts.data(_group(make(keep=0.5), make(strategy="ewc", done=3, keep=0.5)))
    assert lost["rows"]
    assert all(row["cells"][1] is None for row in lost["rows"])
