"""Texts that name a subject are told apart from the others, token by token."""

from __future__ import annotations

import torch

from cltool.strategies.editing.common.text_states import TextStates


def test_the_tokens_of_texts_that_name_a_subject_stand_apart() -> None:
    states = [torch.arange(6.0)[:, None], 10 + torch.arange(6.0)[:, None]]
    texts = TextStates(states, ["The capital of Peru", "Hello", "In Peru"], [3, 1, 2])
    apart, naming = texts.apart(1, {"Peru", "Chile"})
    assert apart.flatten().tolist() == [13.0]
    assert naming.flatten().tolist() == [10.0, 11.0, 12.0, 14.0, 15.0]
    apart, naming = texts.apart(0, {"Chile"})
    assert len(apart) == 6 and len(naming) == 0
