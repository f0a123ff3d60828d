"""`rmu`: where hidden states are led, and which weights lead them."""

from __future__ import annotations

from typing import Any, cast

import pytest
import torch

from cltool.core.errors import UserError
from cltool.facts.facts import Update
from cltool.facts.stream import Stream
from cltool.lm.teacher import Teacher
from cltool.strategies.unlearning.common.eraser import Phase
from cltool.strategies.unlearning.common.sentences import sentences
from cltool.strategies.unlearning.rmu import RMU, distances, unit_vector
from cltool.training.learner import Learner

from ...conftest import MakeLearner, apply, weights


def begun(learner: Learner, stream: Stream) -> tuple[RMU, Phase]:
    facts = stream.updates[0].learn[2:4]
    learner.known.apply(Update(1, "one", (), facts))
    phase = Phase(learner, facts, sentences(learner, facts), stream.updates[0].learn[4:])
    method = cast(RMU, learner.strategies.parts["rmu"])
    method.teacher = Teacher(learner.lm)
    method.prepare(phase)
    return method, phase


def test_the_direction_is_random_seeded_and_of_length_one() -> None:
    drawn = [unit_vector(64, torch.Generator().manual_seed(seed)) for seed in (0, 0, 1)]
    assert float(drawn[0].norm()) == pytest.approx(1.0)
    assert (drawn[0] >= 0).all()
    assert torch.equal(drawn[0], drawn[1]) and not torch.equal(drawn[0], drawn[2])


def test_distances_are_means_over_masked_tokens() -> None:
    states = torch.arange(12.0).view(2, 3, 2)
    mask = torch.tensor([[True, False, True], [False, False, False]])
    found = distances(states, torch.zeros(2), mask)
    torch.testing.assert_close(found, torch.tensor([(0 + 1 + 16 + 25) / 2, 0.0]))
    states[0, 1] = 99.0
    torch.testing.assert_close(distances(states, torch.zeros(2), mask), found)


def test_the_loss_is_the_distance_at_the_tokens_before_the_object(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("rmu", strategy={"layer": 0, "scale": 1.5})
    method, phase = begun(learner, stream)
    lengths, expected = [], 0.0
    states = []
    for one in phase.chosen:
        with torch.no_grad():
            out = learner.model(
                input_ids=torch.tensor([one.example.ids]), output_hidden_states=True
            )
        states.append(out.hidden_states[1][0, one.start - 1 : one.stop - 1])
        lengths += states[-1].norm(dim=-1).tolist()
    target = method._target
    assert float(target.norm()) == pytest.approx(1.5 * sum(lengths) / len(lengths), rel=1e-4)
    for part in states:
        expected += float((part - target).pow(2).sum(-1).mean())
    found = method.loss(learner, phase.chosen).item()
    method.release()
    assert found == pytest.approx(expected, rel=1e-4)


def test_neighbours_have_no_loss_at_the_start(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("rmu")
    method, phase = begun(learner, stream)
    batch = learner.collate(learner.examples(phase.known[:3]))

    def held() -> float:
        return method.retain_loss(learner, batch, learner.score(batch)).item()

    first = held()
    with torch.no_grad():
        for parameter in learner.model.parameters():
            parameter.mul_(1.05)
    moved = held()
    method.release()
    assert first == pytest.approx(0.0, abs=1e-6) and moved > 1e-3


def test_a_neighbours_sentence_counts_once_with_any_batch_size(
    make_learner: MakeLearner, stream: Stream
) -> None:
    def taken(micro: int | None) -> dict[str, torch.Tensor]:
        settings = {"target": "none", "steps": 3, "gamma": 5.0}
        learner = make_learner("rmu", strategy=settings, micro_batch_size=micro)
        apply(learner, Update(1, "forget", (), stream.updates[0].learn[2:4]))
        return weights(learner.model)

    whole, cut = taken(None), taken(3)
    for name, tensor in whole.items():
        torch.testing.assert_close(cut[name], tensor, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize(("layer", "blocks"), [(0, {"0"}), (1, {"0", "1"}), (None, {"0", "1"})])
def test_only_output_projections_up_to_the_block_are_trained(
    layer: int | None, blocks: set[str], make_learner: MakeLearner, stream: Stream
) -> None:
    settings = {"layer": layer, "target": "none", "steps": 2}
    learner = make_learner("rmu", strategy=settings)
    before = weights(learner.model)
    apply(learner, Update(1, "forget", (), stream.updates[0].learn[2:4]))
    after = weights(learner.model)
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed == {f"model.layers.{n}.mlp.down_proj.weight" for n in blocks}


@pytest.mark.parametrize("lm", ["gpt2", "mamba"])
def test_other_architectures(lm: str, make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("rmu", lm=lm, strategy={"target": "none", "steps": 1})
    before = weights(learner.model)
    apply(learner, Update(1, "forget", (), stream.updates[0].learn[2:4]))
    after: dict[str, Any] = weights(learner.model)
    assert any(not torch.equal(before[name], after[name]) for name in before)


def test_a_missing_block_is_refused(make_learner: MakeLearner) -> None:
    with pytest.raises(UserError, match="no block 9"):
        make_learner("rmu", strategy={"layer": 9})
