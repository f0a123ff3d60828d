"""Grouped buffers and coresets; the reservoir itself is tested with `replay`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cltool.facts.facts import Fact
from cltool.strategies.rehearsal.common.buffer import (
    Buffer,
    Coreset,
    GroupedBuffer,
    Memory,
    even_parts,
)


def facts(first: int, last: int, relation: str = "is", value: str = "x") -> list[Fact]:
    return [Fact(f"S{number}", relation, value) for number in range(first, last)]


def grouped(capacity: int) -> GroupedBuffer:
    return GroupedBuffer(capacity, lambda fact: fact.relation)


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def counts(memory: Memory) -> dict[str, int]:
    return dict(Counter(fact.relation for fact in memory.facts))


def assert_uniform(found: Counter[str], names: Sequence[str], runs: int, kept: float) -> None:
    """Chi-square per degree of freedom near 1: each was kept as often as any other."""
    share = kept / len(names)
    spread = runs * share * (1 - share)
    distance = sum((found[name] - runs * share) ** 2 for name in names)
    assert distance / spread / len(names) < 1.8


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 30), max_size=6), st.integers(0, 60))
def test_even_parts_fill_the_capacity_without_bias(sizes: list[int], room: int) -> None:
    parts = even_parts(sizes, room)
    assert sum(parts) == min(room, sum(sizes))
    assert all(0 <= part <= size for part, size in zip(parts, sizes, strict=True))
    for part, size in zip(parts, sizes, strict=True):
        if part < size:  # who got less than it could take got no less than the others, but one
            assert part >= max(parts) - 1


def test_relations_share_the_capacity() -> None:
    buffer = grouped(30)
    buffer.take([*facts(0, 100, "a"), *facts(0, 20, "b"), *facts(0, 4, "c")], seeded())
    assert counts(buffer) == {"a": 13, "b": 13, "c": 4}
    buffer.take(facts(0, 50, "d"), seeded(1))
    assert counts(buffer) == {"a": 9, "b": 9, "c": 4, "d": 8}


def test_a_relation_that_was_small_may_grow() -> None:
    buffer = grouped(20)
    buffer.take([*facts(0, 100, "a"), *facts(0, 2, "b")], seeded())
    assert counts(buffer) == {"a": 18, "b": 2}
    buffer.take(facts(2, 40, "b"), seeded(1))
    assert counts(buffer) == {"a": 10, "b": 10}


def test_within_a_relation_every_fact_is_kept_equally_often() -> None:
    found: Counter[str] = Counter()
    runs = 800
    for seed in range(runs):
        buffer, random = grouped(16), seeded(seed)
        buffer.take(facts(0, 24, "a"), random)
        buffer.forget(facts(0, 4, "a"))
        buffer.take([*facts(0, 4, "a", "y"), *facts(0, 30, "b")], random)  # a gives room up
        buffer.take(facts(24, 32, "a"), random)
        assert len(buffer.facts) <= 16
        found.update(fact.subject for fact in buffer.facts if fact.relation == "a")
    kept = sum(found.values()) / runs
    assert kept > 6.5
    assert_uniform(found, [f"S{n}" for n in range(32)], runs, kept)


def test_shrinking_drops_each_equally_often() -> None:
    found: Counter[str] = Counter()
    runs = 600
    for seed in range(runs):
        buffer, random = Buffer(12), seeded(seed)
        buffer.take(facts(0, 24), random)
        buffer.forget(facts(0, 6))
        buffer.shrink(6, random)
        buffer.take(facts(0, 6, value="y"), random)
        assert len(buffer.facts) <= 6
        found.update(fact.subject for fact in buffer.facts)
    assert_uniform(found, [f"S{n}" for n in range(24)], runs, sum(found.values()) / runs)


def test_a_relation_without_facts_is_removed() -> None:
    buffer = grouped(10)
    buffer.take([*facts(0, 5, "a"), *facts(0, 20, "b")], seeded())
    buffer.forget(facts(0, 5, "a"))
    assert list(buffer.groups) == ["b"] and len(buffer.facts) == 5


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_the_buffer_never_exceeds_its_capacity_or_keeps_invalid_facts(data: st.DataObject) -> None:
    capacity = data.draw(st.integers(1, 12))
    memories: list[Memory] = [
        Buffer(capacity),
        grouped(capacity),
        Coreset(capacity, lambda facts, weights, count: range(len(facts) - count, len(facts))),
    ]
    random = seeded(data.draw(st.integers(0, 5)))
    true: dict[tuple[str, str], Fact] = {}
    for step in range(5):
        keys = data.draw(
            st.lists(st.tuples(st.integers(0, 9), st.sampled_from("abc")), unique=True)
        )
        new = [Fact(f"S{number}", relation, f"v{step}") for number, relation in keys]
        gone = [true[fact.key] for fact in new if fact.key in true]
        true |= {fact.key: fact for fact in new}
        for memory in memories:
            memory.forget(gone)
            memory.take(new, random)
            assert len(memory.facts) <= capacity
            assert set(memory.facts) <= set(true.values())
            assert len(set(memory.facts)) == len(memory.facts)


def test_a_grouped_buffer_survives_a_round_trip() -> None:
    buffer = grouped(12)
    buffer.take([*facts(0, 20, "a"), *facts(0, 20, "b")], seeded())
    buffer.forget(facts(3, 9, "a"))
    other = grouped(12)
    other.load_state_dict(json.loads(json.dumps(buffer.state_dict())))
    for memory in (buffer, other):
        memory.take([*facts(3, 9, "a", "y"), *facts(0, 9, "c")], seeded(4))
    assert buffer.facts == other.facts and buffer.state_dict() == other.state_dict()


# Coresets.


def test_a_coreset_uses_only_its_own_and_the_offered_facts() -> None:
    shown: list[tuple[list[Fact], list[float], int]] = []

    def last(facts: Sequence[Fact], weights: Sequence[float], count: int) -> Sequence[int]:
        shown.append((list(facts), list(weights), count))
        return range(len(facts) - count, len(facts))

    buffer = Coreset(4, last)
    buffer.take(facts(0, 10), seeded())
    assert shown == [(facts(0, 10), [1.0] * 10, 4)]
    assert buffer.facts == facts(6, 10)
    buffer.forget(facts(7, 9))  # two of the four; eight facts are true, two stand for them
    buffer.take(facts(10, 13), seeded())
    held = [*facts(6, 7), *facts(9, 10), *facts(10, 13)]
    assert shown[1:] == [(held, [4.0, 4.0, 1.0, 1.0, 1.0], 4)]
    assert buffer.facts == held[1:]


def test_a_coreset_with_room_keeps_everything() -> None:
    def never(facts: Sequence[Fact], weights: Sequence[float], count: int) -> Sequence[int]:
        raise AssertionError

    buffer = Coreset(10, never)
    buffer.take(facts(0, 6), seeded())
    buffer.take(facts(6, 10), seeded())
    assert buffer.facts == facts(0, 10)
    other = Coreset(10, never)
    other.load_state_dict(json.loads(json.dumps(buffer.state_dict())))
    assert other.state_dict() == buffer.state_dict()


def test_a_coreset_of_no_facts() -> None:
    buffer = Coreset(1, lambda facts, weights, count: [0])
    buffer.take([], seeded())
    buffer.forget(facts(0, 3))
    buffer.take(facts(0, 2), seeded())
    assert buffer.facts == facts(0, 1)
