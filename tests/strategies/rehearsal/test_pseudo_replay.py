"""`pseudo_replay`: whose answers are rehearsed, what is never rehearsed, what is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import pytest
import torch

from cltool.core.errors import UserError
from cltool.facts.facts import Fact, Knowledge, Update
from cltool.facts.stream import Stream
from cltool.lm.coder import Encoded
from cltool.lm.sampling import Sampler
from cltool.strategies.rehearsal.pseudo_replay import PseudoReplay
from cltool.training.learner import Learner

from ...conftest import CHAIN, FORGOTTEN, MakeLearner, apply, weights


def part_of(learner: Learner) -> PseudoReplay:
    return cast(PseudoReplay, learner.strategies.parts["pseudo_replay"])


def texts(learner: Learner, examples: Sequence[Encoded]) -> list[str]:
    return [learner.lm.coder.decode(example.ids) for example in examples]


def erased(learner: Learner) -> list[Fact]:
    return [belief.fact for belief in learner.known.beliefs() if belief.erased]


# Kept prompts.


def test_the_models_answers_before_the_update_are_rehearsed(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("pseudo_replay", lm="tiny", strategy={"mix": 40.0}, epochs=1)
    kept = [
        fact
        for fact in learner.known.valid()
        if fact.key not in {taught.key for taught in stream.updates[1].learn}
    ]
    prompts = learner.lm.coder.prompts(
        [prompt for fact in kept for prompt, _ in stream.wordings.examples(fact)]
    )
    said = Sampler(learner.lm).greedy(prompts, 48)
    expected = {(*prompt, *answer) for prompt, answer in zip(prompts, said, strict=True)}
    apply(learner, stream.updates[1])
    assert {example.ids for example in learner.loader.rehearsed} == expected
    # It knew its base well, so most of that is true.
    true = {example.ids for example in learner.examples(kept)}
    assert len(expected & true) > 0.9 * len(expected)


def test_changed_and_erased_keys_are_not_asked(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("pseudo_replay", lm="tiny", strategy={"mix": 60.0}, epochs=1, lr=1e-3)
    for update in stream.updates[1:]:
        apply(learner, update)
        assert learner.loader.rehearsed
        rehearsed = {one.ids[: one.start] for one in learner.loader.rehearsed}
        untrue = learner.examples([*update.learn, *erased(learner)])
        assert rehearsed.isdisjoint(one.ids[: one.start] for one in untrue)
        # What an earlier update changed is rehearsed again.
        if update.step == 3:
            assert rehearsed & {
                one.ids[: one.start] for one in learner.examples(stream.updates[2].learn)
            }
    assert FORGOTTEN in {fact.key for fact in erased(learner)}


def test_keeps_keys_and_no_answers(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("pseudo_replay", strategy={"max_tokens": 4}, epochs=1)
    for update in stream.updates[1:]:
        apply(learner, update)
        state = part_of(learner).state_dict()
        keys = {tuple(key) for key in state["keys"]}
        assert keys == {fact.key for fact in learner.known.valid()}
        assert part_of(learner)._rehearsed == []
    assert CHAIN in keys and FORGOTTEN not in keys
    assert not any(fact.object in str(state) for fact in learner.known.valid())
    size = learner.strategies.stored_bytes()
    assert 0 < size == len(str(state).encode())


@pytest.mark.parametrize("mix", [0.0, 0.4, 3.0])
def test_the_rehearsed_share_is_that_of_the_setting(
    mix: float, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("pseudo_replay", lm="tiny", strategy={"mix": mix}, epochs=1)
    apply(learner, stream.updates[1])
    own = len(learner.examples(stream.updates[1].learn))
    assert len(learner.loader.rehearsed) == round(mix * own)


def test_generated_tokens_are_counted(make_learner: MakeLearner, stream: Stream) -> None:
    tokens = {}
    for samples in (1, 30):
        settings = {"samples": samples, "mix": 0.0}
        learner = make_learner("pseudo_replay", lm="tiny", strategy=settings, epochs=1)
        apply(learner, stream.updates[1])
        tokens[samples] = learner.tokens - sum(map(len, learner.loader.own))
    assert 0 < tokens[1] < 30 < 10 * 29 <= tokens[30] + 60


def test_rehearsal_keeps_what_naive_forgets(make_learner: MakeLearner, stream: Stream) -> None:
    lost = {}
    for name in ("naive", "pseudo_replay"):
        learner = make_learner(name, lm="tiny", epochs=20, lr=1e-3)
        apply(learner, stream.updates[1])
        old = [fact for fact in learner.known.valid() if fact not in stream.updates[1].learn]
        scored = learner.score(learner.collate(learner.examples(old)))
        lost[name] = 1 - float(scored.hits().float().mean())
    assert lost["pseudo_replay"] < 0.5 * lost["naive"]


@pytest.mark.parametrize(
    "name", ["pseudo_replay+ewc", "lora+pseudo_replay", "replay+pseudo_replay"]
)
def test_composed(name: str, make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner(name, lm="tiny", epochs=1)
    apply(learner, stream.updates[1])
    assert learner.loader.rehearsed


# Whole sentences.


def generating(make_learner: MakeLearner, stream: Stream, **settings: Any) -> Learner:
    """A learner whose model learned a few whole sentences by heart."""
    table = {"prompts": "generated", "max_tokens": 40, "samples": 120, **settings}
    learner = make_learner(
        "pseudo_replay", strategy=table, loss="all", attach=False, lr=1e-2, stop_at=2
    )
    plain = make_learner("naive", lm=learner.lm, loss="all", lr=1e-2, epochs=20, stop_at=2)
    plain.fit(stream.updates[0].learn)
    learner.strategies.attach(learner)
    return learner


def test_generated_sentences(
    make_learner: MakeLearner, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[list[int]] = []
    plain = Sampler.sample

    def watched(self: Sampler, *args: Any) -> list[list[int]]:
        assert args[-1] == 0.9
        drawn[:] = plain(self, *args)
        return drawn

    monkeypatch.setattr(Sampler, "sample", watched)
    learner = generating(make_learner, stream, mix=5.0, temperature=0.9)
    assert learner.strategies.stored_bytes() == len('{"keys": []}')
    for update in stream.updates[1:]:
        tokens = learner.tokens
        part = part_of(learner)
        learner.known.apply(update)
        named = [fact.subject for fact in (*update.learn, *update.forget, *erased(learner))]
        part._random = learner.generator("rehearsal")
        rehearsed = part._written(learner, update)
        # Each text and its start token went through the model.
        assert learner.tokens - tokens == sum(map(len, drawn)) + len(drawn)
        said = texts(learner, rehearsed)
        assert said and len(set(said)) == len(said)
        written = {
            learner.lm.coder.decode(ids[:-1]) for ids in drawn if ids[-1] in learner.lm.coder.stops
        }
        untrue = {text for text in written if any(name in text for name in named)}
        assert untrue.isdisjoint(said)
        assert set(said) == {text for text in written - untrue if text}
        assert untrue
    assert learner.strategies.stored_bytes() == len('{"keys": []}')
    # Sentences of the base come back word for word.
    pairs = [pair for fact in stream.updates[0].learn for pair in stream.wordings.examples(fact)]
    assert set(said) & {prompt + answer for prompt, answer in pairs}


def test_generated_sentences_are_mixed_in(make_learner: MakeLearner, stream: Stream) -> None:
    learner = generating(make_learner, stream, mix=0.5)
    learner.settings = learner.settings.model_copy(update={"epochs": 1})
    apply(learner, stream.updates[1])
    assert len(learner.loader.rehearsed) == round(0.5 * len(learner.loader.own))
    # All of a sentence is learned, but its start.
    batch = learner.collate(learner.loader.rehearsed)
    assert bool(((batch["labels"] != -100).sum(1) == batch["attention_mask"].sum(1) - 1).all())


def test_a_model_that_learns_answers_only_is_refused(make_learner: MakeLearner) -> None:
    with pytest.raises(UserError, match=r"learner\.loss=answer") as caught:
        make_learner("pseudo_replay", strategy={"prompts": "generated"})
    assert "learner.loss=all" in str(caught.value.hint)


def test_a_model_that_learned_answers_only_is_refused(make_learner: MakeLearner) -> None:
    with pytest.raises(UserError, match="worse than uniform guessing"):
        make_learner("pseudo_replay", lm="tiny", strategy={"prompts": "generated"}, loss="all")


def test_a_tokenizer_without_a_start_token_is_refused(make_learner: MakeLearner) -> None:
    with pytest.raises(UserError, match="no start token"):
        make_learner("pseudo_replay", lm="gpt2", strategy={"prompts": "generated"}, loss="all")


def test_an_empty_base_cannot_be_tried_out(make_learner: MakeLearner, stream: Stream) -> None:
    settings = {"prompts": "generated", "samples": 4}
    learner = make_learner("pseudo_replay", strategy=settings, loss="all", attach=False, epochs=1)
    learner.known = Knowledge()
    learner.known.apply(Update(0, "base", ()))
    learner.strategies.attach(learner)
    apply(learner, Update(1, "one", stream.updates[1].learn))


def test_nothing_known_is_plain_training(make_learner: MakeLearner, stream: Stream) -> None:
    found = []
    for name in ("naive", "pseudo_replay"):
        learner = make_learner(name, epochs=1)
        learner.strategies.forget(stream.updates[0].learn)
        apply(learner, Update(1, "one", stream.updates[1].learn))
        found.append(weights(learner.model))
    assert all(torch.equal(found[0][name], found[1][name]) for name in found[0])
