"""Counts a model's beliefs about a stream: unknown ones, outdated ones, and those of each step."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cltool.evaluation.knowledge_age import (
    CONFIDENCE,
    Share,
    holders_of,
    median_interval,
    median_step,
)
from cltool.experiments.believe import KeyBelief

FORMAT = 1

LIKELY = 0.1
"""If more keys than this share would be known by chance, there is a warning."""

Data = dict[str, Any]


@dataclass(frozen=True)
class Beliefs:
    """What a model believes about the keys of a stream.

    Attributes:
        model: its name.
        scenario: the stream's name.
        labels: the label of each step of the stream.
        keys: the keys that were asked about, each with at least two holders.
        changing: number of keys of the stream with at least two holders.
        single: number of its keys with one holder, which tell nothing about time.
        asked: how the model was asked, if there was a choice.
        warnings: sentences that limit the conclusions.
    """

    model: str
    scenario: str
    labels: tuple[str, ...]
    keys: tuple[KeyBelief, ...]
    changing: int
    single: int
    asked: str = ""
    warnings: tuple[str, ...] = ()

    def by_chance(self) -> float:
        """Return the share of keys that would be known if all names were equally good guesses."""
        shares = [len(k.held.holders) / (len(k.held.holders) + k.rivals) for k in self.keys]
        return sum(shares) / len(shares)

    def as_json(self) -> Data:
        """Return the counts and every key as plain JSON values."""
        relations = dict.fromkeys(key.held.key[1] for key in self.keys)
        return {
            "format": FORMAT,
            "model": self.model,
            "scenario": self.scenario,
            "asked": self.asked,
            "labels": list(self.labels),
            "keys": len(self.keys),
            "changing": self.changing,
            "single": self.single,
            "confidence": CONFIDENCE,
            "by_chance": self.by_chance(),
            "probable": self._counted(self.keys, _probable),
            "named": self._counted(self.keys, _named),
            "relations": [
                {
                    "relation": name,
                    "probable": self._counted(own, _probable, by_step=False),
                    "named": self._counted(own, _named, by_step=False),
                }
                for name in sorted(relations)
                for own in ([key for key in self.keys if key.held.key[1] == name],)
            ],
            "facts": [self._fact(key) for key in self.keys],
            "warnings": [*self._doubts(), *self.warnings],
        }

    def _doubts(self) -> list[str]:
        chance = self.by_chance()
        if chance <= LIKELY:
            return []
        return [
            "There are few other objects to compare with: a model that knows nothing would seem to"
            f" know {chance:.0%} of the keys."
        ]

    def _counted(
        self, keys: Sequence[KeyBelief], believed: Believed, *, by_step: bool = True
    ) -> Data:
        """Return shares of ``keys``, where ``believed`` tells the holder of a key, if known."""
        steps = len(self.labels)
        known = [(key, place) for key in keys if (place := believed(key)) is not None]
        terms = [key.held.holders[place].steps for key, place in known]
        held = [_all_steps(key) for key, _ in known]
        last = Share(sum(steps - 1 not in own for own in terms), len(known))
        found: Data = {
            "unknown": _share(Share(len(keys) - len(known), len(keys))),
            "outdated": _share(last),
            "median": self._median(terms),
        }
        if by_step:
            shares = holders_of(terms, held, steps)
            found["holders_of"] = [
                {"label": label, **_share(one)}
                for label, one in zip(self.labels, shares, strict=True)
            ]
        return found

    def _median(self, terms: Sequence[Sequence[int]]) -> Data | None:
        steps = len(self.labels)
        middle = median_step(terms, steps)
        if middle is None:
            return None
        low, high = median_interval(terms, steps)
        return {
            "label": self.labels[middle],
            "low": self.labels[low],
            "high": self.labels[high],
        }

    def _fact(self, key: KeyBelief) -> Data:
        subject, relation = key.held.key
        return {
            "subject": subject,
            "relation": relation,
            "holders": [
                {
                    "name": holder.fact.object,
                    "labels": [self.labels[step] for step in holder.steps],
                    "score": _finite(score),
                }
                for holder, score in zip(key.held.holders, key.scores, strict=True)
            ],
            "probable": _name(key, key.probable),
            "named": _name(key, key.named),
            "rivals": key.rivals,
            "rival": {"name": key.rival, "score": _finite(key.rival_score)},
            "answers": [{"prompt": prompt, "answer": text} for prompt, text in key.answers],
        }


Believed = Callable[[KeyBelief], int | None]
"""Returns the number of the believed holder of a key."""


def _probable(key: KeyBelief) -> int | None:
    return key.probable


def _named(key: KeyBelief) -> int | None:
    return key.named


def _name(key: KeyBelief, place: int | None) -> str | None:
    return None if place is None else key.held.holders[place].fact.object


def _all_steps(key: KeyBelief) -> list[int]:
    return sorted(_joined(holder.steps for holder in key.held.holders))


def _joined(steps: Iterable[Sequence[int]]) -> set[int]:
    return {step for own in steps for step in own}


def _share(share: Share) -> Data:
    low, high = share.interval() or (None, None)
    return {"keys": share.hits, "of": share.of, "share": share.value, "low": low, "high": high}


def _finite(score: float) -> float | None:
    return score if math.isfinite(score) else None
