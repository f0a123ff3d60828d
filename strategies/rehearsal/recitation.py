"""Rehearses all facts that the model recites; stores nothing, neither answers nor questions.

The model serves as its own memory. Before the first update it learns one *line* for each fact:
its first trained wording, starting from the token that starts a text. A model that learned N
lines equally well gives each a probability of 1/N, so before every update

    R = {y : p_θ₀(y) ≥ c/N},     θ₀ the weights before the update,

can be enumerated by searching the tree of continuations. Sampling would find most lines many
times and some never. Lines with less than a tenth of 1/N are searched only if too few are found
above it. The lines are parsed as facts again. If a key has several objects, or if there are more
lines than facts, those come first that the model confirms in another wording; a few more are
kept than there are facts. Lines of the update's keys and of erased facts are left out, and the
rest is rehearsed with the update, as lines and as sentences in the other trained wordings:

    L(θ) = E_update[−log p_θ(y|x)] + E_(y ∈ R ∪ update)[−log p_θ(y)] + E_(x, y of R)[−log p_θ(y|x)]

A superseded fact is thus no longer rehearsed, whereas penalties on weights keep protecting
superseded facts until nothing new can be learned. An epoch of a small update is filled up with
rehearsal, to the length of an epoch of larger updates. Difficult examples are rehearsed more often,
once more for each nat that a line lacks; their training loss shows which they are, at no extra
cost. When the update is learned, ``cooldown`` epochs follow in which the learning rate falls to
zero and every line is rehearsed. With a constant rate the lines stay so
unevenly probable that many would not be found before the next update. The cool-down is repeated,
each time with half the epochs, until all lines can be found or a round no longer helps. The base's
lines are taught in the same way. Under a fixed budget, the cool-down
starts when the update is learned, at the latest when half of the budget is left, and takes the
rest of it; the rate is higher, every line is rehearsed in every epoch, and other wordings are only
rehearsed once the update is learned.

Before each update it logs ``recited``, the share of the facts to rehearse that it recited, and
``made_up``, the number of other lines; after it ``unread``, the lines too improbable to be found.
A warning says so where it recited few.

With ``keep`` above zero, some facts are stored: those of the lines with the highest last loss, at
most that share of the base knowledge,

    K = argmax_(|K| ≤ k) Σ_(y ∈ K) −log p_θ(y)

They count as recited before the next update. A superseded or erased fact is removed at once, and
a fact that the model has learned well is replaced by a more difficult one. `replay` stores a
random sample of the known facts; this strategy stores those that would be lost.

Robins (1995), "Catastrophic forgetting, rehearsal and pseudorehearsal", rehearses the network's
own outputs; in Sun et al. (2020), "LAMOL: LAnguage MOdeling for Lifelong Language Learning",
the language model samples them. The decay after a constant rate is that of Hu et al. (2024),
"MiniCPM", section 4. New here, to our knowledge: enumerating instead of sampling, rehearsing
the index (the lines of old and new facts) itself, and forgetting by keys. `docs/recitation.md`
reports the effect of each, and where the method fails.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch
from pydantic import Field

from cltool.facts.identity import names_object
from cltool.strategies.rehearsal.common.cooling import Cooling
from cltool.strategies.rehearsal.common.lines import Line, lines, recite, start_tokens
from cltool.strategies.rehearsal.common.schedule import DIFFICULT, Schedule
from cltool.strategies.rehearsal.common.teaching import Amount, line_schedule, teach_lines
from cltool.training.longest import sentence_limit
from cltool.training.search_space import search
from cltool.training.stopping import EPOCHS, STEPS
from cltool.training.strategy import State, Strategy, StrategyConfig, fact_rows, facts_from_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cltool.facts.facts import Fact, Key, Update
    from cltool.training.learner import Learner

MOST = 1 / 2
"""Largest share of a fixed budget that is kept for the cool-down of an update not yet learned."""

OWN = 0.2
"""Share of the update's own sentences in an epoch of the cool-down, unless the epoch is short."""

RECITED = 0.9
"""Share of facts recited below which a warning says so."""


