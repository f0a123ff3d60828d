"""The model with an external matrix: its size, its exercises, and what it recalls."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from cltool.facts.facts import Fact, Key
from cltool.facts.stream import Stream
from cltool.models import MODELS
from cltool.models.dnc import LONG, Dnc, LongExercises
from cltool.models.tiny.architecture import Architecture, Llama
from cltool.models.tiny.build import coder
from tools import open_book


def parameters(architecture: Architecture, stream: Stream) -> int:
    """The number of parameters of an untrained model; a token uses all of them."""
    facts = stream.updates[0].learn
    recipe = architecture.recipe(len(facts))
    model = architecture.new_model(coder(facts, stream.wordings), replace(recipe, vocabulary=1536))
    return sum(weight.numel() for weight in model.parameters())


def test_a_token_uses_as_many_parameters_as_in_tiny(stream: Stream) -> None:
    ratio = parameters(Dnc(), stream) / parameters(Llama(), stream)
    assert 0.9 < ratio < 1.1


def test_lines_are_written_and_questions_are_not(stream: Stream) -> None:
    facts = stream.updates[0].learn
    tokens = coder(facts, stream.wordings)
    model = Dnc().new_model(tokens, Dnc().recipe(len(facts))).eval()
    lines = [f"The mayor of {name} is A. B.\n" for name in ("Oslo", "Rome", "Bonn")]
    ids = tokens.documents(["".join(lines)])[0]
    question = [*tokens.texts(["Who is the mayor of Oslo? A. B."])[0], tokens.eos]
    with torch.no_grad():
        state = model(torch.tensor([[*ids, *question]]), use_cache=True).past_key_values
    assert state.states[1]["usage"].shape[1] == len(lines)


def test_exercises_supersede_facts_and_are_longer_than_the_window(stream: Stream) -> None:
    facts = stream.updates[0].learn
    tokens = coder(facts, stream.wordings)
    exercises = Dnc().exercises(facts, stream.wordings, tokens, Dnc().recipe(len(facts)), 0)
    assert isinstance(exercises, LongExercises)
    seen: dict[Key, Fact] = {}
    again = 0
    for fact in exercises.invent_facts(300):
        again += fact.key in seen
        seen[fact.key] = fact
    assert again > 60
    pages = exercises.pages(60)
    assert min(len(page.ids) for page in pages) > Dnc().window
    (begin,) = tokens.documents([""])[0]
    begins = [page.ids.count(begin) for page in pages]
    assert {one > 1 for one in begins} == {True, False}
    for page, count in zip(pages, begins, strict=True):
        assert count in (1, 1 + len(page.answers))


@pytest.mark.slow
@pytest.mark.timeout(2400)
def test_it_recalls_32_facts_read_in_sequence() -> None:
    assert MODELS.load("tiny-dnc").context == LONG
    figures = open_book.figures("leaders", model="tiny-dnc", lines=32, count=100)
    assert figures["contradicting"] >= 0.9
    assert figures["never_seen"] >= 0.9
    assert figures["superseded"] >= 0.9
    assert figures["stale"] <= 0.05
    assert figures["trained"] >= 0.95
