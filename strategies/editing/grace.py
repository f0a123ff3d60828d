"""Keeps what updates teach in a codebook beside the model, whose weights never change.

Hartvigsen et al. (2023), "Aging with GRACE: Lifelong model editing with discrete key-value
adaptors", eq. 1 and algorithm 1. The codebook holds keys k_i, values v_i and deferral radii
ε_i; h is a token's hidden state after block ``layer``, o the one after the last block:

    o ← v_i  if ‖h − k_i‖ ≤ ε_i,   i = argmin_j ‖h − k_j‖;     else o stays

A new key that lies within ε_i + ε_init of the nearest entry widens that entry's radius if both
are to give the same token; else it becomes an entry with radius ε_init, and with ``split`` both
radii are cut to half the distance. Values go down the gradient of the cross entropy.

What differs, and why. The paper puts one value at the last token of the prompt; here every
token that predicts a token of the object or the end is looked up, so that greedy decoding
spells the object whatever its length. The value replaces what the last block gives rather than
what block ``layer`` gives, so that it alone settles the next token. ε_init is measured in the
spread of the base knowledge's keys, as hidden states of models differ in size. Radii are not
cut by default: the nearest key decides anyway, and cut radii rarely reach held-out wordings.
Entries are only widened by wordings of their own fact: so a superseded or erased fact leaves as
a whole.

Grows by definition: at most one entry for every learned token of every wording of the valid
facts of the updates. What the base weights say cannot be erased. A saved model is the base
model: the codebook lies in the strategy's state.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import torch
from pydantic import Field
from torch import Tensor, nn

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
"""Tokens looked up at once."""


class GRACEConfig(StrategyConfig):
    """Settings of `grace`."""

    layer: int | None = Field(
        default=None,
        description="number of the block whose output is the key, negative from the last; "
        "none: the last one of the first half",
    )
    radius: float = Field(
        json_schema_extra=search(0.2, 2, log=True),
        default=0.8,
        gt=0,
        description="ε_init, in the spread of the base knowledge's keys",
    )
    steps: int = Field(default=60, ge=1, description="most gradient steps for an update's values")
    rate: float = Field(
        default=0.5, gt=0, description="Adam's rate, in root mean squares of the hidden states"
    )
    margin: float = Field(
        default=0.5, ge=0, description="nats by which a token must lead for its value to be done"
    )
    split: bool = Field(
        default=False, description="cut the radii of near entries that give different tokens"
    )


class GRACE(Strategy[GRACEConfig]):
    """A codebook of hidden states; the model is frozen."""

    outside = "its codebook"
    trains: ClassVar[bool] = False

    def attach(self, learner: Learner) -> None:
        """Measure the spread of the base knowledge's keys, and hook the lookup in.

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
        """Place the keys of what the update teaches, then learn their values."""
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
        """Drop the entries of facts that are no longer true."""
        kept = self._codebook.without({fact.key for fact in facts})
        self._values = self._values[kept]

    def state_dict(self) -> State:
        """Keys, values and radii, and whose fact each entry belongs to."""
        book = self._codebook
        return {
            "keys": book.keys,
            "values": self._values,
            "radii": book.radii,
            "owners": [list(owner) for owner in book.owners],
        }

    def load_state_dict(self, state: State) -> None:
        """Take them back."""
        book = self._codebook
        book.keys, book.radii = state["keys"].to(book.keys), state["radii"].to(book.radii)
        book.owners = [(owner[0], owner[1]) for owner in state["owners"]]
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
        """Keys, and what the frozen model's last block gives, where a token is learned.

        Returns:
            Each (learned tokens, width), in the order of the sentences.
        """
        found: dict[int, tuple[Tensor, Tensor]] = {}
        lengths = [len(example) for example in examples]
        for places in by_length(lengths, learner.settings.batch_size):
            batch = collate([examples[place] for place in places], learner.lm.coder.pad)
            learner.score(batch)
            tokens = predicting(batch).to(learner.device)
            for row, place in enumerate(places):
                chosen = tokens[row]
                found[place] = self._states[row][chosen].float(), self._plain[row][chosen].float()
        keys, plain = zip(*(found[place] for place in range(len(examples))), strict=True)
        return torch.cat(keys), torch.cat(plain)

    def _learn(self, learner: Learner, tasks: Sequence[Task], values: Tensor) -> None:
        """Learn the values of the newest entries, beginning from ``values``.

        A sentence is left alone as soon as all tokens of its entries lead.
        """
        config = self.config
        old, values = self._values, values.clone().requires_grad_()
        size = float(values.detach().pow(2).mean().sqrt())
        optimizer = torch.optim.Adam([values], lr=config.rate * size)
        for step in range(config.steps):
            left = learner.left()
            if not tasks or (left is not None and left < sum(len(t.example) for t in tasks)):
                break
            grad, unsettled = torch.zeros_like(values), []
            for places in by_length([len(t.example) for t in tasks], learner.settings.batch_size):
                part = [tasks[place] for place in places]
                self._values = torch.cat([old, values])
                scored = learner.score(_collate(part, learner.lm.coder.pad))
                grad += torch.autograd.grad(scored.loss_sum(), values)[0]
                leads = _leads(scored, config.margin).tolist()
                unsettled += [task for task, lead in zip(part, leads, strict=True) if not lead]
            tasks, before = unsettled, values.detach().clone()
            values.grad = grad
            optimizer.step()
            moved = [entry for task in tasks for entry in task.entries]
            with torch.no_grad():
                before[moved] = values[moved]
                values.copy_(before)
            learner.progress(step + 1, config.steps)
        self._values = torch.cat([old, values.detach()])


