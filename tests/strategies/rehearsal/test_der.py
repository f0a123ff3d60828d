"""`der`: the logits it stores, the distance to them, and that they leave with their facts."""

from __future__ import annotations

from typing import Any, cast

import pytest
import torch
from torch.nn import functional

from cltool.facts.facts import Fact
from cltool.facts.stream import Stream
from cltool.lm.scoring import Scored
from cltool.strategies.rehearsal.der import DER, condensed, dark_logits, distance
from cltool.training.learner import Learner

from ...conftest import FORGOTTEN, MakeLearner, apply


def der_of(learner: Learner) -> DER:
    return cast(DER, learner.strategies.parts["der"])


def random_logits(rows: int, vocabulary: int, seed: int) -> torch.Tensor:
    return 3 * torch.randn(rows, vocabulary, generator=torch.Generator().manual_seed(seed))


def as_scored(logits: torch.Tensor) -> Scored:
    return Scored(logits.unsqueeze(0), torch.zeros(1, len(logits), dtype=torch.long))


# The loss.


def test_tokens_without_stored_logits_are_one_class() -> None:
    logits = random_logits(4, 20, 0)
    tokens = logits.topk(5).indices
    found = condensed(logits, tokens)
    assert found.shape == (4, 6)
    whole, parts = logits.softmax(-1), found.softmax(-1)
    torch.testing.assert_close(parts[:, :5], whole.gather(-1, tokens))
    torch.testing.assert_close(parts[:, 5], 1 - whole.gather(-1, tokens).sum(-1))


@pytest.mark.parametrize("kind", ["mse", "kl"])
def test_with_all_classes_it_equals_the_papers_loss(kind: str) -> None:
    then, now = random_logits(6, 20, 0), random_logits(6, 20, 1)
    tokens = torch.arange(20).expand(6, 20)
    found = distance(as_scored(now), [(tokens, condensed(then, tokens))], kind)
    if kind == "mse":
        expected = functional.mse_loss(now, then) * 6
    else:
        p = then.softmax(-1)
        expected = (p * (then.log_softmax(-1) - now.log_softmax(-1))).sum()
    torch.testing.assert_close(found, expected)


def test_kl_is_that_of_the_merged_classes() -> None:
    then, now = random_logits(3, 9, 0), random_logits(3, 9, 1)
    tokens = then.topk(2).indices
    found = distance(as_scored(now), [(tokens, condensed(then, tokens))], "kl")
    expected = 0.0
    for row in range(3):
        p, q = then[row].softmax(-1), now[row].softmax(-1)
        few = tokens[row]
        pairs = [*zip(p[few], q[few], strict=True), (1 - p[few].sum(), 1 - q[few].sum())]
        expected += sum(float(a * (a / b).log()) for a, b in pairs)
    assert float(found) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("kind", ["mse", "kl"])
