"""What is rehearsed how often."""

from __future__ import annotations

from collections import Counter

import pytest
import torch

from cltool.lm.coder import Encoded
from cltool.strategies.rehearsal.common.schedule import Schedule

EXAMPLES = [Encoded((0, number, 1), 1) for number in range(10)]


def schedule() -> Schedule:
    return Schedule(EXAMPLES, 1.0, torch.Generator().manual_seed(0))


@pytest.mark.parametrize("count", [1, 3, 7, 10, 25])
def test_rounds_have_every_example_as_often(count: int) -> None:
    rehearsed = schedule()
    taken = Counter(place for _ in range(10) for place in rehearsed.take(count))
    assert sum(taken.values()) == 10 * count
    assert max(taken.values()) - min(taken.get(place, 0) for place in range(10)) <= 1


def test_lines_in_trouble_come_first_and_fill_at_most_half() -> None:
    rehearsed = schedule()
    for place in range(10):
        rehearsed.record(place, float(place))
    assert rehearsed.difficult() == [9, 8, 7, 6, 5, 4, 3, 2]
    taken = rehearsed.take(6)
    assert taken[:3] == [9, 8, 7]
    assert len(taken) == 6
    for place in range(10):
        rehearsed.record(place, 1.0)
    assert rehearsed.difficult() == []
    assert sorted([*taken[3:], *rehearsed.take(7)]) == list(range(10))


def test_each_round_has_all_lines_and_those_in_trouble_twice() -> None:
    rehearsed = schedule()
    assert rehearsed.each() == list(range(10))
    rehearsed.record(4, 2.0)
    rehearsed.record(5, 0.5)
    assert sorted(rehearsed.each()) == sorted([*range(10), 4])
    assert rehearsed.by_loss()[0] != 4  # those that were never seen are the worst
    for place in set(range(10)) - {4, 5}:
        rehearsed.record(place, 0.1)
    assert rehearsed.by_loss()[:2] == [4, 5]


def test_lines_are_repeated_once_for_each_nat_above_the_bound_at_most_so_often() -> None:
    rehearsed = Schedule(EXAMPLES, 1.0, torch.Generator().manual_seed(0), 3)
    for place in range(10):
        rehearsed.record(place, {7: 1.5, 8: 2.5, 9: 99.0}.get(place, 0.1))
    assert Counter(rehearsed.each()) == Counter({**dict.fromkeys(range(7), 1), 7: 2, 8: 3, 9: 4})
    assert rehearsed.take(8)[:4] == [9, 8, 7, 9]


def test_nothing_to_rehearse() -> None:
    empty = Schedule([], 1.0, torch.Generator())
    assert empty.take(5) == empty.each() == empty.difficult() == []
