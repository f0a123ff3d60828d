"""Imitates ignorance: the model answers as it does for subjects that it does not know.

A method of this toolkit. Other methods make an erased object improbable and do not determine what
becomes probable instead; this reveals that something was erased. A model retrained without the
fact guesses, as it does for any unknown subject. The guess is therefore taken from the model
itself: before the erasing, it is given the same wording with K other subjects s_k, and the mixture
of its predictions is distilled into the erased prompt,

    L(θ) = E_t CE( q_t, p_θ(· | x(s), y_<t) ) + γ L_retain(θ)
    q_t = Σ_k w_k,t p(· | x(s_k), y_<t),     w_k,t ∝ Π_{u<t} p(y_u | x(s_k), y_<u)

The weights are the posterior of the subjects given the tokens so far, so q is the distribution of
a whole answer about a random subject. y is the erased object, and also answers that the model gave
for the other subjects. Along the erased object its probability decreases; along the other answers
the probability of guesses increases.

Eldan & Russinovich (2023), "Who's Harry Potter? Approximate unlearning in LLMs", also train on
the predictions of a model without the knowledge. They estimate them with a model that was trained
more on the text, and with generic names in place of the text's names.

``made_up`` subjects are composed of words of known ones; the model knows nothing about them and
must guess. For ``known`` subjects the model knows the objects, so q is the frequency of each
object in the relation.
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
from cltool.training.longest import answer_limit
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
"""An object has reached its target if it is at most twice as probable as under q (in nats)."""


class UnknowConfig(UnlearningConfig):
    """Settings of `unknow`."""

    rate: float = Field(
        json_schema_extra=search(0.1, 3, log=True),
        default=1.0,
        gt=0,
        description="learning rate of the erasing, × the learner's",
    )
    steps: int = Field(
        default=100, ge=0, description="most steps of an erasing; without a target, all of them"
    )
    subjects: Literal["made_up", "known"] = Field(
        default="made_up", description="subjects whose answers are imitated"
    )
    others: int = Field(
        json_schema_extra=search(4, 32, log=True),
        default=16,
        ge=1,
        description="K, number of other subjects per erased fact",
    )
    answers: int = Field(
        json_schema_extra=search(1, 16, log=True),
        default=4,
        ge=0,
        description="number of their answers that are trained per wording, besides its object",
    )
    max_tokens: int | None = Field(
        default=None,
        ge=2,
        description="most tokens of an answer; none: 48, or those of the longest known object",
    )
    top: int = Field(
        default=1024,
        ge=1,
        description="tokens of q with their own probability; all others are one class",
    )


class Truncated(NamedTuple):
    """Distributions over a vocabulary, of which only the most probable tokens are listed.

    Attributes:
        ids: (tokens, listed), the most probable ones, on the CPU.
        probabilities: (tokens, listed), float32, their probabilities.
        rest: (tokens,), the probability of all others together; 0 if there are none.
    """

    ids: Tensor
    probabilities: Tensor
    rest: Tensor


class Path(NamedTuple):
    """An answer to an erased prompt, and the target distributions along it.

    Attributes:
        example: the prompt with the answer.
        stop: index of the first token after those that count.
        target: q at each token that counts.
        logp: log-probability of the answer under q, in nats.
    """

    example: Encoded
    stop: int
    target: Truncated
    logp: float


class Unknow(Unlearning[UnknowConfig]):
    """Distillation of predictions for other subjects, with training on a retain set."""

    def prepare(self, phase: Phase) -> None:
        """Compute the model's predictions for other subjects, and their mixtures."""
        config, learner = self.config, phase.learner
        random = learner.generator("others")
        # Counts the steps of this phase: learner.steps includes earlier ones.
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
        """Delete what ``prepare`` computed."""
        self._own, self._answers = {}, {}

    def goal(self, phase: Phase) -> Goal:
        """Return the target: the probability of distractors, or that under q if it is larger."""
        goal = super().goal(phase)
        if goal.lower is not None and goal.upper is not None:
            imitated = torch.tensor([self._own[one].logp for one in phase.chosen])
            goal.lower = torch.maximum(goal.lower, imitated)
            goal.upper = torch.maximum(goal.upper, imitated + SLACK)
        return goal

    def weight(self, sentence: Sentence) -> int:
        """Return the number of the erased object's tokens, without those of other answers."""
        return len(self._own[sentence].target.ids)

    def loss(self, learner: Learner, chosen: Sequence[Sentence]) -> Tensor:
        """Return Σ_t CE(q_t, p_θ) along the erased objects, and along one answer per prompt.

        The answers alternate from step to step.
        """
        loss = _distilled(learner, [self._own[one] for one in chosen])
        turns = [self._answers[one] for one in chosen if self._answers[one]]
        if turns:
            drawn = [paths[(learner.steps - self._begun) % len(paths)] for paths in turns]
            loss = loss + _distilled(learner, drawn)
        return loss


def mixture(logps: Tensor, labels: Tensor) -> Tensor:
    """Return (tokens, vocabulary): log q, the mixture given the earlier labels.

    Args:
        logps: (subjects, tokens, vocabulary): log-probabilities for each subject.
        labels: (tokens,): the answer.
    """
    own = logps[:, torch.arange(len(labels)), labels]
    before = own.cumsum(dim=1) - own
    weights = before.log_softmax(dim=0)
    return (logps + weights.unsqueeze(-1)).logsumexp(dim=0)


