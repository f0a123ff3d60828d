"""What the values of new neurons are trained on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import torch

from cltool.facts.stream import Stream
from cltool.lm.coder import Encoded
from cltool.lm.scoring import Scored
from cltool.strategies.editing.common.gates import Gates
from cltool.strategies.editing.common.patches import Patches
from cltool.strategies.editing.common.subject_tokens import Located, located
from cltool.strategies.editing.common.values import AT_ONCE, Lesson, Values, train
from cltool.training.learner import Learner

from ....conftest import MakeLearner


def read_in_a_step(
    learner: Learner, own: list[Located], swapped: float, monkeypatch: pytest.MonkeyPatch
) -> list[list[int]]:
    """The token ids that the model reads in steps on all sentences of a fact without a gate."""
    patches = Patches(learner, [0])
    lesson = Lesson([one.example for one in own], [one.loose for one in own])
    random = torch.Generator().manual_seed(0)
    values = Values(
        learner, patches, patches.values, [1.0], [lesson], rate=0.1, swapped=swapped, random=random
    )
    read: list[list[int]] = []
    score = learner.score

    def heard(batch: Any) -> Scored:
        read.extend(batch["input_ids"].tolist())
        scored = score(batch)
        # Without a gate no loss depends on the values.
        logits = scored.logits + 0.0 * patches.values[0].sum()
        return Scored(logits, scored.labels)

    monkeypatch.setattr(learner, "score", heard)
    steps = -(-len(own) // AT_ONCE)
    found = [place for _ in range(steps) for place, *_ in values.step([0])[0]]
    assert sorted(found) == [*range(len(own))]
    return [row for _, row in sorted(zip(found, read, strict=True))]


@pytest.mark.parametrize("swapped", [0.0, 0.99])
def test_only_loose_words_are_replaced(
    swapped: float, make_learner: MakeLearner, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner = make_learner(of=stream)
    own = located(learner, stream.updates[1].learn[0])
    rows = read_in_a_step(learner, own, swapped, monkeypatch)
    assert len(rows) == len(own) > 0
    replaced = 0
    for one, row in zip(own, rows, strict=True):
        places = {
            n for n, ids in enumerate(zip(one.example.ids, row, strict=False)) if ids[0] != ids[1]
        }
        assert places <= {*one.loose}
        replaced += len(places)
    assert bool(replaced) == bool(swapped)


BEGUN = tuple(range(20, 32))
LESSONS = [
    Lesson([Encoded((*BEGUN, 5, 6, 7, 8), 14), Encoded((*BEGUN, 9, 4, 7), 13)], [(12,), ()], 12),
    Lesson([Encoded((*BEGUN, 11, 6, 5, 9, 3), 14)], [(12, 13)], 12),
]


def open_everywhere(
    learner: Learner, lessons: Sequence[Lesson] = LESSONS, size: float = 1.0
) -> tuple[Patches, Values]:
    """Two facts whose gates are a little open at every token."""
    patches, random = Patches(learner, [0]), torch.Generator().manual_seed(0)
    rows = torch.randn(2, learner.lm.width, generator=random)
    patches.gates = [Gates(rows, torch.ones(2), rows / 100)]
    values = Values(
        learner, patches, patches.values, [size], lessons, rate=0.1, swapped=0.5, random=random
    )
    return patches, values


def test_a_step_moves_the_values_of_its_facts_alone(
    make_learner: MakeLearner, stream: Stream
) -> None:
    for trained in (0, 1):
        patches, values = open_everywhere(make_learner(of=stream))
        values.step([trained])
        values.finish()
        assert patches.values[0][trained].any()
        assert not patches.values[0][1 - trained].any()


def test_a_step_costs_what_was_said_also_where_memory_runs_out(
    make_learner: MakeLearner, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    plain = Scored.loss_sum

    def of_one(scored: Scored) -> torch.Tensor:
        if len(scored.labels) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 1 GiB.")
        return plain(scored)

    for tight in (False, True):
        learner = make_learner(of=stream)
        patches, values = open_everywhere(learner)
        if tight:
            monkeypatch.setattr(Scored, "loss_sum", of_one)
        for _ in range(2):
            begun, cost = learner.tokens, values.cost([1, 0])
            assert cost < sum(len(one) for lesson in LESSONS for one in lesson.sentences)
            values.step([1, 0])
            assert learner.tokens - begun == cost
        assert (learner.forward_size.size == 1) == tight
        values.finish()
        found.append(patches.values[0])
    torch.testing.assert_close(found[1], found[0], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(("sure", "steps"), [(1e-30, 1), (0.999, 4)])
def test_training_ends_when_the_sentences_are_probable_enough(
    sure: float, steps: int, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner(of=stream, stop_at=0.0)
    _, values = open_everywhere(learner)
    order = torch.Generator().manual_seed(0)
    passes = train(values, learner, LESSONS, epochs=4, sure=sure, random=order)
    assert [one.count for one in passes] == [steps, steps]


def test_a_step_reads_no_more_sentences_than_a_batch_has(
    make_learner: MakeLearner, stream: Stream
) -> None:
    for size, steps in ((2, 2), (3, 1)):
        learner = make_learner(of=stream, batch_size=size)
        _, values = open_everywhere(learner)
        learner.steps = 0
        order = torch.Generator().manual_seed(0)
        train(values, learner, LESSONS, epochs=1, sure=0.9, random=order)
        assert learner.steps == steps


def test_steps_take_turns_and_read_no_more_than_two_sentences(
    make_learner: MakeLearner, stream: Stream
) -> None:
    three = Lesson([*LESSONS[0].sentences, *LESSONS[1].sentences], [(), (), ()], 12)
    _, values = open_everywhere(make_learner(of=stream), [three, LESSONS[1]])
    turns = [[place for place, *_ in values.step([0])[0]] for _ in range(4)]
    assert max(map(len, turns)) <= AT_ONCE
    assert sorted(turns[0] + turns[1]) == sorted(turns[2] + turns[3]) == [0, 1, 2]


def test_steps_are_as_long_as_what_an_mlp_adds(make_learner: MakeLearner, stream: Stream) -> None:
    lengths = []
    for size in (1.0, 4.0):
        patches, values = open_everywhere(make_learner(of=stream), size=size)
        values.step([0, 1])
        values.finish()
        lengths.append(float(patches.values[0].abs().median()))
    assert lengths == pytest.approx([0.1, 0.4], rel=1e-2)
