"""Random requests to forget, for a stream that has none or too few.

A fact is chosen only if it is known and valid at that step and the stream never mentions its key
again, so an erased fact is not taught again. Base facts and facts of earlier updates have the
same chance.
"""

from __future__ import annotations

from dataclasses import replace

from cltool.core.errors import UserError
from cltool.core.plurals import plural
from cltool.core.samples import fixed_sample
from cltool.facts.facts import Key, Knowledge, Update
from cltool.facts.stream import Stream


def requested(step: int, forgotten: int, forgetting: int | None) -> int:
    """Return how many facts the updates 1 … ``step`` ask to forget in total.

    Args:
        step: the last update that counts; the base, step 0, asks to forget nothing.
        forgotten: facts that each update asks to forget.
        forgetting: how many updates ask, from the first on; None: all.
    """
    return forgotten * (step if forgetting is None else min(step, forgetting))


def with_requests(
    stream: Stream, seed: int, forgotten: int, forgetting: int | None = None
) -> Stream:
    """Return ``stream`` with ``forgotten`` requests added to the first ``forgetting`` updates each.

    The choice depends on the stream and the seed. The facts chosen for an update do not depend
    on how many later updates ask.

    Raises:
        UserError: at some update there are fewer such facts than requests.
    """
    if not requested(len(stream) - 1, forgotten, forgetting):
        return stream
    free = _free(stream)
    known = Knowledge()
    erased: set[Key] = set()
    updates: list[Update] = []
    for update in stream:
        wanted = requested(update.step, forgotten, forgetting) - len(erased)
        valid = {fact.key: fact for fact in known.valid()}
        candidates = [
            key for key in valid if free.get(key, len(stream)) < update.step and key not in erased
        ]
        if wanted > len(candidates):
            raise UserError(
                f"update {update.step} ({update.label}) must ask to forget"
                f" {plural(wanted, 'fact')}, but only {len(candidates)} are known at that step and"
                " not taught again later",
                where=f"scenario {stream.name}, forgotten",
                hint="Set a lower scenario.forgotten, or let fewer updates ask"
                " (scenario.forgetting).",
            )
        drawn = fixed_sample(candidates, wanted, seed, "requests", update.step)
        erased.update(drawn)
        forget = (*update.forget, *(valid[key] for key in drawn))
        updates.append(replace(update, forget=forget) if drawn else update)
        known.apply(update)
    source = {"forgotten": forgotten, "forgetting": forgetting, "seed": seed}
    return replace(stream, updates=updates, source={**stream.source, **source})


def _free(stream: Stream) -> dict[Key, int]:
    """Return the last step that mentions each key, for keys that the stream never forgets."""
    last = {
        fact.key: update.step for update in stream for fact in (*update.restated, *update.learn)
    }
    own = {fact.key for update in stream for fact in update.forget}
    return {key: step for key, step in last.items() if key not in own}
