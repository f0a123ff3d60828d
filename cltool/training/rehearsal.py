"""Notes which facts were rehearsed while an update was applied."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from cltool.facts.wordings import TRAINED
from cltool.lm.coder import Coder, Encoded

if TYPE_CHECKING:
    from cltool.facts.facts import Key
    from cltool.facts.stream import Stream

Ids = tuple[int, ...]


class Rehearsal:
    """The examples of earlier facts that were trained on, or that a gradient was taken of.

    Examples are tokens, so that a strategy need not say which fact each is about: it is the fact
    whose trained prompt the example begins with, or whose text it is. Prompts and texts are encoded
    once, when the first step has rehearsed something.
    """

    def __init__(self) -> None:
        self._noted: Counter[Encoded] = Counter()
        self._prompts: dict[Ids, Key] = {}
        self._lengths: list[int] = []

    def note(self, examples: Iterable[Encoded]) -> None:
        """Note examples that pass through the model for a gradient, each time that they do."""
        self._noted.update(examples)

    def clear(self) -> None:
        """Forget what was noted, before the next update."""
        self._noted.clear()

    def facts(self, coder: Coder, stream: Stream) -> tuple[dict[Key, int], int]:
        """Return how often each key was rehearsed, in any wording, since `clear`.

        Args:
            coder: made the examples.
            stream: its keys are looked for.

        Returns:
            key → number of examples, sorted by key, and the number of examples that are about no
            key of the stream, such as texts that the model made up.
        """
        if not self._noted:
            return {}, 0
        if not self._prompts:
            self._encode(coder, stream)
        found: Counter[Key] = Counter()
        others = 0
        for example, times in self._noted.items():
            key = self._key(example)
            if key is None:
                others += times
            else:
                found[key] += times
        return dict(sorted(found.items())), others

    def _encode(self, coder: Coder, stream: Stream) -> None:
        askings = [
            (key, asking.prompt)
            for key in stream.first_taught()
            for asking in stream.wordings.askings(key)
            if asking.form == TRAINED
        ]
        texts = [
            (fact.key, text)
            for update in stream
            for fact in update.learn
            for prompt, text in stream.wordings.examples(fact)
            if not prompt
        ]
        encoded = coder.prompts([prompt for _, prompt in askings])
        encoded += coder.documents([text for _, text in texts])
        self._prompts = {
            tuple(ids): key for ids, (key, _) in zip(encoded, [*askings, *texts], strict=True)
        }
        self._lengths = sorted({len(ids) for ids in self._prompts}, reverse=True)

    def _key(self, example: Encoded) -> Key | None:
        """Return the key that an example is about."""
        found = self._prompts.get(example.ids[: example.start])
        if found is not None or example.start > 1:
            return found
        # A line has no prompt: it is learned from its start on, and may begin with another token.
        for ids in (example.ids, example.ids[1:]):
            for length in self._lengths:
                if (key := self._prompts.get(ids[:length])) is not None:
                    return key
        return None
