"""Finds facts by their names: a prompt names a subject and says which relations to follow.

Facts are the edges subject —relation→ object of a graph. A path of one edge answers "the home town
of Ann", and a path of two edges "the home town of the best friend of Ann". A path explains a
prompt by the words of its relations' trained wordings. Of the words of the prompt outside the
subject, the share that a path explains, weighted by ln(1 + R/r) of R relations of which r have the
word, is its score. A second edge must explain at least `LEAST_GAIN` more than the first alone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cltool.facts.identity import name_identity
from cltool.facts.wordings import TRAINED, Wordings

if TYPE_CHECKING:
    from cltool.facts.facts import Fact
    from cltool.strategies.memory.common.entries import Entry, Store

LEAST_GAIN = 0.1
"""Share of a prompt that a second edge must explain in addition."""

FACTS_READ = 200
"""Facts of a relation whose wordings are read: held-out wordings differ from key to key, and all
together have all wordings that are trained."""

_TOKEN = re.compile(
    # Each letter of a script without spaces is a token, so that a name is found inside a sentence.
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u309f\u3400-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff]|[^\\W\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u309f"
    "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+|[^\\w\\s]"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A part of a prompt that may be a name.

    Attributes:
        name: the part, as an identity of names.
        first: its first token.
        end: the token after it.
    """

    name: str
    first: int
    end: int


class FactGraph:
    """Follows the facts of a store from the subjects that a prompt names.

    Args:
        store: has the facts.
        wordings: how relations are worded.
    """

    def __init__(self, store: Store, wordings: Wordings) -> None:
        self._store, self._wordings = store, wordings
        self._words: dict[str, set[str]] = {}
        self._read: dict[str, int] = {}
        self._longest = 0

    def note(self, facts: Iterable[Fact]) -> None:
        """Read the wordings of the relations of ``facts``, and how long their subjects are."""
        for fact in facts:
            self._longest = max(self._longest, len(_TOKEN.findall(name_identity(fact.subject))))
            relation = name_identity(fact.relation)
            self._read[relation] = self._read.get(relation, 0) + 1
            if self._read[relation] <= FACTS_READ:
                words = self._words.setdefault(relation, set())
                for asking in self._wordings.askings(fact.key):
                    pieces = asking.wording.before
                    # A question of its own, without a slot for the subject, names no relation.
                    if asking.form == TRAINED and len(pieces) > 1:
                        words.update(_words(" ".join(pieces)))

    def paths(self, prompt: str, count: int, threshold: float) -> list[tuple[Entry, ...]]:
        """Return at most ``count`` paths that explain ``prompt``, the best first.

        Args:
            prompt: what is asked.
            count: most paths.
            threshold: least share of the prompt's words that a path must explain.
        """
        text = name_identity(prompt)
        mentions = _mentions(text, self._longest)
        starts = self._store.about([*dict.fromkeys(one.name for one in mentions)])
        named = _longest([one for one in mentions if one.name in {_subject(e) for e in starts}])
        tokens = [token.casefold() for token in _TOKEN.findall(text)]
        scored: list[tuple[float, int, tuple[Entry, ...]]] = []
        ends = self._by_subject(name for entry in starts for name in _objects(entry))
        for mention in named:
            rest = tokens[: mention.first] + tokens[mention.end :]
            weights = self._weights(word for word in rest if re.match(r"\w", word))
            own = [entry for entry in starts if _subject(entry) == mention.name]
            for path in _paths(own, ends):
                score = self._score(path, weights)
                distance = self._distance(path[0], tokens, mention)
                scored.append((score, -distance, path))
        scored.sort(key=lambda one: (-one[0], -one[1]))
        return [path for score, _, path in scored if score >= threshold][:count]

    def _by_subject(self, names: Iterable[str]) -> Mapping[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        for entry in self._store.about([*dict.fromkeys(names)]):
            found.setdefault(_subject(entry), []).append(entry)
        return found

    def _weights(self, words: Iterable[str]) -> dict[str, float]:
        """Return how much each word of a prompt counts."""
        known = [*self._words.values()]
        return {
            word: math.log(1 + len(known) / max(1, sum(word in one for one in known)))
            for word in words
        }

    def _score(self, path: Sequence[Entry], weights: Mapping[str, float]) -> float:
        """Return the share of the words that a path explains, less `LEAST_GAIN` for a second edge.

        A prompt that is nothing but its subject is explained by each of its facts.
        """
        told = set().union(*(self._words_of(entry) for entry in path))
        whole = sum(weights.values())
        share = sum(w for word, w in weights.items() if word in told) / whole if whole else 1.0
        return share - LEAST_GAIN * (len(path) - 1)

    def _words_of(self, entry: Entry) -> set[str]:
        return self._words.get(name_identity(entry.fact.relation), set())

    def _distance(self, entry: Entry, tokens: Sequence[str], mention: Mention) -> int:
        """Return how far the words of the first edge's relation alone are from the subject."""
        own = self._words_of(entry)
        shared = [words for words in self._words.values() if words is not own]
        places = [
            max(mention.first - place, place - mention.end + 1)
            for place, token in enumerate(tokens)
            if token in own and not any(token in words for words in shared)
        ]
        return min(places, default=len(tokens))


def _paths(
    starts: Sequence[Entry], ends: Mapping[str, Sequence[Entry]]
) -> Iterable[tuple[Entry, ...]]:
    """Iterate over the paths of one and of two edges from ``starts``."""
    for entry in starts:
        yield (entry,)
        for name in _objects(entry):
            yield from ((entry, end) for end in ends.get(name, ()))


def _mentions(text: str, longest: int) -> list[Mention]:
    """Return every part of ``text`` of at most ``longest`` tokens."""
    spans = [found.span() for found in _TOKEN.finditer(text)]
    return [
        Mention(text[spans[first][0] : spans[end - 1][1]], first, end)
        for first in range(len(spans))
        for end in range(first + 1, min(first + longest, len(spans)) + 1)
    ]


def _longest(mentions: Sequence[Mention]) -> list[Mention]:
    """Return the mentions that are not inside a longer one, in their order in the text."""
    chosen: list[Mention] = []
    for one in sorted(mentions, key=lambda one: (one.first - one.end, one.first)):
        if all(one.end <= other.first or one.first >= other.end for other in chosen):
            chosen.append(one)
    return sorted(chosen, key=lambda one: one.first)


def _words(text: str) -> list[str]:
    return [token.casefold() for token in _TOKEN.findall(text) if re.match(r"\w", token)]


def _subject(entry: Entry) -> str:
    return name_identity(entry.fact.subject)


def _objects(entry: Entry) -> list[str]:
    return [name_identity(name) for name in entry.fact.accepted]
