"""`recitation`: what is recited, rehearsed and let go, and how it cools down."""

from __future__ import annotations

import math
from typing import Any, cast

import pytest
import torch
from avalanche.core import SupervisedPlugin

from cltool.core.errors import UserError
from cltool.facts.facts import Fact, Key, Update
from cltool.facts.stream import Stream
from cltool.strategies.rehearsal.common import teaching
from cltool.strategies.rehearsal.common.lines import lines, recite
from cltool.strategies.rehearsal.recitation import Recitation
from cltool.training.learner import Learner

from ...conftest import ARCHITECTURES, CHAIN, FORGOTTEN, MakeLearner, apply, weights


def part_of(learner: Learner) -> Recitation:
    return cast(Recitation, learner.strategies.parts["recitation"])


class Watch(SupervisedPlugin):  # type: ignore[misc]
    """What every step and every update looked like."""

    def __init__(self) -> None:
        super().__init__()
        self.rates: list[float] = []
        self.rehearsed: list[int] = []
        self.own: list[int] = []
        self.targets: list[dict[Key, str]] = []

    def before_training_epoch(self, learner: Learner, **kwargs: Any) -> None:
        self.own.append(len(learner.loader.own))
        self.rehearsed.append(len(learner.loader.rehearsed))
        facts = [line.fact for line in part_of(learner)._targets]
        self.targets.append({fact.key: fact.object for fact in facts if fact is not None})

    def before_update(self, learner: Learner, **kwargs: Any) -> None:
        self.rates.append(float(learner.optimizer.param_groups[0]["lr"]))


def watched(make_learner: MakeLearner, **options: Any) -> tuple[Learner, Watch]:
    """A learner on the embedded model, and what happened in it."""
    options = {"lr": 1.5e-3, "lm": "tiny", "batch_size": 8, **options}
    learner = make_learner("recitation", **options)
    watch = Watch()
    learner.plugins.append(watch)
    return learner, watch


def objects(facts: list[Fact]) -> dict[Key, str]:
    return {fact.key: fact.object for fact in facts}


def recited(learner: Learner) -> dict[Key, str]:
    facts = [line.fact for line in recite(learner, len(learner.known.valid()), 0.05, 64)]
    return {fact.key: fact.object for fact in facts if fact is not None}


def matches(found: dict[Key, str], true: dict[Key, str]) -> bool:
    """Whether ``found`` is what is true, but for one fact that a model this small may mix up."""
    return len(found) <= len(true) and len(found.items() & true.items()) >= len(true) - 1


