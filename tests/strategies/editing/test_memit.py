"""`memit`: which weights change, what holds them, and the budget."""

from __future__ import annotations

from typing import Any, cast

import pytest
import torch

from cltool.core.errors import UserError
from cltool.facts.facts import Knowledge, Update
from cltool.facts.stream import Stream
from cltool.strategies.editing.common import editor
from cltool.strategies.editing.memit import MEMIT
from cltool.training.learner import Learner

from ...conftest import MakeLearner, apply, weights

PLAIN = ("llama", "gpt2", "qwen3", "gpt_neox", "opt", "gemma")
NAMES = ("mlp.down_proj", "mlp.c_proj", "mlp.dense_4h_to_h", "fc2")


def memit_of(learner: Learner) -> MEMIT:
    return cast(MEMIT, learner.strategies.parts["memit"])


def loss(learner: Learner, facts: Any) -> float:
    with torch.no_grad():
        return float(learner.score(learner.collate(learner.examples(facts))).loss_sum())


@pytest.mark.parametrize("lm", PLAIN)
def test_only_output_projections_change_and_the_update_becomes_more_probable(
    lm: str, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("memit", lm=lm, strategy={"rounds": 3, "rate": 1.0})
    before, was = weights(learner.model), loss(learner, stream.updates[1].learn)
    apply(learner, stream.updates[1])
    after = weights(learner.model)
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert len(changed) == 2
    assert all(any(f".{part}.weight" in name for part in NAMES) for name in changed)
    assert loss(learner, stream.updates[1].learn) < 0.9 * was


def test_only_the_named_blocks(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("memit", strategy={"layers": [0], "rounds": 1})
    before = weights(learner.model)
    apply(learner, stream.updates[1])
    after = weights(learner.model)
    changed = [name for name in before if not torch.equal(before[name], after[name])]
    assert changed == ["model.layers.0.mlp.down_proj.weight"]


def test_a_heavier_base_moves_less(make_learner: MakeLearner, stream: Stream) -> None:
    moved = []
    for strength in (1e-2, 1.0, 100.0):
        settings = {"lambda": strength, "rounds": 2, "layers": [1]}
        learner = make_learner("memit", strategy=settings)
        moment = memit_of(learner).state_dict()["moment.1"]
        before = weights(learner.model)["model.layers.1.mlp.down_proj.weight"].double()
        apply(learner, stream.updates[1])
        change = weights(learner.model)["model.layers.1.mlp.down_proj.weight"].double() - before
        moved.append(float((change @ moment * change).sum()))
    assert moved[0] > 3 * moved[1] > 9 * moved[2]


def test_memory_is_constant_and_restored(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("memit", strategy={"rounds": 1})
    before = {n: t.clone() for n, t in memit_of(learner).state_dict().items()}
    assert learner.strategies.stored_bytes() == 2 * 48 * 48 * 8
    for update in stream.updates[1:3]:
        apply(learner, update)
    for name, tensor in memit_of(learner).state_dict().items():
        assert torch.equal(tensor, before[name])
    # Only a request to forget a fact of the base changes them.
    apply(learner, stream.updates[3])
    assert learner.strategies.stored_bytes() == 2 * 48 * 48 * 8
    other = make_learner("memit")
    for name, tensor in memit_of(learner).state_dict().items():
        assert float(tensor.trace()) < float(before[name].trace())
    memit_of(other).load_state_dict({name: 2 * tensor for name, tensor in before.items()})
    for name, tensor in memit_of(other).state_dict().items():
        assert torch.equal(tensor, 2 * before[name])


def test_the_base_constrains_every_direction(
    make_learner: MakeLearner, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[torch.Tensor] = []
    monkeypatch.setattr(editor.Editor, "edit", lambda self, b, p, hold, *rest: held.extend(hold))
    learner = make_learner("memit", strategy={"lambda": 0.5, "ridge": 0.1, "layers": [1]})
    moment = memit_of(learner).state_dict()["moment.1"]
    apply(learner, stream.updates[1])
    (found,) = held
    mean = moment.trace() / len(moment)
    torch.testing.assert_close(found, 0.5 * (moment + 0.1 * mean * torch.eye(len(moment))))


def test_a_solution_of_nan_is_not_applied(
    make_learner: MakeLearner, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner = make_learner("memit")
    before = weights(learner.model)
    monkeypatch.setattr(editor, "solve", lambda cross, *rest: torch.full_like(cross, torch.nan))
    apply(learner, stream.updates[1])
    assert all(torch.equal(t, before[name]) for name, t in weights(learner.model).items())


def test_fewer_keys_than_inputs(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("memit", strategy={"rounds": 8})
    learner.known = Knowledge()
    learner.known.apply(Update(0, "base", stream.updates[0].learn[:1]))
    learner.strategies.attach(learner)
    before = weights(learner.model)
    apply(learner, Update(1, "one", stream.updates[1].learn[:1]))
    name = "model.layers.1.mlp.down_proj.weight"
    change = (weights(learner.model)[name] - before[name]).norm()
    assert 0 < float(change) < 10 * float(before[name].norm())


def test_a_budget_is_kept(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("memit", tokens=1500)
    tokens = learner.tokens
    learner.begin(stream.updates[1])
    apply(learner, stream.updates[1])
    assert 0 < learner.tokens - tokens <= 1500


def test_models_that_cannot_be_edited_are_refused(make_learner: MakeLearner) -> None:
    with pytest.raises(UserError, match="has no MLP"):
        make_learner("memit", lm="mamba")
    with pytest.raises(UserError, match="has no block -3"):
        make_learner("memit", strategy={"layers": [-3]})


@pytest.mark.parametrize("other", ["replay", "lora", "ewc", "joint"])
def test_compositions_that_need_training_hooks_are_refused(
    other: str, make_learner: MakeLearner
) -> None:
    with pytest.raises(UserError, match="cannot be composed"):
        make_learner(f"{other}+memit", attach=False)