def truncated(logq: Tensor, labels: Tensor, top: int) -> Truncated:
    """Return the ``top`` most probable tokens of (tokens, vocabulary) log-probabilities.

    A label is always included: in the class of all other tokens, it could keep the probability of
    the whole class.
    """
    first = logq.scatter(-1, labels.unsqueeze(-1), float("inf"))
    ids = first.topk(min(top, logq.shape[-1]), dim=-1).indices
    probabilities = logq.gather(-1, ids).exp()
    left = 1 - probabilities.sum(-1) if top < logq.shape[-1] else torch.zeros(len(logq))
    return Truncated(ids, probabilities, left.clamp(min=0))


def cross_entropy(logits: Tensor, target: Truncated) -> Tensor:
    """Return Σ_t CE(q_t, p), with all tokens that q does not list as one class.

    It is at most the cross entropy over the whole vocabulary, and equal if q lists all tokens.
    Only the total probability of the class is trained, not its division among the tokens.

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
    """Return Σ_t CE(q_t, p_θ) along ``paths``, in one forward pass."""
    scored = learner.score(_batch(learner, [(path.example, path.stop) for path in paths]))
    learned = scored.labels != IGNORED
    parts = zip(*(path.target for path in paths), strict=True)
    target = Truncated(*(torch.cat(part) for part in parts))
    return cross_entropy(scored.logits[learned].float(), target)


def _own_path(
    learner: Learner, others: Sequence[list[int]], one: Sentence, top: int
) -> tuple[Path, list[list[int]]]:
    """Return the path of the erased object of ``one``, and the prompts that its target is from.

    If the mixture's answer is the erased object, the subjects that answer it are left out, because
    imitating them would keep the object. If none is left, the target is the model's own
    distribution without the object's tokens.
    """
    answer = one.example.ids[one.start : one.stop]
    labels = torch.tensor(answer)
    others = [prompt for prompt in others if 0 < len(prompt) <= learner.lm.context - len(answer)]
    if others:
        logps = _logps_along(learner, others, answer)
        target = mixture(logps, labels)
        if bool((target.argmax(-1) == labels).all()):
            saying = (logps.argmax(-1) == labels).all(dim=1)
            others = [p for p, says in zip(others, saying.tolist(), strict=True) if not says]
            target = mixture(logps[~saying], labels) if others else target
            # The mixture may still answer the object, even if no single subject does.
            if bool((target.argmax(-1) == labels).all()):
                others = []
    if not others:
        own = _logps_along(learner, [one.example.ids[: one.start]], answer)[0]
        target = own.scatter(-1, labels.unsqueeze(-1), float("-inf")).log_softmax(-1)
    return _to(one.example, one.stop, target, labels, top), others


def _path(learner: Learner, others: Sequence[Sequence[int]], example: Encoded, top: int) -> Path:
    """Return the path of ``example``, with the mixture over the prompts ``others`` as target."""
    answer = example.ids[max(example.start, 1) :]
    labels = torch.tensor(answer)
    target = mixture(_logps_along(learner, others, answer), labels)
    return _to(example, len(example), target, labels, top)


def _to(example: Encoded, stop: int, logq: Tensor, labels: Tensor, top: int) -> Path:
    logp = float(logq[torch.arange(len(labels)), labels].sum())
    return Path(example, stop, truncated(logq, labels, top), logp)


@torch.no_grad()
def _logps_along(
    learner: Learner, prompts: Sequence[Sequence[int]], answer: Sequence[int]
) -> Tensor:
    """Return (prompts, tokens, vocabulary): log-probabilities along ``answer``, on the CPU."""
    asked = [Encoded((*prompt, *answer), len(prompt)) for prompt in prompts]
    rows: dict[int, Tensor] = {}
    size = learner.forward_size.size
    for indices in by_length([len(one) for one in asked], size):
        batch = _batch(learner, [(asked[index], len(asked[index])) for index in indices])
        scored = learner.score(batch)
        logps = scored.logits[scored.labels != IGNORED].float().log_softmax(-1).cpu()
        rows |= zip(indices, torch.split(logps, len(answer)), strict=True)
    return torch.stack([rows[index] for index in range(len(asked))])


def _batch(learner: Learner, chosen: Sequence[tuple[Encoded, int]]) -> Batch:
    """Return one padded batch of (example, index of the first token that does not count)."""
    batch = collate([example for example, _ in chosen], learner.lm.coder.pad)
    for row, (_, stop) in enumerate(chosen):
        batch["labels"][row, stop:] = IGNORED
    return batch


def _subjects(config: UnknowConfig, phase: Phase, fact: Fact, random: torch.Generator) -> list[str]:
    """Return the other subjects; known ones if no new names can be composed."""
    if config.subjects == "made_up":
        made = made_up_subjects(fact, phase.known, config.others, random)
        if made:
            return made
    return known_subjects(fact, phase.known, config.others, random)


def _prompts(phase: Phase, one: Sentence, named: Sequence[str]) -> list[list[int]]:
    """Return the wording of ``one`` with each of the subjects ``named``, as tokens.

    If the key has its own prompt without a place for a subject, the prompts of as many other
    facts are returned.
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
    """Return the model's distinct greedy answers, including their stop tokens."""
    sampler = Sampler(learner.lm)
    limit = answer_limit(learner, 48, config.max_tokens, "unknow")
    said = sampler.greedy(prompts, limit) if prompts else []
    learner.spend(sampler.tokens)
    stops = set(learner.lm.coder.stops)
    ended = [answer for answer in said if len(answer) > 1 and answer[-1] in stops]
    return [list(answer) for answer in dict.fromkeys(map(tuple, ended))]
