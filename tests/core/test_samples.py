"""Fixed random samples."""

from __future__ import annotations

from cltool.core.samples import fixed_sample

ITEMS = [f"item {n}" for n in range(50)]


def test_a_sample_depends_on_seed_and_purpose_only_and_keeps_the_order() -> None:
    drawn = fixed_sample(ITEMS, 10, 0, "purpose")
    assert len(set(drawn)) == 10
    assert drawn == sorted(drawn, key=ITEMS.index)
    assert drawn == fixed_sample(tuple(ITEMS), 10, 0, "purpose")
    others = [fixed_sample(ITEMS, 10, *how) for how in ((1, "purpose"), (0, "other"))]
    assert drawn not in others


def test_everything_is_taken_where_there_is_enough_room() -> None:
    assert fixed_sample(ITEMS, None, 0) == fixed_sample(ITEMS, 50, 0) == ITEMS
    assert fixed_sample(ITEMS, 0, 0) == []
    assert len({fixed_sample(ITEMS, 1, seed)[0] for seed in range(200)}) > 40, "all are drawn"
