"""The comparison of strategies."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest

from cltool.cli.comparison import scores_table
from cltool.cli.tables import as_text
from cltool.core.errors import UserError
from cltool.evaluation import metrics
from cltool.evaluation.scores import COSTS, SCORES
from cltool.reporting.columns import read_columns
from cltool.reporting.doubts import doubts
from cltool.reporting.report_data import page_data
from cltool.reporting.report_page import render
from cltool.reporting.table import Standing, as_json, scores_of, standing
from cltool.reporting.views import accuracy_matrix, over_updates
from cltool.runs.groups import group_runs
from cltool.runs.run import Run
from cltool.runs.tables import COMPARED, OPTIONAL, comparison, paired, per_seed

from .conftest import Make, at, safe

NOBODY = Standing()


def cells_of(frame: pd.DataFrame) -> list[list[str]]:
    """The table as the terminal shows it, the header first."""
    return [re.split(" {2,}", line) for line in as_text(scores_table(frame)).splitlines()]


def test_scores_equal_those_of_metrics(make: Make) -> None:
    runs = [make(strategy=name, seed=seed) for name in ("naive", "ewc") for seed in range(3)]
    frame = comparison(runs)
    assert list(frame.index) == ["naive", "ewc"]
    for place, name in enumerate(frame.index):
        summaries = [run.summary() for run in runs[3 * place : 3 * place + 3]]
        for score in COMPARED:
            if score in OPTIONAL:
                continue
            mean, half = metrics.interval([summary[score] for summary in summaries])
            assert at(frame, name, score) == mean
            assert at(frame, name, f"{score}_half") == half
    assert not {*OPTIONAL} & {*frame.columns}


def test_erased_is_a_column_for_streams_that_forget(make: Make) -> None:
    run = make(erase=True)
    for name in ("erased", "resurfaced"):
        assert at(comparison([run]), "naive", name) == run.summary()[name]


def test_intransigence_is_a_column_where_joint_ran_on_the_stream_with_the_seed(make: Make) -> None:
    other = {"stream": {"digest": "another"}}
    joint = [make(strategy="joint", seed=seed, keep=0.95) for seed in range(2)]
    naive = [make(strategy="naive", seed=seed, gain=0.6) for seed in range(3)]
    matrices = [metrics.accuracy_matrix(run.answers).to_numpy() for run in (*naive, *joint)]
    pairs = ((matrices[0], matrices[3]), (matrices[1], matrices[4]))  # of seed 2 there is no joint
    expected = metrics.interval([metrics.intransigence(own, of) for own, of in pairs])
    frame = comparison([*joint, *naive])
    assert at(frame, "naive", "intransigence") == expected[0] > 0
    assert math.isnan(at(frame, "naive", "intransigence_half"))
    assert math.isnan(at(frame, "joint", "intransigence"))
    assert "intransigence" in as_text(scores_table(frame, columns=["intransigence"]))
    assert as_json(frame)[0]["intransigence"] is None
    elsewhere = make(strategy="joint", folder="runs/elsewhere", record=other)
    short = make(strategy="joint", folder="runs/short", done=3)
    assert "intransigence" not in comparison([naive[0], elsewhere])
    assert "intransigence" not in comparison([naive[0], short])


def over_streams(make: Make, strategy: str = "naive", **recipe: Any) -> list[Run]:
    """Three streams with two seeds each."""
    return [
        make(
            strategy=strategy,
            seed=seed,
            folder=f"runs/{strategy}-{stream}-{seed}",
            settings={"scenario": {"scenario": "world", "seed": stream}},
            record={"stream": {"digest": f"s{stream}"}},
            **recipe,
        )
        for stream in range(3)
        for seed in range(2)
    ]


def test_two_seeds_show_their_range_and_no_interval(make: Make) -> None:
    runs = [make(strategy=name, seed=seed) for name in ("naive", "ewc") for seed in (0, 1)]
    frame = comparison(runs)
    values = sorted(run.summary()["retained"] for run in runs[:2])
    assert math.isnan(at(frame, "naive", "retained_half"))
    assert [at(frame, "naive", f"retained_{end}") for end in ("low", "high")] == values
    text = as_text(scores_table(frame))
    assert "±" not in text and f"({values[0]:.2f} to {values[1]:.2f})" in text
    assert {standing(frame, score) for score in scores_of(frame)} == {NOBODY}
    (group,) = group_runs(runs)
    assert "With 2 seeds" in " ".join(doubts(group))
    assert f"({values[0]:.2f} to {values[1]:.2f})" in render(page_data(runs))


def test_runs_over_several_streams_are_pooled_in_one_row(make: Make) -> None:
    runs = over_streams(make)
    frame = comparison(runs)
    assert list(frame.index) == ["naive"]
    assert (at(frame, "naive", "runs"), at(frame, "naive", "streams")) == (6, 3)
    values = [run.summary()["retained"] for run in runs]
    means = [(values[place] + values[place + 1]) / 2 for place in (0, 2, 4)]
    mean, half = metrics.interval(means)
    assert at(frame, "naive", "retained") == pytest.approx(mean)
    assert at(frame, "naive", "retained_half") == pytest.approx(half)
    between, within = metrics.spread([values[:2], values[2:4], values[4:]])
    assert at(frame, "naive", "retained_stream_sd") == between
    assert at(frame, "naive", "retained_training_sd") == within > 0
    assert "Standard deviations over streams" in render(page_data(runs))
    assert "_stream_sd" not in " ".join(comparison([make()]).columns)


def test_one_stream_beside_several_has_no_interval_and_no_star(make: Make) -> None:
    one = [
        make(
            strategy="ewc",
            seed=seed,
            keep=0.99,
            folder=f"runs/ewc-{seed}",
            settings={"scenario": {"scenario": "world", "seed": 0}},
            record={"stream": {"digest": "s0"}},
        )
        for seed in range(3)
    ]
    several = over_streams(make, keep=0.3)
    frame = comparison([*several, *one])
    assert frame["retained_half"].isna().tolist() == [False, True]
    assert standing(frame, SCORES["retained"]) == NOBODY
    (group,) = group_runs([*several, *one])
    told = " ".join(doubts(group))
    assert "With one stream" in told and "(ewc on 1 of 3)" in told
    # Charts and heat maps have the table's numbers.
    chart = over_updates.data(group)["retained"]["naive"]
    assert chart["mean"][-1] == pytest.approx(at(frame, "naive", "retained"), abs=1e-5)
    assert chart["half"][-1] == pytest.approx(at(frame, "naive", "retained_half"), abs=1e-5)
    means = [run.summary()["acc"] for run in several[:3]]
    (uneven,) = group_runs(several[:3])  # two runs on the first stream, one on the second
    matrix = accuracy_matrix.data(uneven)["naive"]
    last = [value for value in matrix[-1] if value is not None]
    wanted = ((means[0] + means[1]) / 2 + means[2]) / 2
    assert sum(last) / len(last) == pytest.approx(wanted, abs=1e-4)


def test_runs_that_diverged_failed_or_stopped_have_no_part_in_charts_or_stars(make: Make) -> None:
    runs = [make(strategy=name, seed=seed) for name in ("naive", "ewc") for seed in range(3)]
    lost = make(strategy="si", record={"status": "diverged"})
    (group,) = group_runs([*runs, lost])
    assert over_updates.data(group)["new"]["si"]["mean"] == []
    assert "There are no scores of si" in " ".join(doubts(group))
    assert "With one seed" not in " ".join(doubts(group))
    frame = comparison(runs, [{"strategy": "ewc"}])
    assert frame["unfinished"].tolist() == [0, 1]
    frame["retained"], frame["retained_half"] = [0.5, 0.9], [0.01, 0.01]
    assert standing(frame, SCORES["retained"]) == NOBODY


def test_a_row_for_each_run(make: Make) -> None:
    frame = per_seed([*over_streams(make), make(strategy="ewc", seed=5)])
    assert frame["strategy"].tolist() == ["naive"] * 6 + ["ewc"]
    assert frame["stream"].tolist()[:6] == [0, 0, 1, 1, 2, 2] and pd.isna(frame["stream"].iloc[6])
    assert frame["seed"].tolist() == [0, 1] * 3 + [5]
    first = over_streams(make)[0].summary()
    assert {name: frame.iloc[0][name] for name in ("new", "acc")} == {
        name: first[name] for name in ("new", "acc")
    }


def test_differences_are_paired_by_stream_and_seed(make: Make) -> None:
    naive, ewc = over_streams(make, keep=0.6), over_streams(make, "ewc", keep=0.9)
    found = paired([*naive, *ewc[:-1]], "naive").loc["ewc", "retained"]
    scores = [[run.summary()["retained"] for run in runs] for runs in (naive, ewc)]
    gaps = [other - base for base, other in zip(*scores, strict=True)][:-1]
    assert found["n"] == 5
    assert (found["low"], found["high"]) == (min(gaps), max(gaps))
    means = [(gaps[0] + gaps[1]) / 2, (gaps[2] + gaps[3]) / 2, gaps[4]]
    assert [found["difference"], found["half"]] == pytest.approx(metrics.interval(means))
    few = paired([naive[0], ewc[0]], "naive").loc["ewc", "retained"]
    assert few["n"] == 1 and math.isnan(few["half"])
    with pytest.raises(UserError, match="'nayve' is no strategy here"):
        paired(naive, "nayve")


def test_the_spread_over_streams_and_training_by_hand() -> None:
    between, within = metrics.spread([[0.0, 0.2], [1.0, 1.2]])
    assert within == pytest.approx(math.sqrt(0.02))
    assert between == pytest.approx(math.sqrt(0.5 - 0.01))
    assert all(map(math.isnan, metrics.spread([[0.1, 0.2]])))
    assert all(map(math.isnan, metrics.spread([[0.1], [0.2]])))


def test_one_seed_has_no_interval_and_no_leader(make: Make) -> None:
    frame = comparison([make(strategy="naive"), make(strategy="ewc", keep=0.1)])
    assert frame["retained_half"].isna().all()
    assert {standing(frame, score) for score in scores_of(frame)} == {NOBODY}
    assert "±" not in as_text(scores_table(frame))


def compared(make: Make, **columns: Sequence[float]) -> pd.DataFrame:
    """A comparison of as many strategies as values, with intervals."""
    count = len(next(iter(columns.values())))
    frame = comparison([make(strategy=name) for name in "abcdef"[:count]])
    for name in ("new", "retained", "stale", "fuar", "tokens"):
        frame[name], frame[f"{name}_half"] = 0.9, 0.01
    for name, values in columns.items():
        frame[name] = list(values)
    return frame


def test_the_best_is_told_apart_from_all_others(make: Make) -> None:
    retained = SCORES["retained"]
    frame = compared(make, retained=(0.9, 0.85, 0.5), retained_half=(0.03, 0.03, 0.1))
    assert standing(frame, retained) == Standing(tied=["a", "b"])  # none of them is the best
    frame["retained_half"] = 0.01
    assert standing(frame, retained) == Standing(best="a")
    frame["retained_half"] = 0.3
    assert standing(frame, retained) == NOBODY


def test_lower_stale_is_better_and_costs_have_no_best(make: Make) -> None:
    frame = compared(make, stale=(0.2, 0.1), tokens=(0.2, 0.1))
    assert standing(frame, SCORES["stale"]) == Standing(best="b")
    assert standing(frame, COSTS["tokens"]) == NOBODY


def test_a_strategy_that_learns_nothing_is_not_the_best_at_keeping(make: Make) -> None:
    frame = compared(make, new=(0.1, 0.95, 0.9), retained=(0.99, 0.8, 0.5))
    assert standing(frame, SCORES["retained"]) == Standing(best="b")
    assert standing(frame, SCORES["retained"], floor=0) == Standing(best="a")
    assert standing(frame, SCORES["new"]) == Standing(best="b")


def test_a_wide_interval_never_wins(make: Make) -> None:
    fuar = SCORES["fuar"]
    frame = compared(make, fuar=(14.4, 0.3, 1.2, 1.3), fuar_half=(21.8, 0.1, 0.2, 0.2))
    assert standing(frame, fuar) == Standing(best="b")
    frame["fuar"] = [-5.0, 0.3, 1.2, 1.3]
    assert standing(frame, fuar) == NOBODY  # the best mean is one that says nothing
    frame = compared(make, fuar=(0.5, 0.45), fuar_half=(0.01, 0.4))
    assert standing(frame, fuar) == NOBODY


def test_unfinished_runs_are_not_counted(make: Make) -> None:
    whole, part = make(seed=0), make(seed=1, done=3)
    frame = comparison([whole, part])
    assert [at(frame, "naive", name) for name in ("runs", "steps", "of")] == [1, 8, 8]
    assert at(frame, "naive", "retained") == whole.summary()["retained"]


def test_only_an_unfinished_run(make: Make) -> None:
    run = make(done=3)
    frame = comparison([run])
    assert at(frame, "naive", "retained") == run.summary()["retained"]
    assert cells_of(frame)[1][0] == "naive (step 2 of 7)"


def test_a_run_that_has_not_begun(make: Make) -> None:
    frame = comparison([make(done=0), make(strategy="ewc")])
    assert math.isnan(at(frame, "naive", "retained"))
    assert cells_of(frame)[1][:2] == ["naive (no step finished)", "–"]


def test_a_step_with_answers_but_without_costs_is_not_finished(make: Make) -> None:
    run, shorter = make(), make(folder="shorter", done=7)
    lines = (run.folder / "steps.jsonl").read_text().splitlines()[:7]
    (run.folder / "steps.jsonl").write_text("\n".join(lines) + "\n")
    frame = comparison([type(run)(run.folder)])
    assert at(frame, "naive", "steps") == 7
    assert at(frame, "naive", "retained") == shorter.summary()["retained"]


def test_settings_that_differ_make_variants_named_by_folder(make: Make) -> None:
    runs = [
        make(folder=f"{lr}/naive-seed{seed}", seed=seed, settings={"learner": {"lr": lr}})
        for lr in (0.1, 0.2)
        for seed in range(2)
    ]
    frame = comparison(runs)
    assert list(frame.index) == ["naive (0.1/naive-seed0)", "naive (0.2/naive-seed0)"]
    assert frame["runs"].tolist() == [2, 2]


@pytest.mark.parametrize("stream_seed", [0, 1, 7])
def test_the_seed_of_the_stream_makes_no_variants(make: Make, stream_seed: int) -> None:
    options = {"scenario": {"seed": stream_seed}}
    runs = [make(seed=seed, settings=options) for seed in range(3)]
    assert comparison(runs)["runs"].tolist() == [3]


def test_a_repetition_is_not_another_seed(make: Make) -> None:
    first, again = make(folder="one"), make(folder="two")
    assert list(comparison([first, again]).index) == ["naive (one)", "naive (two)"]
    assert list(comparison([first, first]).index) == ["naive"]


def test_runs_of_another_scenario_are_refused(make: Make) -> None:
    runs = [make(), make(folder="other", record={"scenario": "elsewhere"})]
    with pytest.raises(UserError, match="not of one scenario") as caught:
        comparison(runs)
    assert len(caught.value.details) == 2


def test_no_runs_are_refused() -> None:
    with pytest.raises(UserError, match="no runs"):
        comparison([])


def test_text_and_json(make: Make) -> None:
    frame = comparison([make(strategy="naive"), make(strategy="in_context")])
    lines = as_text(scores_table(frame, columns=read_columns("all"))).splitlines()
    assert lines[0].startswith("strategy")
    assert len({len(line) for line in lines}) == 1
    values = json.loads(json.dumps(as_json(frame), allow_nan=False))
    assert values[0]["strategy"] == "naive"
    assert values[0]["retained"] == at(frame, "naive", "retained")
    assert values[0]["retained_half"] is None


def test_marks_of_the_best_and_of_those_not_told_apart(make: Make) -> None:
    runs = [
        make(strategy=name, seed=seed, keep=keep)
        for name, keep in (("naive", 0.5), ("ewc", 1.0), ("kfac", 1.0))
        for seed in range(3)
    ]
    frame = comparison(runs)
    header, *lines = cells_of(frame)[:4]
    place = header.index("retained")
    marked = {line[0]: line[place][0] for line in lines}
    assert marked["ewc"] == marked["kfac"] == "~"
    assert marked["naive"].isdigit()
    assert ["retained" in row["tied"] for row in as_json(frame)] == [False, True, True]
    alone = comparison([run for run in runs if run.strategy != "kfac"])
    assert ["retained" in row["best"] for row in as_json(alone)] == [False, True]
    assert cells_of(alone)[2][place].startswith("*")
    page = render(page_data(runs))
    assert "not told apart" in page and "Bold on colour" not in page.split("Scores after each")[0]
    (one,) = as_json(comparison([runs[0]]))
    assert one["best"] == one["tied"] == []


def test_columns_are_chosen_by_name(make: Make) -> None:
    frame = comparison([make(strategy="naive")])
    chosen = scores_table(frame, columns=read_columns("stale, new"))
    assert as_text(chosen).splitlines()[0].split() == ["strategy", "stale", "new"]
    usual = as_text(scores_table(frame))
    assert "more columns: --columns all" in usual and "new, worst" not in usual
    every = as_text(scores_table(frame, columns=read_columns("all")))
    assert "new, worst" in every and "--columns" not in every
    for wrong, what in (("retaned", "Did you mean 'retained'"), ("new,new", "given twice")):
        with pytest.raises(UserError, match=what):
            read_columns(wrong)


def test_the_page_has_all_columns_and_shows_the_chosen_ones_first(make: Make) -> None:
    runs = [make(strategy="naive")]
    for columns, first in ((None, "new"), (("stale", "acc"), "stale")):
        tree = safe(render(page_data(runs, columns=columns)))
        heads = [one for one in tree.all("th") if one.get("data-column")]
        assert heads[0]["data-column"] == first
        hidden = [one["data-column"] for one in heads if one.get("class") == "more"]
        assert "new_min" in hidden and first not in hidden
        assert {one["data-column"] for one in heads} == {
            one.name for one in scores_of(comparison(runs))
        }
