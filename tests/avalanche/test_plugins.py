"""Avalanche's own plugins: which run, what they do, and what is said of those that cannot."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from avalanche.core import BasePlugin
from avalanche.training import plugins as theirs

from cltool.avalanche.sentences import TokenLoss, dataset, decode, examples_of
from cltool.avalanche.verdicts import CANNOT, PREFIX, VERDICTS, WARNS
from cltool.avalanche.view import Classifier, inputs_of
from cltool.core.errors import UserError
from cltool.core.settings import LearnerSettings
from cltool.experiments import resolve
from cltool.facts.stream import Stream
from cltool.runs.run import Run
from cltool.strategies import STRATEGIES
from cltool.testing.material import small_model, small_stream
from cltool.training.learner import Learner
from cltool.training.strategy import split_state
from tools.avalanche_page import avalanche_page

from ..conftest import MakeLearner, apply, weights
from .plugin_tools import QUICK, distance, part, seed

RUN = [name for name, one in VERDICTS.items() if one.verdict != CANNOT]
REFUSED = [name for name, one in VERDICTS.items() if one.verdict == CANNOT]


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


def test_an_order_is_refused_where_the_plugin_makes_the_batches(
    make_learner: MakeLearner, stream: Stream
) -> None:
    settings = {"order": "easy_first", "batch_size": 8, "epochs": 1}
    learner = make_learner(PREFIX + "EWCPlugin", **settings)
    apply(learner, stream.updates[1])
    learner = make_learner(PREFIX + "ReplayPlugin", **settings)
    with pytest.raises(UserError, match=r"learner\.order: order = 'easy_first' has no effect"):
        apply(learner, stream.updates[1])


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
