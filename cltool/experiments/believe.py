"""Compares the holders of keys with one another and with distractors, and reads free answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cltool.core.errors import UserError
from cltool.core.progress import QUIET, Progress
from cltool.evaluation.likely_names import Alternatives, Scorer
from cltool.evaluation.matching import Answer
from cltool.evaluation.named_holder import HolderReader, agreed
from cltool.facts.holders import HeldKey, Rivals
from cltool.facts.wordings import Asking

RIVALS = 19
"""Distractors for each holder of a key: if all names were equally good guesses, one of the holders
would be more probable than all distractors for 1 of 20 keys."""

AT_ONCE = 32
"""Keys that are asked about together."""

FIRST, LATER = 16, 48
"""Distractors that the holders of a key are compared with in the first round, and in later ones."""

Answerer = Callable[[Sequence[Asking]], Sequence[Answer]]
"""Returns what the model says to each question."""


@dataclass(frozen=True)
class KeyBelief:
    """What a model believes about one key.

    Attributes:
        held: the key and its holders.
        scores: mean log-probability of a token of each holder, over the wordings.
        rivals: number of distractors.
        rival: the most probable distractor among those that were compared. The comparison ends once
            a distractor is at least as probable as every holder.
        rival_score: its mean log-probability.
        probable: number of the most probable holder; None if a distractor is as probable.
        named: number of the holder that the free answers name; None if they name nobody.
        answers: each prompt and what the model said.
    """

    held: HeldKey
    scores: tuple[float, ...]
    rivals: int
    rival: str
    rival_score: float
    probable: int | None
    named: int | None
    answers: tuple[tuple[str, str], ...]


def believe(
    asked: Sequence[tuple[HeldKey, Sequence[Asking]]],
    rivals: Rivals,
    score: Scorer,
    answer: Answerer,
    reader: HolderReader,
    progress: Progress = QUIET,
) -> list[KeyBelief]:
    """Return what a model believes about each key.

    Args:
        asked: the keys, and the wordings in which each is asked.
        rivals: the distractors.
        score: how probable the model finds names.
        answer: what it says.
        reader: reads what it says.
        progress: receives the progress of asking.

    Raises:
        UserError: there is no distractor for a key.
    """
    found: list[KeyBelief] = []
    for begin in range(0, len(asked), AT_ONCE):
        progress(begin, len(asked), f"asked about {begin} of {len(asked)} keys")
        some = asked[begin : begin + AT_ONCE]
        contests = [_Contest(held, askings, rivals) for held, askings in some]
        _decide(contests, score)
        said = iter(answer([asking for _, askings in some for asking in askings]))
        for contest in contests:
            answers = [next(said) for _ in contest.askings]
            found.append(contest.belief(answers, reader))
    progress(1, 1, f"asked about {len(asked)} keys")
    return found


@dataclass
class _Contest:
    """The holders of a key against its distractors.

    Attributes:
        scores: the scores of the holders, then those of the distractors that were compared so far.
    """

    held: HeldKey
    askings: Sequence[Asking]
    pool: Rivals
    names: list[str] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        holders = [holder.fact.object for holder in self.held.holders]
        distractors = self.pool.of(self.held, RIVALS * len(holders))
        if not distractors:
            subject, relation = self.held.key
            raise UserError(
                f"there is no other object to compare the objects of {subject}, {relation} with",
                hint="Give facts about more subjects. Objects that never held the key are needed to"
                " see whether a model knows it.",
            )
        self.names = [*holders, *distractors]

    @property
    def count(self) -> int:
        """Number of holders."""
        return len(self.held.holders)

    @property
    def open(self) -> bool:
        """Whether further distractors can change the result."""
        return len(self.scores) < len(self.names) and self.probable is not None

    @property
    def probable(self) -> int | None:
        """The holder that is more probable than every distractor so far."""
        best = max(self.scores[: self.count], default=0.0)
        if any(score >= best for score in self.scores[self.count :]):
            return None
        return self.scores.index(best) if self.scores else 0

    def next_round(self) -> list[Alternatives]:
        """Return the names to score next, after each prompt."""
        done = len(self.scores)
        end = done + LATER if done else self.count + FIRST
        names = tuple(self.names[done:end])
        return [Alternatives(one.prompt, one.wording.gap, names) for one in self.askings]

    def belief(self, answers: Sequence[Answer], reader: HolderReader) -> KeyBelief:
        """Return the result, with what the model says."""
        named = [
            reader.named(self.held, asking, answer)
            for asking, answer in zip(self.askings, answers, strict=True)
        ]
        compared = self.scores[self.count :]
        best = max(range(len(compared)), key=compared.__getitem__)
        return KeyBelief(
            held=self.held,
            scores=tuple(self.scores[: self.count]),
            rivals=len(self.names) - self.count,
            rival=self.names[self.count + best],
            rival_score=compared[best],
            probable=self.probable,
            named=agreed(named),
            answers=tuple(
                (asking.prompt, answer.text)
                for asking, answer in zip(self.askings, answers, strict=True)
            ),
        )


def _decide(contests: Sequence[_Contest], score: Scorer) -> None:
    """Score names in rounds, until further distractors cannot change any result."""
    while unfinished := [contest for contest in contests if contest.open]:
        rounds = [contest.next_round() for contest in unfinished]
        means = iter(score([one for own in rounds for one in own]))
        for contest, own in zip(unfinished, rounds, strict=True):
            by_wording = [next(means) for _ in own]
            contest.scores += [
                sum(column) / len(column) for column in zip(*by_wording, strict=True)
            ]
