"""Rehearses the model's own answers: prompts are stored or generated, answers are never stored.

Robins (1995), "Catastrophic forgetting, rehearsal and pseudorehearsal": before
new items are learned, the current network f answers inputs x, and the pseudoitems (x, f(x)) are
rehearsed with the new items:

    L(θ) = E_update[−log p_θ(y|x)] + E_pseudo[−log p_θ(f(x)|x)],     f(x) = argmax_y p_θ₀(y|x)

with θ₀ the weights before the update. Shin et al. (2017), "Continual learning with deep
generative replay", draw the inputs from a generative model. In Sun et al. (2020), "LAMOL:
LAnguage MOdeling for Lifelong Language Learning", the language model is both networks, and writes
whole samples after a start token. In Huang et al. (2024), "Mitigating catastrophic forgetting in
large language models with self-synthesized rehearsal", it answers prompts that it generated from
a few stored ones.

Here ``prompts = "stored"`` stores the keys of valid facts; the model answers questions about them
greedily. ``"generated"`` stores nothing: the model writes whole sentences. This needs a model that
learned whole sentences, like LAMOL's, which is trained with a language modelling loss. Unlike in
these papers, facts can become untrue. The keys of superseded and erased facts are removed until
they are taught again, and sentences that contain a subject of the update, or a subject with an
erased fact, are not rehearsed.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

import torch
from pydantic import Field

from cltool.core.errors import UserError
from cltool.facts.identity import folded_form
from cltool.lm.batches import IGNORED
from cltool.lm.sampling import Sampler
from cltool.strategies.rehearsal.common.gradients import draw_rounds, micro_batches
from cltool.strategies.rehearsal.common.prompts import Prompts, completed
from cltool.strategies.rehearsal.common.reservoir import Mix
from cltool.training.longest import answer_limit, sentence_limit
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
        description="stored: the keys of valid facts are stored, and asked about; generated:"
        " nothing is stored, and the model writes whole sentences (needs learner.loss=all and a"
        " model that learned whole sentences)",
    )
    samples: int = Field(
        json_schema_extra=search(100, 1600, log=True),
        default=400,
        ge=1,
        description="most prompts answered, or sentences written, per update",
    )
    mix: Mix = 1.0
    temperature: float = Field(
        default=1.0, gt=0, description="temperature of generated sentences; answers are greedy"
    )
    max_tokens: int | None = Field(
        default=None,
        ge=2,
        description="most tokens of an answer or sentence; longer ones are not rehearsed; none: 48,"
        " or those of the longest that is known",
    )


class PseudoReplay(Strategy[PseudoReplayConfig]):
    """Mixes the model's answers from before the update into every epoch."""

    shares_weights = True

    def attach(self, learner: Learner) -> None:
        """Store the keys of the base knowledge, or check that the model can write sentences.

        Raises:
            UserError: sentences are to be generated, but the model did not learn whole sentences.
        """
        self._prompts = Prompts()
        self._rehearsed: list[Encoded] = []
        if self.config.prompts == "stored":
            self._prompts.take(learner.known.valid())
        else:
            _check_can_write(learner)

    def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Let the model answer or write before it learns the update."""
        config = self.config
        self._random = learner.generator("rehearsal")
        if config.prompts == "stored":
            self._rehearsed = self._prompts.answered(
                learner,
                config.samples,
                answer_limit(learner, 48, config.max_tokens, "pseudo_replay"),
                self._random,
            )
        else:
            self._rehearsed = self._written(learner, learner.experience.update)

    def before_training_epoch(self, learner: Learner, **kwargs: Any) -> None:
        """Draw the rehearsed sentences of this epoch."""
        wanted = round(self.config.mix * len(learner.loader.own))
        drawn = draw_rounds(len(self._rehearsed), wanted, self._random)
        learner.loader.rehearsed += [self._rehearsed[index] for index in drawn]

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Store the update's keys, and delete the answers."""
        self._rehearsed = []
        if self.config.prompts == "stored":
            self._prompts.take(learner.experience.update.learn)

    def forget(self, facts: Sequence[Fact]) -> None:
        """Drop the keys of superseded and erased facts."""
        self._prompts.forget(facts)

    def state_dict(self) -> State:
        """Return the keys."""
        return self._prompts.state_dict()

    def load_state_dict(self, state: State) -> None:
        """Restore the keys."""
        self._prompts.load_state_dict(state)

    def _written(self, learner: Learner, update: Update) -> list[Encoded]:
        """Return distinct sentences that the model writes, without those that may be untrue."""
        config = self.config
        coder = learner.lm.coder
        (start,) = coder.documents([""])
        sampler = Sampler(learner.lm)
        limit = sentence_limit(learner, 48, config.max_tokens, "pseudo_replay")
        written = sampler.sample(start, config.samples, limit, self._random, config.temperature)
        learner.spend(sampler.tokens)
        erased = [belief.fact for belief in learner.known.beliefs() if belief.erased]
        facts = (*update.learn, *update.forget, *erased)
        refused = {folded_form(fact.subject) for fact in facts}
        sentences: dict[Encoded, None] = {}
        for ids in written:
            text = folded_form(coder.decode(ids))
            sentence = completed(learner, start, ids)
            if sentence is not None and not any(subject in text for subject in refused):
                sentences[sentence] = None
        return list(sentences)


def _check_can_write(learner: Learner) -> None:
    """Raise a `UserError` if the model cannot write sentences like those of the base."""
    where = "strategy.pseudo_replay.prompts=generated"
    hint = "Store the prompts: --set strategy.pseudo_replay.prompts=stored."
    if learner.lm.coder.chat is not None:
        raise UserError("the model is asked through its chat template", where=where, hint=hint)
    if not learner.lm.coder.documents([""])[0]:
        raise UserError("the tokenizer has no start token to write after", where=where, hint=hint)
    if learner.settings.loss != "all":
        raise UserError(
            f"with learner.loss={learner.settings.loss} the model learns only answers, so it "
            "cannot write whole sentences",
            where=where,
            hint="Set learner.loss=all and use a model that learned whole sentences. " + hint,
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
    # A model that never learned prompts is worse than uniform guessing: it expects other tokens.
    if tokens and nats > math.log(vocabulary):
        raise UserError(
            f"the model's loss on prompts is {nats:.1f} nats per token, which is worse than "
            "uniform guessing: it did not learn whole sentences",
            where=where,
            hint=hint,
        )
