"""Reading: answering from facts that stand before the question.

A fact is given as a line: the sentence of its first trained wording. Exercises teach a small
model to read such lines. Each is a page: some lines, then questions with their answers, most
about the page's facts, some about facts that the model has to know by heart. The page's facts
are made up: known subjects with other objects, so that the page contradicts what was learned,
and names that are nobody's, so that copying is the only way. Many share their subject or
their relation, so that both have to be read.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cltool.facts.facts import Fact, Key

if TYPE_CHECKING:
    from cltool.facts.wordings import Wordings
    from cltool.lm.coder import Coder, Encoded

LINES = (2, 4)
"""Fewest and most facts on a page."""

QUESTIONS = 6
"""Questions on a page."""

BY_HEART = 0.25
"""Share of the questions that the page does not answer."""

LIKE = 0.2
"""How often a made-up name takes a word from another one of its page, or a piece twice."""

CROSSED = 0.25
"""Share of the page's names that are a real one with some words replaced: what was learned
by heart of its other words has to yield to the page."""

MARKED = "àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþßāăąćčďđēęěğīįłńňőœřśşšťūůűźżžșț"
"""Letters that a tokenizer may spell byte by byte."""


@dataclass(frozen=True, slots=True)
class Page:
    """Token ids of lines, questions and answers.

    Attributes:
        ids: what is read.
        answers: (first, end) of each answer in it, the end token included.
    """

    ids: tuple[int, ...]
    answers: tuple[tuple[int, int], ...]


def line(fact: Fact, wordings: Wordings) -> str:
    """The line in which ``fact`` is given: one sentence of plain text, and a line break."""
    asking = wordings.askings(fact.key)[0]
    return " ".join((asking.prompt + asking.wording.target(fact.object)).split()) + "\n"


class Names:
    """Names that are nobody's: of words, of the tokenizer's pieces, and of letters.

    Args:
        names: real ones; their words and letters are drawn on.
        tokens: texts of the tokenizer's tokens, white space included.
        chance: where the randomness comes from.
    """

    def __init__(self, names: Sequence[str], tokens: Sequence[str], chance: random.Random) -> None:
        self._chance = chance
        self._words = sorted({word for name in names for word in name.split()})
        self._starts = _short(text[1:] for text in tokens if text.startswith(" ")) or self._words
        self._pieces = _short(tokens) or self._words
        letters = Counter("abcdefghijklmnopqrstuvwxyz" + "".join(self._words).lower())
        self._letters = sorted(letters)
        self._weights = [letters[letter] for letter in self._letters]

    def draw(self, most: int, near: Sequence[str]) -> str:
        """A name of one to ``most`` words, of which some may come from the names ``near``."""
        words = self._chance.randint(1, most)
        return _without_comma(" ".join(self._one(near) for _ in range(words)))

    def crossed(self, name: str, near: Sequence[str]) -> str:
        """``name`` with at least one of its words replaced."""
        words = name.split()
        for place in self._chance.sample(range(len(words)), self._chance.randint(1, len(words))):
            words[place] = self._one(near)
        return _without_comma(" ".join(words))

    def _one(self, near: Sequence[str]) -> str:
        """A word; now and then an initial, two words in one, or with what stands around words."""
        word, chance = self._word(), self._chance
        if near and chance.random() < LIKE:
            return chance.choice(chance.choice(near).split())
        kind = chance.random()
        if kind < 0.12:
            return word[0].upper() + "."
        if kind < 0.20:
            return word + chance.choice(("-", "'", "")) + self._word()
        if kind < 0.28:
            return word + chance.choice(",,.")
        if kind < 0.31:
            return str(chance.randint(1, 2100))
        return word[:3].upper() if kind < 0.34 else word

    def _word(self) -> str:
        chance = self._chance
        kind = chance.random()
        if kind < 0.2:
            size = chance.randint(3, 9)
            spelt = chance.choices(self._letters, self._weights, k=size)
            if chance.random() < 0.5:
                spelt[chance.randrange(size)] = chance.choice(MARKED)
            return "".join(spelt).capitalize()
        if kind < 0.7:
            start = chance.choice(self._starts)
            pieces = chance.choices(self._pieces, k=chance.randint(0 if len(start) > 2 else 1, 2))
            if pieces and chance.random() < LIKE:
                pieces.append(chance.choice(pieces))
            word = "".join([start, *pieces])
            return word[0].upper() + word[1:] if chance.random() < 0.5 else word
        word = chance.choice(self._words)
        if chance.random() < LIKE:
            # A word that goes on as its like does not.
            return word[: chance.randint(1, len(word))] + chance.choice(self._pieces)
        return word


class Exercises:
    """Pages of made-up facts with questions.

    Args:
        facts: what the model is to know by heart.
        wordings: how facts are given, and asked for.
        coder: the model's tokenizer.
        context: longest page, in tokens.
        seed: of all that is random in them.
    """

    def __init__(
        self, facts: Sequence[Fact], wordings: Wordings, coder: Coder, context: int, seed: int
    ) -> None:
        self._facts = list(facts)
        self._wordings = wordings
        self._coder = coder
        self._context = context
        self._chance = random.Random(seed)
        self._relations = sorted({fact.relation for fact in facts})
        self._subjects = sorted({fact.subject for fact in facts})
        self._objects = sorted({fact.object for fact in facts})
        vocabulary = sorted(coder.tokenizer.get_vocab().values())
        tokens = [coder.decode([number]) for number in vocabulary]
        self._names = Names([*self._subjects, *self._objects], tokens, self._chance)

    def pages(self, count: int) -> list[Page]:
        """``count`` pages."""
        given = [self._made_up(self._chance.randint(*LINES)) for _ in range(count)]
        texts = iter(
            self._coder.texts([line(fact, self._wordings) for facts in given for fact in facts])
        )
        heads = [self._head([(fact, next(texts)) for fact in facts]) for facts in given]
        asked = [self._asked(facts) for facts, _ in heads]
        pairs = iter(self._coder.pairs([pair for page in asked for pair in page]))
        return [
            self._page(ids, [next(pairs) for _ in page])
            for (_, ids), page in zip(heads, asked, strict=True)
        ]

    def _made_up(self, count: int) -> list[Fact]:
        """Facts that are not true, with different keys."""
        found: dict[Key, Fact] = {}
        # Few base facts have few keys.
        for _ in range(4 * count):
            if len(found) < count:
                subject, relation = self._key(list(found))
                answer = self._object([fact.object for fact in found.values()])
                found.setdefault((subject, relation), Fact(subject, relation, answer))
        return list(found.values())

    def _key(self, given: Sequence[Key]) -> Key:
        chance = self._chance
        kind = chance.random()
        if given and kind < 0.26:
            return chance.choice(given)[0], chance.choice(self._relations)
        if given and kind < 0.54:
            return self._subject(given), chance.choice(given)[1]
        if kind < 0.77:
            return chance.choice(self._facts).key
        return self._subject(given), chance.choice(self._relations)

    def _subject(self, given: Sequence[Key]) -> str:
        return self._name(self._subjects, 0.4, 2, [subject for subject, _ in given])

    def _object(self, given: Sequence[str]) -> str:
        return self._name(self._objects, 0.25, 4, given)

    def _name(self, real: Sequence[str], share: float, most: int, near: Sequence[str]) -> str:
        """One of ``real``; or one that begins or ends like one, and goes on otherwise; or new."""
        kind = self._chance.random()
        if kind < share + CROSSED:
            name = self._chance.choice(real)
            return name if kind < share else self._names.crossed(name, near)
        return self._names.draw(most, near)

    def _head(self, lines: Sequence[tuple[Fact, list[int]]]) -> tuple[list[Fact], list[int]]:
        """The facts that fit into half of the context, and their lines."""
        ids, facts = list(self._coder.prompts([""])[0]), []
        for fact, more in lines:
            if len(ids) + len(more) <= self._context // 2:
                ids += more
                facts.append(fact)
        return facts, ids

    def _asked(self, given: Sequence[Fact]) -> list[tuple[str, str]]:
        """(prompt, target) of the questions. What the page says goes before what was learned."""
        chance = self._chance
        told = {fact.key: fact for fact in given}
        asked = []
        for _ in range(QUESTIONS):
            fact = chance.choice(self._facts)
            if given and chance.random() >= BY_HEART:
                fact = chance.choice(given)
            asked.append(chance.choice(self._wordings.examples(told.get(fact.key, fact))))
        return asked

    def _page(self, ids: list[int], asked: Sequence[Encoded]) -> Page:
        """Lines, and as many of the questions as fit."""
        skipped = len(self._coder.prompts([""])[0])
        answers = []
        for one in asked:
            if len(ids) + len(one) - skipped <= self._context:
                begin = len(ids) - skipped
                ids = [*ids, *one.ids[skipped:]]
                answers.append((begin + one.start, len(ids)))
        return Page(tuple(ids), tuple(answers))


def _without_comma(name: str) -> str:
    """``name`` without commas at its end, unless it is nothing else."""
    return name.rstrip(", ") or name


def _short(texts: Iterable[str]) -> list[str]:
    """Those that are one to six letters."""
    return sorted({text for text in texts if re.fullmatch(r"[^\W\d_]{1,6}", text)})
