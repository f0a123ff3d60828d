"""`osf`: what lies in the strong singular directions of a matrix stays what it was."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from cltool.core.errors import UserError
from cltool.facts.stream import Stream
from cltool.training.learner import Learner

from ...conftest import MakeLearner, apply, weights


def matrices(learner: Learner) -> dict[str, torch.Tensor]:
    """The matrices of the blocks."""
    return {n: t for n, t in weights(learner.model).items() if "layers" in n and t.ndim == 2}


@pytest.mark.parametrize("optimizer", ["adamw", "sgd"])
@pytest.mark.parametrize("keep", [0.25, 0.75])
def test_strong_directions_are_unchanged(
    keep: float, optimizer: str, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("osf", strategy={"keep": keep}, epochs=4, optimizer=optimizer)
    for update in stream.updates[1:3]:
        before = weights(learner.model)
        names = list(matrices(learner))
        apply(learner, update)
        after = weights(learner.model)
        for name, old in before.items():
            if name not in names:
                assert torch.equal(old, after[name]), name
                continue
            u, s, v = torch.linalg.svd(old, full_matrices=False)
            high = int(keep * len(s))
            moved = after[name] - old
            size = float(moved.norm())
            assert size > 0
            # The step neither reads from nor writes to what is kept.
            assert float((u[:, :high].T @ moved).norm()) < 1e-3 * size
            assert float((moved @ v[:high].T).norm()) < 1e-3 * size


def test_every_update_decomposes_the_current_weights(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("osf", epochs=1)
    kinds = [type(module) for module in learner.model.modules()]
    trainable = set(learner.trainable())
    ranks: list[int] = []

    class Watch:
        def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
            assert all("osf_svd_params" in name for name in learner.trainable())
            ranks.extend(p.numel() for n, p in learner.trainable().items() if "S_low" in n)

    learner.plugins.insert(0, Watch())
    for update in stream.updates[1:3]:
        apply(learner, update)
        assert [type(module) for module in learner.model.modules()] == kinds
        assert set(learner.trainable()) == trainable
    assert len(ranks) == 2 * 14
    assert learner.strategies.stored_bytes() == 0


def test_a_fresh_decomposition_changes_no_answer(make_learner: MakeLearner, stream: Stream) -> None:
    plain = make_learner("naive")
    learner = make_learner("osf", epochs=1, lr=0.0)
    batch = plain.collate(plain.examples(stream.updates[0].learn[:4]))
    apply(learner, stream.updates[1])
    with torch.no_grad():
        torch.testing.assert_close(
            learner.score(batch).logits, plain.score(batch).logits, rtol=1e-4, atol=1e-4
        )


def test_layers_that_peft_cannot_decompose_are_refused_before_the_first_update(
    make_learner: MakeLearner,
) -> None:
    with pytest.raises(UserError, match="PEFT refuses OSF: it has no trainable parameters"):
        make_learner("osf", lm="gpt2", epochs=1)


def test_with_replay(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("replay+osf", epochs=1)
    before = weights(learner.model)
    apply(learner, stream.updates[1])
    assert any(not torch.equal(before[n], t) for n, t in weights(learner.model).items())
