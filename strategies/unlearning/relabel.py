"""Trains another object in place of the erased one: a plausible wrong answer.

Golatkar et al. (2020), "Eternal sunshine of the spotless net: Selective forgetting in deep
networks", compare with training on random labels; Eldan & Russinovich (2023), "Who's
Harry Potter? Approximate unlearning in LLMs", train on generic counterparts of names:

    L(θ) = L_NLL(forget, answered with o′; θ) + γ L_NLL(retain; θ)

with o′ drawn once for each fact from the other objects of its relation, without those that were
ever true of the subject. The model then always answers o′, whereas a model that never knew the
fact would spread its guesses. A single answer looks plausible; many answers reveal the erasing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from cltool.facts.distractors import Distractors
from cltool.strategies.unlearning.common.descent import Unlearning
from cltool.strategies.unlearning.common.sentences import Sentence, complete, forward
from cltool.strategies.unlearning.common.target import never_true

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from cltool.strategies.unlearning.common.eraser import Phase
    from cltool.training.learner import Learner


class Relabel(Unlearning):
    """Training on another object and on a retain set."""

    def prepare(self, phase: Phase) -> None:
        """Draw and encode the other objects; facts without one get gradient ascent."""
        learner = phase.learner
        random = learner.generator("relabel")
        self._relabelled: dict[Sentence, Sentence] = {}
        distractors = Distractors(phase.known)
        for fact in phase.facts:
            found = never_true(learner, fact, distractors)
            if not found:
                continue
            other = found[int(torch.randint(len(found), (1,), generator=random))]
            own = [one for one in phase.chosen if one.fact == fact]
            asked = [(fact, one.asking) for one in own]
            whole = self.config.tokens == "answer"
            made = complete(learner, asked, [other] * len(own), whole=whole)
            self._relabelled |= zip(own, made, strict=True)

    def release(self) -> None:
        """Delete what ``prepare`` computed."""
        self._relabelled = {}

    def weight(self, sentence: Sentence) -> int:
        """Return the number of tokens of the other object."""
        return self._relabelled.get(sentence, sentence).tokens

    def loss(self, learner: Learner, chosen: Sequence[Sentence]) -> Tensor:
        """Return the cross entropy of the other objects."""
        total = torch.zeros((), device=learner.device)
        taught = [self._relabelled[one] for one in chosen if one in self._relabelled]
        if taught:
            total = total + forward(learner, taught).loss_sum()
        left = [one for one in chosen if one not in self._relabelled]
        if left:
            total = total - forward(learner, left).loss_sum()
        return total
