"""Reading exercises: training pages that teach a small model to answer from facts in its prompt.

In a prompt, a fact is one line: the sentence of its first trained wording. A page is a few such
lines, followed by questions with their answers. Most questions are about facts on the page; the
others are about base facts, which the model must answer from its weights.

The facts on a page are invented. Some give a known subject another object, so that the page
contradicts what the model learned. Others use invented names, which the model can only copy.
Many facts of a page share their subject or their relation, so that the model must read both.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from cltool.facts.facts import Fact, Key

if TYPE_CHECKING:
    from cltool.facts.wordings import Wordings
    from cltool.lm.coder import Coder, Encoded

LINES = (2, 4)
"""Fewest and most facts on a page."""

QUESTIONS = 6
"""Questions on a page."""

FROM_MEMORY = 0.25
"""Share of the questions about base facts, which the page does not answer."""

SIMILAR = 0.2
"""Probability that an invented word resembles another: it is copied from another name of the page,
repeats a token, or begins like a real word."""

ALTERED = 0.25
"""Share of the names that are a real name with some words replaced. The model must then follow the
page instead of the rest of the real name, which it has learned."""

MARKED = "àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþßāăąćčďđēęěğīįłńňőœřśşšťūůűźżžșț"
"""Letters that a tokenizer may spell byte by byte."""


@dataclass(frozen=True, slots=True)
class Page:
    """Token ids of the lines, questions and answers of one exercise.

    Attributes:
        ids: all token ids.
        answers: (first, end) of each answer in ``ids``, including its end token.
    """

    ids: tuple[int, ...]
    answers: tuple[tuple[int, int], ...]


def line(fact: Fact, wordings: Wordings) -> str:
    """Return the line that states ``fact`` in a prompt: one sentence or text, and a line break."""
    askings = wordings.askings(fact.key)
    if not askings:
        _, text = wordings.examples(fact)[0]
        return " ".join(text.split()) + "\n"
    asking = askings[0]
    said = asking.wording.target(fact.object)
    # In a chat the assistant's sentence states the fact by itself.
    asked = "" if asking.wording.gap.strip() else asking.prompt + " " * asking.wording.chat
    return " ".join((asked + said).split()) + "\n"


class Names:
    """Invents names from the words and letters of real names and from the tokenizer's tokens.

    Args:
        names: real names.
        tokens: texts of the tokenizer's tokens, including white space.
        generator: the source of randomness.
    """

    def __init__(
        self, names: Sequence[str], tokens: Sequence[str], generator: random.Random
    ) -> None:
        self._generator = generator
        self._words = sorted({word for name in names for word in name.split()})
        starts = _short_letters(text[1:] for text in tokens if text.startswith(" "))
        self._starts = starts or self._words
        self._pieces = _short_letters(tokens) or self._words
        letters = Counter("abcdefghijklmnopqrstuvwxyz" + "".join(self._words).lower())
        self._letters = sorted(letters)
        self._weights = [letters[letter] for letter in self._letters]

    def invent(self, max_words: int, others: Sequence[str]) -> str:
        """Return a name of 1 to ``max_words`` words, some of which may come from ``others``."""
        words = self._generator.randint(1, max_words)
        return _without_comma(" ".join(self._part(others) for _ in range(words)))

    def alter(self, name: str, others: Sequence[str]) -> str:
        """Return ``name`` with at least one of its words replaced."""
        words = name.split()
        count = self._generator.randint(1, len(words))
        for index in self._generator.sample(range(len(words)), count):
            words[index] = self._part(others)
        return _without_comma(" ".join(words))

    def _part(self, others: Sequence[str]) -> str:
        """Return one part of a name.

        Usually it is a word. It may also be an initial, two words joined, a word with a
        punctuation mark, a number, or three capital letters.
        """
        word, generator = self._word(), self._generator
        if others and generator.random() < SIMILAR:
            return generator.choice(generator.choice(others).split())
        kind = generator.random()
        if kind < 0.12:
            return word[0].upper() + "."
        if kind < 0.20:
            return word + generator.choice(("-", "'", "")) + self._word()
        if kind < 0.28:
            return word + generator.choice(",,.")
        if kind < 0.31:
            return str(generator.randint(1, 2100))
        return word[:3].upper() if kind < 0.34 else word

    def _word(self) -> str:
        """Return a word: random letters, random tokens, or a real word, which may be altered."""
        generator = self._generator
        kind = generator.random()
        if kind < 0.2:
            size = generator.randint(3, 9)
            letters = generator.choices(self._letters, self._weights, k=size)
            if generator.random() < 0.5:
                letters[generator.randrange(size)] = generator.choice(MARKED)
            return "".join(letters).capitalize()
        if kind < 0.7:
            start = generator.choice(self._starts)
            count = generator.randint(0 if len(start) > 2 else 1, 2)
            pieces = generator.choices(self._pieces, k=count)
            if pieces and generator.random() < SIMILAR:
                pieces.append(generator.choice(pieces))
            word = "".join([start, *pieces])
            return word[0].upper() + word[1:] if generator.random() < 0.5 else word
        word = generator.choice(self._words)
        if generator.random() < SIMILAR:
            # It begins like a real word but ends differently.
            return word[: generator.randint(1, len(word))] + generator.choice(self._pieces)
        return word


class Exercises:
    """Draws pages of invented facts with questions.

    Attributes:
        lines: fewest and most facts on a page.

    Args:
        facts: the base facts, on which the model is also trained.
        wordings: how facts are stated and asked for.
        coder: the model's tokenizer.
        context: longest page, in tokens.
        seed: of the pages.
        restarts: share of the pages in which each question begins like a new text.
    """

    lines: ClassVar[tuple[int, int]] = LINES

    def __init__(
        self,
        facts: Sequence[Fact],
        wordings: Wordings,
        coder: Coder,
        context: int,
        seed: int,
        restarts: float = 0.0,
    ) -> None:
        self._facts = list(facts)
        self._wordings = wordings
        self._coder = coder
        self._context = context
        self._restarts = restarts
        self._generator = random.Random(seed)
        self._relations = sorted({fact.relation for fact in facts})
        self._subjects = sorted({fact.subject for fact in facts})
        self._objects = sorted({fact.object for fact in facts})
        vocabulary = sorted(coder.tokenizer.get_vocab().values())
        tokens = [coder.decode([number]) for number in vocabulary]
        self._names = Names([*self._subjects, *self._objects], tokens, self._generator)

    def pages(self, count: int) -> list[Page]:
        """Return ``count`` pages."""
        invented = [self.invent_facts(self._generator.randint(*self.lines)) for _ in range(count)]
        lines = iter(
            self._coder.texts([line(fact, self._wordings) for facts in invented for fact in facts])
        )
        heads = [self._head([(fact, next(lines)) for fact in facts]) for facts in invented]
        questions = [self._questions(facts) for facts, _ in heads]
        encoded = iter(self._coder.pairs([pair for page in questions for pair in page]))
        return [
            self._page(ids, [next(encoded) for _ in page])
            for (_, ids), page in zip(heads, questions, strict=True)
        ]

    def invent_facts(self, count: int) -> list[Fact]:
        """Return up to ``count`` invented facts with different keys."""
        facts: dict[Key, Fact] = {}
        # The number of attempts is limited: a small base may not have so many different keys.
        for _ in range(4 * count):
            if len(facts) < count:
                subject, relation = self._key(list(facts))
                answer = self._object([fact.object for fact in facts.values()])
                facts.setdefault((subject, relation), Fact(subject, relation, answer))
        return list(facts.values())

    def _key(self, others: Sequence[Key]) -> Key:
        """Return the key of an invented fact.

        It has the subject or the relation of one of ``others``, is the key of a base fact, or
        has a subject and a relation of its own.
        """
        generator = self._generator
        kind = generator.random()
        if others and kind < 0.26:
            return generator.choice(others)[0], generator.choice(self._relations)
        if others and kind < 0.54:
            return self._subject(others), generator.choice(others)[1]
        if kind < 0.77:
            return generator.choice(self._facts).key
        return self._subject(others), generator.choice(self._relations)

    def _subject(self, others: Sequence[Key]) -> str:
        return self._name(self._subjects, 0.4, 2, [subject for subject, _ in others])

    def _object(self, others: Sequence[str]) -> str:
        return self._name(self._objects, 0.25, 4, others)

    def _name(
        self, real: Sequence[str], share: float, max_words: int, others: Sequence[str]
    ) -> str:
        """Return a real name, an altered one or an invented one.

        Args:
            real: the real names.
            share: probability of a real name; that of an altered one is `ALTERED`.
            max_words: longest invented name.
            others: names on the same page, from which words may be copied.
        """
        kind = self._generator.random()
        if kind < share + ALTERED:
            name = self._generator.choice(real)
            return name if kind < share else self._names.alter(name, others)
        return self._names.invent(max_words, others)

    def _head(self, lines: Sequence[tuple[Fact, list[int]]]) -> tuple[list[Fact], list[int]]:
        """Return the facts whose lines fit into half of the context, and the ids of the lines."""
        ids, facts = list(self._coder.documents([""])[0]), []
        for fact, line_ids in lines:
            if len(ids) + len(line_ids) <= self._context // 2:
                ids += line_ids
                facts.append(fact)
        return facts, ids

    def _questions(self, facts: Sequence[Fact]) -> list[tuple[str, str]]:
        """Return (prompt, target) of the questions of a page that states ``facts``.

        If the page states another object for the key of a base fact, the answer is that object.
        """
        generator = self._generator
        stated = {fact.key: fact for fact in facts}
        questions = []
        for _ in range(QUESTIONS):
            fact = generator.choice(self._facts)
            if facts and generator.random() >= FROM_MEMORY:
                fact = generator.choice(facts)
            examples = self._wordings.examples(stated.get(fact.key, fact))
            questions.append(generator.choice(examples))
        return questions

    def _page(self, ids: list[int], questions: Sequence[Encoded]) -> Page:
        """Return the page of the lines ``ids`` and of all questions that fit after them."""
        skipped = len(self._coder.documents([""])[0])
        if self._restarts and self._generator.random() < self._restarts:
            skipped = 0
        answers = []
        for question in questions:
            if len(ids) + len(question) - skipped <= self._context:
                begin = len(ids) - skipped
                ids = [*ids, *question.ids[skipped:]]
                answers.append((begin + question.start, len(ids)))
        return Page(tuple(ids), tuple(answers))


def _without_comma(name: str) -> str:
    """Return ``name`` without commas and spaces at its end, or as it is if nothing else remains."""
    return name.rstrip(", ") or name


def _short_letters(texts: Iterable[str]) -> list[str]:
    """Return the texts that consist of one to six letters, sorted."""
    return sorted({text for text in texts if re.fullmatch(r"[^\W\d_]{1,6}", text)})
