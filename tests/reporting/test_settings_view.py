"""Settings: what makes runs incomparable, what differs, and each strategy's own."""

from __future__ import annotations

from typing import Any

from cltool.reporting.report_data import page_data
from cltool.reporting.report_page import render
from cltool.reporting.views import settings
from cltool.runs.groups import group_runs
from cltool.runs.run import Run

from .conftest import LABELS, Make, safe

SHORT: dict[str, Any] = {"labels": LABELS[:2], "facts": 8}


def run(make: Make, strategy: str, seed: int = 0, **tables: Any) -> Run:
    own = {"strategy": {strategy: tables.pop("own", {})}}
    record = tables.pop("record", {})
    return make(strategy=strategy, seed=seed, settings=own | tables, record=record, **SHORT)


def view(*runs: Run) -> dict[str, Any]:
    (group,) = group_runs(runs)
    return settings.data(group)


def test_equal_runs_are_said_to_be_comparable(make: Make) -> None:
    runs = [run(make, "naive"), run(make, "ewc", own={"lambda": 5.0})]
    assert view(*runs)["unequal"] == []
    page = render(page_data(runs))
    assert "All strategies had the same facts, model, questions" in page
    assert "incomparable" not in page


def test_what_makes_runs_incomparable_is_said_with_its_values(make: Make) -> None:
    runs = [
        run(make, "naive", probe={"limit": 200}, learner={"tokens": 10}),
        run(make, "ewc", probe={"limit": 400}, learner={"tokens": 20, "lr": 1}),
        run(make, "ewc", 1, probe={"limit": 400}, learner={"tokens": 20, "lr": 1}),
    ]
    told = " ".join(view(*runs)["unequal"])
    assert "They were not asked in the same way: probe.limit is 200 (naive) and 400 (ewc)." in told
    assert "learner.tokens is 10 (naive) and 20 (ewc)" in told
    assert "They do not have the same seeds: 0 (naive) and 0, 1 (ewc)." in told
    assert "learner.lr" not in told  # a rate of its own makes no run incomparable


def test_a_setting_that_earlier_versions_lack_makes_no_difference(make: Make) -> None:
    runs = [run(make, "naive", probe={"limit": 200}), run(make, "ewc", probe={})]
    assert view(*runs)["unequal"] == []


def test_other_versions_and_weights_make_runs_incomparable(make: Make) -> None:
    other = {"versions": {"cltool": "0.1.0", "torch": "2.15.0"}, "weights": "b"}
    runs = [run(make, "naive", record={"weights": "a"}), run(make, "ewc", record=other)]
    told = " ".join(view(*runs)["unequal"])
    assert "different versions: torch is 2.9.0 (naive) and 2.15.0 (ewc)" in told
    assert "the same weights." in told


def test_own_settings_are_under_the_name_of_their_strategy(make: Make) -> None:
    both = {"replay": {"mix": 1}, "ewc": {"lambda": 2.0}}
    runs = [
        run(make, "ewc", own={"lambda": 5.0}),
        make(strategy="replay+ewc", settings={"strategy": both}, **SHORT),
        run(make, "naive"),
    ]
    data = view(*runs)
    assert data["own"] == {
        "ewc": {"lambda": "5.0"},
        "replay+ewc": {"replay.mix": "1", "ewc.lambda": "2.0"},
        "naive": {},
    }
    assert not [row for row in data["settings"]["differing"] if "lambda" in row["name"]]
    texts = [text for tag, text in safe(render(page_data(runs))).text if tag == "code"]
    assert "replay.mix" in texts and "lambda" in texts


def test_only_differences_are_in_the_open(make: Make) -> None:
    runs = [
        run(make, "naive", learner={"lr": 1, "batch_size": 8}),
        run(make, "ewc", learner={"lr": 2, "batch_size": 8}),
    ]
    data = view(*runs)["settings"]
    assert data["differing"] == [{"name": "learner.lr", "values": ["1", "2"]}]
    assert data["common"]["learner.batch_size"] == "8"
