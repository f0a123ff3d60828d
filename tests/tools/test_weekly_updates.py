"""The weeks of facts are the same each time, and replace what was taught before."""

from __future__ import annotations

from tools.weekly_updates import table, weeks


def test_weeks_teach_new_subjects_and_replace_some() -> None:
    made = list(weeks(12, 8))
    assert made == list(weeks(12, 8))
    valid: dict[str, str] = {}
    for number, rows in enumerate(made):
        assert len(rows) == 8
        assert sum("old" in row for row in rows) == (2 if number else 0)
        for row in rows:
            assert row.get("old") == valid.get(row["subject"])
            assert row["new"] != row.get("old")
        valid |= {row["subject"]: row["new"] for row in rows}


def test_a_week_without_a_number_has_a_dash() -> None:
    rows = [{"week": 1, "new>=0": 1.0}, {"week": 2, "new>=0": None, "stale<=1": 0.25}]
    assert table(rows).splitlines()[2:] == ["| 1 | 1.000 | – |", "| 2 | – | 0.250 |"]
