"""What each plugin of Avalanche does to the training of a language model."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.nn import functional

from cltool.avalanche.sentences import decode, examples_of
from cltool.avalanche.verdicts import PREFIX
from cltool.avalanche.view import inputs_of
from cltool.facts.stream import Stream
from cltool.lm.coder import Encoded
from cltool.training.learner import Learner

from ..conftest import MakeLearner, apply, weights
from .plugin_tools import QUICK, Spy, distance, part


@pytest.mark.parametrize(
    ("name", "argument", "strong"),
    [
        ("SynapticIntelligencePlugin", "si_lambda", 1e5),
        ("EWCPlugin", "ewc_lambda", 1e4),
        ("MASPlugin", "lambda_reg", 1e2),
        ("RWalkPlugin", "ewc_lambda", 1e2),
        ("LwFPlugin", "alpha", 1e2),
        ("FeatureDistillationPlugin", "alpha", 1e3),
        ("LFLPlugin", "lambda_e", 1e3),
    ],
)
def test_a_stronger_penalty_moves_the_model_less(
    name: str, argument: str, strong: float, make_learner: MakeLearner, stream: Stream
) -> None:
    moved = {}
    for strength in (0.0, strong):
        learner = make_learner(
            PREFIX + name, strategy={argument: strength}, epochs=3, batch_size=16, lr=3e-3
        )
        apply(learner, stream.updates[1])
        batch = learner.collate(learner.examples(learner.known.valid()))
        before = learner._score(batch).logits.detach()
        apply(learner, stream.updates[2])
        moved[strength] = float((learner._score(batch).logits.detach() - before).pow(2).mean())
    assert moved[strong] < 0.8 * moved[0.0]


def test_synaptic_intelligence_finds_importances_on_the_cpu(
    make_learner: MakeLearner, stream: Stream
) -> None:
    # Its own copies of weights are views of them there: alone it finds none.
    learner = make_learner("avalanche:SynapticIntelligencePlugin", **QUICK)
    importances = part(learner).plugin.ewc_data[1].values()
    assert any(float(one.data.max()) > 0 for one in importances)
    anchors = {n: one.data.clone() for n, one in part(learner).plugin.ewc_data[0].items()}
    penalties: list[float] = []

    def look(learner: Learner) -> None:
        penalties.append(float((learner.loss - learner.criterion()).detach()))

    learner.plugins.append(Spy("before_backward", look))
    apply(learner, stream.updates[1])
    assert abs(penalties[0]) < 1e-6
    assert max(map(abs, penalties)) > 1e-6
    assert any(
        not torch.equal(one.data, anchors[n]) for n, one in part(learner).plugin.ewc_data[0].items()
    )


def test_ewcs_penalty_and_its_importances(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("avalanche:EWCPlugin", strategy={"ewc_lambda": 3.0}, **QUICK)
    plugin = part(learner).plugin
    examples = learner.examples(learner.known.valid())
    expected = {f"lm.{n}": torch.zeros_like(p) for n, p in learner.trainable().items()}
    starts = range(0, len(examples), 16)
    for begin in starts:
        scored = learner.score(learner.collate(examples[begin : begin + 16]))
        loss = scored.loss_sum() / scored.tokens()
        grads = torch.autograd.grad(loss, list(learner.trainable().values()))
        for name, grad in zip(expected, grads, strict=True):
            expected[name] += grad**2 / len(starts)
    assert set(plugin.importances[0]) == set(expected)
    for name, tensor in expected.items():
        torch.testing.assert_close(plugin.importances[0][name].data, tensor, rtol=1e-3, atol=1e-6)
    found: list[tuple[float, float]] = []

    def look(learner: Learner) -> None:
        moved = {n: p.detach() for n, p in part(learner)._view.model.named_parameters()}
        penalty = sum(
            float((plugin.importances[0][n].data * (p - plugin.saved_params[0][n].data) ** 2).sum())
            for n, p in moved.items()
        )
        found.append((float((learner.loss - learner.criterion()).detach()), 3.0 * penalty))

    learner.plugins.append(Spy("before_backward", look))
    apply(learner, stream.updates[1])
    assert found[-1][0] > 1e-5
    assert [one for one, _ in found] == pytest.approx([two for _, two in found], rel=0.02, abs=1e-5)


def test_lwf_distils_over_the_tokens_of_all_answers(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("avalanche:LwFPlugin", strategy={"alpha": 2.0}, **QUICK)
    plugin = part(learner).plugin
    base = learner.examples(learner.known.valid())
    classes = plugin.lwf.prev_classes_by_task[0]
    assert classes == {token for one in base for token in one.ids[one.start :]}
    teacher, units = plugin.lwf.prev_model, sorted(classes)
    found: list[tuple[float, float]] = []

    def look(learner: Learner) -> None:
        with torch.no_grad():
            x = inputs_of(learner.mbatch)
            then, now = (model(x)[:, units] / 2 for model in (teacher, part(learner)._view.model))
            kl = functional.kl_div(now.log_softmax(1), then.softmax(1), reduction="batchmean")
        found.append((float((learner.loss - learner.criterion()).detach()), 2.0 * float(kl)))

    learner.plugins.append(Spy("before_backward", look))
    apply(learner, stream.updates[1])
    assert abs(found[0][0]) < 1e-5
    assert found[-1][0] > 1e-3
    assert [one for one, _ in found] == pytest.approx([two for _, two in found], rel=1e-2, abs=1e-4)
    assert plugin.lwf.prev_model is not teacher
    assert plugin.lwf.expcount == 2


def trained(learner: Learner) -> list[tuple[Encoded, bool]]:
    """A list that fills with every sentence that is trained, and whether it is the update's."""
    seen: list[tuple[Encoded, bool]] = []

    def look(learner: Learner) -> None:
        own = learner.mbatch["own"].tolist()
        seen.extend(zip(decode(inputs_of(learner.mbatch)), own, strict=True))

    learner.plugins.append(Spy("before_forward", look))
    return seen


