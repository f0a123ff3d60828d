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


def test_intervals_of_one_update_count_the_facts_that_it_taught(make: Make) -> None:
    values = [0.4, 0.5, 0.6]
    (plain,), (wide,) = (group_runs(runs(make, **more)) for more in ({}, {"sampled": SAMPLED}))
    mean, half = plain.variants[0].interval_at(2, "new", values)
    own = NORMAL * math.sqrt(0.25 / 4 * 0.75)
    assert (mean, half) == plain.variants[0].interval_of(values)
    assert wide.variants[0].interval_at(2, "new", values) == pytest.approx(
        (mean, math.hypot(half, own))
    )


def test_samples_of_several_streams_are_independent(make: Make) -> None:
    made = [
        make(
            folder=f"streams/{stream}-{seed}",
            seed=seed,
            settings={"scenario": {"scenario": "world", "seed": stream}},
            record={"stream": {"digest": f"s{stream}"}, "sampled": SAMPLED},
        )
        for stream in range(3)
        for seed in range(2)
    ]
    (variant,) = group_runs(made)[0].variants
    (mean, half), (_, wide) = (
        variant.interval_of(variant.values("valid")),
        variant.interval("valid"),
    )
    own = NORMAL * math.sqrt(mean * (1 - mean) / 49 * 0.75 / 3)
    assert variant.sampling_half("valid") == pytest.approx(own)
    assert wide == pytest.approx(math.hypot(half, own))


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