class Codebook:
    """Keys with deferral radii, and the fact to which each belongs.

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
        """(queries,): the nearest entry where its radius reaches, else -1."""
        distances, nearest = self._nearest(queries.float())
        return torch.where(distances <= self.radii[nearest], nearest, -1)

    def place(self, keys: Tensor, labels: Sequence[tuple[Key, int]], radius: float) -> list[int]:
        """Take ``keys`` in, one by one, as entries or by widening the radius of one.

        Args:
            keys: (new keys, width).
            labels: for each its fact, and the token that it should give.
            radius: ε_init.

        Returns:
            Places of the keys that became entries.
        """
        radii: list[float] = self.radii.tolist()
        known: list[tuple[Key, int] | None] = [None] * len(radii)
        centres: list[int] = []
        distances = torch.full((len(keys),), torch.inf, device=keys.device)
        nearest = torch.zeros(len(keys), dtype=torch.long, device=keys.device)
        if radii:
            distances, nearest = self._nearest(keys)
        for place, label in enumerate(labels):
            distance, entry = float(distances[place]), int(nearest[place])
            own = radius
            if radii and distance <= radii[entry] + radius:
                if known[entry] == label:
                    radii[entry] = max(radii[entry], distance)
                    continue
                if self.split:
                    own = min(radius, distance / 2)
                    radii[entry] = min(radii[entry], distance / 2)
            to_it = (keys - keys[place]).norm(dim=1)
            nearest[to_it < distances] = len(radii)
            distances = torch.minimum(distances, to_it)
            centres.append(place)
            radii.append(own)
            known.append(label)
        self.keys = torch.cat([self.keys, keys[centres]])
        self.radii = torch.tensor(radii, device=keys.device)
        self.owners += [labels[place][0] for place in centres]
        return centres

    def without(self, gone: set[Key]) -> list[int]:
        """Drop the entries of some facts; the places of those that stay."""
        kept = [place for place, owner in enumerate(self.owners) if owner not in gone]
        self.keys, self.radii = self.keys[kept], self.radii[kept]
        self.owners = [self.owners[place] for place in kept]
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
        tokens: places of those of its tokens that new entries should give.
        entries: numbers of these entries among the new ones.
    """

    example: Encoded
    tokens: list[int]
    entries: list[int]


def _tasks(examples: Sequence[Encoded], centres: Sequence[int]) -> list[Task]:
    """The sentences with tokens whose keys became entries.

    Args:
        examples: sentences.
        centres: places of the entries' keys among the learned tokens of all ``examples``.
    """
    entry = {centre: number for number, centre in enumerate(centres)}
    tasks, place = [], 0
    for example in examples:
        tokens = range(max(example.start, 1), len(example))
        chosen = {token: entry[n] for n, token in enumerate(tokens, place) if n in entry}
        if chosen:
            tasks.append(Task(example, list(chosen), list(chosen.values())))
        place += len(tokens)
    return tasks


def _collate(tasks: Sequence[Task], pad: int) -> Batch:
    """The sentences of ``tasks``, of which only the tokens of entries are learned."""
    batch = collate([task.example for task in tasks], pad)
    labels = torch.full_like(batch["labels"], IGNORED)
    for row, task in enumerate(tasks):
        labels[row, task.tokens] = batch["labels"][row, task.tokens]
    return {**batch, "labels": labels}


def _leads(scored: Scored, margin: float) -> Tensor:
    """(batch,), bool: every learned token's logit leads all others by ``margin``."""
    learned = scored.labels != IGNORED
    labels = scored.labels.masked_fill(~learned, 0).unsqueeze(-1)
    logits = scored.logits.detach().float()
    rivals = logits.scatter(-1, labels, -torch.inf).amax(-1)
    lead = logits.gather(-1, labels).squeeze(-1) - rivals
    return ((lead > margin) | ~learned).all(dim=1)
