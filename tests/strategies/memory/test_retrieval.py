"""`retrieval`: what is found for a prompt, and what an index holds."""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import torch

from cltool.core.errors import UserError
from cltool.facts.facts import Fact, Update
from cltool.facts.stream import Stream
from cltool.models.tiny.reading import line
from cltool.strategies.memory.retrieval import Retrieval, TfIdf, grams
from cltool.training.learner import Learner

from ...conftest import CHAIN, FORGOTTEN, MakeLearner, apply, weights


def framed(learner: Learner, prompt: str) -> list[str]:
    text = learner.strategies.frame(prompt)
    assert text.endswith(prompt)
    return text.removesuffix(prompt).splitlines(keepends=True)


def retrieval_of(learner: Learner) -> Retrieval:
    return cast(Retrieval, learner.strategies.parts["retrieval"])


@pytest.fixture
def taught(make_learner: MakeLearner, stream: Stream) -> Learner:
    """After all updates."""
    learner = make_learner("retrieval")
    for update in stream.updates[1:]:
        apply(learner, update)
    return learner


# What is found.


def test_a_fact_is_found_in_every_trained_wording_and_most_others(
    taught: Learner, stream: Stream
) -> None:
    facts = retrieval_of(taught)._framing.facts()
    assert len(facts) == 8
    held_out = []
    for fact in facts:
        for asking in stream.wordings.askings(fact.key):
            right = framed(taught, asking.prompt) == [line(fact, stream.wordings)]
            assert right or asking.form != "trained", asking
            held_out += [right] * (asking.form != "trained")
    # "Land 3" and "Land 4" are as alike as names can be, and these wordings name others.
    assert sum(held_out) >= 0.7 * len(held_out)


def test_prompts_about_other_facts_are_unchanged(taught: Learner, stream: Stream) -> None:
    updated = {fact.key for update in stream.updates[1:] for fact in update.learn}
    others = [fact for fact in taught.known.valid() if fact.key not in updated]
    assert len(others) >= 16
    for fact in others:
        for prompt, _ in stream.wordings.examples(fact):
            assert taught.strategies.frame(prompt) == prompt
    for prompt in ("How is the weather in Spain?", "Who wrote Faust?", "", "。"):
        assert taught.strategies.frame(prompt) == prompt


