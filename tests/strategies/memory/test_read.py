"""`read`: what the model's memory holds after updates, and what is removed from it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
import torch
from torch import Tensor

from cltool.core.errors import UserError
from cltool.facts.facts import Fact
from cltool.facts.stream import Stream
from cltool.lm.architectures import ARCHITECTURES
from cltool.models.tiny.reading import line
from cltool.training.learner import Learner

from ...conftest import CHAIN, FORGOTTEN, LoadLM, MakeLearner, apply, weights

PROMPT = "Who rules Land 0?"
READING = ("cltool-window", "cltool-compressive", "cltool-hierarchical", "cltool-dnc")


@pytest.fixture
def reader(load_lm: LoadLM, make_learner: MakeLearner, request: pytest.FixtureRequest) -> Learner:
    """A learner whose model reads in pieces; its memory holds everything that the tests read."""
    lm = load_lm("llama")
    module = import_module(ARCHITECTURES[request.param])
    known = lm.model.config
    options = {
        "cltool-window": {"segment": 400},
        "cltool-compressive": {"segment": 8, "memory": 8, "rate": 4, "compressed": 100},
        "cltool-hierarchical": {"segment": 8},
        "cltool-dnc": {
            "segment": 8,
            "head_size": 8,
            "writes": lm.coder.texts(["x\n"])[0][-1:],
        },
    }
    torch.manual_seed(0)
    config = module.CONFIG(
        vocab_size=known.vocab_size,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=1024,
        pad_token_id=lm.coder.pad,
        eos_token_id=lm.coder.eos,
        **options[request.param],
    )
    lm.model = module.CAUSAL_LM(config).eval()
    for weight in lm.model.parameters():  # large weights: every token read has an effect
        weight.data.mul_(4)
    return make_learner("read", lm=lm)


each_reader = pytest.mark.parametrize("reader", READING, indirect=True)


def logits(learner: Learner, text: str) -> Tensor:
    ids = torch.tensor([learner.lm.coder.texts([text])[0]])
    with torch.no_grad():
        found: Tensor = learner.model(ids).logits[0]
    return found


def said(stream: Stream, facts: Any) -> str:
    return "".join(line(fact, stream.wordings) for fact in facts)


@each_reader
def test_prompts_are_answered_as_after_the_lines(reader: Learner, stream: Stream) -> None:
    before = weights(reader.model)
    apply(reader, stream.updates[1])
    after = logits(reader, PROMPT)
    assert reader.strategies.frame(PROMPT) == PROMPT
    assert all(torch.equal(before[name], now) for name, now in weights(reader.model).items())
    reader.strategies.attach(reader)  # it begins with an empty memory
    alone = logits(reader, PROMPT)
    coder = reader.lm.coder
    lines = coder.documents([""])[0]
    for fact in stream.updates[1].learn:
        lines = [*lines, *coder.texts([line(fact, stream.wordings)])[0]]
    ids = torch.tensor([[*lines, *coder.texts([PROMPT])[0]]])
    with torch.no_grad():
        whole = reader.model(ids).logits[0, len(lines) :]
    assert torch.allclose(after, whole, atol=1e-4)
    assert not torch.allclose(after, alone, atol=1e-2)


@each_reader
def test_a_resumed_memory_answers_the_same(reader: Learner, stream: Stream) -> None:
    for update in stream.updates[1:3]:
        apply(reader, update)
    state, after = reader.strategies.states(), logits(reader, PROMPT)
    assert reader.strategies.stored_bytes() > 0
    reader.strategies.attach(reader)
    reader.strategies.load_states(state)
    assert torch.equal(logits(reader, PROMPT), after)
    apply(reader, stream.updates[3])
    assert not torch.equal(logits(reader, PROMPT), after)


@each_reader
def test_superseded_and_erased_facts_leave_the_memory(reader: Learner, stream: Stream) -> None:
    def places() -> list[tuple[str, str]]:
        return [(row[0], row[1]) for row in reader.strategies.states()["read"]["places"]]

    def slots() -> int:
        tensors = reader.strategies.states()["read"].items()
        return sum(int((t >= 0).sum()) for name, t in tensors if name.endswith("positions"))

    apply(reader, stream.updates[1])
    assert CHAIN in places()
    held = slots()
    reader.strategies.forget([Fact(*CHAIN, "whoever")])
    assert CHAIN not in places()
    assert (slots() < held) == reader.model.model.separable
    said = reader.strategies.purge(reader, [Fact(*CHAIN, "whoever")])["read"]["memory"]
    assert said.startswith("the fact cannot be separated: ")
    assert ("its entries are removed" in said) == reader.model.model.separable
    untouched = Fact(*FORGOTTEN, "never read")
    reader.strategies.forget([untouched])
    assert reader.strategies.purge(reader, [untouched])["read"] == {}


def test_without_a_memory_the_lines_stand_before_the_prompt(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("read")
    learner.lm._text_config.max_position_embeddings = 4096
    learner.lm.__dict__.pop("context", None)  # it is computed once
    learner.strategies.attach(learner)
    assert learner.strategies.frame(PROMPT) == PROMPT
    for update in stream.updates[1:]:
        apply(learner, update)
    lines = learner.strategies.frame(PROMPT).removesuffix(PROMPT).splitlines(keepends=True)
    newest = [line(fact, stream.wordings) for fact in stream.updates[3].learn]
    assert sorted(lines[-len(newest) :]) == sorted(newest)
    assert len(lines) == 8


def test_the_oldest_lines_are_left_out_first(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("read")
    for update in stream.updates[1:]:
        apply(learner, update)
    text = learner.strategies.frame(PROMPT)
    assert text.endswith(PROMPT)
    newest = [line(fact, stream.wordings) for fact in stream.updates[3].learn]
    kept = text.removesuffix(PROMPT).splitlines(keepends=True)
    assert 0 < len(kept) < 8
    assert set(kept[-len(newest) :]) <= set(newest)


def test_it_cannot_be_composed_with_another_memory(make_learner: MakeLearner) -> None:
    with pytest.raises(UserError, match="both put facts before the prompt"):
        make_learner("read+in_context")


@pytest.mark.parametrize("reader", ["cltool-window"], indirect=True)
def test_removing_a_fact_empties_the_slots_of_its_line_and_no_others(
    reader: Learner, stream: Stream
) -> None:
    def positions() -> list[set[int]]:
        tensors = reader.strategies.states()["read"].items()
        named = [t for name, t in tensors if name.endswith(".positions")]
        return [{int(place) for place in t.flatten() if place >= 0} for t in named]

    coder = reader.lm.coder
    apply(reader, stream.updates[1])
    before = positions()
    begin = len(coder.documents([""])[0])
    for fact in stream.updates[1].learn:
        size = len(coder.texts([line(fact, stream.wordings)])[0])
        if fact.key == CHAIN:
            break
        begin += size
    reader.strategies.forget([Fact(*CHAIN, "whoever")])
    gone = [one - two for one, two in zip(before, positions(), strict=True)]
    assert gone == [{*range(begin, begin + size)}] * 2


@pytest.mark.parametrize("reader", ["cltool-window"], indirect=True)
def test_each_line_is_read_once_after_all_that_was_read(reader: Learner, stream: Stream) -> None:
    coder = reader.lm.coder
    size = len(coder.documents([""])[0])
    for update in stream.updates[1:3]:
        apply(reader, update)
        lines = [line(fact, stream.wordings) for fact in update.learn]
        size += sum(len(ids) for ids in coder.texts(lines))
        assert reader.strategies.states()["read"]["memory.seen"].tolist() == [size]


@pytest.mark.parametrize("reader", ["cltool-window"], indirect=True)
def test_reading_more_than_the_model_takes_is_told_once(reader: Learner, stream: Stream) -> None:
    apply(reader, stream.updates[1])
    assert reader.warnings == []
    reader.lm.__dict__["context"] = 40  # it is computed once
    apply(reader, stream.updates[2])
    apply(reader, stream.updates[3])
    (warning,) = reader.warnings
    assert warning.startswith("The model takes texts of 40 tokens")
