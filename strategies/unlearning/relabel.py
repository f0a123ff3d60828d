"""Teaches another object in the place of the erased one: a plausible answer that is wrong.

Golatkar et al. (2020), "Eternal sunshine of the spotless net: Selective forgetting in deep
networks", compare with training on random labels; Eldan & Russinovich (2023), "Who's
Harry Potter? Approximate unlearning in LLMs", train on generic counterparts of names:

    L(θ) = L_NLL(forget, answered with o′; θ) + γ L_NLL(retain; θ)

with o′ drawn once for each fact among the objects that its relation has elsewhere, never one
that was true of the subject. The model then believes o′, where one that never knew would
spread its guess: what is asked once looks right, what is asked often does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from cltool.facts.distractors import Distractors
from cltool.strategies.unlearning.common.descent import Unlearning
from cltool.strategies.unlearning.common.sentences import Sentence, complete, read
from cltool.strategies.unlearning.common.target import never_true

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from cltool.strategies.unlearning.common.eraser import Phase
    from cltool.training.learner import Learner


class Relabel(Unlearning):
    """Descent on another object, beside training on neighbours."""

    def prepare(self, phase: Phase) -> None:
        """Draw the objects, and word them. Facts for which there is none are pushed away."""
        learner = phase.learner
        random = learner.generator("relabel")
        self._relabelled: dict[Sentence, Sentence] = {}
        lenders = Distractors(phase.known)
        for fact in phase.facts:
            found = never_true(learner, fact, lenders)
            if not found:
                continue
            other = found[int(torch.randint(len(found), (1,), generator=random))]
            own = [one for one in phase.chosen if one.fact == fact]
            asked = [(fact, one.asking) for one in own]
            whole = self.config.tokens == "answer"
            made = complete(learner, asked, [other] * len(own), whole=whole)
            self._relabelled |= zip(own, made, strict=True)

    def release(self) -> None:
        """Nothing is kept."""
        self._relabelled = {}

    def weight(self, sentence: Sentence) -> int:
        """The other object's tokens."""
        return self._relabelled.get(sentence, sentence).tokens

    def loss(self, learner: Learner, chosen: Sequence[Sentence]) -> Tensor:
        """The cross entropy of the other objects."""
        total = torch.zeros((), device=learner.device)
        taught = [self._relabelled[one] for one in chosen if one in self._relabelled]
        if taught:
            total = total + read(learner, taught).loss_sum()
        left = [one for one in chosen if one not in self._relabelled]
        if left:
            total = total - read(learner, left).loss_sum()
        return total
