"""The sentences in which facts are taught and asked.

A wording is a template with ``{subject}`` and, after it, ``{object}``. Which wordings of
a fact are held out is settled by its key, so it is the same at every step and in every
run: a held-out (key, wording) pair is never trained, while other keys train that wording.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cltool.core.errors import UserError
from cltool.facts.facts import Fact, Key

TRAINED, PARAPHRASE, QUESTION = "trained", "paraphrase", "question"


@dataclass(frozen=True, slots=True)
class Wording:
    """A template cut at its slots.

    Attributes:
        template: the text as written.
        before: pieces of the prompt; the subject stands between each two.
        gap: white space between prompt and object.
        closing: what follows the object.
    """

    template: str
    before: tuple[str, ...]
    gap: str
    closing: str

    @classmethod
    def parse(cls, template: str, where: str = "") -> Wording:
        """Cut ``template`` at its slots.

        Raises:
            UserError: ``{object}`` is not there exactly once, after ``{subject}``.
        """
        head, found, closing = template.partition("{object}")
        if not found or "{object}" in closing or "{subject}" in closing or not head.strip():
            raise UserError(
                f"the wording {template!r} needs one {{object}}, after everything else it names",
                where=where,
                hint='Write it like "The capital of {subject} is {object}."',
            )
        if "{subject}" not in head:
            raise UserError(f"the wording {template!r} has no {{subject}}", where=where)
        prompt = head.rstrip()
        return cls(template, tuple(prompt.split("{subject}")), head[len(prompt) :], closing)

    @property
    def is_question(self) -> bool:
        return "?" in "".join(self.before)

    def prompt(self, subject: str) -> str:
        """The text before the object, without trailing white space."""
        return subject.join(self.before)

    def read(self, text: str) -> tuple[str, str] | None:
        """(subject, object) where ``text`` is this wording of a fact, else None."""
        found = _pattern(self).fullmatch(text.strip())
        return None if found is None else (found["subject"], found["object"])

    def target(self, answer: str) -> str:
        """The text that completes the prompt."""
        return f"{self.gap}{answer}{self.closing}"


@dataclass(frozen=True, slots=True)
class Asking:
    """One wording of one key, as prompt.

    Attributes:
        form: ``trained``, ``paraphrase`` or ``question``; the last two are held out.
        number: which wording of the relation it is.
        prompt: the text before the answer.
        wording: what completes the prompt to a sentence.
    """

    form: str
    number: int
    prompt: str
    wording: Wording


class Wordings:
    """The wordings of every relation.

    Args:
        relations: relation → its wordings; those ending in a question held out apart.
        held_out: relation → wordings that are never trained on any key.
        prompts: key → its own prompts, for plain question–answer pairs: the first is
            trained, the last of several is held out.
    """

    def __init__(
        self,
        relations: Mapping[str, Sequence[Wording]],
        held_out: Mapping[str, Sequence[Wording]] | None = None,
        prompts: Mapping[Key, Sequence[str]] | None = None,
    ) -> None:
        self._relations = {name: tuple(items) for name, items in relations.items()}
        self._held_out = {name: tuple(items) for name, items in (held_out or {}).items()}
        self._prompts = dict(prompts or {})
        self._given = dict(self._relations)

    @classmethod
    def load(cls, path: Path) -> Wordings:
        """Read a TOML file: relation = [wordings], or a table with ``trained``, ``held_out``.

        Raises:
            UserError: the file is not there, is not TOML, or a wording is malformed.
        """
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise UserError("the wordings file is not there", where=str(path)) from error
        except OSError as error:
            raise UserError(f"cannot be read: {error.strerror}", where=str(path)) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UserError(f"not a TOML file in UTF-8: {error}", where=str(path)) from error
        relations: dict[str, list[Wording]] = {}
        held_out: dict[str, list[Wording]] = {}
        for relation, value in table.items():
            where = f"{path}: [{relation}]"
            lists = {"trained": value} if isinstance(value, list) else value
            if not isinstance(lists, dict) or not set(lists) <= {"trained", "held_out"}:
                raise UserError(
                    "a relation is a list of wordings, or a table with trained and held_out",
                    where=where,
                )
            relations[relation] = _parse_all(lists.get("trained"), where)
            held_out[relation] = _parse_all(lists.get("held_out", []), where)
            if not relations[relation]:
                raise UserError("a relation needs at least one trained wording", where=where)
            _refuse_repeats([*relations[relation], *held_out[relation]], where)
        return cls(relations, held_out)

    def with_prompts(self, prompts: Mapping[Key, Sequence[str]]) -> Wordings:
        """The same wordings, and ``prompts`` for single keys."""
        return Wordings(self._relations, self._held_out, {**self._prompts, **prompts})

    def digest(self) -> str:
        """A hash of all wordings that were given."""
        given = [
            {name: [one.template for one in items] for name, items in sorted(lists.items())}
            for lists in (self._given, self._held_out)
        ]
        text = json.dumps([given, [[*key, *own] for key, own in self._prompts.items()]])
        return hashlib.sha256(text.encode()).hexdigest()[:20]

    def relations(self) -> list[str]:
        """The relations that have wordings of their own."""
        return list(self._relations)

    def askings(self, key: Key) -> list[Asking]:
        """Every way of asking for ``key``: trained ones first, then held-out ones."""
        own = self._prompts.get(key)
        if own is not None:
            return _own_prompts(own)
        subject, relation = key
        wordings = self._of(relation)
        held = _held_out_numbers(key, wordings) if not self._held_out.get(relation) else set()
        askings = [
            Asking(
                TRAINED if number not in held else _held_form(wording),
                number,
                wording.prompt(subject),
                wording,
            )
            for number, wording in enumerate(wordings)
        ]
        for number, wording in enumerate(self._held_out.get(relation, ()), start=len(wordings)):
            askings.append(Asking(_held_form(wording), number, wording.prompt(subject), wording))
        return sorted(askings, key=lambda asking: asking.form != TRAINED)

    def examples(self, fact: Fact) -> list[tuple[str, str]]:
        """(prompt, target) of each trained wording of ``fact``."""
        return [
            (asking.prompt, asking.wording.target(fact.object))
            for asking in self.askings(fact.key)
            if asking.form == TRAINED
        ]

    def refuse_misspelt(self, relations: Collection[str], where: str) -> None:
        """Raise a `UserError` where wordings seem meant for a relation that is spelt otherwise.

        Args:
            relations: those that facts have.
            where: the file that the wordings are from.
        """
        bare = [name for name in relations if name not in self._given]
        for name in self._given:
            near = difflib.get_close_matches(name, bare, n=1, cutoff=0.75)
            if name not in relations and near:
                raise UserError(
                    f"has wordings for {name!r}, which no fact has",
                    where=where,
                    hint=f"Did you mean {near[0]!r}? It has none.",
                )

    def readings(self, text: str) -> list[tuple[Fact, Asking]]:
        """Every fact that ``text`` states in a wording of a relation, with that wording asked."""
        found = []
        for relation in self._relations:
            for wording in (*self._relations[relation], *self._held_out.get(relation, ())):
                read = wording.read(text)
                if read is not None:
                    fact = Fact(read[0], relation, read[1])
                    # A key with prompts of its own is not asked in this way.
                    found += [(fact, a) for a in self.askings(fact.key) if a.wording == wording]
        return found

    def _of(self, relation: str) -> tuple[Wording, ...]:
        if relation not in self._relations:
            self._relations[relation] = from_name(relation)
        return self._relations[relation]


def from_name(relation: str) -> tuple[Wording, ...]:
    """Plain wordings for a relation of which only the name is known."""
    name = " ".join(relation.replace("_", " ").replace("-", " ").split())
    name = name.replace("{", "").replace("}", "") or "value"
    templates = (
        f"The {name} of {{subject}} is {{object}}.",
        f"{{subject}}'s {name} is {{object}}.",
        f"For {{subject}}, the {name} is {{object}}.",
        f"{{subject}} has the {name} {{object}}.",
        f"{{subject}} | {name} | {{object}}",
        f"As {name} of {{subject}} we find {{object}}.",
        f"What is the {name} of {{subject}}? {{object}}",
        f"Question: {{subject}}, {name}? Answer: {{object}}",
        f"Name the {name} of {{subject}}, please? {{object}}",
    )
    return tuple(Wording.parse(template) for template in templates)


@lru_cache(maxsize=4096)
def _pattern(wording: Wording) -> re.Pattern[str]:
    first, *others = (re.escape(piece) for piece in wording.before)
    subject = r"(?P<subject>\S(?:.*?\S)??)"
    prompt = first.lstrip() + subject + r"(?P=subject)".join(others)
    closing = re.escape(wording.closing.rstrip())
    pattern = rf"{prompt}{re.escape(wording.gap)}(?P<object>\S(?:.*\S)?){closing}"
    return re.compile(pattern, re.DOTALL)


def _parse_all(value: Any, where: str) -> list[Wording]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise UserError("wordings are a list of strings", where=where)
    return [Wording.parse(item, where) for item in value]


def _refuse_repeats(wordings: Sequence[Wording], where: str) -> None:
    """Twice the same wording could be trained and held out at once."""
    seen: set[str] = set()
    for wording in wordings:
        plain = " ".join(wording.template.split())
        if plain in seen:
            raise UserError(f"the wording {wording.template!r} stands twice", where=where)
        seen.add(plain)


def _held_form(wording: Wording) -> str:
    return QUESTION if wording.is_question else PARAPHRASE


def _held_out_numbers(key: Key, wordings: Iterable[Wording]) -> set[int]:
    """One statement and one question, of those kinds that have at least two wordings."""
    digest = hashlib.sha256("\x1f".join(key).encode()).digest()
    held: set[int] = set()
    for place, question in enumerate((False, True)):
        numbers = [n for n, wording in enumerate(wordings) if wording.is_question == question]
        if len(numbers) > 1:
            held.add(numbers[int.from_bytes(digest[4 * place : 4 * place + 4]) % len(numbers)])
    return held


def _own_prompts(prompts: Sequence[str]) -> list[Asking]:
    last = len(prompts) - 1
    askings = []
    for number, prompt in enumerate(prompts):
        wording = Wording(prompt, (prompt,), " ", "")
        form = TRAINED if number < last or not number else _held_form(wording)
        askings.append(Asking(form, number, prompt.rstrip(), wording))
    return askings
