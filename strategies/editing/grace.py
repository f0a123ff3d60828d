"""Stores what updates teach in a codebook outside the model, whose weights never change.

Hartvigsen et al. (2023), "Aging with GRACE: Lifelong model editing with discrete key-value
adaptors", eq. 1 and algorithm 1. The codebook has keys k_i, values v_i and deferral radii
ε_i. h is a token's hidden state after block ``layer``, o the one after the last block:

    o ← v_i  if ‖h − k_i‖ ≤ ε_i,   i = argmin_j ‖h − k_j‖;     else o does not change

If a new key is within ε_i + ε_init of the nearest entry, and both have the same target token, that
entry's radius is widened. Otherwise the key becomes an entry with radius ε_init; with ``split``,
both radii are then cut to half the distance. Values follow the negative gradient of the cross
entropy.

Differences from the paper, with reasons:

- The paper stores one value, at the last token of the prompt. Here every token that predicts a
  token of the object or the end token is looked up, so that greedy decoding produces objects of
  any length.
- The value replaces the output of the last block instead of that of block ``layer``, so that it
  alone determines the next token.
- ε_init is measured relative to the spread of the base knowledge's keys, because the size of
  hidden states differs between models.
- Radii are not cut by default: the nearest key decides anyway, and cut radii rarely reach
  held-out wordings.
- Entries are widened only by wordings of their own fact, so that a superseded or erased fact can
  be removed completely.

The storage grows: at most one entry for every learned token of every wording of the valid facts
of the updates. Knowledge in the base weights cannot be erased. A saved model is the base model;
the codebook is in the strategy's state.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from pydantic import Field
from torch import Tensor, nn

from cltool.facts.identity import key_of
from cltool.lm.batches import IGNORED, by_length, collate
from cltool.lm.layers import blocks, hidden, numbers, with_hidden
from cltool.strategies.editing.common.editor import predicting
from cltool.training.search_space import search
from cltool.training.strategy import State, Strategy, StrategyConfig

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cltool.facts.facts import Fact, Key, Update
    from cltool.lm.batches import Batch
    from cltool.lm.coder import Encoded
    from cltool.lm.scoring import Scored
    from cltool.training.learner import Learner

ROWS = 1024
"""Number of tokens looked up at once."""


class GRACEConfig(StrategyConfig):
    """Settings of `grace`."""

    layer: int | None = Field(
        default=None,
        description="number of the block whose output is the key, negative from the last; "
        "none: the last block of the first half",
    )
    radius: float = Field(
        json_schema_extra=search(0.2, 2, log=True),
        default=0.8,
        gt=0,
        description="ε_init, as a multiple of the spread of the base knowledge's keys",
    )
    steps: int = Field(default=60, ge=1, description="most gradient steps for an update's values")
    rate: float = Field(
        default=0.5, gt=0, description="Adam's rate, × the root mean square of the hidden states"
    )
    margin: float = Field(
        default=0.5, ge=0, description="a value is learned when its token leads by so many nats"
    )
    split: bool = Field(
        default=False, description="whether radii of near entries with different tokens are cut"
    )


class GRACE(Strategy[GRACEConfig]):
    """Stores hidden states in a codebook; the model is frozen."""

    shares_weights = True
    outside = "its codebook"
    trains = False

    def attach(self, learner: Learner) -> None:
        """Measure the spread of the base knowledge's keys, and add the lookup to the model.

        Raises:
            UserError: the model has no such block.
        """
        config = self.config
        found = blocks(learner.model)
        layer = (len(found) - 1) // 2 if config.layer is None else config.layer
        read = found[numbers([layer], len(found), "strategy.grace.layer")[0]]
        self._codebook = Codebook(0, learner.device, config.split)
        self._states = self._plain = torch.zeros(0)
        read.register_forward_hook(self._read)
        found[-1].register_forward_hook(self._write)
        keys, plain = self._look(learner, learner.examples(learner.known.valid()))
        self._codebook = Codebook(keys.shape[1], learner.device, config.split)
        self._values = torch.zeros(0, plain.shape[1], device=learner.device)
        spread = (keys - keys.mean(dim=0)).pow(2).sum(dim=1).mean().sqrt()
        self._radius = config.radius * float(spread)

    def update(self, learner: Learner, update: Update) -> None:
        """Add the keys of the update's facts, then learn their values."""
        facts = [(fact, learner.examples([fact])) for fact in update.learn]
        examples = [example for _, own in facts for example in own]
        if not examples:
            return
        owners = [fact.key for fact, own in facts for _ in own]
        keys, plain = self._look(learner, examples)
        labels = [
            (owner, token)
            for owner, example in zip(owners, examples, strict=True)
            for token in example.ids[max(example.start, 1) :]
        ]
        centres = self._codebook.place(keys, labels, self._radius)
        self._learn(learner, _tasks(examples, centres), plain[centres])

    def forget(self, facts: Sequence[Fact]) -> None:
        """Drop the entries of superseded and erased facts."""
        kept = self._codebook.without({fact.key for fact in facts})
        self._values = self._values[kept]

    def state_dict(self) -> State:
        """Return keys, values and radii, and the fact key of each entry."""
        book = self._codebook
        return {
            "keys": book.keys,
            "values": self._values,
            "radii": book.radii,
            "owners": [list(owner) for owner in book.owners],
        }

    def load_state_dict(self, state: State) -> None:
        """Restore what `state_dict` returned."""
        book = self._codebook
        book.keys, book.radii = state["keys"].to(book.keys), state["radii"].to(book.radii)
        book.owners = [key_of(*owner) for owner in state["owners"]]
        self._values = state["values"].to(self._values)

    def _read(self, module: nn.Module, inputs: object, output: Tensor) -> None:
        self._states = hidden(output).detach()

    def _write(self, module: nn.Module, inputs: object, output: Tensor) -> object:
        self._plain = hidden(output)
        if not len(self._codebook):
            return None
        found = self._codebook.find(self._states.flatten(0, 1)).view(self._states.shape[:2])
        values = self._values[found.clamp(min=0)].to(self._plain.dtype)
        return with_hidden(output, torch.where(found.unsqueeze(-1) < 0, self._plain, values))

    @torch.no_grad()
    def _look(self, learner: Learner, examples: Sequence[Encoded]) -> tuple[Tensor, Tensor]:
        """Return the keys of the learned tokens, and the outputs of the last block at them.

        Returns:
            Each (learned tokens, width), in the order of the sentences.
        """
        found: dict[int, tuple[Tensor, Tensor]] = {}
        lengths = [len(example) for example in examples]
        for indices in by_length(lengths, learner.settings.batch_size):
            batch = collate([examples[index] for index in indices], learner.lm.coder.pad)
            learner.score(batch)
            tokens = predicting(batch).to(learner.device)
            for row, index in enumerate(indices):
                chosen = tokens[row]
                found[index] = self._states[row][chosen].float(), self._plain[row][chosen].float()
        keys, plain = zip(*(found[index] for index in range(len(examples))), strict=True)
        return torch.cat(keys), torch.cat(plain)

    def _learn(self, learner: Learner, tasks: Sequence[Task], values: Tensor) -> None:
        """Learn the values of the newest entries, starting from ``values``.

        Training on a sentence stops when all tokens of its entries lead.
        """
        config = self.config
        old, values = self._values, values.clone().requires_grad_()
        size = float(values.detach().pow(2).mean().sqrt())
        optimizer = torch.optim.Adam([values], lr=config.rate * size)
        for step in range(config.steps):
            left = learner.left()
            if not tasks or (left is not None and left < sum(len(t.example) for t in tasks)):
                break
            grad, unfinished = torch.zeros_like(values), []
            for indices in by_length([len(t.example) for t in tasks], learner.settings.batch_size):
                part = [tasks[index] for index in indices]
                self._values = torch.cat([old, values])
                scored = learner.score(_collate(part, learner.lm.coder.pad))
                grad += torch.autograd.grad(scored.loss_sum(), values)[0]
                leads = _leads(scored, config.margin).tolist()
                unfinished += [task for task, lead in zip(part, leads, strict=True) if not lead]
            tasks, before = unfinished, values.detach().clone()
            values.grad = grad
            optimizer.step()
            moved = [entry for task in tasks for entry in task.entries]
            with torch.no_grad():
                before[moved] = values[moved]
                values.copy_(before)
            learner.progress(step + 1, config.steps)
        self._values = torch.cat([old, values.detach()])


