"""What a model that never knew a fact would hold of its object, estimated without retraining.

Of the model before the erasing only the probability of the object is taken away, and what is
left is normalised again. Asked in the same words, it then finds probable whatever it would say
if the object were none. *Foils* are objects of the relation that were never true of the subject:

    log q_j = log p(foil_j | wording) − log(1 − p(object | wording))

A model retrained without a fact gives its object what q gives to foils; taken as they are, p,
they are too low by as much as the model was sure of the object. The erased object is to end
between their median and their mean probability, which the few that are likely make the larger.

A foil is known from another fact. An object that no other fact has is stranger than that to a
model retrained without it, and is held against names that the model had never heard of instead,
where there were any (see `unheard`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import torch

from cltool.facts.distractors import Distractors
from cltool.strategies.unlearning.common.sentences import Said, Sentence, ask, complete, rest
from cltool.strategies.unlearning.common.unseen_names import heard_without

if TYPE_CHECKING:
    from torch import Tensor

    from cltool.facts.facts import Fact
    from cltool.strategies.unlearning.common.unseen_names import Unheard
    from cltool.training.learner import Learner


def never_true(learner: Learner, fact: Fact, lenders: Distractors) -> list[str]:
    """Objects of ``lenders`` that were never true of the key of ``fact``, as far as is known."""
    belief = learner.known.belief(fact.key)
    return lenders.of(fact, belief.outdated if belief is not None else ())


def edges(
    learner: Learner,
    chosen: Sequence[Sentence],
    said: Said,
    known: Sequence[Fact],
    count: int,
    random: torch.Generator,
    *,
    whole: bool = False,
    unheard: Unheard | None = None,
) -> tuple[Tensor, Tensor]:
    """Between what each of ``chosen`` is to end, at the model as it is now.

    Where nothing is known that could be a foil, both edges are that of guessing each token.

    Args:
        learner: asks its model.
        chosen: sentences to erase.
        said: how surely the model says them now.
        known: facts that foils are taken from.
        count: foils for each fact, the same ones in all its wordings.
        random: which ones.
        whole: what closes the sentence counts too.
        unheard: what the model held of objects that it had never heard of; none: foils alone.

    Returns:
        Lower and upper edge, each (sentences,), in nats.
    """
    heard = heard_without(learner.known)
    strange: dict[Sentence, Tensor] = {}
    for one in chosen:
        held = unheard.logps(one.tokens) if unheard is not None else None
        if held is not None and heard.isdisjoint(one.fact.accepted):
            strange[one] = held
    foiled = [one for one in chosen if one not in strange]
    left = rest(said.logps)[[one not in strange for one in chosen]]
    compared = _foils(learner, foiled, left, known, count, random, whole=whole)
    lower, upper = torch.zeros(len(chosen)), torch.zeros(len(chosen))
    for place, one in enumerate(chosen):
        q = strange[one] if one in strange else next(compared)
        if not len(q):
            lower[place] = upper[place] = -one.tokens * math.log(len(learner.lm.coder.tokenizer))
            continue
        lower[place] = q.median()
        upper[place] = torch.maximum(q.logsumexp(0) - math.log(len(q)), lower[place])
    return lower, upper


def _foils(
    learner: Learner,
    chosen: Sequence[Sentence],
    left: Tensor,
    known: Sequence[Fact],
    count: int,
    random: torch.Generator,
    *,
    whole: bool,
) -> Iterator[Tensor]:
    """For each of ``chosen``, (foils,): log q of its foils."""
    objects: dict[Fact, list[str]] = {}
    lenders = Distractors(known)
    for fact in dict.fromkeys(one.fact for one in chosen):
        found = never_true(learner, fact, lenders)
        order = torch.randperm(len(found), generator=random).tolist()
        objects[fact] = [found[place] for place in order[:count]]
    asked = [(one.fact, one.asking) for one in chosen for _ in objects[one.fact]]
    answers = [text for one in chosen for text in objects[one.fact]]
    made = complete(learner, asked, answers, whole=whole)
    logps = ask(learner, made).logps if made else torch.zeros(0)
    sizes = [len(objects[one.fact]) for one in chosen]
    parts = torch.split(logps, sizes) if sizes else ()
    return (part - gone for part, gone in zip(parts, left, strict=True))
