"""The erasing phase: when it pushes, when it stops, what it costs and what it leaves."""

from __future__ import annotations

from typing import cast

import pytest
import torch
from torch import Tensor

from cltool.core.progress import Progress
from cltool.experiments import apply_update
from cltool.facts.facts import Fact, Update
from cltool.facts.stream import Stream
from cltool.strategies.unlearning.common.eraser import Eraser, Goal
from cltool.strategies.unlearning.common.sentences import Sentence, likelihoods, sentences
from cltool.training.learner import Learner

from ....conftest import FORGOTTEN, MakeLearner, apply, weights

RATE = 1.3e-3


def same(before: dict[str, Tensor], after: dict[str, Tensor]) -> bool:
    return all(torch.equal(before[name], after[name]) for name in before)


def forgetting(stream: Stream, step: int = 1, count: int = 1) -> Update:
    """An update that only erases, FORGOTTEN first."""
    return Update(step, "forget", (), stream.updates[0].learn[2 : 2 + count])


def only(learner: Learner) -> Eraser:
    (part,) = learner.strategies.plugins
    return cast(Eraser, part)


def test_nothing_to_forget_changes_nothing(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("npo")
    before = weights(learner.model)
    only(learner).erase(learner, stream.updates[1])
    assert same(before, weights(learner.model))
    assert (learner.steps, learner.tokens) == (0, 0)


def test_facts_that_the_model_does_not_know_are_unchanged(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("gradient_ascent", lm="tiny", lr=RATE)
    # Known to the stream, but never trained; two of its foils are as improbable at most.
    never = Fact("Land 3", "capital", "Qxvjzwqxvj Kwzxq")
    learner.known.apply(Update(1, "unseen", [never]))
    learner.strategies.forget([never])
    before = weights(learner.model)
    apply(learner, Update(2, "forget", (), [never]))
    assert learner.known.belief(never.key) is not None
    assert learner.steps == 0
    assert same(before, weights(learner.model))


def test_it_stops_at_the_target_and_not_below(make_learner: MakeLearner, stream: Stream) -> None:
    found = {}
    for target in ("foils", "none"):
        settings = {"target": target, "steps": 60}
        learner = make_learner("gradient_difference", lm="tiny", lr=RATE, strategy=settings)
        chosen = sentences(learner, stream.updates[0].learn[2:3])
        assert bool(likelihoods(learner, chosen).greedy.all())
        apply(learner, forgetting(stream))
        said = likelihoods(learner, chosen)
        assert not bool(said.greedy.any())
        found[target] = learner.steps, float(said.logps.mean())
    assert found["none"][0] == 60 > found["foils"][0]
    assert found["foils"][1] > found["none"][1] + 5


def test_sentences_at_their_lower_bound_have_no_gradient(
    make_learner: MakeLearner, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner = make_learner("frozen", lm="tiny")
    facts = stream.updates[0].learn[2:4]
    chosen = sentences(learner, facts)
    phase = cast("object", type("Phase", (), {"learner": learner, "chosen": chosen})())
    logps = likelihoods(learner, chosen).logps
    monkeypatch.setattr(
        "cltool.strategies.unlearning.common.eraser.likelihoods",
        lambda learner, chosen: type(
            "Likelihoods", (), {"logps": logps, "greedy": torch.zeros(len(chosen)).bool()}
        )(),
    )
    lower, upper = logps - 1, logps + 1
    goal = Goal(phase, lower, upper)  # type: ignore[arg-type]
    assert goal.pending() == []
    # One is too probable: it is pushed, with all that are not at their lower edges.
    upper[0], lower[2] = logps[0] - 0.5, logps[2] + 0.5
    assert goal.pending() == [one for place, one in enumerate(chosen) if place != 2]
    assert Goal(phase, None, None).pending() == chosen  # type: ignore[arg-type]


def test_steps_tokens_and_progress_are_reported(make_learner: MakeLearner, stream: Stream) -> None:
    settings = {"target": "none", "steps": 3, "batch_size": 4, "retain": "none"}
    learner = make_learner("gradient_difference", strategy=settings)
    reports: list[tuple[int, int]] = []
    learner.progress = Progress(lambda task, done, of, what: reports.append((done, of)))
    chosen = sentences(learner, stream.updates[0].learn[2:4])
    assert len(chosen) == 12
    apply(learner, forgetting(stream, count=2))
    assert reports == [(1, 3), (2, 3), (3, 3)]
    assert learner.steps == 3
    assert learner.tokens == sum(len(one.example) for one in chosen)


@pytest.mark.parametrize("retain", ["nll", "kl"])
def test_results_do_not_depend_on_micro_batches(
    retain: str, make_learner: MakeLearner, stream: Stream
) -> None:
    for name in ("gradient_difference", "npo"):
        found = []
        for size in (None, 3):
            settings = {"target": "none", "steps": 2, "retain": retain, "batch_size": 8}
            learner = make_learner(
                name, strategy=settings, micro_batch_size=size, optimizer="sgd", clip=0.0, lr=1e-3
            )
            apply(learner, forgetting(stream, count=2))
            found.append(weights(learner.model))
        for key in found[0]:
            torch.testing.assert_close(found[0][key], found[1][key], rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("name", ["npo", "kl_min", "idk", "unknow"])
def test_mode_and_gradients_are_as_after_training(
    name: str, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner(name, strategy={"steps": 2}, loss="all")
    apply(learner, forgetting(stream))
    assert not any(module.training for module in learner.model.modules())
    assert all(parameter.grad is None for parameter in learner.model.parameters())


@pytest.mark.parametrize("name", ["npo", "undial", "task_vector", "unknow", "rmu"])
def test_only_an_adapter_is_trained(name: str, make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner(f"lora+{name}", strategy={name: {"target": "none", "steps": 2}})
    before = weights(learner.model)
    apply(learner, forgetting(stream))
    after = weights(learner.model)
    changed = {key for key in before if not torch.equal(before[key], after[key])}
    assert changed and all("lora_" in key for key in changed)


def test_it_composes_with_a_strategy_that_frames_prompts(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("in_context+npo", strategy={"npo": {"target": "none", "steps": 1}})
    before = weights(learner.model)
    apply(learner, stream.updates[1])
    apply(learner, Update(2, "forget", (), [stream.updates[1].learn[-1]]))
    assert not same(before, weights(learner.model))


@pytest.mark.parametrize("budget", ["tokens", "steps"])
def test_a_fixed_budget_is_shared_with_training(
    budget: str, make_learner: MakeLearner, stream: Stream
) -> None:
    amount = {"tokens": 4000, "steps": 40}[budget]
    settings = {"target": "none", "steps": 1000, "reserve": 0.25, "retain": "none"}
    learner = make_learner("gradient_difference", strategy=settings, lr=1e-4, **{budget: amount})
    update = Update(1, "both", stream.updates[1].learn, forgetting(stream).forget)
    learner.known.apply(update)
    learner.begin(update)
    learner.strategies.update(learner, update)
    left = learner.share_left()
    assert left is not None and 0.1 < left <= 0.25
    learner.strategies.erase(learner, update)
    assert learner.share_left() == 0.0
    # No more than a step goes beyond it.
    spent = learner.steps if budget == "steps" else learner.tokens
    assert amount <= spent <= amount * 1.1


def test_an_update_without_requests_has_the_whole_budget(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("npo", steps=12, lr=1e-4)
    learner.known.apply(stream.updates[1])
    learner.begin(stream.updates[1])
    learner.strategies.update(learner, stream.updates[1])
    assert learner.steps == 12


def test_neighbours_are_bounded_and_exclude_erased_facts(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("npo", strategy={"neighbours": 5, "steps": 0}, epochs=1)
    for update in stream.updates[1:]:
        apply(learner, update)
        held = only(learner)._buffer.facts
        assert 0 < len(held) <= 5
        for fact in held:
            belief = learner.known.belief(fact.key)
            assert belief is not None and not belief.erased and belief.fact == fact
    assert learner.known.belief(FORGOTTEN) is not None
    state = only(learner).state_dict()
    other = make_learner("npo", strategy={"neighbours": 5})
    only(other).load_state_dict(state)
    assert only(other).state_dict() == state
    assert 0 < learner.strategies.stored_bytes() < 1000


def test_facts_of_an_update_are_offered_once(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("cumulative+npo", epochs=1)
    for update in stream.updates[1:3]:
        apply(learner, update)
    keys = [fact.key for fact in only_of(learner, "npo")._buffer.facts]
    assert sorted(keys) == sorted(fact.key for fact in learner.known.valid())


def only_of(learner: Learner, name: str) -> Eraser:
    return cast(Eraser, learner.strategies.parts[name])


def test_kl_keeps_the_models_answers_about_neighbours(
    make_learner: MakeLearner, stream: Stream
) -> None:
    moved = []
    for gamma in (0.0, 30.0):
        settings = {"target": "none", "steps": 8, "gamma": gamma, "batch_size": 16}
        learner = make_learner("kl_min", lm="tiny", lr=RATE, strategy=settings)
        held = sentences(learner, stream.updates[0].learn[4:12])
        apply(learner, forgetting(stream))
        moved.append(float(likelihoods(learner, held).logps.mean()))
    assert moved[1] > moved[0]


def test_costs_of_erasing_and_learning_are_counted_separately(
    make_learner: MakeLearner, stream: Stream
) -> None:
    new, gone = Fact("Isle 9", "capital", "Zorrovan"), stream.updates[0].learn[2]
    took = {}
    for name in ("naive", "npo"):
        learner = make_learner(name, lm="tiny", lr=RATE)
        erased = apply_update.apply(learner, Update(1, "both", [new], [gone]))
        took[name] = learner.tokens, erased.tokens
    assert took["naive"][1] == 0 < took["npo"][1]
    assert took["npo"][0] - took["npo"][1] == took["naive"][0]
    learner = make_learner("npo", lm="tiny", lr=RATE)
    erased = apply_update.apply(learner, Update(1, "only", (), [gone]))
    assert erased.tokens == learner.tokens > 0


@pytest.mark.parametrize("settling", [1, 5])
def test_erasing_ends_with_steps_on_the_retain_set_alone(
    settling: int, make_learner: MakeLearner, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner = make_learner("npo", lm="tiny", strategy={"settling": settling})
    rounds: list[int] = []

    def pending_once(goal: Goal) -> list[Sentence]:
        rounds.append(learner.steps)
        return list(goal._phase.chosen) if len(rounds) == 1 else []

    monkeypatch.setattr(Goal, "pending", pending_once)
    update = forgetting(stream)
    learner.known.apply(update)
    learner.strategies.erase(learner, update)
    # One push, then steps until a whole round answers the retain set correctly.
    assert rounds[:3] == [0, 1, 1 + settling]
    assert (learner.steps - 1) % settling == 0
