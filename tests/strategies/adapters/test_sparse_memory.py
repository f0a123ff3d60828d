"""`sparse_memory`: which slots are trained, that nothing else changes, and what is kept."""

from __future__ import annotations

import math
from typing import cast

import pytest
import torch

from cltool.core.errors import UserError
from cltool.facts.stream import Stream
from cltool.lm.memory_layers import attach
from cltool.lm.product_keys import MemorySize, memories
from cltool.strategies.adapters.common.slot_reads import (
    most_specific,
    slot_reads,
    slot_weights,
    tf_idf,
)
from cltool.strategies.adapters.sparse_memory import SparseMemory
from cltool.training.learner import Learner

from ...conftest import LoadLM, MakeLearner, apply, weights

SIZE = MemorySize(slots=256, heads=2, top=4, key=16)


@pytest.fixture
def learner(make_learner: MakeLearner, load_lm: LoadLM) -> Learner:
    lm = load_lm("llama")
    attach(lm.model, [0, -1], SIZE)
    strategy = {"top": 5, "written": 4}
    return make_learner("sparse_memory", lm=lm, strategy=strategy, epochs=2)


def strategy_of(learner: Learner) -> SparseMemory:
    return cast(SparseMemory, learner.strategies.parts["sparse_memory"])


def test_only_values_of_chosen_slots_change(learner: Learner, stream: Stream) -> None:
    facts = stream.updates[1].learn
    before = weights(learner.model)
    apply(learner, stream.updates[1])
    for name, tensor in weights(learner.model).items():
        changed = (tensor != before[name]).flatten(1 if tensor.ndim > 1 else 0)
        if name.endswith("memory.values.weight"):
            rows = int(changed.any(dim=1).sum())
            assert 0 < rows <= 5 * len(facts) < SIZE.slots
        else:
            assert not changed.any(), name


def test_a_text_that_reads_no_trained_slot_is_answered_as_before(
    learner: Learner, stream: Stream
) -> None:
    used = {name: torch.ones(SIZE.slots, dtype=torch.int32) for name in memories(learner.model)}
    strategy = strategy_of(learner)
    count = len(stream.updates[0].learn) + 4
    # Every slot is read by every document of the background: none is specific to the update.
    full = {f"used.{name}": count * one for name, one in used.items()}
    strategy.load_state_dict({**full, "documents": count})
    before = weights(learner.model)
    apply(learner, stream.updates[1])
    assert all(torch.equal(before[name], one) for name, one in weights(learner.model).items())


def test_tf_idf_is_that_of_the_paper() -> None:
    weights_of = torch.tensor([[3.0, 1.0, 0.0, 4.0]])
    scores = tf_idf(weights_of, torch.tensor([0, 9, 0, 1]), 9)
    wanted = [3 / 8 * math.log(10), 0.0, 0.0, 4 / 8 * math.log(5)]
    assert scores[0].tolist() == pytest.approx(wanted)
    assert tf_idf(weights_of, torch.zeros(4), 0)[0].tolist() == [3 / 8, 1 / 8, 0.0, 4 / 8]
    assert most_specific(scores, 1).tolist() == [True, False, False, False]
    assert most_specific(scores, 3).tolist() == [True, False, False, True]


def test_reads_are_those_of_each_document(learner: Learner, stream: Stream) -> None:
    facts = stream.updates[0].learn[:3]
    documents = [learner.examples([fact]) for fact in facts]
    together = slot_reads(learner, documents)
    for number, document in enumerate(documents):
        for name, memory in memories(learner.model).items():
            alone = slot_reads(learner, [document])[name][0]
            assert torch.equal(together[name][number], alone)
            assert 0 < int(alone.sum()) <= SIZE.heads * SIZE.top * sum(map(len, document))
            assert alone.shape == (memory.values.num_embeddings,)


def test_a_slot_that_the_loss_does_not_depend_on_weighs_nothing(
    learner: Learner, stream: Stream
) -> None:
    documents = [learner.examples(stream.updates[0].learn[:1])]
    reads, found = slot_reads(learner, documents), slot_weights(learner, documents)
    first, last = memories(learner.model)
    for name in (first, last):
        assert not found[name][~reads[name]].any()
    # In the last block, tokens before the completion are read by nothing.
    assert int((found[last] > 0).sum()) < int(reads[last].sum())
    assert int((found[first] > 0).sum()) > int((found[last] > 0).sum())


def test_superseded_facts_leave_the_background(learner: Learner, stream: Stream) -> None:
    strategy, facts = strategy_of(learner), stream.updates[0].learn
    before = strategy.state_dict()
    strategy.forget(facts[:2])
    strategy.begin_update(learner, stream.updates[1])
    after = strategy.state_dict()
    assert before["documents"] - after["documents"] == 2
    for name, reads in slot_reads(learner, [learner.examples([f]) for f in facts[:2]]).items():
        gone = before[f"used.{name}"] - after[f"used.{name}"]
        assert torch.equal(gone, reads.sum(dim=0, dtype=torch.int32))


def test_the_facts_of_an_update_join_the_background(learner: Learner, stream: Stream) -> None:
    before = strategy_of(learner).state_dict()["documents"]
    update = stream.updates[1]
    gone = len(learner.known.superseded_by(update))
    apply(learner, update)
    after = strategy_of(learner).state_dict()["documents"]
    assert after == before - gone + len(update.learn)


def test_a_model_without_memory_layers_is_refused(make_learner: MakeLearner) -> None:
    with pytest.raises(UserError) as caught:
        make_learner("sparse_memory")
    assert "--model tiny-memory-layer" in str(caught.value.hint)
    assert "--memory-layers" in str(caught.value.hint)


def test_weight_decay_is_refused(make_learner: MakeLearner, load_lm: LoadLM) -> None:
    lm = load_lm("llama")
    attach(lm.model, [0], SIZE)
    with pytest.raises(UserError, match="slots that are not trained"):
        make_learner("sparse_memory", lm=lm, weight_decay=0.1)
