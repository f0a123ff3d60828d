"""Choice: is the object of a fact more probable than other objects of its relation?

It shows what a model knows whatever the form of its answers. One wording of each fact is asked. The
object, the latest superseded one and distractors, which are other objects of the relation, are
scored after the same prompt (`cltool.evaluation.likely_names`): natural-log probability per token,
because names have different lengths. With seven other objects, a model that knows nothing is right
in one of eight cases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cltool.core.plurals import plural
from cltool.evaluation.matchers import WRONG
from cltool.evaluation.matching import OUTDATED, RIGHT
from cltool.facts.distractors import RelationDistractors
from cltool.facts.identity import key_of, names_object
from cltool.facts.wordings import PARAPHRASE, QUESTION, TRAINED

if TYPE_CHECKING:
    from cltool.evaluation.likely_names import Scorer
    from cltool.facts.facts import Key
    from cltool.facts.stream import Probe, Stream

MOST = 7
"""Most objects that the object of a fact is compared with."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The most probable object.

    Attributes:
        verdict: ``right``, ``outdated`` or ``wrong``.
        name: the object. Of several that are equally probable, it is not the right one.
    """

    verdict: str
    name: str


class Chooser:
    """Compares the objects of the facts of one stream with other objects.

    Args:
        stream: the stream; its objects of all steps are used.
        seed: seed of the choice of distractors.
    """

    def __init__(self, stream: Stream, seed: int = 0) -> None:
        facts = (
            fact
            for update in stream
            for fact in (*update.learn, *update.restated)
            if fact.key not in stream.unasked
        )
        self._distractors = RelationDistractors(facts, seed)
        self._drawn: dict[Key, tuple[tuple[str, ...], tuple[str, ...]]] = {}

    def names(self, key: Key, accepted: Sequence[str], outdated: Sequence[str]) -> tuple[str, ...]:
        """Return the objects that are compared, with the object of the fact at the end.

        Args:
            key: the key.
            accepted: the object and its aliases.
            outdated: superseded objects, oldest first. The last one is compared, too.

        Returns:
            Empty if the relation has no other object.
        """
        former = outdated[-1:]
        true = (*accepted, *former)
        known = self._drawn.get(key)
        if known is None or known[0] != true:
            drawn = self._distractors.of(key, true, MOST - len(former))
            known = self._drawn[key] = true, tuple(drawn)
        others = (*known[1], *former)
        return (*others, accepted[0]) if others else ()

    def choose(
        self, probes: Sequence[Probe], frame: Callable[[str], str], score: Scorer
    ) -> dict[int, Chosen]:
        """Return place of a probe → what the model finds most probable, for one probe a fact.

        Args:
            probes: the probes of one step.
            frame: the text that the strategy puts around a prompt.
            score: how probable the model finds names.
        """
        from cltool.evaluation.likely_names import Alternatives

        asked = {
            place: names
            for place in first_held_out(probes)
            for probe in (probes[place],)
            if (names := self.names(key_of(*probe.key), probe.accepted, probe.outdated))
        }
        scores = score(
            [
                Alternatives(frame(probes[place].prompt), probes[place].gap, names)
                for place, names in asked.items()
            ]
        )
        return {
            place: _chosen(probes[place], names, own)
            for (place, names), own in zip(asked.items(), scores, strict=True)
        }

    def unasked(self, keys: Iterable[tuple[Key, Sequence[str]]]) -> int:
        """Return how many keys have no other object in their relation.

        Args:
            keys: each key with the accepted spellings of an object.
        """
        return sum(not self.names(key, accepted, ()) for key, accepted in keys)


def first_held_out(probes: Sequence[Probe]) -> list[int]:
    """Return the place of the first held-out probe of each key; a trained one if none is."""
    found: dict[tuple[str, str], int] = {}
    for place, probe in enumerate(probes):
        if probe.form in (PARAPHRASE, QUESTION, TRAINED):
            known = found.setdefault(probe.key, place)
            if probes[known].form == TRAINED != probe.form:
                found[probe.key] = place
    return sorted(found.values())


def _chosen(probe: Probe, names: Sequence[str], scores: Sequence[float]) -> Chosen:
    # Of equal scores, the first counts: the object itself is the last of the names.
    name = names[max(range(len(names)), key=scores.__getitem__)]
    if names_object(name, probe.accepted):
        return Chosen(RIGHT, name)
    return Chosen(OUTDATED if names_object(name, probe.outdated) else WRONG, name)


def left_out(without: int, of: int) -> str:
    """Return a warning about facts that cannot be asked by choice.

    Args:
        without: how many facts have no other object in their relation.
        of: number of facts.
    """
    are = "is" if without == 1 else "are"
    return (
        f"{without} of {plural(of, 'fact')} {are} left out of the scores of --match choice:"
        f" {'its relation has' if without == 1 else 'their relations have'} no other object to"
        " choose from."
    )