@pytest.mark.parametrize("name", ["avalanche:ReplayPlugin", "replay+avalanche:ReplayPlugin"])
def test_replayed_sentences_are_trained(
    name: str, make_learner: MakeLearner, stream: Stream
) -> None:
    tables = {"ReplayPlugin": {"mem_size": 40, "batch_size": 4, "batch_size_mem": 8}}
    learner = make_learner(name, strategy=tables, epochs=1)
    buffer = examples_of(part(learner).plugin.storage_policy.buffer)
    assert len(set(buffer)) == 40
    seen = trained(learner)
    update = stream.updates[1]
    apply(learner, update)
    mine = learner.examples(update.learn)
    own = [example for example, is_own in seen if is_own]
    others = [example for example, is_own in seen if not is_own]
    assert sorted(own, key=repr) == sorted(mine, key=repr)
    steps = -(-len(mine) // 4)
    from_buffer = sum(example in set(buffer) for example in others)
    if name.startswith("replay"):
        assert len(others) == 8 * steps + len(mine)
        assert from_buffer >= 8 * steps
    else:
        assert len(others) == from_buffer == 8 * steps
    stored = examples_of(part(learner).plugin.storage_policy.buffer)
    assert sum(example in set(mine) for example in stored) == 20


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("AGEMPlugin", {"patterns_per_experience": 30, "sample_size": 32}),
        ("GEMPlugin", {"patterns_per_experience": 30, "memory_strength": 0.0}),
    ],
)
def test_gradients_are_projected(
    name: str, arguments: dict[str, Any], make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner(PREFIX + name, strategy=arguments, **QUICK)
    plugin = part(learner).plugin
    before: list[float] = []
    after: list[float] = []

    def dots(learner: Learner, into: list[float]) -> None:
        gradient = torch.cat([p.grad.flatten() for p in learner.trainable().values()])
        rows = plugin.G if name == "GEMPlugin" else plugin.reference_gradients.unsqueeze(0)
        norms = rows.norm(dim=1) * gradient.norm()
        into.append(float((torch.mv(rows, gradient) / norms).min()))

    learner.plugins.insert(0, Spy("after_backward", lambda learner: dots(learner, before)))
    learner.plugins.append(Spy("after_backward", lambda learner: dots(learner, after)))
    for update in stream.updates[1:3]:
        apply(learner, update)
    assert min(before) < -1e-3
    assert min(after) > -1e-3


def test_mir_rehearses_the_examples_with_the_largest_loss_increase(
    make_learner: MakeLearner, stream: Stream
) -> None:
    arguments = {"batch_size_mem": 4, "mem_size": 60, "subsample": 20}
    learner = make_learner("avalanche:MIRPlugin", strategy=arguments, **QUICK)
    plugin = part(learner).plugin
    drawn: list[torch.Tensor] = []
    inner = plugin.replay_loader

    def drawing() -> Any:
        for batch in inner:
            drawn.append(batch[0])
            yield batch

    plugin.replay_loader = drawing()
    added: list[float] = []

    def look(learner: Learner) -> None:
        added.append(float((learner.loss - learner.criterion()).detach()))

    learner.plugins.append(Spy("before_backward", look))
    apply(learner, stream.updates[1])
    assert len(drawn) == len(added)
    assert {len(x) for x in drawn} <= set(range(5, 21))
    assert min(added) > 0


def test_gdumb_trains_the_base_on_its_memory(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("avalanche:GDumbPlugin", strategy={"mem_size": 50}, epochs=1)
    base = weights(learner.model)
    apply(learner, stream.updates[1])
    assert distance(base, weights(learner.model)) > 0
    seen = trained(learner)
    learner.settings = learner.settings.model_copy(update={"lr": 0.0})
    apply(learner, stream.updates[2])
    assert distance(base, weights(learner.model)) == 0
    memory = examples_of(part(learner).plugin.storage_policy.buffer)
    assert len(memory) <= 50
    assert sorted((one for one, _ in seen), key=repr) == sorted(memory, key=repr)


def test_from_scratch_starts_from_the_base(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("avalanche:FromScratchTrainingPlugin", **QUICK)
    base = weights(learner.model)
    apply(learner, stream.updates[1])
    assert distance(base, weights(learner.model)) > 0
    learner.settings = learner.settings.model_copy(update={"lr": 0.0})
    apply(learner, stream.updates[2])
    assert distance(base, weights(learner.model)) == 0


def test_lfl_freezes_the_last_layer(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("avalanche:LFLPlugin", **QUICK)
    head = learner.model.get_output_embeddings().weight
    before = head.detach().clone()
    apply(learner, stream.updates[1])
    assert not head.requires_grad
    assert torch.equal(before, head)


@pytest.mark.parametrize("name", ["AGEMPlugin", "GDumbPlugin", "ReplayPlugin"])
def test_a_memory_keeps_superseded_facts(
    name: str, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner(PREFIX + name, epochs=1)
    apply(learner, stream.updates[1])
    apply(learner, stream.updates[2])
    old = set(learner.examples([stream.updates[1].learn[0]]))
    plugin = part(learner).plugin
    buffers = plugin.buffers if name == "AGEMPlugin" else [plugin.storage_policy.buffer]
    assert old & {one for buffer in buffers for one in examples_of(buffer)}
    (warning,) = part(learner).warnings
    assert "superseded or erased facts stay in it" in warning
