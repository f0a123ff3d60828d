"""When the steps on a fact end."""

from __future__ import annotations

from cltool.strategies.editing.common.passes import FALL, PATIENCE, Passes


def until_it_ends(passes: Passes, losses: list[float], right: float = 1.0) -> int:
    """Steps on both of two sentences with these losses; those below ``right`` are right."""
    for loss in losses:
        if not passes.go_on:
            break
        passes.take([(number, loss < right, loss) for number in (0, 1)])
    return passes.count


def test_a_fact_is_learned_when_its_sentences_are_completed_with_certainty() -> None:
    losses = [3.0, 2.0, 0.9, 0.5, 0.2, 0.1]
    assert until_it_ends(Passes(2, 2.0, 1.0), losses) == 4
    assert until_it_ends(Passes(2, 2.0, 10.0), losses) == 3
    assert until_it_ends(Passes(2, 0.0, 10.0), losses) == 1


def test_every_sentence_counts_as_it_was_last_read() -> None:
    passes = Passes(2, 2.0, 1.0)
    passes.take([(0, True, 0.1)])
    assert passes.go_on and passes.hits == 1
    passes.take([(1, False, 0.1)])
    assert passes.go_on
    passes.take([(1, True, 0.1)])
    assert not passes.go_on and passes.hits == 2


def test_steps_without_progress_end_and_slow_progress_does_not() -> None:
    long = 4 * PATIENCE
    assert until_it_ends(Passes(2, 2.0, 1.0), [5.0] * long) == PATIENCE + 2
    step = FALL ** (2 / PATIENCE)
    slow = [5.0 * step**number for number in range(long)]
    assert until_it_ends(Passes(2, 2.0, 0.1), slow) == long


def test_many_sentences_are_all_read_before_progress_is_missed() -> None:
    count = 3 * PATIENCE
    passes = Passes(count, float(count), 1.0)
    for number in range(count):
        assert passes.go_on
        passes.take([(number, False, 5.0)])
    for _ in range(PATIENCE):
        assert passes.go_on
        passes.take([(0, False, 5.0)])
    passes.take([(0, False, 5.0)])
    assert not passes.go_on
