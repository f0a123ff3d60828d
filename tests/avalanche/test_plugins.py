"""Avalanche's own plugins: which run, what they do, and what is said of those that cannot."""

from __future__ import annotations

import inspect
import json
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from avalanche.core import BasePlugin, SupervisedPlugin
from avalanche.training import plugins as theirs
from torch.nn import functional

from cltool.avalanche.plugins import AvalancheStrategy
from cltool.avalanche.sentences import TokenLoss, dataset, decode, examples_of
from cltool.avalanche.verdicts import CANNOT, PREFIX, VERDICTS, WARNS
from cltool.avalanche.view import Classifier, inputs_of
from cltool.core.errors import UserError
from cltool.core.settings import LearnerSettings
from cltool.experiments import resolve
from cltool.facts.stream import Stream
from cltool.lm.coder import Encoded
from cltool.runs.run import Run
from cltool.strategies import STRATEGIES
from cltool.testing.material import small_model, small_stream
from cltool.training.learner import Learner
from cltool.training.strategy import split_state
from tools.avalanche_page import avalanche_page

from ..conftest import MakeLearner, apply, weights

RUN = [name for name, one in VERDICTS.items() if one.verdict != CANNOT]
REFUSED = [name for name, one in VERDICTS.items() if one.verdict == CANNOT]
QUICK: dict[str, Any] = {"epochs": 2, "batch_size": 16}


def part(learner: Learner) -> AvalancheStrategy:
    (found,) = (p for p in learner.strategies.plugins if isinstance(p, AvalancheStrategy))
    return found


def seed(value: int) -> None:
    """As the experiment does before each step."""
    random.seed(value)
    torch.manual_seed(value)


class Spy(SupervisedPlugin):  # type: ignore[misc]
    """Calls a function at one callback; stands behind all others."""

    def __init__(self, callback: str, call: Callable[[Any], None]) -> None:
        super().__init__()
        setattr(self, callback, lambda learner, **kwargs: call(learner))


def distance(first: dict[str, Any], second: dict[str, Any]) -> float:
    return sum(float((first[name] - second[name]).pow(2).sum()) for name in first)


# Names and settings.


def test_every_plugin_of_avalanche_has_a_verdict() -> None:
    found = {
        name
        for name, kind in vars(theirs).items()
        if inspect.isclass(kind) and issubclass(kind, BasePlugin)
    }
    assert found - {"SupervisedPlugin", "EvaluationPlugin"} == set(VERDICTS)


def test_plugins_that_run_are_listed_without_imports() -> None:
    listed = [entry for entry in STRATEGIES.entries() if entry.family == "avalanche"]
    assert [entry.name for entry in listed] == [PREFIX + name for name in RUN]
    code = (
        "import sys; from cltool.strategies import STRATEGIES\n"
        "STRATEGIES.entry('avalanche:EWCPlugin')\n"
        "try: STRATEGIES.entry('avalanche:BiCPlugin')\n"
        "except Exception as error: assert 'bias layer' in str(error)\n"
        "print({'avalanche', 'torch', 'pydantic'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize("name", REFUSED)
def test_plugins_that_cannot_run_are_refused_with_the_reason(name: str) -> None:
    with pytest.raises(UserError) as caught:
        resolve.resolve(f"replay+{PREFIX}{name}")
    assert VERDICTS[name].why in caught.value.what
    assert VERDICTS[name].instead in caught.value.hint


@pytest.mark.parametrize("name", ["avalanche:ewcplugin", "avalanche:EWC", "Avalanche:EwcPlugin"])
def test_a_similar_name_is_suggested(name: str) -> None:
    with pytest.raises(UserError, match="unknown strategy") as caught:
        STRATEGIES.entry(name)
    assert caught.value.hint.startswith("Did you mean 'avalanche:EWCPlugin'")


@pytest.mark.parametrize(
    "table",
    [
        {"avalanche:EWCPlugin": {"ewc_lambda": 7.5}},
        {"EWCPlugin": {"ewc_lambda": 7.5}},
        {"ewc_lambda": 7.5},
    ],
)
def test_settings_are_the_constructors_arguments(table: dict[str, Any]) -> None:
    resolved = resolve.resolve("avalanche:EWCPlugin", {"strategy": table}).as_tables()
    own = resolved["strategy"]["avalanche:EWCPlugin"]
    arguments = set(inspect.signature(theirs.EWCPlugin).parameters)
    assert set(own) == arguments | {"base_epochs"}
    assert own["ewc_lambda"] == 7.5


def test_the_table_of_another_plugin_is_ignored() -> None:
    resolved = resolve.resolve("naive", {"strategy": {"ReplayPlugin": {"mem_size": 1}}})
    assert resolved.as_tables()["strategy"] == {"naive": {}}


def test_an_unknown_argument_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UserError, match="did you mean 'mem_size'") as caught:
        resolve.resolve("avalanche:ReplayPlugin", {"strategy": {"ReplayPlugin": {"memsize": 3}}})
    assert "mem_size, batch_size, batch_size_mem" in caught.value.hint


