"""What is to be erased, and how surely it is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from cltool.facts.facts import Fact, Update
from cltool.facts.stream import Stream
from cltool.facts.wordings import Wordings
from cltool.lm.batches import IGNORED
from cltool.lm.chat import chat_turns
from cltool.lm.language_model import load_checkpoint
from cltool.strategies.unlearning.common.sentences import (
    batch_of,
    complete,
    erased_facts,
    likelihoods,
    parts,
    refusals,
    sentences,
    trained_askings,
)

from ....chat_models import write_chat_model
from ....conftest import MakeLearner


def test_only_object_tokens_count_for_every_learner_loss(
    make_learner: MakeLearner, stream: Stream
) -> None:
    fact = stream.updates[0].learn[2]
    for loss in ("answer", "all"):
        learner = make_learner(loss=loss)
        chosen = sentences(learner, [fact])
        assert len(chosen) == len(stream.wordings.examples(fact)) > 3
        batch = batch_of(learner, chosen)
        for row, one in enumerate(chosen):
            labels = batch["labels"][row]
            learned = labels[labels != IGNORED].tolist()
            assert learner.lm.coder.decode(learned).strip() == fact.object
            assert len(learned) == one.tokens
            assert (
                labels[one.start : one.stop] == batch["input_ids"][row, one.start : one.stop]
            ).all()


def test_the_whole_answer_counts_if_the_setting_says_so(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner()
    for one in sentences(learner, stream.updates[0].learn[:3], whole=True):
        assert one.stop == len(one.example)
        assert one.example.ids[-1] == learner.lm.coder.eos


def test_a_key_with_a_new_object_is_superseded_and_not_erased(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner()
    one, other = stream.updates[0].learn[2:4]
    update = Update(1, "both", [Fact(*one.key, "Kobe")], [one, other])
    learner.known.apply(update)
    assert erased_facts(learner, update) == [other]


def test_the_erased_fact_has_the_object_that_was_valid(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner()
    fact = stream.updates[0].learn[2]
    update = Update(1, "named", (), [Fact(*fact.key, f"{fact.object.upper()}.")])
    learner.known.apply(update)
    assert erased_facts(learner, update) == [fact]


def test_asking_gives_summed_log_probabilities(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner(micro_batch_size=3)
    chosen = sentences(learner, stream.updates[0].learn[:4])
    tokens = learner.tokens
    said = likelihoods(learner, chosen)
    assert learner.tokens - tokens == sum(len(one.example) for one in chosen)
    for place, one in enumerate(chosen):
        with torch.no_grad():
            logits = learner.model(input_ids=torch.tensor([one.example.ids])).logits[0]
        logps = logits.log_softmax(-1)
        expected = sum(float(logps[t - 1, one.example.ids[t]]) for t in range(one.start, one.stop))
        assert float(said.logps[place]) == pytest.approx(expected, abs=1e-3)
        best = [int(logits[t - 1].argmax()) for t in range(one.start, one.stop)]
        assert bool(said.greedy[place]) == (best == list(one.example.ids[one.start : one.stop]))


def test_parts_fit_into_a_forward_pass(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner(micro_batch_size=4)
    chosen = sentences(learner, stream.updates[0].learn[:3])
    found = list(parts(learner, chosen))
    assert max(map(len, found)) == 4
    assert sorted(map(hash, chosen)) == sorted(hash(one) for part in found for one in part)


def test_refusals_replace_the_object(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner()
    chosen = sentences(learner, stream.updates[0].learn[2:4])
    random = torch.Generator().manual_seed(0)
    made = refusals(learner, chosen, ["unknown", "nobody knows"], random)
    texts = set()
    for one, refusal in made.items():
        assert refusal.asking == one.asking
        ids = refusal.example.ids
        assert learner.lm.coder.decode(ids[: refusal.start]).strip().endswith(one.asking.prompt)
        texts.add(learner.lm.coder.decode(ids[refusal.start :]).strip(" ."))
    assert texts == {"unknown", "nobody knows"}


def test_a_plain_question_ends_with_its_object(make_learner: MakeLearner, stream: Stream) -> None:
    key = ("Q1", "answer")
    wordings = Wordings({}, prompts={key: ["Who went up the hill?", "Up the hill went?"]})
    made = Stream("own", stream.updates, wordings)
    learner = make_learner(of=made, attach=False)
    fact = Fact(*key, "Jack")
    (asking,) = trained_askings(learner, fact)
    (one,) = complete(learner, [(fact, asking)], ["Jack"])
    assert one.stop == len(one.example) - 1


def test_in_a_chat_the_sentence_before_the_object_does_not_count(
    make_learner: MakeLearner, stream: Stream, tmp_path: Path
) -> None:
    lm = load_checkpoint(str(write_chat_model(stream, tmp_path / "model")), device="cpu")
    lm = replace(lm, coder=lm.coder.with_chat(chat_turns(lm.coder.tokenizer)))
    chats = replace(stream, wordings=stream.wordings.as_chat())
    learner = make_learner(lm=lm, of=chats)
    fact = stream.updates[0].learn[2]
    chosen = sentences(learner, [fact])
    batch = batch_of(learner, chosen)
    for row, one in enumerate(chosen):
        labels = batch["labels"][row]
        said = lm.coder.decode(one.example.ids[one.example.start :])
        assert len(said) > len(fact.object) + 8
        assert lm.coder.decode(labels[labels != IGNORED].tolist()).strip() == fact.object
