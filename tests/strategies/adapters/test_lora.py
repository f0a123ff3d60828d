"""`lora`: any adapter of PEFT by name; the model's own weights stay."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from cltool.core.errors import UserError
from cltool.experiments.build_learner import seed_globally
from cltool.facts.stream import Stream
from cltool.lm.language_model import load_weights, save_weights

from ...conftest import ARCHITECTURES, MakeLearner, apply, weights


def own(state: dict[str, Any], adapter: str) -> dict[str, Any]:
    """The model's own weights."""
    return {name: tensor for name, tensor in state.items() if adapter not in name}


@pytest.mark.parametrize("lm", ARCHITECTURES)
def test_the_models_own_weights_are_unchanged(
    lm: str, make_learner: MakeLearner, stream: Stream
) -> None:
    # PEFT cannot adapt the convolution and the output projection of a Mamba.
    targets = ["in_proj", "x_proj"] if lm == "mamba" else "all-linear"
    learner = make_learner("lora", lm=lm, strategy={"target_modules": targets}, epochs=2)
    before = weights(learner.model)
    for update in stream.updates[1:3]:
        apply(learner, update)
    after = weights(learner.model)
    for name, tensor in own(before, "lora_").items():
        assert torch.equal(tensor, after[name]), name
    assert any(not torch.equal(before[n], after[n]) for n in before if "lora_" in n)


def test_a_fresh_adapter_changes_no_answer(make_learner: MakeLearner, stream: Stream) -> None:
    plain = make_learner("naive")
    batch = plain.collate(plain.examples(stream.updates[0].learn[:4]))
    adapted = make_learner("lora")
    assert adapted.lm.model is adapted.model
    with torch.no_grad():
        torch.testing.assert_close(adapted.score(batch).logits, plain.score(batch).logits)


def test_draws_after_an_adapter_do_not_repeat_those_of_its_weights(
    make_learner: MakeLearner,
) -> None:
    drawn = []
    for other in (0, 7):
        learner = make_learner("lora", attach=False)
        torch.manual_seed(other)
        learner.strategies.attach(learner)
        drawn.append(torch.rand(4))
    seed_globally(learner.seed, learner.known.step)
    assert torch.equal(*drawn)
    assert not torch.equal(drawn[0], torch.rand(4))


def test_rank_and_targets_are_applied(make_learner: MakeLearner) -> None:
    settings = {"rank": 3, "alpha": 9.0, "target_modules": ["q_proj", "v_proj"]}
    learner = make_learner("lora", strategy=settings)
    shapes = {name: p.shape for name, p in learner.trainable().items()}
    assert len(shapes) == 2 * 2 * 2  # two layers, two modules, A and B
    assert all(3 in shape for shape in shapes.values())
    model: Any = learner.model
    assert model.peft_config["default"].lora_alpha == 9.0


@pytest.mark.parametrize(
    ("method", "options"),
    [
        ("IA3", {"target_modules": ["k_proj", "down_proj"], "feedforward_modules": ["down_proj"]}),
        ("loha", {"r": 2}),
        ("OFT", {"oft_block_size": 8, "r": 0}),
        ("PROMPT_TUNING", {"num_virtual_tokens": 3}),
    ],
)
def test_any_method_of_peft(
    method: str, options: dict[str, Any], make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("lora", strategy={"peft": method, "options": options}, epochs=2)
    trainable = learner.trainable()
    total = sum(p.numel() for p in learner.model.parameters())
    assert 0 < sum(p.numel() for p in trainable.values()) < total / 2
    before = weights(learner.model)
    apply(learner, stream.updates[1])
    changed = {n for n, p in learner.model.named_parameters() if not torch.equal(before[n], p)}
    assert changed and changed <= set(trainable)


def test_only_the_adapter_goes_into_a_checkpoint(
    make_learner: MakeLearner, stream: Stream, tmp_path: Any
) -> None:
    from safetensors.torch import load_file

    learner = make_learner("lora", epochs=1)
    apply(learner, stream.updates[1])
    file = tmp_path / "adapter.safetensors"
    save_weights(learner.model, file, trainable_only=True)
    assert set(load_file(file)) == set(learner.trainable())
    other = make_learner("lora", seed=9)
    load_weights(other.model, file)
    for name, tensor in learner.model.state_dict().items():
        assert torch.equal(tensor, other.model.state_dict()[name])


def test_an_unknown_method_is_refused(make_learner: MakeLearner) -> None:
    with pytest.raises(UserError, match="PEFT has no method 'LORRA'") as caught:
        make_learner("lora", strategy={"peft": "LORRA"})
    assert "LORA" in caught.value.hint and "IA3" in caught.value.hint
    assert "PeftType" not in caught.value.hint


@pytest.mark.parametrize(
    "settings",
    [
        {"options": {"no_such_option": 1}},
        {"target_modules": ["no_such_module"]},
        {"peft": "PROMPT_TUNING", "options": {"no_such_option": 1}},
    ],
)
def test_options_that_peft_refuses(settings: dict[str, Any], make_learner: MakeLearner) -> None:
    with pytest.raises(UserError, match="PEFT refuses"):
        make_learner("lora", strategy=settings)
