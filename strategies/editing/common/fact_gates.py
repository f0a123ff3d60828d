"""The gates of an update's facts: from sentences to states, and from states to gates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from cltool.lm.coder import Encoded
from cltool.strategies.editing.common.background import Placed, distinct
from cltool.strategies.editing.common.gates import Gates, States, choose_ridge, fit
from cltool.strategies.editing.common.patches import Patches
from cltool.strategies.editing.common.subject_tokens import Located
from cltool.strategies.editing.common.text_states import TextStates

if TYPE_CHECKING:
    from cltool.training.learner import Learner


@dataclass(frozen=True)
class Given:
    """What decides about the gates of an update.

    Attributes:
        subjects: the subject of each fact.
        sentences: the trained sentences of each fact.
        placed: sentences about something else that name one of the subjects.
        asked: prompts about other known facts.
        texts: the states in texts that nobody gave the model.
    """

    subjects: Sequence[str]
    sentences: Sequence[Sequence[Located]]
    placed: Sequence[Placed]
    asked: Sequence[str]
    texts: TextStates


def fact_gates(
    learner: Learner, patches: Patches, given: Given, *, place: float, most: int
) -> list[Gates]:
    """Return the gates of the update's facts at each block, in their order.

    Args:
        learner: its model reads the sentences.
        patches: knows the blocks.
        given: what decides.
        place: as for `fit`.
        most: most blocks in which one fact has a gate that can open: those of the largest margins.
    """

    def read(examples: Sequence[Encoded]) -> list[Tensor]:
        return [states for states, _ in patches.watch(learner, examples)]

    examples = [one.example for own in given.sentences for one in own]
    rows = learner.lm.coder.prompts(given.asked)
    states, near = read(examples), read([one.prompt for one in given.placed])
    asked = read([unlearned(ids) for ids in rows])
    begun, ids = sum(map(len, rows)), [token for one in examples for token in one.ids]
    subjects = _mentions(given.sentences)
    named = {begun + token for tokens in subjects for token in tokens}
    fresh = distinct([*rows, *(one.ids for one in examples)], named)
    lasts = [{ids[token] for token in own} for own in subjects]
    names = given.texts.naming(given.subjects, lasts)
    ends = _places(given.placed, len(subjects))
    made, margins = [], []
    for number, at in enumerate(states):
        text = given.texts.states[number].to(at)
        others = torch.cat([text, asked[number][fresh[:begun]], at[fresh[begun:]]])
        excepted = torch.zeros(len(others), len(subjects), dtype=torch.bool)
        excepted[: len(text)] = names
        nearby = [near[number][own] for own in ends]
        decides = States([at[own] for own in subjects], others, nearby, excepted.to(at.device))
        gates, margin = fit(decides, ridge=choose_ridge(decides), place=place)
        made.append(gates)
        margins.append(margin.where(gates.can_open, -torch.inf))
    return _best(made, torch.stack(margins), most)


def unlearned(ids: Sequence[int]) -> Encoded:
    """Return a text that the model reads and that is not trained."""
    return Encoded(tuple(ids), len(ids), end=False)


def _best(gates: Sequence[Gates], margins: Tensor, most: int) -> list[Gates]:
    """Return the gates of which each fact has at most ``most``, those of the largest margins.

    Args:
        gates: those of each block.
        margins: (blocks, facts).
        most: most blocks in which a fact has one.
    """
    ranks = margins.argsort(dim=0, descending=True, stable=True).argsort(dim=0)
    return [one.closed(ranks[place] >= most) for place, one in enumerate(gates)]


def _mentions(sentences: Sequence[Sequence[Located]]) -> list[list[int]]:
    """Return where each fact's sentences name its subject, among the tokens of all sentences."""
    found: list[list[int]] = []
    start = 0
    for own in sentences:
        found.append([])
        for one in own:
            found[-1] += [start + place for place in one.subject]
            start += len(one.example)
    return found


def _places(placed: Sequence[Placed], subjects: int) -> list[list[int]]:
    """Return the places of each subject among the tokens of all sentences."""
    found: list[list[int]] = [[] for _ in range(subjects)]
    start = 0
    for one in placed:
        found[one.subject].append(start + one.place)
        start += len(one.prompt)
    return found
