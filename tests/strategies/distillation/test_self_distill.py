"""`self_distill`: whose distributions are kept, on what, and how they pull."""

from __future__ import annotations

import copy
from typing import Any, cast

import pytest
import torch
from avalanche.core import SupervisedPlugin

from cltool.facts.facts import Update
from cltool.facts.stream import Stream
from cltool.lm.coder import Encoded
from cltool.strategies.distillation.self_distill import SelfDistill, grouped
from cltool.training.learner import Learner

from ...conftest import CHAIN, FORGOTTEN, MakeLearner, apply, weights


def part_of(learner: Learner) -> SelfDistill:
    return cast(SelfDistill, learner.strategies.parts["self_distill"])


def shake(learner: Learner) -> None:
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in learner.model.parameters():
            parameter.add_(0.03 * torch.randn(parameter.shape, generator=generator))


def test_grouped_is_a_distribution_with_the_rest_as_one() -> None:
    logits = torch.tensor([[2.0, 1.0, 0.0, -1.0], [60.0, 0.0, 0.0, 0.0]])
    tokens = logits.topk(2).indices
    found = grouped(logits, tokens)
    p = logits[0].softmax(-1)
    torch.testing.assert_close(found[0].exp(), torch.stack([p[0], p[1], p[2] + p[3]]))
    torch.testing.assert_close(found.exp().sum(-1), torch.ones(2))
    # Where all but one are next to impossible, nothing is lost to rounding.
    assert float(found[1, -1]) == pytest.approx(-60 + float(torch.tensor(2.0).log()), abs=1e-4)


def begun(learner: Learner) -> SelfDistill:
    """The strategy when it has let the model answer, before any training."""
    part = part_of(learner)
    part.before_training_exp(learner)
    return part


def forward(learner: Learner, own: list[Encoded], rehearsed: list[Encoded]) -> None:
    """A micro-batch, up to its loss; of ``rehearsed``, what the strategy answered is drawn."""
    part = part_of(learner)
    batch = learner.collate([*own, *rehearsed])
    batch["place"] = torch.arange(len(own) + len(rehearsed))
    batch["own"] = batch["place"] < len(own)
    part._drawn = {
        len(own) + place: part._targets[part._answered.index(one)]
        for place, one in enumerate(rehearsed)
        if one in part._answered
    }
    learner.mbatch = batch
    learner._unpack_minibatch()
    learner.mb_output = learner.forward()
    learner.loss = learner.criterion()


def cross_entropies(model: Any, example: Encoded, begin: int) -> float:
    """Summed over the tokens from ``begin`` on."""
    ids = torch.tensor([example.ids])
    with torch.no_grad():
        logps = model(input_ids=ids).logits[0].double().log_softmax(-1)
    places = range(max(begin, 1), len(example))
    return -sum(float(logps[place - 1, example.ids[place]]) for place in places)


def divergences(old: Any, new: Any, example: Encoded, temperature: float, top: int) -> float:
    """KL(old ‖ new) summed over the tokens of the answer, all but ``top`` tokens as one."""
    total, ids = 0.0, torch.tensor([example.ids])
    with torch.no_grad():
        was, now = (
            (model(input_ids=ids).logits[0].double() / temperature).softmax(-1)
            for model in (old, new)
        )
    for place in range(example.start - 1, len(example) - 1):
        p, q = was[place], now[place]
        if top < len(p):
            best = p.topk(top).indices
            p, q = (torch.cat([one[best], 1 - one[best].sum()[None]]) for one in (p, q))
        total += float((p * (p.log() - q.log())).sum())
    return total


@pytest.mark.parametrize("loss", ["answer", "all"])
@pytest.mark.parametrize("top", [3, 10_000])
def test_answers_are_learned_by_divergence_from_the_model_before(
    top: int, loss: str, make_learner: MakeLearner, stream: Stream
) -> None:
    settings = {"temperature": 1.7, "top": top, "samples": 12, "lambda": 0.6}
    learner = make_learner("self_distill", lm="tiny", strategy=settings, loss=loss)
    part, old = begun(learner), cast(Any, copy.deepcopy(learner.model))
    shake(learner)
    own = learner.examples(stream.updates[1].learn)[:3]
    rehearsed = [part._answered[number] for number in (5, 0, 3)]
    forward(learner, own, rehearsed)
    part.before_backward(learner)
    whole = loss == "all"
    new, total, tokens = learner.model, 0.0, 0
    for example in own:
        total += cross_entropies(new, example, 1 if whole else example.start)
    for example in rehearsed:
        pull = divergences(old, new, example, 1.7, top)
        assert pull > 1e-3
        total += 0.6 * 1.7**2 * pull
        if whole:  # prompts are learned as the update's are
            total += cross_entropies(new, example, 1)
            total -= cross_entropies(new, example, example.start)
    for example in (*own, *rehearsed):
        tokens += len(example) - (1 if whole else example.start)
    assert float(learner.loss.detach()) == pytest.approx(total / tokens, rel=1e-3)


def test_the_divergence_is_zero_before_the_first_step(make_learner: MakeLearner) -> None:
    learner = make_learner("self_distill", lm="tiny", strategy={"samples": 20})
    part = begun(learner)
    forward(learner, [], part._answered)
    part.before_backward(learner)
    assert float(learner.loss.detach()) == pytest.approx(0.0, abs=1e-4)
    grads = torch.autograd.grad(learner.loss, list(learner.trainable().values()))
    assert max(float(grad.abs().max()) for grad in grads) < 1e-3


