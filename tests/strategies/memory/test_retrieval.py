"""`retrieval`: what is found for a prompt, and what an index holds."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import torch

from cltool.core.errors import UserError
from cltool.facts.facts import Fact, Update
from cltool.facts.stream import Stream
from cltool.facts.wording import Wording
from cltool.facts.wordings import Wordings
from cltool.models.tiny.reading import line
from cltool.strategies.memory.common.gram_index import GramIndex
from cltool.strategies.memory.common.sentence_encoder import SentenceEncoder, VectorIndex
from cltool.strategies.memory.retrieval import Retrieval, RetrievalConfig
from cltool.testing import check_strategy
from cltool.training.learner import Learner

from ...conftest import CHAIN, FORGOTTEN, MakeLearner, apply, weights


def framed(learner: Learner, prompt: str) -> list[str]:
    text = learner.strategies.frame(prompt)
    assert text.endswith(prompt)
    return text.removesuffix(prompt).splitlines(keepends=True)


def texts(fact: Fact, stream: Stream) -> str:
    return " ".join(prompt for prompt, _ in stream.wordings.examples(fact))


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
        held = json.dumps(retrieval_of(learner).stored())
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
    index, facts = GramIndex(), learner.known.valid()
    index.change([texts(fact, stream) for fact in facts], range(len(facts)))
    near = index.similarities(prompt)
    order = np.argsort(-near)[:4]
    assert near[order[0]] > 0.6 > near[order[3]]
    expected = [line(facts[place], stream.wordings) for place in order]
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
    assert Letters.made == len(learner.known)  # every key once
    given = framed(learner, prompt)
    facts = learner.known.valid()
    index = VectorIndex(SentenceEncoder("letters", "cpu"))
    index.change([texts(fact, stream) for fact in facts], range(len(facts)))
    nearest = facts[int(np.argmax(index.similarities(prompt)))]
    taught = nearest in retrieval_of(learner)._framing.facts()
    assert given == ([line(nearest, stream.wordings)] if taught else [])
    with pytest.raises(UserError, match="cannot be loaded: no such model\n"):
        make_learner("retrieval", strategy={"encoder": "not there"})


def test_an_encoder_whose_package_is_missing(
    make_learner: MakeLearner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(UserError, match="not installed") as caught:
        make_learner("retrieval", strategy={"encoder": "some/model"})
    assert "tfidf" in caught.value.hint


# Stores, indexes and days.


def test_a_path_is_given_if_an_update_taught_one_of_its_facts(make_learner: MakeLearner) -> None:
    wordings = Wordings({
        name: [Wording.parse(f"The {name} of {{subject}} is {{object}}.")]
        for name in ("friend", "town")
    })  # fmt: skip
    facts = [Fact("Ann", "friend", "Bo"), Fact("Bo", "town", "Ghent"), Fact("Ann", "town", "Rome")]
    updates = [Update(0, "base", facts), Update(1, "one", (Fact("Bo", "town", "Turin"),))]
    learner = make_learner(
        "retrieval", strategy={"index": "graph"}, of=Stream("s", updates, wordings)
    )
    prompt = "The town of the friend of Ann is"
    assert learner.strategies.given(prompt) == []
    apply(learner, updates[1])
    assert learner.strategies.given(prompt) == [facts[0], *updates[1].learn]
    assert framed(learner, prompt) == ["The friend of Ann is Bo.\n", "The town of Bo is Turin.\n"]
    for about_base_facts in ("The friend of Ann is", "The town of Ann is"):
        assert learner.strategies.given(about_base_facts) == []


def dated(stream: Stream) -> Stream:
    """The same stream; update n is of January, 200n."""
    days = {(u.step, f.key): date(2000 + u.step, 1, 1) for u in stream for f in u.learn}
    return replace(stream, days=days)


@pytest.mark.parametrize("store", ["memory", "duckdb"])
@pytest.mark.parametrize("index", ["vector", "graph"])
def test_questions_as_of_a_day(
    make_learner: MakeLearner, stream: Stream, index: str, store: str
) -> None:
    if store == "duckdb":
        pytest.importorskip("duckdb", reason="the extra cltool[duckdb] is not installed")
    chain = [fact for update in stream for fact in update.learn if fact.key == CHAIN]
    prompt = stream.wordings.askings(CHAIN)[0].prompt
    for day, expected in (("2000-12-31", chain[0]), ("2001-12-31", chain[1]), (None, chain[2])):
        settings = {"index": index, "store": store, "as_of": day, "base": True}
        learner = make_learner("retrieval", of=dated(stream), strategy=settings)
        for update in stream.updates[1:]:
            apply(learner, update)
        assert learner.strategies.given(prompt) == [expected]
        held = json.dumps(retrieval_of(learner).stored())
        assert [fact.object in held for fact in chain] == [fact == expected for fact in chain]
        # An erased fact is not given as of any day.
        about = stream.wordings.askings(FORGOTTEN)[0].prompt
        assert FORGOTTEN not in {fact.key for fact in learner.strategies.given(about) or ()}
        assert learner.strategies.stored_bytes() > 0


def test_a_day_needs_a_stream_with_dates(make_learner: MakeLearner) -> None:
    with pytest.raises(UserError, match="the stream has no dates") as caught:
        make_learner("retrieval", strategy={"as_of": "2001-01-01"})
    assert "as_of" in caught.value.where
    with pytest.raises(UserError, match="as_of"):
        make_learner("retrieval", strategy={"as_of": "last year"})


def test_duckdb_that_is_missing(make_learner: MakeLearner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(UserError, match="duckdb is not installed") as caught:
        make_learner("retrieval", strategy={"store": "duckdb"})
    assert "cltool[duckdb]" in caught.value.hint
    make_learner("retrieval")


def test_the_bytes_of_the_file_are_counted(make_learner: MakeLearner, stream: Stream) -> None:
    pytest.importorskip("duckdb", reason="the extra cltool[duckdb] is not installed")
    learner = make_learner("retrieval", strategy={"store": "duckdb"})
    apply(learner, stream.updates[1])
    text = len(json.dumps(retrieval_of(learner).stored()))
    assert learner.strategies.stored_bytes() > 10 * text


@pytest.mark.slow
def test_a_run_with_a_file_of_facts_resumes() -> None:
    """The contract suite compares a run that was killed and resumed with a whole one."""
    pytest.importorskip("duckdb", reason="the extra cltool[duckdb] is not installed")
    check_strategy(Retrieval, RetrievalConfig(store="duckdb"), quick=True)


@pytest.mark.slow
def test_the_contract_with_a_graph() -> None:
    check_strategy(Retrieval, RetrievalConfig(index="graph"), quick=True)
