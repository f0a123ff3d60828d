"""When the passes over an update end."""

from __future__ import annotations

from cltool.strategies.editing.common.passes import FALL, PATIENCE, Passes


def until_it_ends(passes: Passes, hits: list[int], losses: list[float]) -> int:
    for number, loss in zip(hits, losses, strict=True):
        if not passes.go_on:
            break
        passes.take(number, loss)
    return passes.count


def test_further_passes_follow_the_first_that_completes_the_update() -> None:
    hits = [0, 3, *[4] * 10]
    assert until_it_ends(Passes(2, 4.0), hits, [1.0] * 12) == 5
    assert until_it_ends(Passes(0, 4.0), hits, [1.0] * 12) == 3


def test_a_pass_that_does_not_complete_it_starts_the_count_again() -> None:
    assert until_it_ends(Passes(1, 4.0), [4, 3, 4, 4, 4], [0.5] * 5) == 4


def test_passes_without_progress_end_and_slow_progress_does_not() -> None:
    long = 4 * PATIENCE
    assert until_it_ends(Passes(2, 4.0), [0] * long, [1.0] * long) == PATIENCE + 2
    step = FALL ** (2 / PATIENCE)
    slow = [step**number for number in range(long)]
    assert until_it_ends(Passes(2, 4.0), [0] * long, slow) == long