def test_superseded_and_erased_facts_are_removed_immediately(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("retrieval", strategy={"base": True, "top": 30, "threshold": -1})
    ask = stream.wordings.askings(CHAIN)[0].prompt
    chain = [fact for update in stream for fact in update.learn if fact.key == CHAIN]
    for update in stream.updates[1:3]:
        assert chain[update.step - 1].object in learner.strategies.frame(ask)
        gone = learner.known.superseded_by(update)
        learner.known.apply(update)
        learner.strategies.forget(gone)
        held = json.dumps([[f.object for f in retrieval_of(learner)._facts]])
        assert chain[update.step - 1].object not in held + learner.strategies.frame(ask)
        assert chain[update.step].object in learner.strategies.frame(ask)
    erased = stream.updates[3].forget[0]
    about = stream.wordings.askings(FORGOTTEN)[0].prompt
    assert erased.object in learner.strategies.frame(about)
    apply(learner, stream.updates[3])
    assert erased.object not in learner.strategies.frame(about)
    assert erased.object not in json.dumps(retrieval_of(learner).stored())


def test_the_k_nearest_above_the_threshold(make_learner: MakeLearner, stream: Stream) -> None:
    prompt = stream.wordings.askings(CHAIN)[0].prompt
    found = {}
    for top, threshold in ((1, -1.0), (4, -1.0), (4, 0.6), (4, 1.0)):
        settings = {"top": top, "threshold": threshold, "base": True}
        learner = make_learner("retrieval", strategy=settings)
        apply(learner, stream.updates[1])
        found[top, threshold] = framed(learner, prompt)
    near = retrieval_of(learner)._index.similarities(prompt)
    order = np.argsort(-near)[:4]
    assert near[order[0]] > 0.6 > near[order[3]]
    expected = [line(retrieval_of(learner)._facts[place], stream.wordings) for place in order]
    assert found[4, -1.0] == expected
    assert found[1, -1.0] == expected[:1]
    assert found[4, 0.6] == expected[: int((near[order] >= 0.6).sum())]
    assert found[4, 1.0] == []


def test_the_context_has_space_for_the_answer(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("retrieval", strategy={"base": True, "top": 50, "threshold": -1})
    for fact in stream.updates[0].learn:
        prompt = stream.wordings.askings(fact.key)[0].prompt
        size = len(learner.lm.coder.prompts([learner.strategies.frame(prompt)])[0])
        assert 30 < size < learner.lm.context - 8


def test_it_trains_only_if_composed_with_others(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("retrieval")
    before = weights(learner.model)
    apply(learner, stream.updates[1])
    assert all(torch.equal(tensor, before[n]) for n, tensor in learner.model.state_dict().items())
    assert learner.tokens == 0
    assert learner.strategies.stored_bytes() > 0
    for name in ("replay+retrieval", "lora+retrieval", "retrieval+ewc"):
        learner = make_learner(name, epochs=1)
        apply(learner, stream.updates[1])
        assert learner.tokens > 0
        prompt = stream.wordings.askings(CHAIN)[0].prompt
        assert len(framed(learner, prompt)) == 1


def test_a_fact_is_plain_text(make_learner: MakeLearner) -> None:
    learner = make_learner("retrieval")
    odd = Fact("{subject} %s \\1", "ruler", "{0.__class__}\n{object}")
    apply(learner, Update(1, "odd", (odd,)))
    (only,) = framed(learner, "Who rules {subject} %s \\1?")
    assert "{subject} %s \\1" in only
    assert "{0.__class__} {object}" in only


# The index.


def by_hand(texts: list[str], query: str) -> list[float]:
    """Cosines of tf-idf bags, gram by gram."""
    bags = [Counter(grams(text)) for text in texts]
    frequency = Counter(gram for bag in bags for gram in bag)

    def weigh(bag: Counter[str]) -> dict[str, float]:
        return {
            gram: count * (1 + math.log((1 + len(bags)) / (1 + frequency[gram])))
            for gram, count in bag.items()
        }

    def cosine(one: dict[str, float], other: dict[str, float]) -> float:
        dot = sum(weight * other.get(gram, 0.0) for gram, weight in one.items())
        return dot / math.sqrt(
            sum(w * w for w in one.values()) * sum(w * w for w in other.values())
        )

    return [cosine(weigh(bag), weigh(Counter(grams(query)))) for bag in bags]


TEXTS = [
    "The ruler of Land 0 is Mira",
    "Who rules Land 1? Who rules it",
    "The capital of Ångström",
    "東京 の 市長",
]


def test_the_index_is_tf_idf() -> None:
    index = TfIdf()
    index.change(TEXTS, range(4))
    for query in ("Who rules Land 0?", "capital of ångström", "東京", "quite another thing"):
        assert index.similarities(query) == pytest.approx(by_hand(TEXTS, query), abs=1e-5)
    assert index.similarities("") == pytest.approx([0.0] * 4)


def test_a_changed_index_equals_a_new_one() -> None:
    index = TfIdf()
    index.change(TEXTS[:3], range(3))
    index.change([TEXTS[3], "More of it"], [3, 2, 0, 4])
    fresh = TfIdf()
    fresh.change([TEXTS[3], TEXTS[2], TEXTS[0], "More of it"], range(4))
    for query in TEXTS:
        assert index.similarities(query) == pytest.approx(fresh.similarities(query), abs=1e-6)
    index.change([], [])
    assert index.similarities("Land 0").shape == (0,)


# Other encoders.


class Letters:
    """Stands for a sentence-transformers model: a text's vector counts its letters."""

    made: int = 0

    def __init__(self, name: str, device: str) -> None:
        if name == "not there":
            raise OSError("no such model\nmore of it")

    def encode(self, texts: list[str], **options: Any) -> Any:
        assert options["normalize_embeddings"]
        Letters.made += len(texts)
        vectors = np.array(
            [[t.lower().count(c) + 1e-9 for c in "abcdefghijklmno 0123456789"] for t in texts]
        )
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def test_any_sentence_encoder(
    make_learner: MakeLearner, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub = SimpleNamespace(SentenceTransformer=Letters)
    monkeypatch.setitem(sys.modules, "sentence_transformers", stub)
    Letters.made = 0
    learner = make_learner("retrieval", strategy={"encoder": "letters"})
    framed(learner, "of the base there is nothing to give")
    for update in stream.updates[1:3]:
        apply(learner, update)
    prompt = stream.wordings.askings(CHAIN)[0].prompt
    assert Letters.made == len(stream.updates[0].learn) + 5 + 3  # every fact once
    framed(learner, prompt)
    facts = retrieval_of(learner)._facts
    assert facts == learner.known.valid()
    near = retrieval_of(learner)._index.similarities(prompt)
    fresh = make_learner("retrieval", strategy={"encoder": "letters"})
    index = retrieval_of(fresh)._index
    texts = [" ".join(p for p, _ in stream.wordings.examples(f)) for f in facts]
    index.change(texts, range(len(texts)))
    assert near == pytest.approx(index.similarities(prompt))
    with pytest.raises(UserError, match="cannot be loaded: no such model\n"):
        make_learner("retrieval", strategy={"encoder": "not there"})


def test_an_encoder_whose_package_is_missing(
    make_learner: MakeLearner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(UserError, match="not installed") as caught:
        make_learner("retrieval", strategy={"encoder": "some/model"})
    assert "tfidf" in caught.value.hint
