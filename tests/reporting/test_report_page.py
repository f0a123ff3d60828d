"""The forgetting report as a file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from cltool.core.errors import UserError
from cltool.evaluation import metrics
from cltool.evaluation.scores import all_scores
from cltool.reporting import formats
from cltool.reporting.report_data import page_data
from cltool.reporting.report_page import render, write_report
from cltool.reporting.table import shown
from cltool.reporting.templates import read_data, write_page
from cltool.reporting.views import VIEWS
from cltool.runs.tables import COMPARED, OPTIONAL

from .conftest import Make, Tree


def _figures(page: str, class_: str) -> list[str]:
    return re.findall(rf'<figure class="{class_}">.*?</figure>', page, re.S)


def _cells(markup: str) -> list[list[str]]:
    """The text of every table row."""
    rows = re.findall(r"<tr.*?</tr>", markup, re.S)
    return [
        [re.sub("<.*?>", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)]
        for row in rows
    ]


def test_the_page_is_well_formed_and_deterministic(make: Make, tmp_path: Path) -> None:
    runs = [make(strategy=name, seed=seed) for name in ("naive", "ewc") for seed in range(2)]
    path = write_report(runs, tmp_path / "out" / "report.html", command="cltool report runs")
    page = path.read_text("utf-8")
    tree = Tree(page)
    assert page.startswith("<!DOCTYPE html>")
    assert len(tree.all("main")) == len(tree.all("h1")) == 1
    assert "cltool report runs" in page
    again = write_report(runs, tmp_path / "again.html", command="cltool report runs")
    assert again.read_bytes() == path.read_bytes()


def test_the_embedded_data_equals_the_page_data(make: Make, tmp_path: Path) -> None:
    runs = [make(seed=seed, done=done) for seed, done in enumerate((None, 3, 0))]
    failed = [{"strategy": "gem", "seed": 1, "error": "no memory"}]
    path = write_report(runs, tmp_path / "r.html", "T", failed, "cltool report runs")
    assert read_data(path) == page_data(runs, "T", failed, "cltool report runs")


def test_other_files_hold_no_data(tmp_path: Path) -> None:
    (tmp_path / "x.html").write_text("<p>hello</p>")
    with pytest.raises(UserError, match="not a report"):
        read_data(tmp_path / "x.html")


@pytest.mark.parametrize("data", [b"AAAA", b"H4sIAAAAAAAAA6tWSlSyMqwFAA==", b"%", b"\xff\xfe"])
def test_a_damaged_page_is_said_to_be_damaged(data: bytes, make: Make, tmp_path: Path) -> None:
    page = write_report([make(done=1)], tmp_path / "r.html")
    whole = page.read_bytes()
    begin = whole.index(b">", whole.index(b'id="cltool-data"')) + 1
    page.write_bytes(whole[:begin] + data + whole[whole.index(b"<", begin) :])
    with pytest.raises(UserError, match="is a damaged report") as refused:
        read_data(page)
    assert str(page) in str(refused.value)


def test_a_page_does_not_replace_a_file_that_is_no_page(tmp_path: Path) -> None:
    record, page = tmp_path / "run.json", tmp_path / "page"
    record.write_text('{"format": 1}')
    with pytest.raises(UserError, match="is not an HTML page"):
        write_page(record, "<p>new</p>")
    assert record.read_text() == '{"format": 1}'
    for text in ("<p>one</p>", "<p>two</p>"):
        assert write_page(page, text).read_text() == text


def test_the_strategy_table_shows_the_numbers_of_metrics(make: Make) -> None:
    runs = [make(strategy=name, seed=seed) for name in ("naive", "ewc") for seed in range(3)]
    columns = [all_scores()[name] for name in COMPARED if name not in OPTIONAL]
    page = render(page_data(runs, columns=[column.name for column in columns]))
    table = re.findall(r'<table class="scores sortable">.*?</table>', page, re.S)[0]
    body = re.findall(r"<tr.*?</tr>", table, re.S)[1:]
    assert len(body) == 2
    for place, row in enumerate(body):
        exact = [float(value) for value in re.findall(r'<td[^>]* data-value="([^"]*)"', row)]
        summaries = [run.summary() for run in runs[3 * place : 3 * place + 3]]
        pairs = [metrics.interval([s[column.name] for s in summaries]) for column in columns]
        assert exact == [mean for mean, _ in pairs]
        expected = _cells(row)[0][1:]
        for column, (mean, half), text in zip(columns, pairs, expected, strict=True):
            assert text.removeprefix(f"≈{formats.THIN}") == shown(column, mean, half)


def test_a_single_seed_shows_no_interval(make: Make) -> None:
    page = render(page_data([make(strategy="naive"), make(strategy="ewc")]))
    assert 'class="half">±' not in page
    assert 'class="band"' not in page
    assert 'class="best"' not in page
    assert "Nothing is marked as best" in page


def test_line_charts_and_their_tables_have_the_same_numbers(make: Make) -> None:
    runs = [make(strategy=name, seed=seed) for name in ("naive", "ewc") for seed in range(3)]
    figures = _figures(render(page_data(runs)), "panel")
    assert len(figures) == 3
    for score, figure in zip(("new", "retained", "stale"), figures, strict=True):
        svg, table = figure.split("<details>")
        assert 'role="img"' in svg
        assert "aria-label" in svg
        assert svg.count('class="band"') == 2
        for place, name in enumerate(("naive", "ewc")):
            steps = [run.metrics()[score].tolist() for run in runs[3 * place : 3 * place + 3]]
            expected = [
                formats.with_margin(*metrics.interval(list(values)), formats.share)
                for values in zip(*steps, strict=True)
            ]
            assert _cells(table)[1 + place] == [name, *expected]
            labels = ("2010-01", "2011-12", "2012-06")
            for label, text in zip(labels, expected[:3], strict=True):
                assert (f"<title>{name}, after {label}: {text}</title>" in svg) == (text != "–")


def test_runs_with_erased_facts_have_a_chart_of_them(make: Make) -> None:
    assert len(_figures(render(page_data([make(erase=True)])), "panel")) == 4


def test_heat_maps_have_a_cell_for_every_pair_of_steps_and_a_table(make: Make) -> None:
    runs = [make(strategy="naive", seed=seed) for seed in range(2)]
    runs.append(make(strategy="ewc", done=3))
    figures = _figures(render(page_data(runs)), "heat")
    assert len(figures) == 2
    for figure, size in zip(figures, (8, 3), strict=True):
        svg, table = figure.split("<details>")
        assert svg.count("<rect") == size * size
        assert svg.count("<rect") == svg.count("<title>")
        assert len(_cells(table)) == size + 1
    matrices = [metrics.accuracy_matrix(run.answers).to_numpy() for run in runs[:2]]
    mean = (matrices[0] + matrices[1]) / 2
    svg, table = figures[0].split("<details>")
    numbers = [formats.shown(float(value), formats.share) for value in mean.ravel()]
    assert [cell for row in _cells(table)[1:] for cell in row[1:]] == numbers
    assert re.findall(r'<text[^>]*class="o(?:n|ff)">([^<]*)<', svg) == numbers


def test_a_matrix_column_without_facts_is_a_dash(make: Make) -> None:
    page = render(page_data([make(per_update=18)]))
    assert 'class="none' in page
    # The data is packed: any three letters may turn up in it.
    assert "nan" not in re.sub(r"<script.*?</script>", "", page, flags=re.S).casefold()


def test_large_heat_maps_have_no_numbers(make: Make) -> None:
    labels = [f"step {number}" for number in range(25)]
    page = render(page_data([make(labels=labels, facts=40, per_update=2)]))
    svg = _figures(page, "heat")[0].split("<details>")[0]
    assert svg.count("<rect") == 625
    assert 'class="off"' not in svg


def test_unfinished_runs_are_listed(make: Make) -> None:
    runs = [make(seed=0), make(seed=1, done=3), make(strategy="ewc", done=5), make("x", done=0)]
    page = render(page_data(runs))
    Tree(page)
    assert "3 runs are not finished" in page
    assert "naive, seed 1: step 2 of 7 – not counted" in page.replace(
        "naive (naive-seed0)", "naive"
    )
    assert "ewc, seed 0: step 4 of 7 – counted up to this step" in page
    assert "no step finished" in page


def test_a_run_without_a_finished_update_has_a_page(make: Make) -> None:
    for done, state in ((0, "no step finished"), (1, "step 0 of 7")):
        page = render(page_data([make(done=done)]))
        Tree(page)
        assert "1 run is not finished" in page and state in page


def test_failed_runs_are_listed(tmp_path: Path) -> None:
    failed = [{"strategy": "gem", "seed": 1, "error": "\x1b[31mno memory\x1b[0m"}]
    page = write_report([], tmp_path / "r.html", failed=failed).read_text("utf-8")
    Tree(page)
    assert "1 run failed" in page
    assert "gem, seed 1" in page
    assert "\\x1b[31mno memory" in page


def test_nothing_to_report_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no runs to report"):
        write_report([], tmp_path / "r.html")
    assert not (tmp_path / "r.html").exists()


def test_runs_of_other_scenarios_are_in_separate_parts(make: Make) -> None:
    page = render(page_data([make(), make("other", record={"scenario": "elsewhere"})]))
    tree = Tree(page)
    assert len(tree.all("div", "group")) == 2
    assert "elsewhere on tiny" in page
    # Nothing was measured by lm-eval, so that section is left out; verdicts are above the parts.
    assert len(tree.all("h3")) == 2 * (len(VIEWS) - 2)


def test_differing_and_common_settings_are_listed_separately(make: Make) -> None:
    learners = {"naive": 0.1, "ewc": 0.1, "lora": 0.5}
    runs = [make(strategy=name, settings={"learner": {"lr": lr}}) for name, lr in learners.items()]
    (group,) = page_data(runs)["groups"]
    differing = {
        row["name"]: row["values"] for row in group["views"]["settings"]["settings"]["differing"]
    }
    assert differing["learner.lr"] == ["0.1", "0.1", "0.5"]
    assert group["views"]["settings"]["settings"]["common"]["probe.max_new_tokens"] == "12"
    page = render(page_data(runs))
    assert '<span class="odd">0.5</span>' in page
    assert '<span class="odd">0.1</span>' not in page


def test_warnings_and_skipped_lines_appear_once(make: Make) -> None:
    stream: dict[str, Any] = {"updates": [], "skipped": ["facts.csv:3: no object"]}
    record = {"warnings": ["lr is high"], "stream": stream}
    (group,) = page_data([make(seed=seed, record=record) for seed in range(2)])["groups"]
    assert group["skipped"] == ["facts.csv:3: no object"]
    assert group["warnings"] == [{"text": "lr is high", "runs": ["all runs"]}]
    page = render(page_data([make(record=record)]))
    assert "1 warning<" in page
    assert "1 line of the source skipped" in page


def test_themes_print_and_script_are_in_the_page(make: Make) -> None:
    page = render(page_data([make()]))
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page
    assert "color-scheme: light dark" in page
    assert 'type="module"' not in page


@pytest.mark.slow
def test_the_report_of_a_demo_is_small(make: Make, tmp_path: Path) -> None:
    names = ("naive", "replay", "ewc", "lora", "joint", "in_context")
    runs = [
        make(strategy=name, seed=seed, facts=230, per_update=20, keep=0.8)
        for name in names
        for seed in range(3)
    ]
    assert write_report(runs, tmp_path / "r.html").stat().st_size < 300_000


@pytest.mark.parametrize(
    ("learner", "expected"),
    [
        ({}, "on every update until it was learned or made no more progress."),
        ({"epochs": 3}, "until it was learned, for at most 3 passes."),
        ({"epochs": 1, "stop_at": 1.5}, "on every update for 1 pass."),
        ({"tokens": 50_000}, "on every update with a budget of 50\u2009000 training tokens."),
        ({"seconds": 2.0}, "with a budget of 2 seconds."),
    ],
)
def test_the_first_paragraph_says_how_long_strategies_trained(
    make: Make, learner: dict[str, Any], expected: str
) -> None:
    assert expected in render(page_data([make(settings={"learner": learner})]))


def test_strategies_that_did_not_train_are_named(make: Make) -> None:
    runs = [make(strategy="naive"), make(strategy="frozen")]
    rows = runs[0].cost_rows()
    for row in rows[1:]:
        row["training"] = {"stop": "learned", "epochs": 3, "learned": 1.0}
    runs[0].write_costs(rows)
    page = render(page_data(runs))
    assert "Not trained on the updates: frozen. The other strategies trained on every" in page


def test_how_the_model_answers_is_said_as_the_runs_judge(make: Make) -> None:
    assert "answers freely" in render(page_data([make()]))
    chosen = render(
        page_data([make(folder="runs/choice", settings={"probe": {"match": "choice"}})])
    )
    assert "answers freely" not in chosen and "most probable among several" in chosen


def test_strategies_that_trained_differently_are_named(make: Make) -> None:
    runs = [make(strategy="naive"), make(strategy="ewc", settings={"learner": {"steps": 9}})]
    page = render(page_data(runs))
    expected = "until it was learned, for at most 4 passes (except ewc: with a budget of 9 steps)."
    assert expected in page