@pytest.mark.parametrize("loss", ["answer", "all"])
@pytest.mark.parametrize("architecture", ["llama", "gpt2", "mamba"])
def test_the_loss_is_zero_for_an_unchanged_model(
    kind: str, loss: str, architecture: str, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("der", lm=architecture, loss=loss, strategy={"capacity": 4})
    facts = der_of(learner)._buffer.facts
    dark = [der_of(learner)._dark[fact.key] for fact in facts]
    scored = learner.score(learner.collate(learner.examples(facts)))
    # One row for each token of an answer, also where prompts are learned.
    answers = sum(len(one) - max(one.start, 1) for one in learner.examples(facts))
    assert sum(len(tokens) for tokens, _ in dark) == answers
    assert float(distance(scored, dark, kind).detach()) == pytest.approx(0, abs=1e-4 * answers)
    with torch.no_grad():
        for parameter in learner.trainable().values():
            parameter.add_(0.05 * torch.randn_like(parameter))
        scored = learner.score(learner.collate(learner.examples(facts)))
    assert float(distance(scored, dark, kind)) > 0.01 * answers


# In training.


@pytest.mark.parametrize("micro", [None, 5])
@pytest.mark.parametrize("settings", [{"beta": 0.0}, {"beta": 0.7, "distance": "kl"}])
def test_the_gradient_is_that_of_both_terms(
    micro: int | None, settings: dict[str, Any], make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("der", strategy={"alpha": 0.3, **settings}, batch_size=16)
    apply(learner, stream.updates[1])  # so that the stored logits are another model's
    der, config = der_of(learner), cast(Any, der_of(learner).config)
    assert der._sentences == []  # nothing of a fact that leaves later stays in them
    der.before_training_exp(learner)
    der._sentences, der._logits = der._sentences[:16], der._logits[:16]
    drawn = [*zip(der._sentences, der._logits, strict=True)]
    learner.settings = learner.settings.model_copy(update={"micro_batch_size": micro})
    learner.model.zero_grad(set_to_none=True)
    before = learner.tokens
    der.after_backward(learner)
    assert learner.tokens - before == sum(len(example) for example, _ in drawn)
    found = {n: p.grad.clone() for n, p in learner.trainable().items() if p.grad is not None}
    learner.model.zero_grad(set_to_none=True)
    scored = learner.score(learner.collate([example for example, _ in drawn]))
    apart = distance(scored, [dark for _, dark in drawn], config.distance)
    expected = (
        0.3 * apart / int(scored.tokens()) + config.beta * scored.loss_sum() / scored.tokens()
    )
    grads = torch.autograd.grad(expected, list(learner.trainable().values()))
    for (name, parameter), grad in zip(learner.trainable().items(), grads, strict=True):
        assert parameter.grad is None
        torch.testing.assert_close(found[name], grad, rtol=1e-3, atol=1e-4)


def test_logits_are_computed_only_when_a_fact_is_stored(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("der", strategy={"share": 1.0, "top_k": 3}, epochs=2)
    der = der_of(learner)
    taught = {fact.key for fact in stream.updates[1].learn}
    before = {key: dark for key, dark in der._dark.items() if key not in taught}
    apply(learner, stream.updates[1])
    new = {fact.key for fact in der._buffer.facts} - set(before)
    fresh = dark_logits(learner, [f for f in der._buffer.facts if f.key in new], 3)
    assert new
    for key, (tokens, logits) in der._dark.items():
        held_tokens, held_logits = before.get(key) or fresh[key]
        assert torch.equal(tokens, held_tokens)
        torch.testing.assert_close(logits, held_logits)


def test_invalid_facts_are_removed_with_their_logits(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("der", strategy={"capacity": 14}, epochs=1)
    der = der_of(learner)
    for update in stream.updates[1:]:
        gone = learner.known.superseded_by(update)
        der.forget(gone)
        assert not {fact.key for fact in gone} & set(der._dark)
        learner.known.apply(update)
        der.update(learner, update)
        held = der._buffer.facts
        assert [fact.key for fact in held] == list(der._dark)
        assert set(held) <= set(learner.known.valid()) and len(held) <= 14
    assert FORGOTTEN not in der._dark
    rows = sum(len(one) - one.start for fact in held for one in learner.examples([fact]))
    state = der.state_dict()
    assert state["tokens"].shape == (rows, 16) and state["logits"].shape == (rows, 17)


def test_computing_logits_is_counted(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("der", strategy={"share": 1.0, "mix": 0.0}, epochs=1, stop_at=2)
    base = sum(map(len, learner.examples(stream.updates[0].learn)))
    assert learner.tokens == base
    apply(learner, stream.updates[1])
    # Those of the update are trained once, and those that enter the buffer asked once.
    sizes = {fact: sum(map(len, learner.examples([fact]))) for fact in stream.updates[1].learn}
    entered = [fact for fact in der_of(learner)._buffer.facts if fact in sizes]
    assert learner.tokens - base == sum(sizes.values()) + sum(sizes[fact] for fact in entered)


def test_the_rehearsed_share_is_that_of_the_setting(
    make_learner: MakeLearner, stream: Stream
) -> None:
    spent = []
    for mix in (0.0, 1.0, 2.0):
        learner = make_learner("der", strategy={"mix": mix}, epochs=1, batch_size=8, stop_at=2)
        apply(learner, stream.updates[1])
        spent.append(learner.tokens)
    assert spent[1] - spent[0] == pytest.approx(spent[2] - spent[1], rel=0.3)
    assert spent[1] > spent[0]


def test_the_state_survives_a_round_trip(make_learner: MakeLearner, stream: Stream) -> None:
    from cltool.training.strategy import split_state

    learner = make_learner("der", epochs=1)
    apply(learner, stream.updates[1])
    tensors, values = split_state(der_of(learner).state_dict())
    other = make_learner("der", epochs=1)
    der_of(other).load_state_dict({**tensors, **values})
    for key, (tokens, logits) in der_of(learner)._dark.items():
        assert torch.equal(der_of(other)._dark[key][0], tokens)
        assert torch.equal(der_of(other)._dark[key][1], logits)
        # Nothing of another fact lies in the same memory.
        assert der_of(other)._dark[key][1].untyped_storage().nbytes() == 4 * logits.numel()


def test_an_empty_buffer_rehearses_nothing(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("der", strategy={"capacity": 1}, epochs=1)
    (only,) = der_of(learner)._buffer.facts
    der_of(learner).forget([only])
    state = der_of(learner).state_dict()
    assert "tokens" not in state and state["rows"] == []
    der_of(learner).load_state_dict(state)
    der_of(learner).before_training_exp(learner)
    assert der_of(learner)._sentences == []
    apply(learner, stream.updates[1])


def test_a_small_vocabulary_has_no_rest(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("der", strategy={"capacity": 2, "top_k": 100_000}, epochs=1)
    tokens, logits = next(iter(der_of(learner)._dark.values()))
    assert tokens.shape == logits.shape
    apply(learner, stream.updates[1])


def test_composed_with_an_adapter(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("lora+der", epochs=1)
    apply(learner, stream.updates[1])
    assert isinstance(der_of(learner)._buffer.facts[0], Fact)
    assert all("lora_" in name for name in learner.trainable())
