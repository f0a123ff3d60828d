"""Adds to the MLPs neurons that fire where a taught fact's subject is named; no weight changes.

Huang et al. (2023), "Transformer-Patcher: One mistake worth one neuron", add neurons to a model
that is otherwise frozen, and train them to fire at one mistake and nowhere else. Here the MLPs of
some blocks in the middle get neurons. A neuron i reads what the MLP reads, n, and adds to its
output:

    a_i(n) v_i,      a_i(n) = f(β_i g_i·n) (c·n) / β_i

f is the activation of the MLPs. The factor c·n is nearly 1; it stands for the second projection of
an MLP with a gate, and is left out for others. Each fact has one neuron in each of these blocks. It
fires at the last token of the subject, where Meng et al. (2022), "Locating and editing factual
associations in GPT", find that facts are recalled. A neuron never fires if its states cannot be
told apart from all others.

The gates g_i, β_i have a closed form: Fisher's discriminant between the states at these tokens and
other states (`cltool.strategies.editing.common.gates`): those at the update's other tokens and
facts, in texts that the model wrote itself before the first update, and in two prompts about each
other known fact. In these texts and prompts the new neurons add nothing above rounding. At the
update's other tokens this holds in the first of the blocks; the states in later blocks change when
its neurons fire. Texts that the model writes about the update's subjects, and written texts that
name one, count for the directions of the gates only. The values v_i are trained on the update's
sentences, and nothing else is trained:

    v = argmin −Σ log p(y|x; v)

So an update does not change what was known before, as long as the gates stay closed there. A
superseded or erased fact that an update taught is removed exactly, with its neurons. What the base
weights know cannot be erased; a new object of a base fact only overrides it.

A saved model has the neurons as further rows and columns of its MLPs' matrices: it is a model of
the same architecture with wider MLPs. In a run that starts from it they are weights like all
others, and their facts can no longer be removed. MLPs that are not plain cannot be widened:
mixtures of experts, state-space blocks, fused projections as in Phi-3, and weights of 4 bits. There
the neurons stand beside the block with f = relu, and a saved model lacks them.

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

It keeps the model's states in the written texts (tokens × blocks × width × 4 bytes, on the CPU),
the keys of known facts without their objects, and the neurons: blocks × 3 × width numbers for each
fact that an update taught.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch
from pydantic import Field
from torch import Tensor

from cltool.core.errors import Diverged
from cltool.facts.identity import key_of
from cltool.lm.batches import IGNORED, Batch, bucketed, collate, split
from cltool.lm.coder import Encoded
from cltool.lm.layers import blocks, numbers
from cltool.strategies.editing.common.gates import Gates, fit
from cltool.strategies.editing.common.model_texts import beginnings, shares, written
from cltool.strategies.editing.common.passes import Passes
from cltool.strategies.editing.common.patches import Patches
from cltool.strategies.editing.common.subject_tokens import Located, located
from cltool.strategies.editing.common.text_states import TextStates
from cltool.strategies.rehearsal.common.prompts import Prompts
from cltool.training.search_space import search
from cltool.training.strategy import State, Strategy, StrategyConfig

if TYPE_CHECKING:
    from cltool.facts.facts import Fact, Key, Update
    from cltool.lm.coder import Coder
    from cltool.training.learner import Learner

ABOUT = 2
"""Number of texts that the model writes about each subject of an update."""

ASKED = 2
"""Number of prompts about each other known fact at which new gates stay closed."""


class PatcherConfig(StrategyConfig):
    """Settings of `patcher`."""

    layers: list[int] = Field(
        default=[],
        description="numbers of the blocks that get neurons, negative from the last; empty: those"
        " between a sixth and half of the depth",
    )
    written: int = Field(
        default=240,
        ge=0,
        description="number of texts that the model writes before the first update; gates stay"
        " closed in them",
    )
    ridge: float = Field(
        default=0.01,
        gt=0,
        json_schema_extra=search(0.001, 0.1, log=True),
        description="λ of the discriminant, as a share of the mean eigenvalue of the states'"
        " second moment",
    )
    place: float = Field(
        default=0.5,
        gt=0,
        lt=1,
        json_schema_extra=search(0.2, 0.8),
        description="where a gate begins to open, between the largest score of all other states (0)"
        " and the median score of its own (1)",
    )
    rate: float = Field(
        default=0.03,
        gt=0,
        json_schema_extra=search(0.01, 0.3, log=True),
        description="Adam's rate, × the median root mean square of what an MLP adds",
    )
    epochs: int = Field(default=40, ge=1, description="maximum number of passes over an update")
    more: int = Field(
        default=4,
        ge=0,
        description="further passes once every sentence of the update is completed correctly; they"
        " help with wordings that were not trained",
    )


class Patcher(Strategy[PatcherConfig]):
    """Trains values of neurons whose gates open at the subjects of the update."""

    shares_weights = True
    outside = "its neurons"
    trains = False

    def attach(self, learner: Learner) -> None:
        """Put the neurons beside the model, and record its states in texts that it writes.

        Raises:
            UserError: the model has no such block, or its blocks have no feed-forward part.
        """
        depth = len(blocks(learner.model))
        middle = [*range(depth // 6, max(depth // 2, depth // 6 + 1))]
        self._layers = numbers(self.config.layers, depth, "strategy.patcher.layers") or middle
        self._patches = Patches(learner, self._layers)
        self._owners: list[Key] = []
        self._known = Prompts()
        self._known.take(learner.known.valid())
        heads = beginnings(learner, learner.known.valid()[:32])
        counts = shares(heads, self.config.written)
        coder, random = learner.lm.coder, learner.generator("written")
        texts = written(learner, counts, random) or [_no_words(coder)]
        watched = self._patches.watch(learner, [_read(ids) for ids in texts], outputs=True)
        decoded, lengths = [coder.decode(ids) for ids in texts], [*map(len, texts)]
        self._text_states = TextStates([one for one, _ in watched], decoded, lengths)
        # The median: the first token of a text can have a state that is a hundred times as long.
        self._sizes = [float(one.pow(2).mean(dim=1).sqrt().median()) for _, one in watched]

    def update(self, learner: Learner, update: Update) -> None:
        """Add neurons for the update's facts, and train their values."""
        sentences = [located(learner, fact) for fact in update.learn]
        facts = [fact for fact, own in zip(update.learn, sentences, strict=True) if own]
        sentences = [own for own in sentences if own]
        if not facts:
            return
        gates, begun = self._new_gates(learner, facts, sentences), learner.steps
        opens = torch.stack([one.can_open for one in gates]).any(dim=0).tolist()
        learned = [own for own, can_open in zip(sentences, opens, strict=True) if can_open]
        passes = self._train(learner, gates, [one.example for own in learned for one in own])
        self._owners += [fact.key for fact in facts]
        self._known.take(update.learn)
        closed, label = opens.count(False), update.label
        learner.log("closed", closed)
        learner.log("completed", passes.hits / sum(map(len, sentences)))
        unnamed = sum(not any(one.subject for one in own) for own in sentences)
        if closed > unnamed:
            learner.warnings.append(
                f"patcher found no gate for {closed - unnamed} of the {len(facts)} facts of"
                f" {label}: the model's states at their subjects are too much like other states."
                " It did not learn these facts."
            )
        if unnamed:
            learner.warnings.append(
                f"patcher did not learn {unnamed} of the {len(facts)} facts of {label}: no trained"
                " wording names their subjects."
            )
        if learned and learner.steps == begun:
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
        """Return the state, and the states in the written texts, which `attach` makes again."""
        texts = zip(self._layers, self._text_states.states, strict=True)
        return {**self.state_dict(), **{f"texts.{number}": states for number, states in texts}}

    def load_state_dict(self, state: State) -> None:
        """Restore what `state_dict` returned."""
        self._known.load_state_dict(state)
        self._owners = [key_of(*owner) for owner in state["owners"]]
        self._patches.load_state_dict(state)

    def _new_gates(
        self, learner: Learner, facts: Sequence[Fact], sentences: Sequence[Sequence[Located]]
    ) -> list[Gates]:
        """Return the gates of the update's facts at each block, in their order."""
        config = self.config
        states = self._states(learner, [one.example for own in sentences for one in own])
        taught, random = {fact.key for fact in facts}, learner.generator("prompts")
        prompts = self._known.of_each(learner, ASKED, random, taught)
        asked = self._states(learner, [_read(ids) for ids in learner.lm.coder.prompts(prompts)])
        counts = dict.fromkeys((fact.subject for fact in facts), ABOUT)
        texts = written(learner, counts, learner.generator("about"))
        about = self._states(learner, [_read(ids) for ids in texts])
        subjects: list[list[int]] = []
        start = 0
        for own in sentences:
            subjects.append([])
            for one in own:
                subjects[-1] += [start + place for place in one.subject]
                start += len(one.example)
        named = {token for tokens in subjects for token in tokens}
        rest = [token for token in range(start) if token not in named]
        made, names = [], {fact.subject for fact in facts}
        for place, at in enumerate(states):
            apart, naming = (one.to(at) for one in self._text_states.apart(place, names))
            others = torch.cat([apart, asked[place], at[rest]])
            near = torch.cat([naming, about[place]])
            classes = [at[tokens] for tokens in subjects]
            made.append(fit(classes, others, near, ridge=config.ridge, place=config.place))
        return made

    def _train(
        self, learner: Learner, gates: Sequence[Gates], examples: Sequence[Encoded]
    ) -> Passes:
        """Train the values of the newest neurons on ``examples``; return how it went.

        Raises:
            Diverged: a value is not finite.
        """
        config = self.config
        patches = self._patches
        before = patches.values
        patches.gates = [old.with_(new) for old, new in zip(patches.gates, gates, strict=True)]
        values = [
            old.new_zeros(len(new), old.shape[1], requires_grad=True)
            for old, new in zip(before, gates, strict=True)
        ]
        optimizer = torch.optim.Adam(
            {"params": [one], "lr": config.rate * size}
            for one, size in zip(values, self._sizes, strict=True)
        )
        random, cost = learner.generator("batches"), sum(map(len, examples))
        passes = Passes(config.more, learner.settings.stop_at * len(examples))
        with _frozen(learner):
            while examples and passes.count < config.epochs and passes.go_on:
                most = learner.left()
                if most is not None and most < cost:
                    break
                made = self._pass(learner, examples, before, values, optimizer, random)
                if made is None:
                    break
                passes.take(*made)
                learner.progress(passes.count, config.epochs)
        patches.values = _joined(before, [one.detach() for one in values])
        if not all(bool(one.isfinite().all()) for one in patches.values):
            raise Diverged(
                "the values of patcher's neurons are not finite",
                where="strategy.patcher.rate",
                hint=f"Use a lower rate than {config.rate:g}.",
            )
        return passes

    def _pass(
        self,
        learner: Learner,
        examples: Sequence[Encoded],
        before: Sequence[Tensor],
        values: Sequence[Tensor],
        optimizer: torch.optim.Optimizer,
        random: torch.Generator,
    ) -> tuple[int, float] | None:
        """Train once on all ``examples``.

        Returns:
            How many were completed correctly, and their summed loss; None if the budget ran out.
        """
        pad, hits, nats = learner.lm.coder.pad, 0, 0.0
        for chosen in bucketed([len(one) for one in examples], learner.settings.batch_size, random):
            if learner.share_left() == 0.0:
                return None
            batch, spent = collate([examples[number] for number in chosen], pad), learner.tokens
            total = int((batch["labels"] != IGNORED).sum())

            def attempt(
                size: int, batch: Batch = batch, spent: int = spent, total: int = total
            ) -> tuple[int, float]:
                # What an attempt that ran out of memory left behind does not count.
                learner.tokens, right, loss = spent, 0, 0.0
                self._patches.drop()
                optimizer.zero_grad()
                for part in split(batch, size):
                    self._patches.values = _joined(before, values)
                    scored = learner.score(part)
                    right, summed = right + int(scored.hits().sum()), scored.loss_sum()
                    loss += float(summed.detach())
                    for one, grad in zip(
                        values, torch.autograd.grad(summed / total, values), strict=True
                    ):
                        one.grad = grad if one.grad is None else one.grad + grad
                return right, loss

            right, loss = learner.forward_size.run(attempt)
            hits, nats = hits + right, nats + loss
            optimizer.step()
            learner.steps += 1
        return hits, nats

    def _states(self, learner: Learner, examples: Sequence[Encoded]) -> list[Tensor]:
        """Return (tokens, width) for each block: what neurons read at every token of ``examples``.

        They are in the order of the examples.
        """
        return [states for states, _ in self._patches.watch(learner, examples)]


def _read(ids: Sequence[int]) -> Encoded:
    """Return a text that the model reads and that is not trained."""
    return Encoded(tuple(ids), len(ids), end=False)


def _joined(before: Sequence[Tensor], values: Sequence[Tensor]) -> list[Tensor]:
    """Return the values of all neurons at each block: the earlier ones and the newest."""
    return [torch.cat(two) for two in zip(before, values, strict=True)]


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
