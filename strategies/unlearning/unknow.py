"""Imitates ignorance: the model answers as it does for subjects of which it knows nothing.

A method of this toolkit. Others push an erased object down and leave open what comes up; what
comes up then tells that something was erased. A model retrained without the fact guesses, as it
does for anyone. So the guess is taken from the model itself: before the erasing it is asked the
same wording of K other subjects s_k, and what all of them together say is distilled into the
erased prompt,

    L(θ) = E_t CE( q_t, p_θ(· | x(s), y_<t) ) + γ L_retain(θ)
    q_t = Σ_k w_k,t p(· | x(s_k), y_<t),     w_k,t ∝ Π_{u<t} p(y_u | x(s_k), y_<u)

which is the next token of whoever of them would have said y so far: the weights make q the
distribution of a whole answer, drawn from a subject at random. y is the erased object, and
beside it answers that the other subjects gave, drawn from the model: along the first the object
loses what it had, along the others the guesses get it.

Eldan & Russinovich (2023), "Who's Harry Potter? Approximate unlearning in LLMs", also train on
what a model without the knowledge might predict; they read it off one that was trained on the
text still more, and off generic names in its place.

``made_up`` subjects are put together from words of known ones; the model knows nothing of
them, and must guess. ``known`` ones know their own objects, so that q is how common each
object is in the relation.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal, NamedTuple

import torch
from pydantic import Field

from cltool.lm.batches import IGNORED, by_length, collate
from cltool.lm.coder import Encoded
from cltool.lm.sampling import Sampler
from cltool.strategies.unlearning.common.descent import Unlearning, UnlearningConfig
from cltool.strategies.unlearning.common.eraser import Goal
from cltool.strategies.unlearning.common.sentences import trained_askings
from cltool.strategies.unlearning.common.subjects import known_subjects, made_up_subjects
from cltool.training.search_space import search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from cltool.facts.facts import Fact
    from cltool.lm.batches import Batch
    from cltool.strategies.unlearning.common.eraser import Phase
    from cltool.strategies.unlearning.common.sentences import Sentence
    from cltool.training.learner import Learner

SLACK = math.log(2)
"""An object that is at most twice as probable as under q is where it is to end, in nats."""


class UnknowConfig(UnlearningConfig):
    """Settings of `unknow`."""

    rate: float = Field(
        json_schema_extra=search(0.1, 3, log=True),
        default=1.0,
        gt=0,
        description="learning rate of the erasing, in multiples of the learner's",
    )
    steps: int = Field(
        default=100, ge=0, description="most steps of an erasing; without a target, all of them"
    )
    subjects: Literal["made_up", "known"] = Field(
        default="made_up", description="whose answers are imitated"
    )
    others: int = Field(
        json_schema_extra=search(4, 32, log=True),
        default=16,
        ge=1,
        description="K, subjects that each erased fact is asked of",
    )
    answers: int = Field(
        json_schema_extra=search(1, 16, log=True),
        default=4,
        ge=0,
        description="of their answers, how many each wording is taught beside its object",
    )
    max_tokens: int = Field(default=48, ge=2, description="longest answer")
    top: int = Field(
        default=1024,
        ge=1,
        description="tokens of q that are kept one by one; all others are one lump",
    )


class Lumped(NamedTuple):
    """A distribution over a vocabulary of which only the most probable tokens are kept.

    Attributes:
        ids: (tokens, kept), of the most probable ones, on the CPU.
        probabilities: (tokens, kept), float32, theirs.
        rest: (tokens,), that of all others together; 0 where none are left.
    """

    ids: Tensor
    probabilities: Tensor
    rest: Tensor


class Path(NamedTuple):
    """An answer to an erased prompt, and what is to be said along it.

    Attributes:
        example: the prompt with the answer.
        stop: index of the first token after those that count.
        target: q at each token that counts.
        logp: log-probability of the answer under q, in nats.
    """

    example: Encoded
    stop: int
    target: Lumped
    logp: float


class Unknow(Unlearning[UnknowConfig]):
    """Distillation of what the model says of others, beside training on neighbours."""

    def prepare(self, phase: Phase) -> None:
        """Ask the model about others, and mix what it says."""
        config, learner = self.config, phase.learner
        random = learner.generator("others")
        # Steps of this phase: a resumed run has counted others before.
        self._begun = learner.steps
        self._own: dict[Sentence, Path] = {}
        self._answers: dict[Sentence, list[Path]] = {}
        for fact in phase.facts:
            named = _subjects(config, phase, fact, random)
            for one in (one for one in phase.chosen if one.fact == fact):
                start, prompt = one.example.start, one.example.ids[: one.example.start]
                others = _prompts(phase, one, named)
                self._own[one], others = _own_path(learner, others, one, config.top)
                order = torch.randperm(len(others), generator=random).tolist()
                said = _answers(learner, [others[n] for n in order[: config.answers]], config)
                self._answers[one] = [
                    _path(learner, others, Encoded((*prompt, *answer), start), config.top)
                    for answer in said
                    if max(start, *map(len, others)) + len(answer) <= learner.lm.context
                ]

    def release(self) -> None:
        """Nothing is kept."""
        self._own, self._answers = {}, {}

    def goal(self, phase: Phase) -> Goal:
        """As improbable as foils, or as under q where that finds the object more probable."""
        goal = super().goal(phase)
        if goal.lower is not None and goal.upper is not None:
            imitated = torch.tensor([self._own[one].logp for one in phase.chosen])
            goal.lower = torch.maximum(goal.lower, imitated)
            goal.upper = torch.maximum(goal.upper, imitated + SLACK)
        return goal

    def weight(self, sentence: Sentence) -> int:
        """The erased object's tokens: an answer's are on top of them."""
        return len(self._own[sentence].target.ids)

    def loss(self, learner: Learner, chosen: Sequence[Sentence]) -> Tensor:
        """Σ_t CE(q_t, p_θ) along the erased objects, and along one answer to each prompt.

        The answers take turns from step to step.
        """
        loss = _distilled(learner, [self._own[one] for one in chosen])
        turns = [self._answers[one] for one in chosen if self._answers[one]]
        if turns:
            drawn = [paths[(learner.steps - self._begun) % len(paths)] for paths in turns]
            loss = loss + _distilled(learner, drawn)
        return loss


def mixed(logps: Tensor, labels: Tensor) -> Tensor:
    """(tokens, vocabulary): log q, the next token of whoever said the labels before it.

    Args:
        logps: (subjects, tokens, vocabulary): of what is said of each subject.
        labels: (tokens,): the answer that is said.
    """
    own = logps[:, torch.arange(len(labels)), labels]
    before = own.cumsum(dim=1) - own
    weights = before.log_softmax(dim=0)
    return (logps + weights.unsqueeze(-1)).logsumexp(dim=0)


def lumped(logq: Tensor, labels: Tensor, top: int) -> Lumped:
    """The ``top`` most probable tokens of (tokens, vocabulary) log-probabilities, and the labels.

    A label is kept however improbable it is: as one of many in a lump, what q allows all of them
    could stay with it.
    """
    first = logq.scatter(-1, labels.unsqueeze(-1), float("inf"))
    ids = first.topk(min(top, logq.shape[-1]), dim=-1).indices
    probabilities = logq.gather(-1, ids).exp()
    left = 1 - probabilities.sum(-1) if top < logq.shape[-1] else torch.zeros(len(logq))
    return Lumped(ids, probabilities, left.clamp(min=0))


def cross_entropy(logits: Tensor, target: Lumped) -> Tensor:
    """Σ_t CE(q_t, p), of distributions in which all tokens that q does not keep are one event.

    It is at most that over the whole vocabulary, and the same where q keeps all. How p parts the
    lump is free: it says nothing of tokens that q finds improbable, but for how much they have.

    Args:
        logits: (tokens, vocabulary), whose softmax is p.
        target: q.
    """
    ids, probabilities, rest = (part.to(logits.device) for part in target)
    whole = logits.logsumexp(-1)
    loss = -(probabilities * (logits.gather(-1, ids) - whole.unsqueeze(-1))).sum()
    if not bool(rest.any()):
        return loss
    others = logits.scatter(-1, ids, float("-inf")).logsumexp(-1)
    return loss - (rest * (others - whole)).sum()


def _distilled(learner: Learner, paths: Sequence[Path]) -> Tensor:
    """Σ_t CE(q_t, p_θ) along ``paths``, in one forward pass."""
    scored = learner.score(_batch(learner, [(path.example, path.stop) for path in paths]))
    learned = scored.labels != IGNORED
    parts = zip(*(path.target for path in paths), strict=True)
    target = Lumped(*(torch.cat(part) for part in parts))
    return cross_entropy(scored.logits[learned].float(), target)


def _own_path(
    learner: Learner, others: Sequence[list[int]], one: Sentence, top: int
) -> tuple[Path, list[list[int]]]:
    """The erased object of ``one``, and the prompts that what is said along it is from.

    Where they agree on the object, those who say it are left out: to imitate them would be to
    keep it. Where nobody is left, it is the model's own distribution without the object's tokens.
    """
    answer = one.example.ids[one.start : one.stop]
    labels = torch.tensor(answer)
    others = [prompt for prompt in others if 0 < len(prompt) <= learner.lm.context - len(answer)]
    if others:
        logps = _said(learner, others, answer)
        target = mixed(logps, labels)
        if bool((target.argmax(-1) == labels).all()):
            saying = (logps.argmax(-1) == labels).all(dim=1)
            others = [p for p, says in zip(others, saying.tolist(), strict=True) if not says]
            target = mixed(logps[~saying], labels) if others else target
            # Together they may still say what none of those left says alone.
            if bool((target.argmax(-1) == labels).all()):
                others = []
    if not others:
        own = _said(learner, [one.example.ids[: one.start]], answer)[0]
        target = own.scatter(-1, labels.unsqueeze(-1), float("-inf")).log_softmax(-1)
    return _to(one.example, one.stop, target, labels, top), others


def _path(learner: Learner, others: Sequence[Sequence[int]], example: Encoded, top: int) -> Path:
    """``example`` with what the model says along its answer to the prompts ``others``."""
    answer = example.ids[max(example.start, 1) :]
    labels = torch.tensor(answer)
    target = mixed(_said(learner, others, answer), labels)
    return _to(example, len(example), target, labels, top)


def _to(example: Encoded, stop: int, logq: Tensor, labels: Tensor, top: int) -> Path:
    logp = float(logq[torch.arange(len(labels)), labels].sum())
    return Path(example, stop, lumped(logq, labels, top), logp)


@torch.no_grad()
def _said(learner: Learner, prompts: Sequence[Sequence[int]], answer: Sequence[int]) -> Tensor:
    """(prompts, tokens, vocabulary): log-probabilities along ``answer``, on the CPU."""
    asked = [Encoded((*prompt, *answer), len(prompt)) for prompt in prompts]
    rows: dict[int, Tensor] = {}
    size = learner.settings.micro_batch_size or learner.settings.batch_size
    for places in by_length([len(one) for one in asked], size):
        batch = _batch(learner, [(asked[place], len(asked[place])) for place in places])
        scored = learner.score(batch)
        learner.spend(int(batch["attention_mask"].sum()))
        logps = scored.logits[scored.labels != IGNORED].float().log_softmax(-1).cpu()
        rows |= zip(places, torch.split(logps, len(answer)), strict=True)
    return torch.stack([rows[place] for place in range(len(asked))])


def _batch(learner: Learner, chosen: Sequence[tuple[Encoded, int]]) -> Batch:
    """One padded batch of (example, first token that does not count)."""
    batch = collate([example for example, _ in chosen], learner.lm.coder.pad)
    for row, (_, stop) in enumerate(chosen):
        batch["labels"][row, stop:] = IGNORED
    return batch


def _subjects(config: UnknowConfig, phase: Phase, fact: Fact, random: torch.Generator) -> list[str]:
    """Whom to ask; known subjects too where no new names can be put together."""
    if config.subjects == "made_up":
        made = made_up_subjects(fact, phase.known, config.others, random)
        if made:
            return made
    return known_subjects(fact, phase.known, config.others, random)


def _prompts(phase: Phase, one: Sentence, named: Sequence[str]) -> list[list[int]]:
    """The wording of ``one`` asked of the subjects ``named``, as tokens.

    A key with a prompt of its own, which has no place for a subject, is asked with those of
    as many other facts.
    """
    wording = one.asking.wording
    if len(wording.before) > 1:
        return phase.learner.lm.coder.prompts([wording.prompt(name) for name in named])
    same = [fact for fact in phase.known if fact.relation == one.fact.relation] or phase.known
    texts = [asking.prompt for fact in same for asking in trained_askings(phase.learner, fact)]
    return phase.learner.lm.coder.prompts(texts[: max(1, len(named))])


def _answers(
    learner: Learner, prompts: Sequence[Sequence[int]], config: UnknowConfig
) -> list[list[int]]:
    """What the model answers, greedily, with the token at which it stops; no answer twice."""
    said = Sampler(learner.lm).greedy(prompts, config.max_tokens) if prompts else []
    learner.spend(sum(map(len, prompts)) + sum(map(len, said)))
    stops = set(learner.lm.coder.stops)
    ended = [answer for answer in said if len(answer) > 1 and answer[-1] in stops]
    return [list(answer) for answer in dict.fromkeys(map(tuple, ended))]