class Codebook:
    """Keys with deferral radii, and the fact of each.

    Attributes:
        split: whether the radii of near entries with different labels are cut.
        keys: (entries, width).
        radii: (entries,).
        owners: the key of each entry's fact.
    """

    def __init__(self, width: int, device: torch.device, split: bool) -> None:
        self.split = split
        self.keys = torch.zeros(0, width, device=device)
        self.radii = torch.zeros(0, device=device)
        self.owners: list[Key] = []

    def __len__(self) -> int:
        return len(self.keys)

    def find(self, queries: Tensor) -> Tensor:
        """Return (queries,): the nearest entry if it is within its radius, else -1."""
        distances, nearest = self._nearest(queries.float())
        return torch.where(distances <= self.radii[nearest], nearest, -1)

    def place(self, keys: Tensor, labels: Sequence[tuple[Key, int]], radius: float) -> list[int]:
        """Add ``keys`` one by one, as entries or by widening the radius of an entry.

        Args:
            keys: (new keys, width).
            labels: the fact and the target token of each.
            radius: ε_init.

        Returns:
            Indices of the keys that became entries.
        """
        radii: list[float] = self.radii.tolist()
        known: list[tuple[Key, int] | None] = [None] * len(radii)
        centres: list[int] = []
        distances = torch.full((len(keys),), torch.inf, device=keys.device)
        nearest = torch.zeros(len(keys), dtype=torch.long, device=keys.device)
        if radii:
            distances, nearest = self._nearest(keys)
        for index, label in enumerate(labels):
            distance, entry = float(distances[index]), int(nearest[index])
            own = radius
            if radii and distance <= radii[entry] + radius:
                if known[entry] == label:
                    radii[entry] = max(radii[entry], distance)
                    continue
                if self.split:
                    own = min(radius, distance / 2)
                    radii[entry] = min(radii[entry], distance / 2)
            to_it = (keys - keys[index]).norm(dim=1)
            nearest[to_it < distances] = len(radii)
            distances = torch.minimum(distances, to_it)
            centres.append(index)
            radii.append(own)
            known.append(label)
        self.keys = torch.cat([self.keys, keys[centres]])
        self.radii = torch.tensor(radii, device=keys.device)
        self.owners += [labels[index][0] for index in centres]
        return centres

    def without(self, gone: set[Key]) -> list[int]:
        """Drop the entries of some facts; return the indices of those that stay."""
        kept = [index for index, owner in enumerate(self.owners) if owner not in gone]
        self.keys, self.radii = self.keys[kept], self.radii[kept]
        self.owners = [self.owners[index] for index in kept]
        return kept

    def _nearest(self, queries: Tensor) -> tuple[Tensor, Tensor]:
        found = [torch.cdist(part, self.keys).min(dim=1) for part in torch.split(queries, ROWS)]
        distances = torch.cat([one.values for one in found])
        return distances, torch.cat([one.indices for one in found])


