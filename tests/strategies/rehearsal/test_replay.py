"""`replay`: what is in the buffer, and how much of it is rehearsed."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import pytest
import torch

from cltool.facts.facts import Fact, Update
from cltool.facts.stream import Stream
from cltool.strategies.rehearsal.common.buffer import Buffer
from cltool.strategies.rehearsal.common.coreset import representations
from cltool.strategies.rehearsal.replay import Replay, ReplayConfig
from cltool.training.learner import Learner

from ...conftest import CHAIN, FORGOTTEN, MakeLearner, apply


def replay_of(learner: Learner) -> Replay:
    return cast(Replay, learner.strategies.parts["replay"])


def buffer(replay: Replay) -> list[Fact]:
    return [Fact(*row[:3], tuple(row[3])) for row in replay.state_dict()["facts"]]


def empty(capacity: int) -> Replay:
    """A strategy with an empty buffer and no learner."""
    replay = Replay(ReplayConfig(capacity=capacity))
    replay._buffer = Buffer(capacity)
    return replay


def facts(first: int, last: int, value: str = "x") -> list[Fact]:
    return [Fact(f"S{number}", "is", value) for number in range(first, last)]


def far_from_uniform(counts: Sequence[int], expected: float, spread: float) -> float:
    """Chi-square per degree of freedom; near 1 when counts scatter as they should."""
    return sum((count - expected) ** 2 for count in counts) / spread / len(counts)


# The reservoir.


def test_every_fact_is_kept_equally_often() -> None:
    counts: Counter[str] = Counter()
    runs, capacity, total = 600, 10, 40
    for seed in range(runs):
        replay = empty(capacity)
        generator = torch.Generator().manual_seed(seed)
        for begin in range(0, total, 8):  # in several updates
            replay._buffer.take(facts(begin, begin + 8), generator)
            assert len(buffer(replay)) <= capacity
        counts.update(fact.subject for fact in buffer(replay))
    share = capacity / total
    assert sum(counts.values()) == runs * capacity
    found = [counts[f"S{number}"] for number in range(total)]
    assert far_from_uniform(found, runs * share, runs * share * (1 - share)) < 1.8


def test_every_fact_is_kept_equally_often_after_some_became_untrue() -> None:
    # What is true in the end is sampled uniformly, whenever it was taught.
    counts: Counter[str] = Counter()
    runs, capacity = 800, 12
    for seed in range(runs):
        replay = empty(capacity)
        generator = torch.Generator().manual_seed(seed)
        replay._buffer.take(facts(0, 36), generator)
        for begin in (0, 6):  # each update changes six facts
            changed = facts(begin, begin + 6)
            replay.forget(changed)
            assert not {f.subject for f in changed} & {f.subject for f in buffer(replay)}
            replay._buffer.take(facts(begin, begin + 6, "y"), generator)
            assert len(buffer(replay)) <= capacity
        counts.update(fact.subject for fact in buffer(replay))
    share = sum(counts.values()) / runs / 36
    changed = sum(counts[f"S{number}"] for number in range(12)) / 12 / runs
    assert share > 0.9 * capacity / 36  # and little of it lies empty
    assert changed == pytest.approx(share, abs=4 * math.sqrt(share / runs / 12))


def test_all_are_kept_while_there_is_room() -> None:
    replay = empty(100)
    replay._buffer.take(facts(0, 30), torch.Generator().manual_seed(0))
    assert buffer(replay) == facts(0, 30)


def test_the_same_seed_keeps_the_same() -> None:
    kept = []
    for seed in (5, 5, 6):
        replay = empty(8)
        replay._buffer.take(facts(0, 50), torch.Generator().manual_seed(seed))
        kept.append(buffer(replay))
    assert kept[0] == kept[1] != kept[2]


def test_invalid_facts_are_removed() -> None:
    replay = empty(100)
    replay._buffer.take(facts(0, 10), torch.Generator().manual_seed(0))
    replay.forget([Fact("S3", "is", "something else"), Fact("S4", "was", "x")])
    assert [fact.subject for fact in buffer(replay)] == [f"S{n}" for n in range(10) if n != 3]


# In training.


def test_the_buffer_contains_the_valid_facts(make_learner: MakeLearner, stream: Stream) -> None:
    for seed in range(3):
        learner = make_learner("replay", strategy={"capacity": 14}, epochs=1, seed=seed)
        replay = replay_of(learner)
        assert len(buffer(replay)) == 14
        for update in stream.updates[1:]:
            apply(learner, update)
            held = buffer(replay)
            assert len(held) <= 14
            assert len({fact.key for fact in held}) == len(held)
            assert set(held) <= set(learner.known.valid())
        assert FORGOTTEN not in {fact.key for fact in held}


def test_only_valid_facts_are_rehearsed(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("replay", strategy={"capacity": 100, "mix": 30.0}, epochs=1)
    wordings = stream.wordings
    for update in stream.updates[1:]:
        apply(learner, update)
        true = set(learner.examples(learner.known.valid()))
        rehearsed = set(learner.loader.rehearsed)
        assert rehearsed <= true
        # All of the buffer comes up, but nothing that the update itself teaches.
        taught = {pair for fact in update.learn for pair in wordings.examples(fact)}
        assert rehearsed.isdisjoint(learner.lm.coder.pairs(sorted(taught)))
        old = [fact for fact in learner.known.valid() if fact not in update.learn]
        assert rehearsed == set(learner.examples(old))
    ruler = learner.known.belief(CHAIN)
    assert ruler is not None and ruler.fact in buffer(replay_of(learner))


@pytest.mark.parametrize(("mix", "share"), [(0.0, 0.5), (0.4, 0.5), (1.0, 0.1), (3.0, 1.0)])
def test_the_rehearsed_share_is_that_of_the_setting(
    mix: float, share: float, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("replay", strategy={"mix": mix, "share": share}, epochs=1, stop_at=2)
    apply(learner, stream.updates[1])
    own = len(learner.examples(stream.updates[1].learn))
    assert len(learner.loader.rehearsed) == round(mix * own)
    # None a second time before all had their first.
    counts = Counter(learner.loader.rehearsed)
    if counts:
        assert max(counts.values()) - min(counts.values()) <= 1


def test_every_epoch_rehearses_other_facts(make_learner: MakeLearner, stream: Stream) -> None:
    from avalanche.core import SupervisedPlugin

    class Watch(SupervisedPlugin):  # type: ignore[misc, type-arg]
        def __init__(self) -> None:
            super().__init__()
            self.drawn: list[tuple[object, ...]] = []

        def after_training_epoch(self, learner: Learner, **kwargs: Any) -> None:
            self.drawn.append(tuple(learner.loader.rehearsed))

    watch = Watch()
    learner = make_learner("replay", plugins=[watch], strategy={"share": 1.0}, epochs=3, stop_at=2)
    apply(learner, stream.updates[1])
    assert len(set(watch.drawn)) == 3


def test_capacity_goes_before_share(make_learner: MakeLearner) -> None:
    sizes = [
        len(buffer(replay_of(make_learner("replay", strategy=settings))))
        for settings in ({"share": 0.25}, {"share": 0.25, "capacity": 9}, {"share": 1e-6}, {})
    ]
    assert sizes == [6, 9, 1, 12]


def test_stored_bytes_are_those_of_the_buffer(make_learner: MakeLearner) -> None:
    sizes = [
        make_learner("replay", strategy={"capacity": size}).strategies.stored_bytes()
        for size in (3, 6, 12)
    ]
    assert 0 < sizes[0] < sizes[1] < sizes[2] < 4 * 2 * sizes[0]


def test_rehearsal_keeps_what_naive_forgets(make_learner: MakeLearner, stream: Stream) -> None:
    lost = {}
    for name in ("naive", "replay"):
        learner = make_learner(name, lm="tiny", epochs=20, lr=1e-3)
        apply(learner, stream.updates[1])
        old = [fact for fact in learner.known.valid() if fact not in stream.updates[1].learn]
        scored = learner.score(learner.collate(learner.examples(old)))
        lost[name] = 1 - float(scored.hits().float().mean())
    assert lost["replay"] < 0.5 * lost["naive"]


def test_the_state_survives_a_round_trip(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("replay", epochs=1)
    apply(learner, stream.updates[1])
    other = empty(12)
    other.load_state_dict(replay_of(learner).state_dict())
    assert other.state_dict() == replay_of(learner).state_dict()


def test_an_empty_buffer_rehearses_nothing(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("replay", strategy={"capacity": 1}, epochs=1)
    (only,) = buffer(replay_of(learner))
    apply(learner, Update(1, "one", [Fact(*only.key, "Bobo")]))
    assert learner.loader.rehearsed == []
    assert buffer(replay_of(learner)) == [Fact(*only.key, "Bobo")]


def test_composed_with_ewc_both_work(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("replay+ewc", epochs=2)
    before = learner.strategies.states()
    apply(learner, stream.updates[1])
    after = learner.strategies.states()
    assert learner.loader.rehearsed
    assert before["replay"]["facts"] != after["replay"]["facts"]
    assert set(after) == {"replay", "ewc"}
    held = [tensor for tensor in after["ewc"].values() if isinstance(tensor, torch.Tensor)]
    assert any(bool(tensor.any()) for tensor in held)


# Other selections.

SELECTIONS = ("relation", "herding", "k_center")


@pytest.mark.parametrize("select", SELECTIONS)
def test_every_selection_contains_only_valid_facts(
    select: str, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("replay", strategy={"capacity": 13, "select": select}, epochs=1)
    memory = replay_of(learner)._buffer
    assert len(memory.facts) == 13
    for update in stream.updates[1:]:
        apply(learner, update)
        assert 8 < len(memory.facts) <= 13
        assert len(set(memory.facts)) == len(memory.facts)
        assert set(memory.facts) <= set(learner.known.valid())
        assert learner.loader.rehearsed


def test_relations_are_balanced(make_learner: MakeLearner, stream: Stream) -> None:
    base = [fact for fact in stream.updates[0].learn if fact.relation == "ruler"]
    base += [fact for fact in stream.updates[0].learn if fact.relation == "capital"][:4]
    uneven = replace(stream, updates=[Update(0, "base", base)])
    learner = make_learner("replay", of=uneven, strategy={"capacity": 8, "select": "relation"})
    counts = Counter(fact.relation for fact in replay_of(learner)._buffer.facts)
    assert counts == {"ruler": 4, "capital": 4}


@pytest.mark.parametrize("select", ["herding", "k_center"])
def test_selection_reads_only_the_buffer_and_the_update(
    select: str, make_learner: MakeLearner, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cltool.strategies.rehearsal import replay

    shown: list[set[Fact]] = []

    def watched(learner: Learner, facts: Sequence[Fact]) -> object:
        shown.append(set(facts))
        return representations(learner, facts)

    monkeypatch.setattr(replay, "representations", watched)
    learner = make_learner("replay", strategy={"capacity": 6, "select": select}, epochs=1)
    memory = replay_of(learner)._buffer
    for update in stream.updates[1:]:
        held = set(memory.facts) - set(learner.known.superseded_by(update))
        apply(learner, update)
        if len(held) + len(update.learn) > 6:
            assert shown[-1] == held | set(update.learn)
    assert len(shown) > 1


@pytest.mark.parametrize("select", SELECTIONS)
def test_selections_are_reproducible(
    select: str, make_learner: MakeLearner, stream: Stream
) -> None:
    kept, sizes = [], []
    for _ in range(2):
        learner = make_learner("replay", strategy={"capacity": 6, "select": select}, epochs=1)
        for update in stream.updates[1:]:
            apply(learner, update)
        state = replay_of(learner).state_dict()
        other = make_learner("replay", strategy={"capacity": 6, "select": select})
        replay_of(other).load_state_dict(state)
        assert replay_of(other).state_dict() == state
        kept.append(replay_of(learner)._buffer.facts)
        sizes.append(learner.strategies.stored_bytes())
    assert kept[0] == kept[1] and sizes[0] == sizes[1] > 0


@pytest.mark.parametrize("select", ["herding", "k_center"])
def test_computing_representations_is_counted(
    select: str, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("replay", strategy={"capacity": 6, "select": select})
    prompts = sum(example.start for example in learner.examples(stream.updates[0].learn))
    assert learner.tokens == prompts
