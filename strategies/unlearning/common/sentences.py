"""The sentences of erased facts, and the model's probabilities of them."""

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
"""Lower bound of the probability of everything but an object."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One trained wording of a fact, with the fact's object or another one in its place.

    Attributes:
        fact: the erased fact.
        asking: the wording, with the prompt.
        example: prompt and completion as tokens.
        stop: index of the first token after the tokens that count.
        begin: index of the first token that may count: in a chat that of the object, which the
            assistant's sentence leads to.
    """

    fact: Fact
    asking: Asking
    example: Encoded
    stop: int
    begin: int = 0

    @property
    def start(self) -> int:
        """Index of the first token that counts."""
        return max(self.example.start, self.begin, 1)

    @property
    def tokens(self) -> int:
        """Number of tokens that count."""
        return self.stop - self.start


def erased_facts(learner: Learner, update: Update) -> list[Fact]:
    """Return the facts that ``update`` erases, as they were before it.

    Keys that the update teaches again are superseded, and are not included.
    """
    found: dict[Fact, None] = {}
    for fact in update.forget:
        belief = learner.known.belief(fact.key)
        if belief is not None and belief.erased:
            found[belief.fact] = None
    return list(found)


def trained_askings(learner: Learner, fact: Fact) -> list[Asking]:
    """Return the wordings in which ``fact`` was trained."""
    askings = learner.stream.wordings.askings(fact.key)
    return [asking for asking in askings if asking.form == TRAINED]


def sentences(learner: Learner, facts: Sequence[Fact], *, whole: bool = False) -> list[Sentence]:
    """Return ``facts`` in all their trained wordings.

    Args:
        learner: encodes the sentences.
        facts: the facts to erase.
        whole: whether the end of the sentence and the end token count too; else only the object.
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
    """Return each wording of ``asked`` completed with the object at the same index."""
    coder = learner.lm.coder
    gaps = [asking.wording for _, asking in asked]
    texts = list(zip(gaps, objects, strict=True))
    prompts = [asking.prompt for _, asking in asked]
    full = coder.pairs([(p, w.target(o)) for p, (w, o) in zip(prompts, texts, strict=True)])
    bare = coder.pairs([(p, w.gap + o) for p, (w, o) in zip(prompts, texts, strict=True)])
    leads = coder.pairs([(p, w.gap.rstrip()) for p, (w, _) in zip(prompts, texts, strict=True)])
    made = []
    for (fact, asking), example, short, lead in zip(asked, full, bare, leads, strict=True):
        size = len(short) - short.end
        # A tokenizer may merge the end of the object and the text after it.
        exact = not whole and example.ids[:size] == short.ids[:size]
        stop = size if exact else len(example)
        begin = len(lead) - lead.end
        led = not whole and example.ids[:begin] == lead.ids[:begin] and begin < stop
        made.append(Sentence(fact, asking, example, stop, begin if led else 0))
    return made


def batch_of(learner: Learner, chosen: Sequence[Sentence]) -> Batch:
    """Return one padded batch, on the CPU, with labels only for tokens that count."""
    batch = collate([one.example for one in chosen], learner.lm.coder.pad)
    for row, one in enumerate(chosen):
        batch["labels"][row, one.stop :] = IGNORED
        batch["labels"][row, : one.begin] = IGNORED
    return batch


def parts(learner: Learner, chosen: Sequence[Sentence]) -> Iterator[list[Sentence]]:
    """Yield ``chosen`` in parts for one forward pass each, grouped by length."""
    size = learner.forward_size.size
    for indices in by_length([len(one.example) for one in chosen], size):
        yield [chosen[index] for index in indices]


@dataclass(frozen=True, slots=True)
class Likelihoods:
    """The model's probabilities of some sentences.

    Attributes:
        logps: (sentences,), float32 on the CPU: summed log-probability of the tokens that count,
            in nats.
        greedy: (sentences,), bool: whether each of these tokens is the most probable one.
    """

    logps: Tensor
    greedy: Tensor


@torch.no_grad()
def likelihoods(learner: Learner, chosen: Sequence[Sentence]) -> Likelihoods:
    """Return the current probabilities of ``chosen``; the tokens read count as training tokens."""
    logps, greedy = torch.zeros(len(chosen)), torch.zeros(len(chosen), dtype=torch.bool)
    size = learner.forward_size.size
    for indices in by_length([len(one.example) for one in chosen], size):
        batch = batch_of(learner, [chosen[index] for index in indices])
        scored = learner.score(batch)
        logps[indices] = -scored.loss_per_sample().float().cpu()
        greedy[indices] = scored.hits().cpu()
    return Likelihoods(logps, greedy)


def log_complement(logps: Tensor) -> Tensor:
    """Return log(1 − p) of log-probabilities in nats, with 1 − p at least `LEAST`."""
    return (-torch.expm1(logps)).clamp(min=LEAST).log()


def forward(learner: Learner, chosen: Sequence[Sentence]) -> Scored:
    """Run a forward pass over ``chosen``, in their order, with labels for tokens that count."""
    return learner.score(batch_of(learner, chosen))


def refusals(
    learner: Learner, chosen: Sequence[Sentence], texts: Sequence[str], random: torch.Generator
) -> dict[Sentence, Sentence]:
    """Return each of ``chosen`` with a random text as its object; its whole answer counts."""
    drawn = torch.randint(len(texts), (len(chosen),), generator=random).tolist()
    asked = [(one.fact, one.asking) for one in chosen]
    made = complete(learner, asked, [texts[int(index)] for index in drawn], whole=True)
    return dict(zip(chosen, made, strict=True))