def test_the_model_recites_valid_facts_and_stores_nothing(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner, watch = watched(make_learner)
    assert matches(recited(learner), objects(learner.known.valid()))
    for update in stream.updates[1:]:
        watch.targets.clear()
        apply(learner, update)
        # What is rehearsed beside the update: all that is true by now, and nothing else.
        assert matches(watch.targets[-1], objects(learner.known.valid()))
        assert objects([*update.learn]).items() <= watch.targets[-1].items()
        assert learner.strategies.stored_bytes() == 0
        assert part_of(learner).state_dict() == {}
    assert CHAIN in watch.targets[-1]
    assert FORGOTTEN not in watch.targets[-1]


def test_superseded_lines_are_rehearsed_only_when_asked_for(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner, _ = watched(make_learner, strategy={"release": False}, epochs=1)
    before = objects(learner.known.valid())
    learner.known.apply(stream.updates[1])
    kept = part_of(learner)._old(learner, stream.updates[1])
    assert matches(objects([line.fact for line in kept if line.fact]), before)
    gone = {fact.key for fact in stream.updates[1].learn} & before.keys()
    assert len(gone) > 1


def test_erased_facts_are_not_recited_again(make_learner: MakeLearner, stream: Stream) -> None:
    learner, _ = watched(make_learner, epochs=1)
    for update in stream.updates[1:]:
        learner.known.apply(update)
    # The model was taught nothing since the base, so it still knows what was erased.
    assert FORGOTTEN in recited(learner)
    later = Update(4, "four", ())
    learner.known.apply(later)
    old = part_of(learner)._old(learner, later)
    assert FORGOTTEN not in objects([line.fact for line in old if line.fact])


def test_it_cools_down_when_the_update_is_learned(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner, watch = watched(
        make_learner,
        strategy={"cooldown": 2, "steps": 0, "mix": 0.2},
        stop_at=0.0,
        batch_size=2,
    )
    apply(learner, stream.updates[1])
    facts = len(learner.known.valid())
    own = len(learner.examples(stream.updates[1].learn))
    # At once learned, as asked for: one epoch at the full rate, two that cool down.
    assert watch.own[:3] == [own, -(-own // 5), -(-own // 5)]
    assert watch.rehearsed[0] == pytest.approx(0.2 * facts * 1.4, abs=1)
    assert min(watch.rehearsed[1:3]) >= facts
    sizes = [own + more for own, more in zip(watch.own, watch.rehearsed, strict=True)]
    # The epoch after the last one begins, and is given up.
    steps = [-(-size // 2) for size in sizes[:-1]]
    assert len(watch.rates) == sum(steps)
    assert set(watch.rates[: steps[0]]) == {watch.rates[0]}
    falling = watch.rates[steps[0] : sum(steps[:3])]
    assert falling == sorted(falling, reverse=True)
    assert 0 < falling[-1] < 0.3 * watch.rates[0]


@pytest.mark.slow
def test_a_short_epoch_is_filled_up_with_every_line_and_a_sentence_for_each(
    make_learner: MakeLearner, stream: Stream
) -> None:
    # With large batches, an epoch of this update has few steps.
    learner, watch = watched(
        make_learner, strategy={"cooldown": 0, "mix": 0.2}, stop_at=0.0, batch_size=64
    )
    apply(learner, stream.updates[1])
    facts = len(learner.known.valid())
    assert watch.rehearsed[0] == pytest.approx(2 * facts, abs=2)


@pytest.mark.slow
def test_it_cools_down_in_the_last_epochs_at_the_latest(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner, watch = watched(
        make_learner, strategy={"cooldown": 3, "steps": 0}, stop_at=2.0, epochs=5, batch_size=2
    )
    apply(learner, stream.updates[1])
    assert learner.clock.train_exp_epochs == 5
    assert [size < watch.own[0] for size in watch.own[:5]] == [False, False, True, True, True]
    assert watch.rates[-1] < 0.2 * watch.rates[0]


@pytest.mark.slow
def test_a_short_epoch_of_the_cooldown_has_all_of_the_update_s_sentences(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner, watch = watched(
        make_learner, strategy={"cooldown": 3, "steps": 0}, stop_at=2.0, epochs=5, batch_size=64
    )
    apply(learner, stream.updates[1])
    assert watch.own == [watch.own[0]] * 5


def test_without_a_cooldown_it_stops_when_the_update_is_learned(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner, watch = watched(make_learner, strategy={"cooldown": 0}, stop_at=0.0)
    apply(learner, stream.updates[1])
    assert learner.clock.train_exp_epochs == 1
    assert set(watch.rates) == {watch.rates[0]}


def test_a_fixed_budget_is_kept_and_cooled_down_in(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner, watch = watched(make_learner, tokens=20_000)
    before = learner.tokens
    learner.begin(stream.updates[1])
    apply(learner, stream.updates[1])
    assert 20_000 <= learner.tokens - before < 21_500
    assert watch.rates[-1] < 0.1 * watch.rates[0]


def test_losses_of_drawn_lines_are_recorded(make_learner: MakeLearner, stream: Stream) -> None:
    learner, _ = watched(make_learner, epochs=4, stop_at=2.0, micro_batch_size=5)
    seen: dict[str, int] = {}
    plain = Recitation.after_training_exp

    def after(self: Recitation, learner: Learner, **kwargs: Any) -> None:
        # Of old and of new lines; each loss is in the order of one among so many.
        losses = torch.tensor(self._lines._losses)
        assert losses.isfinite().all()
        assert 0.5 < float(losses.median()) < 2 * math.log(len(self._targets))
        seen["lines"] = len(self._targets)
        plain(self, learner, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Recitation, "after_training_exp", after)
        apply(learner, stream.updates[1])
    assert seen["lines"] == len(learner.known.valid())


def test_stored_facts_are_few_and_valid_and_take_precedence(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner, _ = watched(make_learner, strategy={"keep": 0.2}, epochs=3)
    part = part_of(learner)
    for update in stream.updates[1:]:
        apply(learner, update)
        true = {(fact.key, fact.object) for fact in learner.known.valid()}
        assert len(part._stored) == round(0.2 * 24)
        assert {(fact.key, fact.object) for fact in part._stored} <= true
    assert 0 < learner.strategies.stored_bytes() < 1000
    stored = part._stored[0]
    false = Fact(stored.subject, stored.relation, "Corrected")
    part._stored[0] = false
    later = Update(4, "four", ())
    learner.known.apply(later)
    old = part._old(learner, later)
    matches = objects([line.fact for line in old if line.fact])
    assert matches[stored.key] == "Corrected"
    assert len(old) <= len(learner.known.valid())
    part.forget([stored])
    assert stored.key not in objects(part._stored)


def test_a_model_without_an_end_token_is_refused(make_learner: MakeLearner) -> None:
    learner = make_learner("recitation", lm="qwen3", attach=False)
    learner.lm.coder.eos = None
    with pytest.raises(UserError, match="no end token"):
        learner.strategies.attach(learner)


def test_a_step_on_lines_does_not_depend_on_micro_batches(make_learner: MakeLearner) -> None:
    found = []
    for size in (None, 3):
        learner = make_learner("naive", micro_batch_size=size, clip=0.0, lr=0.1)
        examples = [line.example for line in lines(learner, learner.known.valid())]
        before = weights(learner.model)
        learner.optimizer = torch.optim.SGD(learner.model.parameters(), lr=0.1)
        losses = teaching._step(learner, examples)
        assert len(losses) == len(examples)
        found.append((losses, weights(learner.model)))
        # Without a bound on the gradient, it is still stepped along.
        moved = found[-1][1]
        assert any(not torch.equal(moved[name], tensor) for name, tensor in before.items())
    (whole, ends), (cut, others) = found
    assert cut == pytest.approx(whole, rel=1e-4)
    for name, tensor in ends.items():
        torch.testing.assert_close(others[name], tensor, atol=1e-5, rtol=1e-4)


@pytest.mark.slow
def test_others_that_rehearse_see_the_update_s_part_before_they_count(
    make_learner: MakeLearner, stream: Stream
) -> None:
    sizes: list[tuple[int, int]] = []

    class First(SupervisedPlugin):  # type: ignore[misc]
        def before_training_epoch(self, learner: Learner, **kwargs: Any) -> None:
            self.seen = len(learner.loader.own)

        def before_training_iteration(self, learner: Learner, **kwargs: Any) -> None:
            sizes.append((self.seen, len(learner.loader.own)))

    learner = make_learner(
        "recitation",
        lm="tiny",
        lr=1.5e-3,
        epochs=6,
        stop_at=0.5,
        batch_size=2,
        strategy={"steps": 0},
        plugins=[First()],
    )
    apply(learner, stream.updates[1])
    assert all(seen == now for seen, now in sizes)
    assert len({now for _, now in sizes}) == 2


@pytest.mark.slow
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_architecture_takes_an_update(
    name: str, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("recitation", lm=name, lr=3e-3, epochs=2, strategy={"base_epochs": 1})
    seen = learner.tokens
    apply(learner, stream.updates[1])
    assert learner.tokens > seen
    assert all(torch.isfinite(parameter).all() for parameter in learner.model.parameters())


def test_it_says_how_much_it_recited_and_warns_if_that_is_little(
    make_learner: MakeLearner, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner, _ = watched(make_learner, epochs=1)
    update = stream.updates[1]
    learner.begin(update)
    learner.known.apply(update)
    part_of(learner)._old(learner, update)
    assert learner.logs["recited"] > 0.9 and not learner.warnings
    monkeypatch.setattr("cltool.strategies.rehearsal.recitation.recite", lambda *_, **__: [])
    part_of(learner)._old(learner, update)
    assert learner.logs["recited"] == 0.0
    (said,) = learner.warnings
    assert f"before {update.label}" in said and "recited 0 of" in said
