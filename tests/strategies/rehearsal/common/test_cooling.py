"""How the learning rate falls, and when a further round follows."""

from __future__ import annotations

from cltool.strategies.rehearsal.common.cooling import Cooling


def rates(cooling: Cooling, missing: list[int], left: int = 99) -> list[float]:
    """The factor in the middle of each epoch until it is over; ``missing`` after each epoch."""
    found = []
    for epoch, count in enumerate(missing, start=1):
        found.append(cooling.factor(0.5, None))
        if cooling.over(count, 100, left - epoch):
            break
    return found


def test_it_falls_to_zero_once_if_all_lines_are_probable() -> None:
    assert rates(Cooling(2, None), [50, 0, 0, 0]) == [0.75, 0.25]


def test_a_round_of_half_the_epochs_follows_while_it_helps() -> None:
    assert rates(Cooling(4, None), [90, 90, 90, 40, 40, 20, 0, 0]) == [
        *[0.875, 0.625, 0.375, 0.125],
        *[0.375, 0.125],
        0.25,
    ]


def test_it_ends_if_a_round_did_not_help_or_no_epoch_is_left() -> None:
    assert len(rates(Cooling(4, None), [40] * 20)) == 6
    assert len(rates(Cooling(4, None), [40] * 20, left=4)) == 4


def test_under_a_budget_it_falls_over_the_rest_of_it() -> None:
    cooling = Cooling(1, 0.4)
    assert [cooling.factor(0.9, left) for left in (0.4, 0.2, 0.0)] == [1.0, 0.5, 0.0]
    assert not cooling.over(100, 100, 99)
