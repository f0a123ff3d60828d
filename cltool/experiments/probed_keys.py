"""Chooses the keys that a run asks about: all of them, or the same sample at every step.

``probe.sample`` is a stratified sample. The strata are what happens to a key in the stream (an
update asks to forget it, changes it, adds it, or leaves it as it is in the base), its relation, and
the step that first teaches it. The keys are sorted by stratum, at random within one, and every
k-th is taken from a random start: systematic sampling with implicit stratification (Madow 1949,
"On the theory of systematic sampling, II"; Cochran 1977, Sampling Techniques, section 8.2). Each
key has the same probability to be asked, so that every score is a plain share, and each stratum
has its share of the sample, up to one key.
"""

from __future__ import annotations

import random
from array import array
from collections import Counter
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from cltool.core.samples import fixed_sample
from cltool.core.seeds import derive
from cltool.facts.facts import Fact, Key
from cltool.facts.identity import name_identity
from cltool.facts.key_numbers import KeyNumbers
from cltool.facts.stream import Stream

if TYPE_CHECKING:
    from cltool.core.settings import ProbeSettings

KEPT, ADDED, CHANGED, ERASED = range(4)
"""What happens to a key: it stays as in the base, an update adds it, changes it, or erases it."""


def probed_keys(stream: Stream, settings: ProbeSettings) -> dict[Key, tuple[int, Fact]]:
    """Return the keys to ask about, as `Stream.first_taught`.

    A sample is the same for all runs over a stream.
    """
    if settings.sample is not None:
        return _sampled(stream, settings.sample, settings.sample_seed)
    keys = stream.first_taught()
    return {key: keys[key] for key in fixed_sample(list(keys), settings.limit, 0, "probe.limit")}


class _Strata:
    """The strata of all keys of a stream, in about fifty bytes a key."""

    def __init__(self, stream: Stream) -> None:
        self.numbers = KeyNumbers()
        self.kinds, self.relations, self.steps = array("b"), array("i"), array("i")
        named: dict[str, int] = {}
        for step, fact in _taught(stream):
            number = self.numbers.add(fact.key)
            if number < len(self.kinds):
                self.kinds[number] = CHANGED
                continue
            self.kinds.append(ADDED if step else KEPT)
            self.relations.append(named.setdefault(name_identity(fact.relation), len(named)))
            self.steps.append(step)
        for update in stream:
            for fact in update.forget:
                if (number := self.numbers.find(fact.key)) >= 0:
                    self.kinds[number] = ERASED

    def sample(self, most: int, seed: int) -> set[int]:
        """Return the numbers of at most ``most`` keys."""
        import numpy as np

        count = len(self.kinds)
        if count <= most:
            return set(range(count))
        rng = random.Random(derive(seed, "probe.sample"))
        mixed = np.random.default_rng(rng.getrandbits(64)).permutation(count)
        columns = (self.steps, self.relations, self.kinds)
        order = np.lexsort((mixed, *map(np.asarray, columns)))
        start, every = rng.random(), count / most
        return {int(order[min(int((start + place) * every), count - 1)]) for place in range(most)}


def _taught(stream: Stream) -> Iterator[tuple[int, Fact]]:
    for update in stream:
        for fact in update.learn:
            if fact.key not in stream.unasked:
                yield update.step, fact


def _sampled(stream: Stream, most: int, seed: int) -> dict[Key, tuple[int, Fact]]:
    strata = _Strata(stream)
    chosen = strata.sample(most, seed)
    found: dict[Key, tuple[int, Fact]] = {}
    for step, fact in _taught(stream):
        if strata.numbers.find(fact.key) in chosen:
            found.setdefault(fact.key, (step, fact))
    return found


def sampling(stream: Stream, keys: Collection[Key]) -> dict[str, object] | None:
    """Return what of a stream ``keys`` are, for the run's record; None if they are all keys.

    Returns:
        ``facts`` (how many keys are asked about), ``of`` (how many there are), ``taught`` (for each
        step, how many of the asked keys it teaches), ``changed`` and ``erased`` (how many of the
        asked keys updates supersede, and ask to forget).
    """
    every = KeyNumbers()
    taught: list[int] = []
    times: Counter[Key] = Counter()
    for step, fact in _taught(stream):
        every.add(fact.key)
        if fact.key in keys:
            taught += [0] * (step + 1 - len(taught))
            taught[step] += 1
            times[fact.key] += 1
    if len(every) == len(keys):
        return None
    erased = {fact.key for update in stream for fact in update.forget if fact.key in keys}
    return {
        "facts": len(keys),
        "of": len(every),
        "taught": taught + [0] * (len(stream) - len(taught)),
        "changed": sum(count > 1 for count in times.values()),
        "erased": len(erased),
    }
