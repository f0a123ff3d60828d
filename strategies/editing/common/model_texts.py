"""Texts that the model writes itself: samples of what it knows, without any data.

In a chat these are questions of a user with the model's answers, as in Xu et al. (2025), "Magpie:
Alignment data synthesis from scratch by prompting aligned LLMs with nothing": the model continues
the beginning of the user's turn. Otherwise they are plain texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import torch

from cltool.facts.wordings import TRAINED
from cltool.lm.sampling import Sampler

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cltool.facts.facts import Fact
    from cltool.training.learner import Learner

QUESTION, ANSWER = 24, 16
"""Most tokens of a question and of an answer."""


def beginnings(learner: Learner, facts: Iterable[Fact]) -> list[str]:
    """Return how the trained prompts of ``facts`` begin: with a word, and up to the subject."""
    found: dict[str, None] = {}
    for fact in facts:
        for asking in learner.stream.wordings.askings(fact.key):
            head = asking.prompt.partition(fact.subject)[0].rstrip()
            if asking.form == TRAINED and head:
                found[head.split()[0]] = None
                found[head] = None
    return list(found)


def shares(heads: list[str], count: int) -> dict[str, int]:
    """Return how many of ``count`` texts begin with each of ``heads``: half of all, the first ones.

    The others begin with nothing.
    """
    heads = heads[: count // 2]
    each, more = divmod(count // 2, max(len(heads), 1))
    found = {head: each + (number < more) for number, head in enumerate(heads)}
    return {"": count - sum(found.values()), **found}


def written(
    learner: Learner, counts: Mapping[str, int], random: torch.Generator
) -> list[tuple[int, ...]]:
    """Return the token ids of distinct texts that the model writes.

    All tokens that it reads and writes count as training tokens.

    Args:
        learner: its model writes.
        counts: for each beginning of a text (``""``: none), how many to write.
        random: randomness of the samples.
    """
    coder = learner.lm.coder
    sampler = Sampler(learner.lm, 64)
    rows: dict[tuple[int, ...], None] = {}
    questions: dict[str, None] = {}
    for count in dict.fromkeys(counts.values()):
        heads = [head for head, its in counts.items() if its == count]
        if coder.chat is None:
            # Without a start token, a text begins after the end of another one.
            end = [] if coder.eos is None else [coder.eos]
            starts = [ids or end for ids in coder.documents(heads)]
        else:
            starts = coder.texts([coder.chat.before + head for head in heads])
        begun = [(head, start) for head, start in zip(heads, starts, strict=True) if start]
        if not count or not begun:
            continue
        samples = sampler.sample_each([start for _, start in begun], count, QUESTION, random)
        for (head, start), texts in zip(begun, samples, strict=True):
            for ids in texts:
                if coder.chat is None:
                    rows[(*start, *ids)] = None
                elif len(ids) > 1 and ids[-1] in coder.stops:
                    questions[(head + coder.decode(ids[:-1])).strip()] = None
    asked = coder.prompts(list(questions))
    answers = sampler.greedy(asked, ANSWER) if asked else []
    learner.spend(sampler.tokens)
    for prompt, answer in zip(asked, answers, strict=True):
        rows[(*prompt, *answer)] = None
    return list(rows)
