"""Requests to forget, drawn for a stream that has none of its own, or too few.

A request falls only on a fact that is known and valid when it is made and whose key the stream
never mentions again: so what is erased stays erased, as far as the facts go. Base facts and
facts of earlier updates are drawn alike.
"""

from __future__ import annotations

import random
from dataclasses import replace

from cltool.core.errors import UserError
from cltool.core.seeds import derive
from cltool.facts.facts import Fact, Key, Update
from cltool.facts.stream import Stream


def asked(step: int, forgotten: int, forgetting: int | None) -> int:
    """How many facts the updates 1 … ``step`` ask to forget.

    Args:
        step: 0 is the base, which asks for nothing.
        forgotten: facts that an update asks to forget.
        forgetting: the first how many updates ask; None: all.
    """
    return forgotten * (step if forgetting is None else min(step, forgetting))


def with_requests(
    stream: Stream, seed: int, forgotten: int, forgetting: int | None = None
) -> Stream:
    """``stream`` with ``forgotten`` requests more in each of the first ``forgetting`` updates.

    Which facts are drawn depends on the stream and the seed; those of an update do not depend
    on how many later updates ask.

    Raises:
        UserError: an update finds fewer such facts than it is to ask for.
    """
    if not asked(len(stream) - 1, forgotten, forgetting):
        return stream
    free = _free(stream)
    valid: dict[Key, Fact] = {}
    gone: set[Key] = set()
    updates: list[Update] = []
    for update in stream:
        wanted = asked(update.step, forgotten, forgetting) - len(gone)
        there = [key for key in valid if free.get(key, len(stream)) < update.step]
        there = [key for key in there if key not in gone]
        if wanted > len(there):
            raise UserError(
                f"update {update.step} ({update.label}) is to ask for {wanted} facts to forget, "
                f"but finds only {len(there)} that are known then and not taught again later",
                where=f"scenario {stream.name}, forgotten",
                hint="Ask for fewer (scenario.forgotten), or let fewer updates ask "
                "(scenario.forgetting).",
            )
        chance = random.Random(derive(seed, "requests", update.step))
        drawn = [there[place] for place in sorted(chance.sample(range(len(there)), wanted))]
        gone.update(drawn)
        forget = (*update.forget, *(valid[key] for key in drawn))
        updates.append(replace(update, forget=forget) if drawn else update)
        valid |= {fact.key: fact for fact in update.learn}
    source = {"forgotten": forgotten, "forgetting": forgetting, "seed": seed}
    return replace(stream, updates=updates, source={**stream.source, **source})


def _free(stream: Stream) -> dict[Key, int]:
    """Key → the step that mentions it last, of those that the stream never asks to forget."""
    last = {fact.key: update.step for update in stream for fact in update.learn}
    own = {fact.key for update in stream for fact in update.forget}
    return {key: step for key, step in last.items() if key not in own}
