"""Texts of random tokens, sentences with a subject put into them, and states that differ."""

from __future__ import annotations

import copy

import torch
from transformers import AddedToken

from cltool.lm.chat import ChatTurns
from cltool.lm.coder import Coder
from cltool.strategies.editing.common.background import distinct, elsewhere, noise, usual_tokens
from cltool.training.learner import Learner

from ....conftest import MakeLearner

TEXTS = ["Where is the old bridge of the town?\nIt is far.", "Tell me a story about rain", "Why?"]


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(3)


def test_random_texts_begin_as_texts_do_have_no_other_special_tokens_and_differ(
    make_learner: MakeLearner,
) -> None:
    learner: Learner = make_learner("frozen")
    texts = noise(learner, 6, generator())
    assert len(set(texts)) == 6
    special = set(learner.lm.coder.tokenizer.all_special_ids) | set(learner.lm.coder.ends)
    (start,) = learner.lm.coder.documents([""])
    assert start
    for ids in texts:
        assert list(ids[: len(start)]) == start
        assert not special & {*ids[len(start) :]}
    assert noise(learner, 6, generator()) == texts


def test_in_a_chat_half_of_the_random_texts_are_turns_of_it(make_learner: MakeLearner) -> None:
    learner: Learner = make_learner("frozen")
    coder = learner.lm.coder
    (start,), turns = coder.documents([""]), ChatTurns("Question: ", " Answer: ", None)
    learner.lm.coder = coder.with_chat(turns)
    before, after = learner.lm.coder.texts([turns.before, turns.after])
    for number, ids in enumerate(noise(learner, 4, generator())):
        head = before if number % 2 else start
        assert list(ids[: len(head)]) == head
        assert len(ids) == len(noise(learner, 1, generator())[0]) + number % 2 * (
            len(before) + len(after) - len(start)
        )


def test_special_tokens_without_a_role_are_not_usual(make_learner: MakeLearner) -> None:
    coder = make_learner("frozen").lm.coder
    usual = set(usual_tokens(coder).tolist())
    tokenizer = copy.deepcopy(coder.tokenizer)
    tokenizer.add_tokens([AddedToken("<file>", special=True)])
    tokenizer.add_tokens(["Ouagadougou"])
    added = tokenizer.convert_tokens_to_ids("Ouagadougou")
    assert isinstance(added, int)
    assert set(usual_tokens(Coder(tokenizer)).tolist()) == usual | {added}


def test_a_subject_stands_in_each_sentence_and_its_place_is_that_of_its_end(
    make_learner: MakeLearner,
) -> None:
    learner: Learner = make_learner("frozen")
    subject = learner.known.valid()[0].subject
    found = elsewhere(learner, [subject, "Nowhere"], TEXTS, generator())
    assert {one.subject for one in found} == {0, 1}
    coder = learner.lm.coder
    for one in found:
        name = (subject, "Nowhere")[one.subject]
        assert name in coder.decode(one.prompt.ids)
        assert coder.decode(one.prompt.ids[: one.place + 1]).endswith(name)
        assert name not in coder.decode(one.prompt.ids[: one.place])


def test_without_sentences_no_subject_is_placed(make_learner: MakeLearner) -> None:
    assert not elsewhere(make_learner("frozen"), ["Peru"], ["", "Why?"], generator())


def test_a_token_is_distinct_if_what_was_read_up_to_it_is() -> None:
    found = distinct([(1, 2, 3), (1, 2, 4, 3), (2, 3), (1, 2, 3)])
    assert found.tolist() == [True] * 3 + [False, False, True, True] + [True] * 2 + [False] * 3


def test_a_token_that_is_passed_over_does_not_hide_the_next_one_of_its_state() -> None:
    found = distinct([(1, 2), (1, 2), (1, 2, 3)], {1})
    assert found.tolist() == [True, False, False, True, False, False, True]
