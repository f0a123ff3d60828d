"""Trains only the memory slots that an update reads and that other texts rarely read.

Lin et al. (2025), "Continual Learning via Sparse Memory Finetuning". The model has product-key
memories (`cltool.lm.product_keys`): tables of values, of which each token reads a few. Before an
update is trained, the slots that its facts read are ranked by TF-IDF. With c(i) the reads of slot i
in the sentences of a fact, and B the background's documents,

    score(i) = c(i) / Σ_j c(j) · log((|B| + 1) / (|{b ∈ B: c_b(i) > 0}| + 1))

The values of the ``top`` slots of each fact are trained. All other weights are frozen, so texts
that read none of these slots get the same answers as before.

The background is a document for each fact that is known, and texts that the model writes itself.
The paper takes batches of its pretraining data, which a user of a model rarely has. Of the
background, only the number of documents that read each slot is kept. The facts of an update join it
when they are learned. The reads of superseded and erased facts are subtracted from the background.
The changes that these facts made to the values remain.

Differences from the paper: the paper selects slots for each batch, and a batch has the paraphrases
of one fact. Here, slots are selected for each fact, and every batch trains the slots of all facts
of the update. A read counts with its weight times the gradient of what the memory returns there,
because most tokens of a prompt have no influence on the answer. The optimizer is AdamW, not SGD.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import torch
from pydantic import Field

from cltool.core.errors import UserError
from cltool.core.plurals import plural
from cltool.lm.coder import Encoded
from cltool.lm.product_keys import memories
from cltool.strategies.adapters.common.slot_reads import (
    most_specific,
    slot_reads,
    slot_weights,
    tf_idf,
)
from cltool.strategies.editing.common.model_texts import beginnings, shares, written
from cltool.training.search_space import search
from cltool.training.strategy import State, Strategy, StrategyConfig

if TYPE_CHECKING:
    from torch import Tensor

    from cltool.facts.facts import Fact, Update
    from cltool.training.learner import Learner

PART = 128
"""Documents whose reads are counted together."""


class SparseMemoryConfig(StrategyConfig):
    """Settings of `sparse_memory`."""

    top: int = Field(
        default=64,
        ge=1,
        json_schema_extra=search(8, 512, log=True),
        description="number of slots of each memory that each fact trains",
    )
    written: int = Field(
        default=240,
        ge=0,
        description="number of texts of the background that the model writes before the first"
        " update",
    )


class SparseMemory(Strategy[SparseMemoryConfig]):
    """Trains the values of slots that are specific to the update."""

    needs_memory = True
    # A value gets a gradient only from the tokens that read it.
    presets: ClassVar[Mapping[str, Any]] = {"lr_scale": 3.0}

    def attach(self, learner: Learner) -> None:
        """Freeze all weights but the values of the memories, and read the background.

        Raises:
            UserError: the model has no memory layers, or weight decay would change all slots.
        """
        self._memories = memories(learner.model)
        if not self._memories:
            raise UserError(
                "sparse_memory needs a model with memory layers, and this one has none",
                where=f"model {learner.lm.name}",
                hint="Use --model tiny-memory-layer, or give a model of your own memory layers:"
                " --memory-layers NUMBERS, such as --memory-layers 20,25.",
            )
        if learner.settings.weight_decay:
            raise UserError(
                "weight decay would change the slots that are not trained",
                where="learner.weight_decay",
                hint="sparse_memory needs learner.weight_decay=0.",
            )
        values = {id(memory.values.weight) for memory in self._memories.values()}
        for parameter in learner.trainable().values():
            parameter.requires_grad_(id(parameter) in values)
        self._gone: list[Fact] = []
        self._count = 0
        self._used = {
            name: torch.zeros(memory.values.num_embeddings, dtype=torch.int32)
            for name, memory in self._memories.items()
        }
        self._chosen: dict[str, Tensor] = {}
        known = learner.known.valid()
        self._join(learner, self._documents(learner, known))
        heads = beginnings(learner, known[:32])
        counts = shares(heads, self.config.written)
        texts = written(learner, counts, learner.generator("written"))
        self._join(learner, [[_read(ids)] for ids in texts])

    def forget(self, facts: Sequence[Fact]) -> None:
        """Note superseded and erased facts, which `begin_update` takes out of the background."""
        self._gone = list(facts)

    def begin_update(self, learner: Learner, update: Update) -> None:
        """Subtract the reads of superseded and erased facts from the background's."""
        self._join(learner, self._documents(learner, self._gone), sign=-1)
        self._gone = []

    def purge(self, learner: Learner, facts: Sequence[Fact]) -> dict[str, str]:
        """Say what `begin_update` did about erased facts."""
        return {"reads of slots": f"down-dated: subtracted those of {plural(len(facts), 'fact')}"}

    def before_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Choose the slots that the facts train."""
        documents = self._documents(learner, learner.experience.update.learn)
        self._chosen = {name: torch.zeros_like(used).bool() for name, used in self._used.items()}
        for part in _parts(documents):
            for name, weights in slot_weights(learner, part).items():
                scores = tf_idf(weights, self._used[name], self._count)
                self._chosen[name] |= most_specific(scores, self.config.top)
        learner.log("slots", sum(int(one.sum()) for one in self._chosen.values()))

    @torch.no_grad()
    def before_update(self, learner: Learner, **kwargs: Any) -> None:
        """Remove the gradients of all other slots."""
        for name, memory in self._memories.items():
            gradient = memory.values.weight.grad
            if gradient is not None:
                gradient.mul_(self._chosen[name].to(gradient).unsqueeze(1))

    def after_training_exp(self, learner: Learner, **kwargs: Any) -> None:
        """Let the facts join the background."""
        self._chosen = {}
        self._join(learner, self._documents(learner, learner.experience.update.learn))

    def state_dict(self) -> State:
        """Return how many documents of the background read each slot, and their number."""
        used = {f"used.{name}": counts.clone() for name, counts in self._used.items()}
        return {**used, "documents": self._count}

    def load_state_dict(self, state: State) -> None:
        """Restore what `state_dict` returned."""
        self._used = {name: state[f"used.{name}"].clone() for name in self._used}
        self._count = int(state["documents"])

    def _documents(self, learner: Learner, facts: Sequence[Fact]) -> list[list[Encoded]]:
        """Return the sentences of each fact."""
        return [learner.examples([fact]) for fact in facts]

    def _join(
        self, learner: Learner, documents: Sequence[Sequence[Encoded]], sign: int = 1
    ) -> None:
        """Add documents to the background, or subtract them."""
        for part in _parts(documents):
            for name, reads in slot_reads(learner, part).items():
                counts = self._used[name] + sign * reads.sum(dim=0, dtype=torch.int32)
                # The model has changed since a fact joined, so that it may read other slots now.
                self._used[name] = counts.clamp_min(0)
        self._count = max(self._count + sign * len(documents), 0)


def _read(ids: Sequence[int]) -> Encoded:
    """Return a text that the model reads and that is not trained."""
    return Encoded(tuple(ids), len(ids), end=False)


def _parts(documents: Sequence[Sequence[Encoded]]) -> Iterator[Sequence[Sequence[Encoded]]]:
    """Split documents, because their reads together would take much memory."""
    for begin in range(0, len(documents), PART):
        yield documents[begin : begin + PART]
