"""Fixed random samples: the same for the same items, seed and purpose."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

from cltool.core.seeds import derive

Item = TypeVar("Item")


def fixed_sample(
    items: Sequence[Item], most: int | None, seed: int, *purpose: int | str
) -> list[Item]:
    """Return at most ``most`` of ``items``, drawn at random, in their order; all if it is None.

    Args:
        items: what to draw from.
        most: the size of the sample.
        seed: with ``purpose``, the seed of the draw.
        purpose: what the sample is for (`cltool.core.seeds.derive`).
    """
    if most is None or len(items) <= most:
        return list(items)
    places = random.Random(derive(seed, *purpose)).sample(range(len(items)), most)
    return [items[place] for place in sorted(places)]
