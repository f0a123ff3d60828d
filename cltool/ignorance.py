"""What a model that never knew a fact would hold of its object, estimated without retraining.

Of the model before the erasing only the probability of the object is taken away, and what is
left is normalised again. Asked in the same words, it then finds probable whatever it would say
if the object were none. *Foils* are objects of the relation that were never true of the subject:

    log q_j = log p(foil_j | wording) − log(1 − p(object | wording))

A model retrained without a fact gives its object what q gives to foils; taken as they are, p,
they are too low by as much as the model was sure of the object. The erased object is to end
between their median and their mean probability, which the few that are likely make the larger.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

from cltool.foils import foils
from cltool.forget_set import Said, Sentence, ask, complete

if TYPE_CHECKING:
    from torch import Tensor

    from cltool.facts import Fact
    from cltool.learner import Learner

LEAST = 1e-6
"""Least probability that a model is taken to leave to anything but the object."""


def other_objects(learner: Learner, fact: Fact, known: Sequence[Fact]) -> list[str]:
    """Objects in ``known`` that were never true of the subject of ``fact``.

    Those of the same relation; where there are none, those of any. Each once, in the order of
    ``known``.
    """
    belief = learner.known.belief(fact.key)
    return foils(fact, belief.outdated if belief is not None else (), known)


def edges(
    learner: Learner,
    chosen: Sequence[Sentence],
    said: Said,
    known: Sequence[Fact],
    count: int,
    random: torch.Generator,
    *,
    whole: bool = False,
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

    Returns:
        Lower and upper edge, each (sentences,), in nats.
    """
    objects: dict[Fact, list[str]] = {}
    for fact in dict.fromkeys(one.fact for one in chosen):
        found = other_objects(learner, fact, known)
        order = torch.randperm(len(found), generator=random).tolist()
        objects[fact] = [found[place] for place in order[:count]]
    asked = [(one.fact, one.asking) for one in chosen for _ in objects[one.fact]]
    answers = [text for one in chosen for text in objects[one.fact]]
    made = complete(learner, asked, answers, whole=whole)
    logps = ask(learner, made).logps if made else torch.zeros(0)
    left = (-torch.expm1(said.logps)).clamp(min=LEAST).log()
    lower, upper = torch.zeros(len(chosen)), torch.zeros(len(chosen))
    sizes = [len(objects[one.fact]) for one in chosen]
    for place, (one, part) in enumerate(zip(chosen, torch.split(logps, sizes), strict=True)):
        if not len(part):
            lower[place] = upper[place] = -one.tokens * math.log(len(learner.lm.coder.tokenizer))
            continue
        q = part - left[place]
        lower[place] = q.median()
        upper[place] = torch.maximum(q.logsumexp(0) - math.log(len(q)), lower[place])
    return lower, upper
