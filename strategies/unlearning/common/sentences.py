"""What is to be erased, sentence by sentence, and how surely the model still says it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from cltool.facts.wordings import TRAINED
from cltool.lm.batches import IGNORED, Batch, by_length, collate

if TYPE_CHECKING:
    from torch import Tensor

    from cltool.facts.facts import Fact, Update
    from cltool.facts.wordings import Asking
    from cltool.lm.coder import Encoded
    from cltool.lm.scoring import Scored
    from cltool.training.learner import Learner

LEAST = 1e-6
"""Least probability that a model is taken to leave to anything but an object."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One trained wording of a fact, with the fact's object or another one in its place.

    Attributes:
        fact: the erased fact.
        asking: the wording, with the prompt.
        example: prompt and completion as tokens.
        stop: index of the first token after those that count.
    """

    fact: Fact
    asking: Asking
    example: Encoded
    stop: int

    @property
    def start(self) -> int:
        """Index of the first token that counts."""
        return max(self.example.start, 1)

    @property
    def tokens(self) -> int:
        """How many tokens count."""
        return self.stop - self.start


def erased_facts(learner: Learner, update: Update) -> list[Fact]:
    """The facts that ``update`` erases, as they stood before it.

    A key that the update also teaches anew is superseded, and not among them.
    """
    found: dict[Fact, None] = {}
    for fact in update.forget:
        belief = learner.known.belief(fact.key)
        if belief is not None and belief.erased:
            found[belief.fact] = None
    return list(found)


def trained_askings(learner: Learner, fact: Fact) -> list[Asking]:
    """The wordings in which ``fact`` was trained."""
    askings = learner.stream.wordings.askings(fact.key)
    return [asking for asking in askings if asking.form == TRAINED]


def sentences(learner: Learner, facts: Sequence[Fact], *, whole: bool = False) -> list[Sentence]:
    """``facts`` in all their trained wordings.

    Args:
        learner: words them.
        facts: what is to be erased.
        whole: what closes the sentence counts too, and its end; else the object alone.
    """
    asked = [(fact, asking) for fact in facts for asking in trained_askings(learner, fact)]
    return complete(learner, asked, [fact.object for fact, _ in asked], whole=whole)


def complete(
    learner: Learner,
    asked: Sequence[tuple[Fact, Asking]],
    objects: Sequence[str],
    *,
    whole: bool = False,
) -> list[Sentence]:
    """Each wording of ``asked``, completed with one of ``objects``."""
    coder = learner.lm.coder
    gaps = [asking.wording for _, asking in asked]
    texts = list(zip(gaps, objects, strict=True))
    prompts = [asking.prompt for _, asking in asked]
    full = coder.pairs([(p, w.target(o)) for p, (w, o) in zip(prompts, texts, strict=True)])
    bare = coder.pairs([(p, w.gap + o) for p, (w, o) in zip(prompts, texts, strict=True)])
    made = []
    for (fact, asking), example, short in zip(asked, full, bare, strict=True):
        size = len(short) - short.end
        # A tokenizer may join the end of the object and what closes the sentence.
        exact = not whole and example.ids[:size] == short.ids[:size]
        stop = size if exact else len(example)
        made.append(Sentence(fact, asking, example, stop))
    return made


def batch_of(learner: Learner, chosen: Sequence[Sentence]) -> Batch:
    """One padded batch, on the CPU, labelled only where tokens count."""
    batch = collate([one.example for one in chosen], learner.lm.coder.pad)
    for row, one in enumerate(chosen):
        batch["labels"][row, one.stop :] = IGNORED
    return batch


def parts(learner: Learner, chosen: Sequence[Sentence]) -> Iterator[list[Sentence]]:
    """``chosen`` in parts as large as a forward pass may be, those of like length together."""
    size = learner.settings.micro_batch_size or learner.settings.batch_size
    for places in by_length([len(one.example) for one in chosen], size):
        yield [chosen[place] for place in places]


@dataclass(frozen=True, slots=True)
class Said:
    """How surely the model says some sentences.

    Attributes:
        logps: (sentences,), float32 on the CPU: log-probability of the tokens that count, in
            nats, summed.
        greedy: (sentences,), bool: each of them is the most probable one.
    """

    logps: Tensor
    greedy: Tensor


@torch.no_grad()
def ask(learner: Learner, chosen: Sequence[Sentence]) -> Said:
    """How surely the model says each of ``chosen`` now. What it reads counts as tokens."""
    logps, greedy = torch.zeros(len(chosen)), torch.zeros(len(chosen), dtype=torch.bool)
    size = learner.settings.micro_batch_size or learner.settings.batch_size
    for places in by_length([len(one.example) for one in chosen], size):
        batch = batch_of(learner, [chosen[place] for place in places])
        scored = learner.score(batch)
        learner.spend(int(batch["attention_mask"].sum()))
        logps[places] = -scored.loss_per_sample().float().cpu()
        greedy[places] = scored.hits().cpu()
    return Said(logps, greedy)


def rest(logps: Tensor) -> Tensor:
    """log(1 − p), of log-probabilities in nats: what is left to anything else, `LEAST` at least."""
    return (-torch.expm1(logps)).clamp(min=LEAST).log()


def read(learner: Learner, chosen: Sequence[Sentence]) -> Scored:
    """A forward pass over ``chosen``, in their order, labelled where tokens count."""
    return learner.score(batch_of(learner, chosen))


def refusals(
    learner: Learner, chosen: Sequence[Sentence], texts: Sequence[str], random: torch.Generator
) -> dict[Sentence, Sentence]:
    """Each of ``chosen`` with one of ``texts`` in its object's place, all its answer counting."""
    drawn = torch.randint(len(texts), (len(chosen),), generator=random).tolist()
    asked = [(one.fact, one.asking) for one in chosen]
    made = complete(learner, asked, [texts[int(place)] for place in drawn], whole=True)
    return dict(zip(chosen, made, strict=True))
