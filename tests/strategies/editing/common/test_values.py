"""What the values of new neurons are trained on."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from cltool.facts.stream import Stream
from cltool.lm.scoring import Scored
from cltool.strategies.editing.common.patches import Patches
from cltool.strategies.editing.common.subject_tokens import Located, located
from cltool.strategies.editing.common.values import AT_ONCE, Lesson, Values
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
