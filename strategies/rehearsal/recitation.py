"""Rehearses all that the model recites; nothing is stored, neither answers nor questions.

The model is its own memory, if it can be read out. Before the first update it learns one *line*
for each fact, its first trained wording, from the token that begins a text on. A model that
learned N lines alike holds each to be 1/N probable, so that before every update

    R = {y : p_θ₀(y) ≥ c/N},     θ₀ the weights before the update,

can be enumerated by walking the tree of continuations; drawing would find most lines many
times, and some never. The lines are read as facts again; those of the update's own keys, and
what was erased, are left out, and the rest is rehearsed beside the update:

    L(θ) = E_update[−log p_θ(y|x)] + E_(y ∈ R ∪ update)[−log p_θ(y)] + E_(x, y of R)[−log p_θ(y|x)]

as lines and as sentences in the other trained wordings. Thereby a fact that was superseded is let
go by itself: penalties on weights go on guarding it until nothing new can be learned. What the
model has trouble with is rehearsed more often; its loss in training tells, at no cost. Once the
update is learned come ``cooldown`` epochs in which the learning rate falls to zero and every
line is rehearsed: at a constant rate the lines' probabilities stay so uneven that many are not
found again before the next update.

With ``keep`` above zero, a crib is stored: the facts of the lines that had the highest loss the
last time, at most that share of the base knowledge,

    K = argmax_(|K| ≤ k) Σ_(y ∈ K) −log p_θ(y)

They count as recited before the next update. A superseded or erased fact leaves it at once, and
one that the model has become sure of gives its place up: where `replay` stores a sample of what is
known, this stores what would be lost.

Robins (1995), "Catastrophic forgetting, rehearsal and pseudorehearsal", rehearses what the
network says; in Sun et al. (2020), "LAMOL: LAnguage MOdeling for Lifelong Language Learning",
the language model draws the samples. The decay after a constant rate is that of Hu et al. (2024),
"MiniCPM", section 4. New here, to our knowledge: enumerating in place of drawing, rehearsing
the index (the lines of old and new facts) as such, and letting go by keys. `docs/recitation.md`
has what each of them does, and where the method fails.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch
from pydantic import Field

from cltool.lm import optimizers
from cltool.lm.batches import bucketed
from cltool.strategies.rehearsal.common.gradients import learned_tokens
from cltool.strategies.rehearsal.common.lines import Line, beginning, lines, recite
from cltool.strategies.rehearsal.common.schedule import Drill
from cltool.training.learner import STEPS
from cltool.training.search_space import search
from cltool.training.strategy import State, Strategy, StrategyConfig, fact_rows, facts_from_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cltool.facts.facts import Fact, Update
    from cltool.lm.coder import Encoded
    from cltool.training.learner import Learner

TROUBLE = 0.5
"""Nats above which the answer in a rehearsed sentence is in trouble."""


TAIL = 1 / 3
"""Of a fixed budget, the share in which it cools down, rehearsing as before."""

OWN = 0.2
"""Share of the update's own sentences in an epoch of the cool-down."""


class RecitationConfig(StrategyConfig):
    """Settings of `recitation`."""

    mix: float = Field(
        json_schema_extra=search(0.1, 1),
        default=0.35,
        ge=0,
        le=1,
        description="share of all lines rehearsed in each epoch while the update is learned; 0"
        " rehearses nothing, in the cool-down neither",
    )
    sentences: float = Field(
        json_schema_extra=search(0.2, 2, log=True),
        default=0.4,
        ge=0,
        description="rehearsed sentences in any trained wording for each line",
    )
    cooldown: int = Field(
        json_schema_extra=search(2, 8),
        default=3,
        ge=0,
        description="epochs, once the update is learned, in which every line is rehearsed while"
        " the learning rate falls to zero",
    )
    steps: int = Field(
        default=80, ge=0, description="of few facts, as many epochs of cool-down as make these"
    )
    keep: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="most facts stored, as a share of the base knowledge: those of the least"
        " probable lines; 0 stores nothing",
    )
    share: float = Field(
        default=0.05,
        gt=0,
        le=1,
        description="c: a line is recited if it has at least this share of the probability 1/N"
        " that it would have were all alike",
    )
    trouble: float = Field(
        default=0.2, gt=0, le=1, description="share of 1/N below which a line is in trouble"
    )
    max_tokens: int = Field(default=64, ge=2, description="longest line; a longer one is not found")
    drawn: int = Field(
        default=0,
        ge=0,
        description="lines drawn from the model in place of finding all, to see what that does;"
        " 0 finds all",
    )
    release: bool = Field(
        default=True,
        description="lines of facts that are superseded or erased are not rehearsed; false, to see"
        " what that does",
    )
    base_epochs: int = Field(
        default=12,
        ge=0,
        description="passes over the base's lines, before the first update; of few facts as many"
        " as make 150 steps",
    )
    base_rate: float = Field(
        default=3.0, gt=0, description="learning rate of these, as a multiple of the learner's"
    )


