"""Which states decide about the gates of an update's facts, and in which blocks these open."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from cltool.facts.stream import Stream
from cltool.strategies.editing.common import fact_gates as module
from cltool.strategies.editing.common.background import elsewhere
from cltool.strategies.editing.common.fact_gates import Given, fact_gates
from cltool.strategies.editing.common.gates import Gates, States
from cltool.strategies.editing.common.patches import Patches
from cltool.strategies.editing.common.subject_tokens import located
from cltool.strategies.editing.common.text_states import Text, TextStates
from cltool.training.learner import Learner

from ....conftest import MakeLearner

SENTENCES = ["Where is the old bridge of the town?", "Tell me a story about rain"]
LAYERS = [0, 1]


def given_of(learner: Learner, patches: Patches, stream: Stream) -> Given:
    facts = stream.updates[1].learn[:2]
    subjects = [fact.subject for fact in facts]
    placed = elsewhere(learner, subjects, SENTENCES, torch.Generator().manual_seed(0))
    text = Text("hello", tuple(learner.lm.coder.documents(["hello"])[0]))
    watched = patches.watch(learner, [module.unlearned(text.ids)])
    kept = torch.ones(len(text.ids), dtype=torch.bool)
    texts = TextStates([one for one, _ in watched], [text], kept)
    return Given(subjects, [located(learner, fact) for fact in facts], placed, [], texts)


def replace_fit(
    monkeypatch: pytest.MonkeyPatch, margins: list[list[float]], width: int
) -> list[States]:
    """Let each block's gates be open and have these margins; return what they are made of."""
    seen: list[States] = []

    def fit(states: States, **options: float) -> tuple[Gates, Tensor]:
        margin = torch.tensor(margins[len(seen)])
        seen.append(states)
        rows = torch.ones(len(margin), width)
        return Gates(rows, torch.ones(len(margin)), rows), margin

    monkeypatch.setattr(module, "fit", fit)
    return seen


@pytest.mark.parametrize("most", [1, 2])
def test_a_fact_has_its_gates_in_the_blocks_of_the_largest_margins(
    most: int, make_learner: MakeLearner, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner = make_learner("frozen", of=stream)
    patches = Patches(learner, LAYERS)
    given = given_of(learner, patches, stream)
    replace_fit(monkeypatch, [[0.2, 0.9], [0.3, 0.4]], learner.lm.width)
    made = fact_gates(learner, patches, given, place=0.3, most=most)
    best = [[False, True], [True, False]]
    assert [one.can_open.tolist() for one in made] == (best if most == 1 else [[True] * 2] * 2)


def test_the_near_states_are_those_of_the_subject_in_sentences_about_something_else(
    make_learner: MakeLearner, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner = make_learner("frozen", of=stream)
    patches = Patches(learner, LAYERS)
    given = given_of(learner, patches, stream)
    seen = replace_fit(monkeypatch, [[0.2, 0.9], [0.3, 0.4]], learner.lm.width)
    fact_gates(learner, patches, given, place=0.3, most=1)
    for number in range(len(given.subjects)):
        own = [one for one in given.placed if one.subject == number]
        assert own
        read = [patches.watch(learner, [one.prompt]) for one in own]
        for block, states in enumerate(seen):
            expected = [found[block][0][one.place] for found, one in zip(read, own, strict=True)]
            torch.testing.assert_close(
                states.near[number], torch.stack(expected), rtol=1e-3, atol=1e-4
            )
