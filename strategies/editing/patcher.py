"""Adds to the MLPs neurons that fire where a taught fact's subject is named; no weight changes.

Huang et al. (2023), "Transformer-Patcher: One mistake worth one neuron", add neurons to a model
that is otherwise frozen, and train them to fire at one mistake and nowhere else. Here the MLPs of
some blocks in the middle get neurons. A gate i of them reads what the MLP reads, n, and adds to
its output:

    a_i(n) v_i,      a_i(n) = (f(β_i g_i·n) − f(β_i (g_i − c)·n)) (c·n) / β_i

f is the activation of the MLPs. The last factor c·n is nearly 1; it stands for the second
projection of an MLP with a gate, and is left out for others. A gate is closed at 0, and open at 1
and no further. Each fact has a gate in at most four of these blocks, those where it is told apart
best. It opens at the last token of the subject, where Meng et al. (2022), "Locating and editing
factual associations in GPT", find that facts are recalled. A gate never opens if its states cannot
be told apart from all others.

The gates g_i, β_i have a closed form: Fisher's discriminant between the states at these tokens and
other states (`cltool.strategies.editing.common.gates`): those at the update's other tokens and
facts, in texts that the model wrote itself before the first update, in random tokens, and in two
prompts about each other known fact. In these texts and prompts the new neurons add nothing above
rounding. At the update's other tokens this holds in the first of the blocks; the states in later
blocks change when its neurons fire. The ridge of the discriminant is chosen for each block and
update by states that it was not computed from. So nothing is set for one model's numbers. In other
texts a gate may open, seldom, and rarely in all blocks of a fact: no single gate can add more than
its own value, a part of what states the fact. Sentences of these texts into which an update's
subject is put count for the directions only.

The values v_i are trained on the update's sentences, and nothing else is:

    v = argmin −mean log p(y|x; v)

Each fact is trained for itself, until its sentences are completed correctly and with certainty
(``sure``). In each step, other words of the prompts are replaced by random tokens (``swapped``). So
the object follows from the subject and less from the wording, as with the random beginnings of
Meng et al., and wordings that were not trained find it, too.

So an update does not change what was known before, as long as the gates stay closed there. A
superseded or erased fact that an update taught is removed exactly, with its neurons. What the base
weights know cannot be erased; a new object of a base fact only overrides it.

A saved model has the neurons as further rows and columns of its MLPs' matrices, two for each gate:
it is a model of the same architecture with wider MLPs. In a run that starts from it they are
weights like all others, and their facts can no longer be removed. MLPs that are not plain cannot be
widened: mixtures of experts, state-space blocks, fused projections as in Phi-3, and weights of 4
bits. There the neurons stand beside the block with f = relu, and a saved model lacks them.

Differences from the paper, with reasons:

- The paper trains the gates by losses on activations, with a memory of earlier inputs. The closed
  form needs no memory of answers, and holds at all states that it has seen.
- The paper adds one neuron for each token of a mistake to the last block. Here the blocks after it
  read a value in the middle of the model, so one value produces an object of several tokens.

Where a wording names the subject before the relation, the states at the subject are those of any
relation of this subject. If another relation of it is known, the gate stays closed there, and the
fact is learned in the other wordings only, or not at all. The same holds for a subject whose name
begins another known subject's name (York, York City): both are read up to the same place.

Of the learner's settings it uses the batch sizes, the budgets and ``stop_at``.

It keeps the model's states in the texts (tokens × blocks × width × 4 bytes, on the CPU), the keys
of known facts without their objects, and the gates: blocks × 3 × width numbers for each fact that
an update taught.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch
from pydantic import Field

from cltool.core.errors import Diverged
from cltool.facts.identity import key_of
from cltool.lm.layers import blocks, numbers
from cltool.strategies.editing.common.background import Placed, distinct, elsewhere, noise, said
from cltool.strategies.editing.common.fact_gates import Given, fact_gates, unlearned
from cltool.strategies.editing.common.gates import Gates
from cltool.strategies.editing.common.model_texts import beginnings, shares, written
from cltool.strategies.editing.common.passes import Passes
from cltool.strategies.editing.common.patches import Patches
from cltool.strategies.editing.common.subject_tokens import Located, located
from cltool.strategies.editing.common.text_states import Text, TextStates
from cltool.strategies.editing.common.values import Lesson, Values, train
from cltool.strategies.rehearsal.common.prompts import Prompts
from cltool.training.search_space import search
from cltool.training.strategy import State, Strategy, StrategyConfig

if TYPE_CHECKING:
    from cltool.facts.facts import Fact, Key, Update
    from cltool.lm.coder import Coder
    from cltool.training.learner import Learner

ASKED = 2
"""Number of prompts about each other known fact at which new gates stay closed."""

BLOCKS = 6
"""Most blocks that get neurons, unless they are named."""

NOTHING = Lesson([], [])
"""What a fact without a gate is trained on."""


class PatcherConfig(StrategyConfig):
    """Settings of `patcher`."""

    layers: list[int] = Field(
        default=[],
        description="numbers of the blocks that get neurons, negative from the last; empty: at most"
        " six between a sixth and half of the depth",
    )
    gates: int = Field(
        default=4,
        ge=1,
        description="most blocks in which one fact has neurons: those where its gate has the"
        " largest margin",
    )
    written: int = Field(
        default=120,
        ge=0,
        description="number of texts that the model writes before the first update; gates stay"
        " closed in them",
    )
    noise: int = Field(
        default=300,
        ge=0,
        description="number of texts of random tokens; gates stay closed in them, too",
    )
    place: float = Field(
        default=0.5,
        gt=0,
        lt=1,
        json_schema_extra=search(0.2, 0.7),
        description="where a gate begins to open, between the largest score of all other states (0)"
        " and the median score of its own (1)",
    )
    rate: float = Field(
        default=0.3,
        gt=0,
        json_schema_extra=search(0.03, 1.0, log=True),
        description="Adam's rate, × the median root mean square of what an MLP adds",
    )
    swapped: float = Field(
        default=0.3,
        ge=0,
        lt=1,
        json_schema_extra=search(0.0, 0.5),
        description="probability that a word of a trained prompt other than the subject is replaced"
        " by a random token, drawn anew in each step; then the object depends less on the wording",
    )
    epochs: int = Field(
        default=60,
        ge=1,
        description="maximum number of steps on a fact; each reads two of its sentences",
    )
    sure: float = Field(
        default=0.6,
        gt=0,
        lt=1,
        json_schema_extra=search(0.3, 0.9),
        description="training of a fact ends when its sentences, each as it was last read, with"
        " replaced words, are completed correctly, and with at least this probability (their"
        " geometric mean)",
    )


class Patcher(Strategy[PatcherConfig]):
    """Trains values of neurons whose gates open at the subjects of the update.

    Attributes:
        sentences: what the model wrote before the first update, as text.
    """

    shares_weights = True
    outside = "its neurons"
    trains = False

    def attach(self, learner: Learner) -> None:
        """Put the neurons beside the model, and record its states in texts that nobody gave it.

        Raises:
            UserError: the model has no such block, or its blocks have no feed-forward part.
        """
        config, coder = self.config, learner.lm.coder
        depth = len(blocks(learner.model))
        self._layers = numbers(config.layers, depth, "strategy.patcher.layers") or _middle(depth)
        self._patches = Patches(learner, self._layers)
        self._owners: list[Key] = []
        self._known = Prompts()
        self._known.take(learner.known.valid())
        heads = beginnings(learner, learner.known.valid()[:32])
        counts = shares(heads, config.written)
        texts = written(learner, counts, learner.generator("written"))
        if config.written and not texts:
            learner.warnings.append(
                "patcher: the model wrote no text, so the gates of neurons are calibrated on random"
                " tokens and on the known facts alone. They may open in ordinary texts."
            )
        self.sentences = [said(coder, ids) for ids in texts]
        known = self._texts(learner, texts)
        watched = self._patches.watch(learner, [unlearned(one.ids) for one in known], outputs=True)
        states, fresh = [one for one, _ in watched], distinct([one.ids for one in known])
        self._text_states = TextStates(states, known, fresh)
        # The median: the first token of a text can have a state that is a hundred times as long.
        self._sizes = [float(one.pow(2).mean(dim=1).sqrt().median()) for _, one in watched]

    def update(self, learner: Learner, update: Update) -> None:
        """Add neurons for the update's facts, and train their values."""
        sentences = [located(learner, fact) for fact in update.learn]
        facts = [fact for fact, own in zip(update.learn, sentences, strict=True) if own]
        sentences = [own for own in sentences if own]
        if not facts:
            return
        begun = learner.steps
        placed = elsewhere(
            learner,
            [fact.subject for fact in facts],
            self.sentences,
            learner.generator("elsewhere"),
        )
        gates = self._new_gates(learner, facts, sentences, placed)
        opens = torch.stack([one.can_open for one in gates]).any(dim=0).tolist()
        lessons = [
            _lesson(own) if can_open else NOTHING
            for own, can_open in zip(sentences, opens, strict=True)
        ]
        passes = self._train(learner, gates, lessons)
        self._owners += [fact.key for fact in facts]
        self._known.take(update.learn)
        learner.log("closed", opens.count(False))
        hits = sum(one.hits for one in passes)
        learner.log("completed", hits / sum(map(len, sentences)))
        self._warn(learner, update, sentences, opens, spent=learner.steps == begun)

    def _texts(self, learner: Learner, chats: Sequence[tuple[int, ...]]) -> list[Text]:
        """Return the texts in which gates stay closed, given those that the model wrote."""
        coder, most = learner.lm.coder, learner.lm.context
        plain = [] if coder.chat is None else coder.documents(self.sentences)
        known = [Text(coder.decode(ids), ids[:most]) for ids in chats]
        known += [Text(coder.decode(ids), tuple(ids)[:most]) for ids in plain if ids]
        random = noise(learner, self.config.noise, learner.generator("noise"))
        known += [Text(coder.decode(ids), ids[:most], random=True) for ids in random]
        return known or [Text("", _no_words(coder))]

    def _warn(
        self,
        learner: Learner,
        update: Update,
        sentences: Sequence[Sequence[Located]],
        opens: Sequence[bool],
        *,
        spent: bool,
    ) -> None:
        """Say which facts were not learned, and why."""
        closed, count, label = list(opens).count(False), len(sentences), update.label
        unnamed = sum(not any(one.subject for one in own) for own in sentences)
        if closed > unnamed:
            learner.warnings.append(
                f"patcher found no gate for {closed - unnamed} of the {count} facts of"
                f" {label}: the model's states at their subjects are too much like other states."
                " It did not learn these facts."
            )
        if unnamed:
            learner.warnings.append(
                f"patcher did not learn {unnamed} of the {count} facts of {label}: no trained"
                " wording names their subjects."
            )
        if any(opens) and spent:
            learner.warnings.append(
                f"patcher learned none of the facts of {label}: its budget was spent before the"
                " first step."
            )

    def forget(self, facts: Sequence[Fact]) -> None:
        """Remove the keys and the neurons of superseded and erased facts."""
        gone = {fact.key for fact in facts}
        self._known.forget(facts)
        kept = [number for number, owner in enumerate(self._owners) if owner not in gone]
        self._owners = [self._owners[number] for number in kept]
        self._patches.keep(kept)

    def fold(self, learner: Learner) -> bool:
        """Write the neurons into the model's MLPs, and keep none; False if it has no such MLPs."""
        if not self._patches.fold(learner.model):
            return False
        self._owners = []
        return True

    def state_dict(self) -> State:
        """Return the neurons and the keys."""
        state = self._known.state_dict()
        state["owners"] = [list(owner) for owner in self._owners]
        return {**state, **self._patches.state_dict()}

    def stored(self) -> State:
        """Return the state, and the states in the texts, which `attach` makes again."""
        texts = zip(self._layers, self._text_states.states, strict=True)
        return {**self.state_dict(), **{f"texts.{number}": states for number, states in texts}}

    def load_state_dict(self, state: State) -> None:
        """Restore what `state_dict` returned."""
        self._known.load_state_dict(state)
        self._owners = [key_of(*owner) for owner in state["owners"]]
        self._patches.load_state_dict(state)

    def _new_gates(
        self,
        learner: Learner,
        facts: Sequence[Fact],
        sentences: Sequence[Sequence[Located]],
        placed: Sequence[Placed],
    ) -> list[Gates]:
        """Return the gates of the update's facts at each block, in their order."""
        taught, random = {fact.key for fact in facts}, learner.generator("prompts")
        asked = self._known.of_each(learner, ASKED, random, taught)
        subjects = [fact.subject for fact in facts]
        given = Given(subjects, sentences, placed, asked, self._text_states)
        config = self.config
        return fact_gates(learner, self._patches, given, place=config.place, most=config.gates)

    def _train(
        self, learner: Learner, gates: Sequence[Gates], lessons: Sequence[Lesson]
    ) -> list[Passes]:
        """Train the values of the newest neurons on ``lessons``; return how it went.

        Raises:
            Diverged: a value is not finite.
        """
        config, patches = self.config, self._patches
        before = patches.values
        patches.gates = [old.with_(new) for old, new in zip(patches.gates, gates, strict=True)]
        with _frozen(learner):
            values = Values(
                learner,
                patches,
                before,
                self._sizes,
                lessons,
                rate=config.rate,
                swapped=config.swapped,
                random=learner.generator("swapped"),
            )
            passes = train(
                values,
                learner,
                lessons,
                epochs=config.epochs,
                sure=config.sure,
                random=learner.generator("batches"),
            )
        values.finish()
        if not all(bool(one.isfinite().all()) for one in patches.values):
            raise Diverged(
                "the values of patcher's neurons are not finite",
                where="strategy.patcher.rate",
                hint=f"Use a lower rate than {config.rate:g}.",
            )
        return passes


def _middle(depth: int) -> list[int]:
    """Return the numbers of the blocks that get neurons in a model of ``depth`` blocks."""
    found = range(depth // 6, max(depth // 2, depth // 6 + 1))
    count = min(BLOCKS, len(found))
    return sorted({found[round(n * (len(found) - 1) / max(count - 1, 1))] for n in range(count)})


def _lesson(own: Sequence[Located]) -> Lesson:
    """Return what the values of one fact are trained on."""
    first = min(place for one in own for place in (*one.subject, *one.loose))
    return Lesson([one.example for one in own], [one.loose for one in own], first)


def _no_words(coder: Coder) -> tuple[int, ...]:
    """Return a text without words."""
    return tuple(coder.documents([""])[0] or [coder.pad])


@contextmanager
def _frozen(learner: Learner) -> Iterator[None]:
    """Let no graph go through the model's own weights, of which no gradient is needed."""
    weights = [*learner.trainable().values()]
    for one in weights:
        one.requires_grad_(False)
    try:
        yield
    finally:
        for one in weights:
            one.requires_grad_(True)