class RecitationConfig(StrategyConfig):
    """Settings of `recitation`."""

    mix: float = Field(
        json_schema_extra=search(0.1, 1),
        default=0.35,
        ge=0,
        le=1,
        description="share of all lines rehearsed in each epoch while the update is learned; 0:"
        " nothing is rehearsed, not even in the cool-down",
    )
    sentences: float = Field(
        json_schema_extra=search(0.2, 2, log=True),
        default=0.4,
        ge=0,
        description="number of rehearsed sentences, in any trained wording, per line",
    )
    cooldown: int = Field(
        json_schema_extra=search(2, 8),
        default=3,
        ge=0,
        description="epochs after the update is learned in which every line is rehearsed and the"
        " learning rate falls to zero",
    )
    steps: int = Field(
        default=80, ge=0, description="least steps of the cool-down; few facts get more epochs"
    )
    keep: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="most facts stored, as a share of the base knowledge: those with the least"
        " probable lines; 0: none",
    )
    share: float = Field(
        default=0.05,
        gt=0,
        le=1,
        description="c: a line is recited if its probability is at least this share of 1/N, the"
        " probability if all lines are equally probable",
    )
    trouble: float = Field(
        default=0.2, gt=0, le=1, description="share of 1/N below which a line is difficult"
    )
    max_tokens: int | None = Field(
        default=None,
        ge=2,
        description="most tokens of a line, if the model's context allows them; longer lines are"
        " not found; none: 256, or those of the longest sentence that is known",
    )
    drawn: int = Field(
        default=0,
        ge=0,
        description="number of lines to sample from the model instead of enumerating all, for"
        " comparison; 0: enumerate",
    )
    release: bool = Field(
        default=True,
        description="whether lines of superseded and erased facts are left out; false is for"
        " comparison",
    )
    base_epochs: int = Field(
        default=12,
        ge=0,
        description="epochs over the base's lines before the first update; few facts get more, up"
        " to 150 steps",
    )
    base_rate: float = Field(
        default=3.0,
        gt=0,
        description="learning rate of these epochs, and of updates with a fixed budget, × the"
        " learner's",
    )


