"""The probability that a model that never knew a fact gives to its object, without retraining.

The estimate uses the model before the erasing. Under each wording, the probability of the object
is removed from its distribution, and the rest is normalised. *Distractors* are objects of the
relation that were never true of the subject:

    log q_j = log p(distractor_j | wording) − log(1 − p(object | wording))

A model retrained without the fact gives its object the probability q of distractors. Without the
normalisation, p would be too low by the model's certainty of the object. The target of an erased
object is between the median and the mean of q; the mean is larger because of a few likely
distractors.

The model knows a distractor from another fact. If no other fact uses the object, the target is
the probability that the model gave to new names before learning them, if there were any (see
`cltool.strategies.unlearning.common.unseen_names`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import torch

from cltool.facts.distractors import Distractors
from cltool.facts.identity import object_identities
from cltool.strategies.unlearning.common.sentences import (
    Likelihoods,
    Sentence,
    complete,
    likelihoods,
    log_complement,
)
from cltool.strategies.unlearning.common.unseen_names import names_read_elsewhere

if TYPE_CHECKING:
    from torch import Tensor

    from cltool.facts.facts import Fact
    from cltool.strategies.unlearning.common.unseen_names import UnseenNames
    from cltool.training.learner import Learner


def never_true(learner: Learner, fact: Fact, distractors: Distractors) -> list[str]:
    """Return the objects of ``distractors`` that were never true of the key of ``fact``."""
    belief = learner.known.belief(fact.key)
    return distractors.of(fact, belief.outdated if belief is not None else ())


def bounds(
    learner: Learner,
    chosen: Sequence[Sentence],
    current: Likelihoods,
    known: Sequence[Fact],
    count: int,
    random: torch.Generator,
    *,
    whole: bool = False,
    unseen: UnseenNames | None = None,
) -> tuple[Tensor, Tensor]:
    """Return the bounds of the target log-probability of each of ``chosen``.

    They use the current model. If there is neither a distractor nor a new name, both bounds are
    the log-probability of guessing each token uniformly.

    Args:
        learner: its model is measured.
        chosen: sentences to erase.
        current: the current probabilities of ``chosen``.
        known: facts whose objects can be distractors.
        count: number of distractors per fact, the same in all its wordings.
        random: randomness of their choice.
        whole: whether the end of the sentence counts too.
        unseen: probabilities of new names before they were taught; None: use distractors only.

    Returns:
        Lower and upper bound, each (sentences,), in nats.
    """
    read = names_read_elsewhere(learner.known)
    as_unseen: dict[Sentence, Tensor] = {}
    for one in chosen:
        logps = unseen.logps(one.tokens) if unseen is not None else None
        if logps is not None and read.isdisjoint(object_identities(one.fact.accepted)):
            as_unseen[one] = logps
    others = [one for one in chosen if one not in as_unseen]
    remainder = log_complement(current.logps)[[one not in as_unseen for one in chosen]]
    compared = _distractor_logps(learner, others, remainder, known, count, random, whole=whole)
    lower, upper = torch.zeros(len(chosen)), torch.zeros(len(chosen))
    for index, one in enumerate(chosen):
        q = as_unseen[one] if one in as_unseen else next(compared)
        if not len(q):
            lower[index] = upper[index] = -one.tokens * math.log(len(learner.lm.coder.tokenizer))
            continue
        lower[index] = q.median()
        upper[index] = torch.maximum(q.logsumexp(0) - math.log(len(q)), lower[index])
    return lower, upper


def _distractor_logps(
    learner: Learner,
    chosen: Sequence[Sentence],
    remainder: Tensor,
    known: Sequence[Fact],
    count: int,
    random: torch.Generator,
    *,
    whole: bool,
) -> Iterator[Tensor]:
    """Return for each of ``chosen`` (distractors,): log q of its distractors."""
    objects: dict[Fact, list[str]] = {}
    distractors = Distractors(known)
    for fact in dict.fromkeys(one.fact for one in chosen):
        found = never_true(learner, fact, distractors)
        order = torch.randperm(len(found), generator=random).tolist()
        objects[fact] = [found[index] for index in order[:count]]
    asked = [(one.fact, one.asking) for one in chosen for _ in objects[one.fact]]
    answers = [text for one in chosen for text in objects[one.fact]]
    made = complete(learner, asked, answers, whole=whole)
    logps = likelihoods(learner, made).logps if made else torch.zeros(0)
    sizes = [len(objects[one.fact]) for one in chosen]
    parts = torch.split(logps, sizes) if sizes else ()
    return (part - gone for part, gone in zip(parts, remainder, strict=True))
