"""Requirements: verdicts on the command line, in files and on the page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from cltool.cli.main import main
from cltool.core.errors import UserError
from cltool.evaluation.requirements.checks import Check, Verdict
from cltool.reporting.junit import refuse_no_junit
from cltool.reporting.markdown import cell, refuse_no_markdown
from cltool.reporting.report_data import page_data
from cltool.reporting.report_page import render
from cltool.runs.groups import group_runs
from cltool.runs.measured import Measured
from cltool.runs.requirements import check_variant, count_of_facts, read_requirements
from cltool.runs.run import Run

from .conftest import EVIL, LABELS, Make, safe

PASS, FAIL, UNDECIDED = Verdict.PASS, Verdict.FAIL, Verdict.UNDECIDED
SHORT: dict[str, Any] = {"labels": LABELS[:4], "facts": 16}


def check(runs: Sequence[Run | Measured], *bounds: str, failed: int = 0) -> list[Check]:
    (group,) = group_runs(runs)
    return check_variant(group.variants[0], read_requirements(bounds), failed)


@pytest.fixture
def bad(make: Make) -> list[Run]:
    """A strategy that forgets, with three seeds."""
    return [make(strategy="naive", seed=seed, keep=0.3, **SHORT) for seed in range(3)]


def test_the_numbers_are_those_of_the_table(bad: list[Run]) -> None:
    fails, passes, unsure = check(bad, "retained>=0.95, tokens<=2e6", "bwt>=-0.5")
    values = [run.summary()["retained"] for run in bad]
    assert fails.value == pytest.approx(sum(values) / 3)
    assert (fails.verdict, passes.verdict) == (FAIL, PASS)
    assert fails.runs == 3 and fails.n == int(bad[0].metrics()["n_retained"].iloc[-1])
    assert unsure.n == 0  # backward transfer is no share of facts


def test_how_many_facts_a_score_is_a_share_of(bad: list[Run]) -> None:
    (group,) = group_runs(bad)
    steps = bad[0].metrics()

    def count(text: str) -> int | None:
        return count_of_facts(group.variants[0], read_requirements([text])[0])

    assert count("new>=0.5") == steps["n_new"].loc[1:].sum()
    assert count("new_min>=0.5") == steps["n_new"].loc[1:].min()
    assert count("stale<=0.5") == steps["n_superseded"].iloc[-1]
    assert count("valid>=0.5") == steps[["n_new", "n_retained"]].iloc[-1].sum()
    assert count("acc>=0.5") is None
    assert count("valid>=0.5x") is None


def test_a_ratio_is_to_the_value_before_the_stream(bad: list[Run]) -> None:
    (half,) = check(bad, "valid>=0.5x")
    before = [float(run.metrics()["valid"].iloc[0]) for run in bad]
    after = [run.summary()["valid"] for run in bad]
    assert half.value == pytest.approx(sum(a / b for a, b in zip(after, before, strict=True)) / 3)
    (absent,) = check(bad, "perplexity<=1.05x")
    assert absent.verdict is UNDECIDED and "no run has a value" in absent.reason
    with pytest.raises(UserError, match="there is no value before to compare with"):
        read_requirements(["retained>=0.9x"])


def test_what_only_some_runs_meet_is_undecided(make: Make) -> None:
    whole = [make(seed=seed, **SHORT) for seed in range(3)]
    assert check(whole, "tokens<=2e6")[0].verdict is PASS
    (one,) = check(whole, "tokens<=2e6", failed=1)
    assert one.verdict is UNDECIDED and "1 of 4 runs failed" in one.reason
    part = make(seed=4, done=3, **SHORT)
    assert "1 of 4 runs are not finished" in check([*whole, part], "tokens<=2e6")[0].reason
    lost = make(seed=5, record={"status": "diverged"}, **SHORT)
    assert check([*whole, lost], "tokens<=2e6")[0].verdict is UNDECIDED
    (alone,) = check([lost], "tokens<=2e6")
    assert (alone.verdict, alone.reason) == (UNDECIDED, "the run diverged")


def test_nothing_to_forget_meets_an_upper_bound(make: Make) -> None:
    (met,) = check([make()], "resurfaced<=0")
    assert met.verdict is PASS and met.reason == "nothing was to be forgotten"
    (erased,) = check([make(folder="runs/erased", erase=True)], "erased>=0.5")
    assert erased.verdict is not PASS


def report(runs: Sequence[Run], folder: Path, *options: str) -> int:
    command = ["report", *(str(run.folder) for run in runs), "--out", str(folder / "page.html")]
    return main([*command, *options])


def test_the_exit_code_says_whether_all_pass(
    bad: list[Run], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report(bad, tmp_path, "--require", "tokens<=2e6") == 0
    assert "PASS" in capsys.readouterr().out
    assert report(bad, tmp_path, "--require", "tokens<=2e6", "--require", "retained>=0.95") == 3
    out = capsys.readouterr().out
    assert "FAIL" in out and "retained>=0.95" in out and "the 95% interval" in out
    assert report(bad, tmp_path, "--require", "retained=0.95") == 2
    assert "not a valid bound: 'retained=0.95'" in capsys.readouterr().err


def test_the_verdicts_as_json_junit_and_markdown(
    bad: list[Run], make: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = [*bad, *(make(strategy="a_b", seed=seed, keep=0.97, **SHORT) for seed in range(3))]
    xml, text = tmp_path / "verdicts.xml", tmp_path / "summary.md"
    files = ["--junit", str(xml), "--markdown", str(text), "--columns", "new,retained"]
    bounds = "retained>=0.5, tokens<=2e6"
    assert report(runs, tmp_path, "--require", bounds, *files, "--json") == 3
    found = json.loads(capsys.readouterr().out)["requirements"]
    assert [row["strategy"] for row in found] == ["naive", "a_b"]
    assert found[0]["verdict"] == "fail" and found[0]["checks"][1]["verdict"] == "pass"
    assert found[0]["checks"][0]["bound"] == "retained>=0.5"
    root = ElementTree.fromstring(xml.read_text("utf-8"))
    assert (root.tag, root.attrib["tests"]) == ("testsuites", "4")
    verdicts = [one["verdict"] for row in found for one in row["checks"]]
    assert root.attrib["failures"] == str(verdicts.count("fail"))
    assert root.attrib["errors"] == str(verdicts.count("undecided"))
    (failure,) = root.findall("./testsuite[@name='naive']/testcase/failure")
    assert "retained>=0.5" in failure.attrib["message"]
    lines = text.read_text("utf-8").splitlines()
    tables = [line for line in lines if line.startswith("|")]
    assert any("**naive**" in line and "**FAIL**" in line for line in tables)
    assert "| strategy | new ↑ | retained ↑ |" in lines
    assert any(line.startswith("| a\\_b |") for line in tables)
    refuse_no_junit(xml)  # its own files are replaced
    refuse_no_markdown(text)


def test_files_of_others_are_not_replaced(
    bad: list[Run], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "notes.md"
    other.write_text("# Notes\n", "utf-8")
    assert report(bad, tmp_path, "--markdown", str(other)) == 2
    other.write_text('<?xml version="1.0" encoding="UTF-8"?>\n<project/>', "utf-8")
    assert report(bad, tmp_path, "--require", "new>=0", "--junit", str(other)) == 2
    assert "is there, and is not" in capsys.readouterr().err
    assert report(bad, tmp_path, "--junit", str(tmp_path / "v.xml")) == 2
    assert "no verdicts to write without requirements" in capsys.readouterr().err
    assert not (tmp_path / "page.html").exists()


def test_text_for_a_cell_of_markdown() -> None:
    assert cell("a|b\n<b>*x*") == "a\\|b\\\\n\\<b\\>\\*x\\*"


def test_the_page_shows_verdicts_and_links_to_the_facts(bad: list[Run], make: Make) -> None:
    runs = [make(strategy="joint", keep=1.0, **SHORT), *bad]
    bounds = read_requirements(["retained>=0.95, acc>=0.99, tokens<=1"])
    tree = safe(render(page_data(runs, bounds=bounds)))
    links = [str(one["href"])[1:] for one in tree.all("a")]
    assert links[-3] == "g=0&a=1&s=3&group=retained&state=partly,outdated,wrong"
    assert links[-1] == "scores-0"  # tokens are not about facts
    ids = [one["id"] for _, one, _ in tree.seen if "id" in one]
    assert len(ids) == len({*ids})
    assert {*links} <= {*ids}  # every link leads somewhere without a script
    words = [text.split()[-1] for tag, text in tree.text if tag == "span" and "FAIL" in text]
    assert words.count("FAIL") >= 1


def test_the_link_of_new_leads_to_the_worst_update(make: Make) -> None:
    runs = [make(gain=0.6)]
    data = page_data(runs, bounds=read_requirements(["new>=0.99"]))
    means = runs[0].metrics()["new"].loc[1:]
    (link,) = [one["href"] for one in safe(render(data)).all("a")]
    assert link == f"#g=0&a=0&s={means.idxmin()}&group=new&state=partly,outdated,wrong"


def test_without_requirements_the_page_says_how_to_give_them(make: Make) -> None:
    page = render(page_data([make()]))
    assert "No requirement was given" in page and "--require" in page
    assert not safe(page).all("a")


def test_names_and_reasons_do_not_become_markup(make: Make, tmp_path: Path) -> None:
    runs: list[Any] = [make(strategy=EVIL, folder="runs/evil")]
    bounds = read_requirements(["retained>=0.99"])
    safe(render(page_data(runs, bounds=bounds)))
    files = ["--markdown", str(tmp_path / "s.md"), "--junit", str(tmp_path / "v.xml")]
    assert report(runs, tmp_path, "--require", "retained>=0.99", *files) == 3
    assert "<script>" not in (tmp_path / "s.md").read_text("utf-8")
    suite = ElementTree.fromstring((tmp_path / "v.xml").read_text("utf-8"))[0]
    assert suite.attrib["name"] == EVIL
