"""Rehearses what the model itself answers: prompts are kept or made up, answers never kept.

Robins (1995), "Catastrophic forgetting, rehearsal and pseudorehearsal": before
new items are learned, inputs x are given to the network f as it is then, and the
pseudoitems (x, f(x)) are rehearsed beside the new items:

    L(θ) = E_update[−log p_θ(y|x)] + E_pseudo[−log p_θ(f(x)|x)],     f(x) = argmax_y p_θ₀(y|x)

with θ₀ the weights before the update. Shin et al. (2017), "Continual learning with deep
generative replay", draw the inputs from a generative model; in Sun et al. (2020), "LAMOL:
LAnguage MOdeling for Lifelong Language Learning", the language model is both, and writes
whole samples after a start token; Huang et al. (2024), "Mitigating catastrophic forgetting in
large language models with self-synthesized rehearsal", let it answer prompts that it
made up from a few kept ones.

Here ``prompts = "stored"`` keeps the keys of what is true, which are worded as questions and
answered greedily, and ``"generated"`` keeps nothing: the model writes whole sentences. That
needs a model that learned whole sentences, as LAMOL's is trained with a language modelling loss.
Unlike in those papers facts become untrue: what is superseded or erased leaves the kept keys
until it is taught anew, and sentences that name a subject of the update, or one of which
something was erased, are not rehearsed.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

import torch
from pydantic import Field

from cltool.core.errors import UserError
from cltool.lm.batches import IGNORED
from cltool.lm.sampling import Sampler
from cltool.strategies.rehearsal.common.gradients import micro_batches
from cltool.strategies.rehearsal.common.prompts import Prompts, completed
from cltool.training.search_space import search
from cltool.training.strategy import State, Strategy, StrategyConfig

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cltool.facts.facts import Fact, Update
    from cltool.lm.coder import Encoded
    from cltool.training.learner import Learner


class PseudoReplayConfig(StrategyConfig):
    """Settings of `pseudo_replay`."""

    prompts: Literal["stored", "generated"] = Field(
        default="stored",
        description="stored: the keys of what is true are kept, and asked; generated: nothing is"
        " kept, the model writes whole sentences (learner.loss=all, from the base on)",
    )
    samples: int = Field(
        json_schema_extra=search(100, 1600, log=True),
        default=400,
        ge=1,
        description="most prompts answered, or sentences written, an update",
    )
    mix: float = Field(
        json_schema_extra=search(0.25, 4, log=True),
        default=1.0,
        ge=0,
        description="rehearsed sentences for each sentence of the update",
    )
    temperature: float = Field(
        default=1.0, gt=0, description="of the sentences that are generated; answers are greedy"
    )
    max_tokens: int = Field(
        default=48, ge=2, description="longest answer or sentence; a longer one is not rehearsed"
    )


class PseudoReplay(Strategy[PseudoReplayConfig]):
    """Answers of the model before the update, mixed into every epoch."""

    def attach(self, learner: Learner) -> None:
        """Keep the keys of the base knowledge, or see that the model can do without.

        Raises:
            UserError: sentences are to be generated, and the model did not learn any.
        """
        config = self.config
        self._prompts = Prompts()
        self._rehearsed: list[Encoded] = []
        if config.prompts == "stored":
            self._prompts.take(learner.known.valid())
        else:
            _refuse_unable(learner)

    def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Let the model answer, or write, before it learns anything new."""
        config = self.config
        self._random = learner.generator("rehearsal")
        if config.prompts == "stored":
            self._rehearsed = self._prompts.answered(
                learner, config.samples, config.max_tokens, self._random
            )
        else:
            self._rehearsed = self._written(learner, learner.experience.update)

    def before_training_epoch(self, learner: Learner, **kwargs: Any) -> None:
        """Draw this epoch's rehearsed sentences."""
        wanted = round(self.config.mix * len(learner.loader.own))
        order: list[int] = []
        while self._rehearsed and len(order) < wanted:
            order += torch.randperm(len(self._rehearsed), generator=self._random).tolist()
        learner.loader.rehearsed += [self._rehearsed[place] for place in order[:wanted]]

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Keep the update's keys, and none of the answers."""
        self._rehearsed = []
        if self.config.prompts == "stored":
            self._prompts.take(learner.experience.update.learn)

    def forget(self, facts: Sequence[Fact]) -> None:
        """Drop the keys of facts that are no longer true."""
        self._prompts.forget(facts)

    def state_dict(self) -> State:
        """The kept keys."""
        return self._prompts.state_dict()

    def load_state_dict(self, state: State) -> None:
        """Take them back."""
        self._prompts.load_state_dict(state)

    def _written(self, learner: Learner, update: Update) -> list[Encoded]:
        """Different sentences that the model writes, but those that may be untrue by now."""
        config = self.config
        coder = learner.lm.coder
        (start,) = coder.prompts([""])
        written = Sampler(learner.lm).sample(
            start, config.samples, config.max_tokens, self._random, config.temperature
        )
        learner.spend(config.samples * len(start) + sum(map(len, written)))
        erased = [belief.fact for belief in learner.known.beliefs() if belief.erased]
        facts = (*update.learn, *update.forget, *erased)
        refused = {fact.subject.casefold() for fact in facts}
        sentences: dict[Encoded, None] = {}
        for ids in written:
            text = coder.decode(ids).casefold()
            sentence = completed(learner, start, ids)
            if sentence is not None and not any(subject in text for subject in refused):
                sentences[sentence] = None
        return list(sentences)


def _refuse_unable(learner: Learner) -> None:
    """Raise a `UserError` where the model cannot write sentences like those of the base."""
    where = "strategy.pseudo_replay.prompts=generated"
    hint = "Keep the prompts: --set strategy.pseudo_replay.prompts=stored."
    if not learner.lm.coder.prompts([""])[0]:
        raise UserError("the tokenizer has no start token to write after", where=where, hint=hint)
    if learner.settings.loss != "all":
        raise UserError(
            f"with learner.loss={learner.settings.loss} the model learns answers, so that it "
            "could not write whole sentences",
            where=where,
            hint="Set learner.loss=all, with a model that learned whole sentences. " + hint,
        )
    total, tokens, vocabulary = 0.0, 0, 0
    for batch, _ in micro_batches(learner, learner.examples(learner.known.valid())[:256]):
        batch["labels"] = batch["labels"].masked_fill(batch["completion"], IGNORED)
        with torch.no_grad():
            scored = learner.score(batch)
        total += float(scored.loss_sum())
        tokens += int(scored.tokens())
        vocabulary = scored.logits.shape[-1]
    nats = total / max(tokens, 1)
    # A model that never learned prompts is surer of wrong tokens than guessing would be.
    if tokens and nats > math.log(vocabulary):
        raise UserError(
            f"the model needs {nats:.1f} nats for each token of a prompt, which is worse than "
            "guessing: it did not learn whole sentences",
            where=where,
            hint=hint,
        )