def test_errors_of_avalanche_are_reported(make_learner: MakeLearner) -> None:
    with pytest.raises(UserError, match="EWCPlugin failed in constructor: AssertionError: You"):
        make_learner("avalanche:EWCPlugin", strategy={"mode": "online"})
    with pytest.raises(UserError, match=r"sample_size = 9 is too small.*16"):
        make_learner("avalanche:AGEMPlugin", strategy={"sample_size": 9})


@pytest.mark.parametrize("name", RUN)
def test_classes_look_like_other_strategies(name: str) -> None:
    kind = STRATEGIES.load(PREFIX + name)
    assert kind is STRATEGIES.load(PREFIX + name)
    assert kind.__doc__ and kind.Config.model_config["extra"] == "forbid"
    assert all(field.description for field in kind.Config.model_fields.values())
    LearnerSettings.model_validate(dict(kind.presets))
    assert bool(kind.warnings) == (VERDICTS[name].verdict == WARNS)


# What plugins see.


@pytest.mark.parametrize("architecture", ["llama", "gpt2", "mamba"])
@pytest.mark.parametrize("loss", ["answer", "all"])
def test_the_classifiers_loss_is_the_learners(
    architecture: str, loss: str, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner(lm=architecture, loss=loss)
    examples = learner.examples(stream.updates[1].learn)
    batch = learner.collate(examples)
    scored = learner.score(batch)
    data = dataset(examples, 40, loss == "all")
    x, y = (torch.stack([sample[place] for sample in data]) for place in (0, 1))
    classifier = Classifier(learner.model, learner)
    criterion = TokenLoss()
    for inputs, labels in ((x, y), (inputs_of(batch), batch["labels"])):
        found = criterion(classifier(inputs), labels)
        torch.testing.assert_close(found, scored.loss_sum() / scored.tokens())
    criterion.reduction = "none"
    torch.testing.assert_close(criterion(classifier(x), y), scored.loss_per_sample())


def test_sentences_are_unchanged_as_avalanche_samples(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner()
    examples = learner.examples(stream.updates[0].learn)
    data = dataset(examples, max(map(len, examples)), False)
    assert examples_of(data) == examples
    assert decode(inputs_of(learner.collate(examples))) == examples
    order = torch.randperm(len(examples)).tolist()
    assert examples_of(data.subset(order).concat(data)) == [examples[n] for n in order] + examples
    assert list(data.targets) == [example.ids[example.start] for example in examples]


def test_computations_of_plugins_count_with_and_without_gradients(
    make_learner: MakeLearner,
) -> None:
    learner = make_learner()
    examples = learner.examples(learner.known.valid())[:3]
    classifier, x = Classifier(learner.model, learner), inputs_of(learner.collate(examples))
    with torch.no_grad():
        classifier(x)
    assert learner.tokens == sum(map(len, examples))
    classifier(x)
    assert learner.tokens == 2 * sum(map(len, examples))


@pytest.mark.parametrize("architecture", ["llama", "gpt2", "mamba"])
def test_features_are_the_input_of_the_output_layer(
    architecture: str, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner(lm=architecture)
    x = inputs_of(learner.collate(learner.examples(stream.updates[1].learn)))
    classifier = Classifier(learner.model, learner)
    head = learner.model.get_output_embeddings()
    torch.testing.assert_close(head(classifier.get_features(x)), classifier(x))
    assert not head._forward_pre_hooks


# All that run.


@pytest.mark.parametrize("name", RUN)
def test_it_trains_and_restores_mode_and_gradients(
    name: str, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner(PREFIX + name, **QUICK)
    assert part(learner).plugin.__class__ is getattr(theirs, name)
    assert part(learner)._view.clock.train_exp_counter == 1
    for update in stream.updates[1:]:
        before = weights(learner.model)
        apply(learner, update)
        after = weights(learner.model)
        assert distance(before, after) > 0
        assert all(bool(torch.isfinite(tensor).all()) for tensor in after.values())
        assert learner.lm.model is learner.model
        assert not learner.model.training
        assert all(p.grad is None for p in learner.model.parameters())
    assert part(learner)._view.clock.train_exp_counter == len(stream)
    assert learner.strategies.stored_bytes() > 0


RESUMED = [name for name in RUN if name != "MIRPlugin"]


@pytest.mark.parametrize("name", RESUMED)
def test_a_resumed_plugin_continues_as_if_uninterrupted(
    name: str, make_learner: MakeLearner, stream: Stream
) -> None:
    def made() -> Learner:
        seed(0)
        return make_learner(PREFIX + name, **QUICK)

    learner, other = made(), made()
    seed(1)
    apply(learner, stream.updates[1])
    tensors, values = split_state(part(learner).state_dict())
    other.known.apply(stream.updates[1])
    other.model.load_state_dict(learner.model.state_dict())
    part(other).load_state_dict({**json.loads(json.dumps(values)), **tensors})
    for one in (learner, other):
        seed(2)
        apply(one, stream.updates[2])
    assert distance(weights(learner.model), weights(other.model)) == 0
    for mine, again in zip(
        split_state(part(learner).state_dict()), split_state(part(other).state_dict()), strict=True
    ):
        assert mine.keys() == again.keys()
    assert split_state(part(learner).state_dict())[1] == split_state(part(other).state_dict())[1]


def test_a_generator_cannot_be_resumed(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("avalanche:MIRPlugin", strategy={"batch_size_mem": 4}, **QUICK)
    state = part(learner).state_dict()
    with pytest.raises(UserError, match="keeps a generator in replay_loader") as caught:
        part(make_learner("avalanche:MIRPlugin", **QUICK)).load_state_dict(state)
    # With --fresh, a comparison would remove its other runs, too.
    assert "delete its folder" in caught.value.hint and "--fresh" not in caught.value.hint


# What each does.


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


# Together with the rest.


@pytest.mark.parametrize(
    "name",
    [
        "lora+avalanche:EWCPlugin",
        "lora+avalanche:MIRPlugin",
        "avalanche:SynapticIntelligencePlugin+lora",
        "ewc+avalanche:ReplayPlugin",
        "replay+avalanche:SynapticIntelligencePlugin",
        "avalanche:ReplayPlugin+avalanche:EWCPlugin",
        "replay+avalanche:GDumbPlugin",
    ],
)
def test_compositions_run(name: str, make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner(name, **QUICK)
    for update in stream.updates[1:3]:
        before = weights(learner.model)
        apply(learner, update)
        assert distance(before, weights(learner.model)) > 0
    if "lora" in name:
        for kept in part(learner).state_dict():
            assert "lm_head" not in kept or "lora" in kept


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("joint+avalanche:EWCPlugin", "starts from the base"),
        ("ewc+avalanche:GDumbPlugin", "nothing to preserve"),
        ("ewc+avalanche:FromScratchTrainingPlugin", "nothing to preserve"),
        ("frozen+avalanche:ReplayPlugin", "does not train"),
    ],
)
def test_unsupported_compositions_are_refused(name: str, reason: str) -> None:
    with pytest.raises(UserError, match=reason):
        resolve.build(resolve.resolve(name))


@pytest.mark.parametrize("name", ["EWCPlugin", "LwFPlugin", "SynapticIntelligencePlugin"])
def test_micro_batches_change_nothing(name: str, make_learner: MakeLearner, stream: Stream) -> None:
    ends = []
    for size in (None, 3):
        learner = make_learner(
            PREFIX + name, micro_batch_size=size, epochs=1, optimizer="sgd", batch_size=8
        )
        apply(learner, stream.updates[1])
        ends.append(weights(learner.model))
    assert distance(*ends) < 1e-6


@pytest.mark.parametrize("name", ["EWCPlugin", "MIRPlugin", "ReplayPlugin"])
def test_a_budget_of_tokens_is_kept(name: str, make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner(PREFIX + name, tokens=4000, batch_size=8)
    learner.known.apply(stream.updates[1])
    before = learner.tokens
    learner.begin(stream.updates[1])
    learner.strategies.update(learner, stream.updates[1])
    assert 4000 <= learner.tokens - before < 6000


@pytest.mark.parametrize("budget", ["tokens", "steps", "seconds"])
def test_a_budget_does_not_shorten_the_passes_over_the_base(
    budget: str, make_learner: MakeLearner
) -> None:
    name = PREFIX + "SynapticIntelligencePlugin"
    expected = make_learner(name, batch_size=8).steps
    learner = make_learner(name, batch_size=8, **{budget: 50})
    assert learner.steps == expected > 1
    assert learner.budget.kind == budget


def test_a_runs_warnings_are_recorded_and_its_files_have_plain_names(tmp_path: Path) -> None:
    from cltool.experiments import run

    name = "avalanche:ReplayPlugin"
    tables = {
        "model": {"name": small_model(), "device": "cpu", "dtype": "float32"},
        "learner": {"epochs": 1},
        "probe": {"limit": 2, "max_tokens": 4},
    }
    run.run(small_stream(), strategy=name, settings=tables, out=tmp_path / "run")
    record = Run.open(tmp_path / "run").record
    assert f"{name}: {VERDICTS['ReplayPlugin'].why}" in record["warnings"]
    assert record["strategy"] == name
    assert not [path for path in (tmp_path / "run").rglob("*") if ":" in path.name]


# The page.


def test_the_page_has_a_row_for_every_plugin() -> None:
    rows = [line for line in avalanche_page().splitlines() if line.startswith("| `")]
    for name, one in VERDICTS.items():
        assert any(row.startswith(f"| `{name}` | {one.verdict} | ") for row in rows)
    for name in RUN:
        arguments = next(row for row in rows if row.startswith(f"| `{name}` | `"))
        for argument in STRATEGIES.load(PREFIX + name).Config.model_fields:
            assert re.search(rf"`{argument}\b", arguments)


@pytest.mark.parametrize("name", VERDICTS)
def test_named_replacements_exist(name: str) -> None:
    instead = VERDICTS[name].instead
    section, _, setting = instead.partition(".")
    if setting:
        assert setting in LearnerSettings.model_fields and section == "learner"
    elif instead:
        assert instead in STRATEGIES
