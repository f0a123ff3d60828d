"""Texts that name a subject are told apart from the others, token by token."""

from __future__ import annotations

import torch

from cltool.strategies.editing.common.text_states import Text, TextStates


def test_the_tokens_of_texts_that_name_a_subject_are_marked() -> None:
    states = [torch.arange(6.0)[:, None], 10 + torch.arange(6.0)[:, None]]
    kept = torch.tensor([True, True, True, True, False, True])
    known = [Text("The capital of Peru", (4, 5, 6)), Text("Hello", (7,)), Text("In Peru", (8, 6))]
    texts = TextStates(states, known, kept)
    assert texts.states[1].flatten().tolist() == [10.0, 11.0, 12.0, 13.0, 15.0]
    named = texts.naming(["Peru", "Chile"], [{6}, {9}])
    assert named[:, 0].tolist() == [True, True, True, False, True]
    assert not named[:, 1].any()


def test_of_random_tokens_only_the_last_one_of_a_subject_is_marked() -> None:
    texts = TextStates([torch.zeros(4, 1)], [Text("a Peru b c", (1, 6, 2, 3), True)],
                       torch.ones(4, dtype=torch.bool))  # fmt: skip
    assert texts.naming(["Peru"], [{6}])[:, 0].tolist() == [False, True, False, False]
