"""What gates must stay closed at, made without any data: random words, and subjects elsewhere.

A text that a model writes has few rare words, and rare words have states far from all others. A
gate that has seen only common words opens at some of them. So the model also reads random tokens.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from cltool.lm.coder import Encoded
from cltool.strategies.editing.common.subject_tokens import last_common

if TYPE_CHECKING:
    from cltool.lm.coder import Coder
    from cltool.training.learner import Learner

TOKENS = 28
"""Random tokens in a text."""

CONTEXTS = 4
"""Sentences in which each subject is put."""

BEFORE, AFTER = 10, 4
"""Most words of a sentence that stand before and after the subject."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A subject in a sentence about something else.

    Attributes:
        subject: its number.
        prompt: the sentence as a prompt; what follows the subject is marked as its completion.
        place: index of the last token of the subject.
    """

    subject: int
    prompt: Encoded
    place: int


def noise(learner: Learner, count: int, random: torch.Generator) -> list[tuple[int, ...]]:
    """Return texts of random tokens, each after the tokenizer's leading tokens.

    In a chat, half of them are turns of it.

    Args:
        learner: its tokenizer gives the tokens.
        count: number of texts.
        random: randomness of the tokens.
    """
    coder = learner.lm.coder
    size = max(1, min(TOKENS, learner.lm.context // 2))
    usual = usual_tokens(coder)
    if not len(usual):
        return []
    chosen = usual[torch.randint(len(usual), (count, size), generator=random)].tolist()
    (start,) = coder.documents([""])
    begin: list[int] = start
    answer: list[int] = []
    if coder.chat is not None:
        begin, answer = coder.texts([coder.chat.before, coder.chat.after])
    half = size // 2
    return [
        (*begin, *row[:half], *answer, *row[half:]) if number % 2 else (*start, *row)
        for number, row in enumerate(chosen)
    ]


def usual_tokens(coder: Coder) -> Tensor:
    """Return the ids of all tokens that may stand in a text."""
    tokenizer = coder.tokenizer
    special = {*tokenizer.all_special_ids, *coder.ends}
    # Most special tokens of some tokenizers have no role, and `all_special_ids` lacks these.
    special |= {number for number, one in tokenizer.added_tokens_decoder.items() if one.special}
    return torch.tensor(sorted({*tokenizer.get_vocab().values()} - special), dtype=torch.long)


def elsewhere(
    learner: Learner, subjects: Sequence[str], texts: Sequence[str], random: torch.Generator
) -> list[Placed]:
    """Return sentences of ``texts`` with each of ``subjects`` in the place of one of their words.

    Args:
        learner: its tokenizer encodes the sentences.
        subjects: the subjects.
        texts: sentences about anything.
        random: chooses the sentences and the places.
    """
    lines = [words for text in texts if len(words := text.partition("\n")[0].split()) > 1]
    if not lines:
        return []
    coder = learner.lm.coder
    made: list[tuple[int, str, str]] = []
    for number, subject in enumerate(subjects):
        for _ in range(CONTEXTS):
            words = lines[int(torch.randint(len(lines), (), generator=random))]
            cut = int(torch.randint(min(len(words), BEFORE), (), generator=random))
            head = " ".join([*words[:cut], subject])
            made.append((number, head, " ".join([head, *words[cut + 1 : cut + 1 + AFTER]])))
    prompts = coder.prompts([whole for _, _, whole in made])
    found = []
    for (number, head, _), ids in zip(made, prompts, strict=True):
        whole = Encoded(tuple(ids), len(ids), end=False)
        place = last_common(coder, whole, head, "")
        if 0 <= place < len(ids) <= learner.lm.context:
            found.append(Placed(number, Encoded(whole.ids, place + 1, end=False), place))
    return found


def distinct(texts: Sequence[Sequence[int]], passed: Collection[int] = frozenset()) -> Tensor:
    """Return which tokens of ``texts`` have a state that no earlier one has, (tokens,), bool.

    The state of a token depends on the tokens up to it.

    Args:
        texts: token ids.
        passed: numbers of tokens, counted over all texts, that are not among these, and that hide
            no later token of the same state.
    """
    nodes: dict[tuple[int, int], int] = {}
    seen: set[int] = set()
    found: list[bool] = []
    for ids in texts:
        node = -1
        for token in ids:
            node = nodes.setdefault((node, token), len(nodes))
            fresh = node not in seen and len(found) not in passed
            found.append(fresh)
            if fresh:
                seen.add(node)
    return torch.tensor(found, dtype=torch.bool)


def said(coder: Coder, ids: Sequence[int]) -> str:
    """Return a text that the model wrote: in a chat, the user's words and then the answer."""
    if coder.chat is not None:
        begin = coder.texts([coder.chat.before])[0]
        if list(ids[: len(begin)]) == begin:
            ids = ids[len(begin) :]
    return coder.decode(ids)