def test_examples_rehearsed_by_others_are_unchanged(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("self_distill", lm="tiny", strategy={"samples": 4})
    part = begun(learner)
    shake(learner)
    forward(learner, learner.examples(stream.updates[1].learn)[:2], part._answered)
    assert float(part.exchange(learner)) != 0.0
    part._drawn = {}  # the same sentences, rehearsed by another
    assert float(part.exchange(learner)) == 0.0


def test_examples_rehearsed_by_replay_keep_their_own_loss(
    make_learner: MakeLearner, stream: Stream
) -> None:
    swapped, rehearsed = [], []

    class Watch(SupervisedPlugin):  # type: ignore[misc, type-arg]
        def after_forward(self, learner: Learner, **kwargs: Any) -> None:
            part = part_of(learner)
            swapped.extend(
                place for place in learner.mbatch["place"].tolist() if place in part._drawn
            )
            rehearsed.extend((~learner.mbatch["own"]).nonzero().flatten().tolist())

    settings = {"share": 1.0, "samples": 200, "mix": 1.0}
    learner = make_learner(
        "replay+self_distill", lm="tiny", strategy=settings, plugins=[Watch()], epochs=1
    )
    apply(learner, stream.updates[1])
    assert len(swapped) == len(rehearsed) / 2 > 0
    assert min(swapped) >= len(learner.loader.own)


def test_micro_batches_add_up_to_the_batch(make_learner: MakeLearner, stream: Stream) -> None:
    found = []
    for size in (None, 5):
        learner = make_learner(
            "self_distill",
            lm="tiny",
            micro_batch_size=size,
            optimizer="sgd",
            epochs=2,
            stop_at=2,
        )
        apply(learner, stream.updates[1])
        found.append(weights(learner.model))
    for name in found[0]:
        torch.testing.assert_close(found[0][name], found[1][name], rtol=1e-3, atol=1e-4)


def test_tokens_of_asked_prompts_are_counted_twice(
    make_learner: MakeLearner, stream: Stream
) -> None:
    # Once for the answer, once for what the model holds of it; then training counts.
    learner = make_learner("self_distill", lm="tiny", strategy={"samples": 30, "mix": 0.0})
    tokens = learner.tokens
    part = begun(learner)
    # The test of whether the model masks padding reads three prompts more.
    assert 0 <= learner.tokens - tokens - 2 * sum(map(len, part._answered)) <= 40


def test_only_valid_keys_are_asked_and_answers_are_not_kept(
    make_learner: MakeLearner, stream: Stream
) -> None:
    drawn: list[set[tuple[int, ...]]] = []

    class Watch(SupervisedPlugin):  # type: ignore[misc, type-arg]
        def after_training_epoch(self, learner: Learner, **kwargs: Any) -> None:
            drawn.append({one.ids[: one.start] for one in part_of(learner)._answered})

    settings = {"epochs": 1, "stop_at": 2, "lr": 1e-3}
    learner = make_learner("self_distill", lm="tiny", plugins=[Watch()], **settings)
    for update in stream.updates[1:]:
        apply(learner, update)
        kept = [fact for fact in learner.known.valid() if fact not in update.learn]
        prompts = {one.ids[: one.start] for one in learner.examples(kept)}
        assert drawn[-1] and drawn[-1] <= prompts
        assert part_of(learner)._answered == part_of(learner)._targets == []
        assert part_of(learner)._drawn == {}
        keys = {tuple(key) for key in part_of(learner).state_dict()["keys"]}
        assert keys == {fact.key for fact in learner.known.valid()}
    assert CHAIN in keys and FORGOTTEN not in keys
    assert not any(fact.object in str(part_of(learner).stored()) for fact in learner.known.valid())


def test_keeps_what_naive_forgets(make_learner: MakeLearner, stream: Stream) -> None:
    lost = {}
    for name in ("naive", "self_distill"):
        learner = make_learner(name, lm="tiny", epochs=20, lr=1e-3)
        apply(learner, stream.updates[1])
        old = [fact for fact in learner.known.valid() if fact not in stream.updates[1].learn]
        scored = learner.score(learner.collate(learner.examples(old)))
        lost[name] = 1 - float(scored.hits().float().mean())
    assert lost["self_distill"] < 0.5 * lost["naive"]


def test_nothing_to_ask_is_plain_training(make_learner: MakeLearner, stream: Stream) -> None:
    found = []
    for name in ("naive", "self_distill"):
        learner = make_learner(name, epochs=1)
        learner.strategies.forget(stream.updates[0].learn)
        apply(learner, Update(1, "one", stream.updates[1].learn))
        found.append(weights(learner.model))
    assert all(torch.equal(found[0][name], found[1][name]) for name in found[0])


@pytest.mark.parametrize("name", ["lora+self_distill", "self_distill+replay", "ewc+self_distill"])
def test_composed(name: str, make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner(name, lm="tiny", strategy={"max_tokens": 8}, epochs=1)
    before = weights(learner.model)
    apply(learner, stream.updates[1])
    assert any(not torch.equal(before[n], t) for n, t in learner.model.state_dict().items())


@pytest.mark.parametrize("architecture", ["gpt2", "mamba"])
def test_other_architectures(architecture: str, make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("self_distill", lm=architecture, strategy={"max_tokens": 4}, epochs=1)
    apply(learner, stream.updates[1])
    assert all(bool(torch.isfinite(p).all()) for p in learner.trainable().values())