class Recitation(Strategy[RecitationConfig]):
    """What the model recites before an update, rehearsed beside it."""

    _targets: list[Line]
    _lines: Drill
    _sentences: Drill
    _own: Drill | None
    _drawn: dict[int, tuple[Drill, int]]
    _stored: list[Fact]
    _epoch: int

    def attach(self, learner: Learner) -> None:
        """Teach the lines of the base knowledge.

        Raises:
            UserError: the tokenizer has no end token.
        """
        beginning(learner)
        self._drawn = {}
        self._stored = []
        self._clear()
        base = learner.known.valid()
        self._capacity = round(self.config.keep * len(base))
        if base:
            self._teach(learner, base)

    def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Let the model recite, before it learns anything new."""
        config = self.config
        update: Update = learner.experience.update
        random = learner.generator("rehearsal")
        old = self._old(learner, update)
        self._targets = [*old, *lines(learner, update.learn)]
        self._lines = _drill(self._targets, config.trouble, random)
        # How else a line can be said is known of those that a wording reads.
        facts = [line.fact for line in old if line.fact is not None]
        self._sentences = Drill(learner.examples(facts), TROUBLE, random)

    def before_training_epoch(self, learner: Learner, **kwargs: Any) -> None:
        """Draw this epoch's lines and sentences."""
        config = self.config
        loader = learner.loader
        if not self._epoch and learner.train_epochs <= self._wanted(learner):
            self._cool(learner)
        self._epoch += 1
        self._cooling = self._own is not None
        if self._cooling:
            index = self._lines.each() if config.mix else []
        else:
            index = self._lines.take(round(config.mix * len(self._targets)))
        others = self._sentences.take(round(config.sentences * len(index)))
        self._drawn = {}
        for drill, places in ((self._lines, index), (self._sentences, others)):
            for place in places:
                self._drawn[len(loader.own) + len(loader.rehearsed)] = drill, place
                loader.rehearsed.append(drill.examples[place])
        self._step, self._steps = 0, len(loader)

    def before_training_iteration(self, learner: Learner, **kwargs: Any) -> None:
        """Lower the learning rate, while it cools down."""
        factor = 1.0
        if self._cooling:
            done = (self._cooled + self._step / self._steps) / self._epochs
            factor = max(0.0, 1.0 - done)
        elif (left := learner.share_left()) is not None:
            factor = min(1.0, left / TAIL)
        for group in learner.optimizer.param_groups:
            group["lr"] *= factor
        self._step += 1

    def before_backward(self, learner: Learner, **kwargs: Any) -> None:
        """See with what the model has trouble."""
        places = learner.mbatch["place"].tolist()
        for place, loss in zip(places, learner.losses().tolist(), strict=True):
            if place in self._drawn:
                drill, number = self._drawn[place]
                drill.saw(number, loss)

    def after_training_epoch(self, learner: Learner, **kwargs: Any) -> None:
        """Cool down in the last epochs at the latest, and stop when that is done."""
        if self._cooling:
            self._cooled += 1
            if self._cooled >= self._epochs:
                learner.stop_training()
        elif learner.train_epochs - self._epoch <= self._wanted(learner):
            self._cool(learner)
        if self._own is not None:
            # Set now, before anyone counts on it in the next epoch.
            places = self._own.take(math.ceil(OWN * len(self._own.examples)))
            learner.loader.own = [self._own.examples[place] for place in places]

    def settled(self, learner: Learner) -> bool:
        """Only without a cool-down; else that begins when the update is learned."""
        self._cool(learner)
        return self._own is None

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Store the facts of the worst lines, if any are to be stored, and nothing else."""
        worst = (self._targets[place].fact for place in self._lines.worst())
        self._stored = [fact for fact in worst if fact is not None][: self._capacity]
        self._clear()

    def forget(self, facts: Sequence[Fact]) -> None:
        """Drop facts that are no longer true."""
        gone = {fact.key for fact in facts}
        self._stored = [fact for fact in self._stored if fact.key not in gone]

    def state_dict(self) -> State:
        """The stored facts."""
        return {"facts": fact_rows(self._stored)} if self._capacity else {}

    def load_state_dict(self, state: State) -> None:
        """Take them back."""
        self._stored = facts_from_rows(state.get("facts", []))

    def _old(self, learner: Learner, update: Update) -> list[Line]:
        """What is stored or recited of facts that the update leaves as they are."""
        config = self.config
        known = learner.known
        gone = {fact.key for fact in (*update.learn, *update.forget)}
        gone |= {belief.fact.key for belief in known.beliefs() if belief.erased}
        count = len(known.valid()) - len(update.learn)
        if not config.release:
            count, gone = count + len(gone), set()
        stored = {fact.key for fact in self._stored}
        recited = recite(
            learner,
            count - len(stored),
            config.share,
            config.max_tokens,
            gone | stored,
            config.drawn,
        )
        return [*lines(learner, self._stored), *recited]

    def _cool(self, learner: Learner) -> None:
        """Cool down from the next epoch on."""
        if self._own is None and self.config.cooldown:
            self._own = Drill(learner.loader.own, TROUBLE, learner.generator("cooldown"))
            left = learner.train_epochs - self._epoch
            self._epochs = max(1, min(self._wanted(learner), left))

    def _wanted(self, learner: Learner) -> int:
        """How many epochs it should cool down for."""
        config = self.config
        if not config.cooldown:
            return 0
        own = OWN * len(learner.loader.own if self._own is None else self._own.examples)
        sentences = (1 + config.sentences) * len(self._targets) + own
        steps = max(1, math.ceil(sentences / learner.settings.batch_size))
        return max(config.cooldown, math.ceil(config.steps / steps))

    def _clear(self) -> None:
        self._targets = []
        self._lines = self._sentences = _drill([], 1.0, torch.Generator())
        self._own = None
        self._cooling = False
        self._epoch = self._epochs = self._cooled = self._step = self._steps = 0

    def _teach(self, learner: Learner, base: Sequence[Fact]) -> None:
        """Train the base's lines, and as many sentences as later beside them."""
        config = self.config
        settings = learner.settings
        rate = config.base_rate * float(settings.lr or 0.0)
        learner.optimizer = optimizers.build(
            learner.model, settings.optimizer, rate, settings.weight_decay
        )
        random = learner.generator("lines")
        index = _drill(lines(learner, base), config.trouble, random)
        answers = Drill(learner.examples(base), TROUBLE, random)
        others = round(config.sentences * len(base))
        steps = -(-(len(base) + others) // settings.batch_size)
        epochs = max(config.base_epochs, -(-STEPS // steps) if config.base_epochs else 0)
        learner.model.train()
        for epoch in range(epochs):
            drawn = index.each()
            examples = [index.examples[place] for place in drawn]
            examples += [answers.examples[place] for place in answers.take(others)]
            batches = bucketed([len(one) for one in examples], settings.batch_size, random)
            for number, places in enumerate(batches):
                done = (epoch + number / len(batches)) / epochs
                optimizers.set_factor(learner.optimizer, 1.0 - done)
                losses = _step(learner, [examples[place] for place in places])
                for place, loss in zip(places, losses, strict=True):
                    if place < len(drawn):
                        index.saw(drawn[place], loss)
        learner.optimizer.zero_grad(set_to_none=True)
        learner.model.eval()


def _step(learner: Learner, examples: Sequence[Encoded]) -> list[float]:
    """One step on ``examples``; the loss that each had before it."""
    learner.optimizer.zero_grad()
    batch = learner.collate(examples)
    tokens = max(learned_tokens(batch), 1)
    losses: list[float] = []
    for part in learner.micro_batches(batch):
        scored = learner.score(part)
        torch.autograd.backward(scored.loss_sum() / tokens)
        losses += scored.answer_losses().tolist()
    learner.optimizer_step()
    return losses


def _drill(targets: Sequence[Line], trouble: float, random: torch.Generator) -> Drill:
    """Lines, in trouble where they are much less probable than one among so many."""
    bound = math.log(max(len(targets), 1) / trouble)
    return Drill([line.example for line in targets], bound, random)
