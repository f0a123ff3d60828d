"""Which facts stand near, and how they are drawn."""

from __future__ import annotations

import torch

from cltool.facts.facts import Fact
from cltool.facts.stream import Stream
from cltool.strategies.unlearning.common.retain_set import RetainSet, by_overlap

from ....conftest import MakeLearner

ERASED = Fact("Oslo", "mayor", "Ada", ("Ms Ada",))
NAMED = [
    Fact("Oslo", "river", "Aker"),
    Fact("Rome", "patron", "Ada"),
    Fact("Ada", "born", "Bath"),
    Fact("Nine", "head", "Ms Ada"),
    Fact("Sun", "over", "Oslo"),
]


def test_facts_sharing_a_name_come_before_those_sharing_a_relation() -> None:
    same = Fact("Rome", "mayor", "Bo")
    rest = Fact("Rome", "river", "Tiber")
    assert by_overlap([rest, same, *NAMED], [ERASED]) == [NAMED, [same], [rest]]
    assert by_overlap([rest], []) == [[], [], [rest]]


def test_each_group_has_its_share_and_none_is_repeated_before_all_are_drawn(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner()
    base = stream.updates[0].learn
    erased, kept = base[2], [*base[:2], *base[3:]]
    held = RetainSet(learner, kept, [erased], torch.Generator().manual_seed(0))
    groups = [learner.examples(group) for group in by_overlap(kept, [erased])]
    sizes = [len(group) for group in groups]
    drawn = held.draw(10)
    assert len(drawn) == 10
    for group in groups:
        assert 3 <= sum(one in group for one in drawn) <= 4
    many = held.draw(3 * max(sizes))
    for group in groups:
        counts = [[*drawn, *many].count(one) for one in group]
        assert max(counts) - min(counts) <= 1


def test_nothing_to_draw_from(make_learner: MakeLearner) -> None:
    assert RetainSet(make_learner(), [], [ERASED], torch.Generator()).draw(5) == []