class Recitation(Strategy[RecitationConfig]):
    """Rehearses the facts that the model recites before an update."""

    _targets: list[Line]
    _lines: Schedule
    _sentences: Schedule
    _own: Schedule | None
    _drawn: dict[int, tuple[Schedule, int]]
    _stored: list[Fact]
    _cooling: Cooling | None
    _share: float | None
    _epoch: int

    def attach(self, learner: Learner) -> None:
        """Teach the lines of the base knowledge.

        Raises:
            UserError: the tokenizer has no end token.
        """
        start_tokens(learner)
        self._drawn = {}
        self._stored = []
        self._clear()
        config, base = self.config, learner.known.valid()
        self._capacity = round(config.keep * len(base))
        if base:
            amount = Amount(config.base_epochs, config.sentences, config.base_rate, config.trouble)
            learner.log("unread", teach_lines(learner, base, amount))

    def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Let the model recite before it learns the update."""
        update: Update = learner.experience.update
        random = learner.generator("rehearsal")
        old = self._old(learner, update)
        self._targets = [*old, *lines(learner, update.learn)]
        self._lines = line_schedule(self._targets, self.config.trouble, random)
        # Other wordings are known only for lines that a wording matches.
        facts = [line.fact for line in old if line.fact is not None]
        self._sentences = Schedule(learner.examples(facts), DIFFICULT, random)

    def before_training_epoch(self, learner: Learner, **kwargs: Any) -> None:
        """Draw the lines and sentences of this epoch."""
        config = self.config
        loader = learner.loader
        if not self._epoch and learner.train_epochs <= self._wanted(learner):
            self._cool(learner)
        self._epoch += 1
        self._cooled = self._cooling is not None
        # A fixed budget is short: every line, and no sentences until the update is learned.
        budget = learner.share_left() is not None
        if self._cooled or budget:
            index = self._lines.each() if config.mix else []
            sentences = config.sentences if not budget or learner.stopping.learned else 0.0
            count = round(sentences * len(index))
        else:
            taken, count = self._amounts(learner)
            index = self._lines.take(taken)
        others = self._sentences.take(count)
        self._drawn = {}
        for schedule, numbers in ((self._lines, index), (self._sentences, others)):
            for number in numbers:
                self._drawn[len(loader.own) + len(loader.rehearsed)] = schedule, number
                loader.rehearsed.append(schedule.examples[number])
        self._step, self._steps = 0, len(loader)
        self._share = learner.share_left()

    def before_training_iteration(self, learner: Learner, **kwargs: Any) -> None:
        """Lower the learning rate during the cool-down; under a budget it starts higher."""
        left = learner.share_left()
        factor = 1.0 if left is None else self.config.base_rate
        if self._cooling is not None and self._cooled:
            factor *= self._cooling.factor(self._step / self._steps, left)
        for group in learner.optimizer.param_groups:
            group["lr"] *= factor
        self._step += 1

    def before_backward(self, learner: Learner, **kwargs: Any) -> None:
        """Record the loss of each rehearsed example."""
        positions = learner.mbatch["place"].tolist()
        for position, loss in zip(positions, learner.losses().tolist(), strict=True):
            if position in self._drawn:
                schedule, number = self._drawn[position]
                schedule.record(number, loss)

    def after_training_epoch(self, learner: Learner, **kwargs: Any) -> None:
        """Start the cool-down at the latest in the last epochs, and stop after it."""
        if self._cooling is not None and self._cooled:
            missing, left = len(self._lines.difficult()), learner.train_epochs - self._epoch
            if self._cooling.over(missing, len(self._targets), left):
                learner.stop_training()
        elif self._due(learner):
            self._cool(learner)
        if self._own is not None:
            # Set here, before the hooks of the next epoch read it.
            drawn = self._own.take(self._own_of_cooling(learner, len(self._own.examples)))
            learner.loader.own = [self._own.examples[number] for number in drawn]

    def settled(self, learner: Learner) -> bool:
        """Start the cool-down when the update is learned; return True if there is none."""
        self._cool(learner)
        return self._own is None

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Store the facts of the most difficult lines, if ``keep`` is above 0."""
        learner.log("unread", len(self._lines.difficult()))
        facts = (self._targets[number].fact for number in self._lines.by_loss())
        self._stored = [fact for fact in facts if fact is not None][: self._capacity]
        self._clear()

    def forget(self, facts: Sequence[Fact]) -> None:
        """Drop superseded and erased facts."""
        gone = {fact.key for fact in facts}
        self._stored = [fact for fact in self._stored if fact.key not in gone]

    def state_dict(self) -> State:
        """Return the stored facts."""
        return {"facts": fact_rows(self._stored)} if self._capacity else {}

    def load_state_dict(self, state: State) -> None:
        """Restore the stored facts."""
        self._stored = facts_from_rows(state.get("facts", []))

    def _old(self, learner: Learner, update: Update) -> list[Line]:
        """Return the stored and recited lines of facts that the update does not change."""
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
            sentence_limit(learner, 256, config.max_tokens, "recitation"),
            gone | stored,
            config.drawn,
        )
        self._report(learner, recited, gone | stored)
        return [*lines(learner, self._stored), *recited]

    def _report(self, learner: Learner, recited: Sequence[Line], left_out: set[Key]) -> None:
        """Log how many of the facts that must be rehearsed were recited; warn if many were not.

        This compares them with the facts that the stream taught; training does not use it.
        """
        valid = {f.key: f.accepted for f in learner.known.valid() if f.key not in left_out}
        read = {line.fact.key: line.fact.object for line in recited if line.fact is not None}
        right = sum(names_object(read.get(key, ""), names) for key, names in valid.items())
        learner.log("recited", right / max(len(valid), 1))
        learner.log("made_up", len(recited) - right)
        if right < RECITED * len(valid) and learner.current is not None:
            learner.warnings.append(
                f"recitation recited {right} of the {len(valid)} facts that it had to rehearse"
                f" before {learner.current.label}; it could not rehearse the others."
            )

    def _amounts(self, learner: Learner) -> tuple[int, int]:
        """Return the number of lines and of sentences to rehearse while the update is learned.

        A small update needs more epochs, in which the model would see little but the update. So
        an epoch that is shorter than those of larger updates is filled up, with at most every line
        once, and one sentence for each.
        """
        config, known = self.config, len(self._targets)
        room = learner.settings.batch_size * STEPS / EPOCHS - len(learner.loader.own)
        lines = min(known, max(config.mix * known, room / (1 + config.sentences)))
        if not config.mix:
            return 0, 0
        sentences = max(config.sentences * lines, min(lines, room - lines))
        return round(lines), round(sentences if config.sentences else 0)

    def _due(self, learner: Learner) -> bool:
        """Return whether the cool-down must start with the next epoch."""
        left = learner.share_left()
        if left is None or self._share is None:
            return learner.train_epochs - self._epoch <= self._wanted(learner)
        # The share of the budget that the cool-down takes is estimated from the last epoch.
        spent = self._share - left
        loader = learner.loader
        ratio = self._sentences_of_cooling(learner) / (len(loader.own) + len(loader.rehearsed))
        needed = min(MOST, self.config.cooldown * spent * ratio)
        return learner.stopping.learned or left - spent / 2 <= needed

    def _cool(self, learner: Learner) -> None:
        """Start the cool-down with the next epoch."""
        if self._own is None and self.config.cooldown:
            self._own = Schedule(learner.loader.examples, DIFFICULT, learner.generator("cooldown"))
            left = learner.train_epochs - self._epoch
            self._cooling = Cooling(min(self._wanted(learner), left), learner.share_left())

    def _wanted(self, learner: Learner) -> int:
        """Return the number of epochs of the cool-down."""
        config = self.config
        if not config.cooldown:
            return 0
        sentences = self._sentences_of_cooling(learner)
        steps = max(1, math.ceil(sentences / learner.settings.batch_size))
        return max(config.cooldown, math.ceil(config.steps / steps))

    def _sentences_of_cooling(self, learner: Learner) -> float:
        """Return the number of lines and sentences in an epoch of the cool-down."""
        own = len(learner.loader.examples if self._own is None else self._own.examples)
        rehearsed = (1 + self.config.sentences) * len(self._targets)
        return rehearsed + self._own_of_cooling(learner, own)

    def _own_of_cooling(self, learner: Learner, own: int) -> int:
        """Return how many of the update's ``own`` sentences an epoch of the cool-down has.

        A short epoch is filled up with them, as with rehearsal in `_amounts`.
        """
        rehearsed = (1 + self.config.sentences) * len(self._targets)
        room = learner.settings.batch_size * STEPS / EPOCHS - rehearsed
        return math.ceil(min(own, max(OWN * own, room)))

    def _clear(self) -> None:
        self._targets = []
        self._lines = self._sentences = line_schedule([], 1.0, torch.Generator())
        self._own = None
        self._cooling = None
        self._cooled = False
        self._share = None
        self._epoch = self._step = self._steps = 0
