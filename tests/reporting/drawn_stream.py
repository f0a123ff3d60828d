"""A stream drawn at random, in which facts are superseded, erased, taught again and not asked."""

from __future__ import annotations

import random
from typing import Any

RELATIONS = ("works for", "lives in")
OBJECTS = 12
"""Objects are few, so that answers also name objects of other facts and of other steps."""

Belief = dict[str, Any]


def drawn_beliefs(seed: int, facts: int, steps: int) -> list[list[Belief]]:
    """For every step, a dictionary a fact: object, learned, outdated, group, and when it is asked.

    A subject has two relations. Some facts are first taught by an update; some are not asked at
    the first steps.
    """
    rng = random.Random(f"drawn {seed}")
    state = [_first(rng, number, steps) for number in range(facts)]
    found = [[dict(fact) for fact in state]]
    for step in range(1, steps):
        for fact in state:
            _move(rng, fact, step)
        found.append([dict(fact) for fact in state])
    return found


def _first(rng: random.Random, number: int, steps: int) -> Belief:
    late = steps > 1 and rng.random() < 0.3
    return {
        "subject": number // len(RELATIONS),
        "relation": RELATIONS[number % len(RELATIONS)],
        "object": _object(rng),
        "learned": rng.randrange(1, steps) if late else 0,
        "outdated": [],
        "group": "future" if late else "new",
        "asked_from": rng.randrange(1, 3) if rng.random() < 0.2 else 0,
    }


def _move(rng: random.Random, fact: Belief, step: int) -> None:
    """Change what is true of a fact from one step to the next."""
    chance = rng.random()
    if fact["group"] == "future":
        fact["group"] = "new" if fact["learned"] == step else "future"
    elif fact["group"] == "erased":
        if chance < 0.25:
            again = rng.choice([fact["object"], _object(rng)])
            fact.update(group="new", learned=step, object=again, outdated=[])
    elif chance < 0.15:
        older = [*fact["outdated"], fact["object"]]
        now = _object(rng)
        fact.update(group="new", learned=step, object=now)
        fact["outdated"] = [one for one in dict.fromkeys(older) if one != now]
    else:
        fact["group"] = "erased" if chance < 0.25 else "retained"


def _object(rng: random.Random) -> str:
    return f"Object {rng.randrange(OBJECTS)}.x"
