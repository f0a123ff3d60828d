"""Reports say that a sample of the facts was asked, and widen intervals for it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from cltool.reporting import report_page
from cltool.reporting.doubts import doubts
from cltool.runs.groups import group_runs
from cltool.runs.sampling import NORMAL
from cltool.runs.tables import comparison, paired

from .conftest import Make, at

SAMPLED = {"facts": 50, "of": 200, "taught": [40, *[5] * 11], "changed": 10, "erased": 4}


def runs(make: Make, **record: Any) -> list[Any]:
    kind = "sampled" if record else "all"
    return [
        make(folder=f"{kind}/{name}-{seed}", strategy=name, seed=seed, record=record)
        for name in ("naive", "ewc")
        for seed in range(3)
    ]


def test_intervals_are_wider_by_the_variance_of_the_sample(make: Make) -> None:
    plain, wide = comparison(runs(make)), comparison(runs(make, sampled=SAMPLED))
    for name in ("naive", "ewc"):
        mean = at(plain, name, "retained")
        half, wider = (at(frame, name, "retained_half") for frame in (plain, wide))
        assert at(wide, name, "retained") == mean
        own = NORMAL * math.sqrt(mean * (1 - mean) / 49 * 0.75)
        assert wider == pytest.approx(math.hypot(half, own))
        assert at(wide, name, "tokens_half") == at(plain, name, "tokens_half")


def test_paired_differences_are_wider_too(make: Make) -> None:
    plain = paired(runs(make), "naive").loc[("ewc", "retained"), "half"]
    wide = paired(runs(make, sampled=SAMPLED), "naive").loc[("ewc", "retained"), "half"]
    assert wide > plain


def test_the_table_and_the_page_say_that_a_sample_was_asked(make: Make, tmp_path: Path) -> None:
    told = "A sample was asked: 50 of 200 facts"
    (group,) = group_runs(made := runs(make, sampled=SAMPLED))
    assert any(text.startswith(told) for text in doubts(group))
    page = tmp_path / "report.html"
    report_page.write_report(made, page)
    assert told in page.read_text()
    (whole,) = group_runs(runs(make))
    assert not any("sample" in text for text in doubts(whole))