@dataclass(frozen=True, slots=True)
class Task:
    """A sentence from which values are learned.

    Attributes:
        example: the sentence.
        tokens: indices of the tokens that are targets of new entries.
        entries: indices of these entries among the new ones.
    """

    example: Encoded
    tokens: list[int]
    entries: list[int]


def _tasks(examples: Sequence[Encoded], centres: Sequence[int]) -> list[Task]:
    """Return the sentences with tokens whose keys became entries.

    Args:
        examples: sentences.
        centres: indices of the entries' keys among the learned tokens of all ``examples``.
    """
    entry = {centre: number for number, centre in enumerate(centres)}
    tasks, start = [], 0
    for example in examples:
        tokens = range(max(example.start, 1), len(example))
        chosen = {token: entry[n] for n, token in enumerate(tokens, start) if n in entry}
        if chosen:
            tasks.append(Task(example, list(chosen), list(chosen.values())))
        start += len(tokens)
    return tasks


def _collate(tasks: Sequence[Task], pad: int) -> Batch:
    """Return a batch of the sentences of ``tasks`` in which only entries' tokens are learned."""
    batch = collate([task.example for task in tasks], pad)
    labels = torch.full_like(batch["labels"], IGNORED)
    for row, task in enumerate(tasks):
        labels[row, task.tokens] = batch["labels"][row, task.tokens]
    return {**batch, "labels": labels}


def _leads(scored: Scored, margin: float) -> Tensor:
    """Return (batch,), bool: whether every learned token's logit leads by ``margin``."""
    learned = scored.labels != IGNORED
    labels = scored.labels.masked_fill(~learned, 0).unsqueeze(-1)
    logits = scored.logits.detach().float()
    rivals = logits.scatter(-1, labels, -torch.inf).amax(-1)
    lead = logits.gather(-1, labels).squeeze(-1) - rivals
    return ((lead > margin) | ~learned).all(dim=1)
