"""The sentences in which facts are taught and asked.

A wording is a template with ``{subject}`` and, after it, ``{object}``. The key of a fact decides
which of its wordings are held out, so the choice is the same at every step and in every run. A
held-out (key, wording) pair is never trained; other keys may train the same wording.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from cltool.core.digests import of_text
from cltool.core.errors import UserError
from cltool.facts import chat_wordings
from cltool.facts.facts import Fact, Key
from cltool.facts.identity import key_of, name_identity
from cltool.facts.wording import Wording

TRAINED, PARAPHRASE, QUESTION = "trained", "paraphrase", "question"


@dataclass(frozen=True, slots=True)
class Asking:
    """One wording of one key, as a prompt.

    Attributes:
        form: ``trained``, ``paraphrase`` or ``question``; the last two are held out.
        number: the index of the wording among those of the relation.
        prompt: the text before the answer.
        wording: the wording, which completes the prompt to a sentence.
    """

    form: str
    number: int
    prompt: str
    wording: Wording


@dataclass(frozen=True)
class _Asked:
    """The wordings of a relation, and those that no key trains."""

    wordings: tuple[Wording, ...]
    apart: tuple[Wording, ...]

    @cached_property
    def kinds(self) -> tuple[list[int], list[int]]:
        """The numbers of the statements among the wordings, and those of the questions."""
        questions = [number for number, one in enumerate(self.wordings) if one.is_question]
        statements = [number for number in range(len(self.wordings)) if number not in questions]
        return statements, questions


class Wordings:
    """The wordings of every relation.

    Args:
        relations: relation → its wordings; statements and questions are held out separately.
        held_out: relation → wordings that are not trained for any key.
        prompts: key → its own prompts, for plain question–answer pairs; the first is trained,
            and the last is held out if there are several.
        chats: relation → its wordings as chats, for a model that is asked through its chat
            template; a relation without them gets chats made from its other wordings.
        chat: whether keys are asked in chats.
        texts: (subject, relation, object) → the texts in which this fact is trained, in place of
            wordings. Its key is not asked.
    """

    def __init__(
        self,
        relations: Mapping[str, Sequence[Wording]],
        held_out: Mapping[str, Sequence[Wording]] | None = None,
        prompts: Mapping[Key, Sequence[str]] | None = None,
        *,
        chats: Mapping[str, Sequence[Wording]] | None = None,
        chat: bool = False,
        texts: Mapping[tuple[str, str, str], Sequence[str]] | None = None,
    ) -> None:
        self.chat = chat
        self._texts = {key: tuple(items) for key, items in (texts or {}).items()}
        self._text_keys = {key_of(subject, relation) for subject, relation, _ in self._texts}
        self._chats = {name: tuple(items) for name, items in (chats or {}).items()}
        self._given = {name: tuple(items) for name, items in relations.items()}
        self._held_out = {name: tuple(items) for name, items in (held_out or {}).items()}
        self._prompts = {key_of(*key): texts for key, texts in (prompts or {}).items()}
        self._asked: dict[str, _Asked] = {}
        self._names = {name_identity(name): name for name in (*self._held_out, *self._given)}

    @classmethod
    def load(cls, path: Path) -> Wordings:
        """Read a TOML file: relation = [wordings], or a table with lists.

        The lists of a table are ``trained``, ``held_out`` and ``chat``, whose items are tables
        with ``user`` and ``assistant``.

        Raises:
            UserError: the file does not exist, is not TOML, or a wording is malformed.
        """
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise UserError("the wordings file does not exist", where=str(path)) from error
        except OSError as error:
            raise UserError(f"cannot be read: {error.strerror}", where=str(path)) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UserError(f"not a TOML file in UTF-8: {error}", where=str(path)) from error
        relations: dict[str, list[Wording]] = {}
        held_out: dict[str, list[Wording]] = {}
        chats: dict[str, list[Wording]] = {}
        first: dict[str, str] = {}
        for relation, value in table.items():
            where = f"{path}: [{relation}]"
            if first.setdefault(name_identity(relation), relation) != relation:
                raise UserError(
                    "this relation has wordings already, under another spelling of its name",
                    where=where,
                    hint="Write a relation's name in one way, and all its wordings in one list.",
                )
            lists = {"trained": value} if isinstance(value, list) else value
            if not isinstance(lists, dict) or not set(lists) <= {"trained", "held_out", "chat"}:
                raise UserError(
                    "a relation must be a list of wordings, or a table with trained, held_out"
                    " and chat",
                    where=where,
                )
            relations[relation] = _parse_all(lists.get("trained"), where)
            held_out[relation] = _parse_all(lists.get("held_out", []), where)
            if not relations[relation]:
                raise UserError("a relation needs at least one trained wording", where=where)
            _refuse_repeats([*relations[relation], *held_out[relation]], where)
            if "chat" in lists:
                chats[relation] = chat_wordings.parse_all(lists["chat"], where)
                _refuse_repeats(chats[relation], where)
        return cls(relations, held_out, chats=chats)

    def with_prompts(self, prompts: Mapping[Key, Sequence[str]]) -> Wordings:
        """Return the same wordings, with ``prompts`` for single keys in place of earlier ones.

        A prompt in another spelling of an earlier one of its key keeps the earlier spelling.
        """
        merged = dict(self._prompts)
        for name, texts in prompts.items():
            key = key_of(*name)
            known = {name_identity(text): text for text in merged.get(key, ())}
            merged[key] = [known.get(name_identity(text), text) for text in texts]
        return self._with(prompts=merged)

    def as_chat(self) -> Wordings:
        """Return the same wordings as chats: a user asks, and the assistant answers."""
        return self._with(chat=True)

    def _with(
        self, *, prompts: Mapping[Key, Sequence[str]] | None = None, chat: bool | None = None
    ) -> Wordings:
        return Wordings(
            self._given,
            self._held_out,
            self._prompts if prompts is None else prompts,
            chats=self._chats,
            chat=self.chat if chat is None else chat,
            texts=self._texts,
        )

    def digest(self) -> str:
        """Return a hash of all wordings given to the constructor."""
        given = [
            {name: [one.template for one in items] for name, items in sorted(lists.items())}
            for lists in (self._given, self._held_out, *([self._chats] if self._chats else ()))
        ]
        chat = ["chat"] if self.chat else []
        prompts = [[*key, *own] for key, own in self._prompts.items()]
        texts = [[[*key, *own] for key, own in self._texts.items()]] if self._texts else []
        text = json.dumps([given, prompts, *chat, *texts])
        return of_text(text)

    def relations(self) -> list[str]:
        """Return the relations that have wordings."""
        return list({**self._given, **self._asked})

    def askings(self, key: Key) -> list[Asking]:
        """Return every way of asking for ``key``, the trained ones first; none for texts."""
        own = self._own(key)
        if own is not None:
            return own
        trained, held_out = self._split(key)
        return [
            Asking(
                _held_form(wording) if number in held_out else TRAINED,
                number,
                wording.prompt(key[0]),
                wording.about(key[0]),
            )
            for number, wording in (*trained.items(), *held_out.items())
        ]

    def alike(self, relation: str) -> bool:
        """Return whether all keys of ``relation`` have the same gaps and closings.

        They differ where a key has prompts of its own or is a text, or a wording names the subject
        again.
        """
        if self._prompts or self._texts:
            return False
        asked = self._of(self._names.get(name_identity(relation), relation))
        every = (*asked.wordings, *asked.apart)
        return not any("{subject}" in one.gap + one.closing for one in every)

    def examples(self, fact: Fact) -> list[tuple[str, str]]:
        """Return (prompt, target) for each trained wording of ``fact``.

        For a text that is trained as it is, the prompt is empty.
        """
        if self._texts:
            own = self._texts.get((fact.subject, fact.relation, fact.object))
            if own is not None:
                return [("", text) for text in own]
        prompts = self._own(fact.key)
        if prompts is not None:
            trained = [one for one in prompts if one.form == TRAINED]
            return [(one.prompt, one.wording.target(fact.object)) for one in trained]
        return [
            (wording.prompt(fact.subject), wording.about(fact.subject).target(fact.object))
            for wording in self._split(fact.key)[0].values()
        ]

    def refuse_misspelt(self, relations: Collection[str], where: str) -> None:
        """Raise a `UserError` if wordings name a relation that looks like a misspelled one.

        Args:
            relations: the relations of the facts.
            where: the file of the wordings.
        """
        given = set(map(name_identity, self._given))
        known = set(map(name_identity, relations))
        bare = [name for name in relations if name_identity(name) not in given]
        for name in self._given:
            near = difflib.get_close_matches(name, bare, n=1, cutoff=0.75)
            if name_identity(name) not in known and near:
                raise UserError(
                    f"has wordings for the relation {name!r}, which no fact has",
                    where=where,
                    hint=f"Did you mean {near[0]!r}? It has no wordings.",
                )

    def unused(self, relations: Collection[str], where: str) -> list[str]:
        """Return a warning if there are wordings of relations that no fact has.

        Args:
            relations: the relations of the facts.
            where: the file of the wordings.
        """
        known = set(map(name_identity, relations))
        unused = [repr(name) for name in self._given if name_identity(name) not in known]
        if not unused:
            return []
        had = ", ".join(map(repr, sorted(relations)))
        return [
            f"{where} has wordings for relations that no fact has: {', '.join(unused)}."
            f" The facts have: {had}."
        ]

    def readings(self, text: str) -> list[tuple[Fact, Asking]]:
        """Return each fact that ``text`` can state in a wording, with that wording as a prompt."""
        found = []
        for relation in self.relations():
            for wording in (*self._of(relation).wordings, *self._of(relation).apart):
                read = wording.read(text)
                if read is not None:
                    fact, stated = Fact(read[0], relation, read[1]), wording.about(read[0])
                    # A key with prompts of its own does not use the relation's wordings.
                    found += [(fact, a) for a in self.askings(fact.key) if a.wording == stated]
        return found

    def _own(self, key: Key) -> list[Asking] | None:
        """Return the prompts of a key that does not use the wordings of its relation."""
        if not self._text_keys and not self._prompts:
            return None
        name = key_of(*key)
        if name in self._text_keys:
            return []
        own = self._prompts.get(name)
        return None if own is None else _own_prompts(own, self.chat)

    def _split(self, key: Key) -> tuple[dict[int, Wording], dict[int, Wording]]:
        """Return the wordings that ``key`` trains, and those held out for it, by their numbers."""
        asked = self._of(self._names.get(name_identity(key[1]), key[1]))
        held = set() if asked.apart else _held_out_numbers(key, asked.kinds)
        trained = {n: one for n, one in enumerate(asked.wordings) if n not in held}
        every = enumerate((*asked.wordings, *asked.apart))
        held_out = {n: one for n, one in every if n not in trained}
        return trained, held_out

    def _of(self, relation: str) -> _Asked:
        if relation not in self._asked:
            self._asked[relation] = _Asked(*self._made(relation))
        return self._asked[relation]

    def _made(self, relation: str) -> tuple[tuple[Wording, ...], tuple[Wording, ...]]:
        given, apart = self._given.get(relation), self._held_out.get(relation, ())
        if not self.chat:
            return from_name(relation) if given is None else given, apart
        if relation in self._chats:
            return self._chats[relation], ()
        if given is None:
            return chat_wordings.from_name(_in_words(relation)), ()
        return chat_wordings.as_chat(given, given), chat_wordings.as_chat(apart, given)


def from_name(relation: str) -> tuple[Wording, ...]:
    """Make plain wordings for a relation from its name."""
    name = _in_words(relation)
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


def _in_words(relation: str) -> str:
    """Return the name of a relation as words, without the braces of slots."""
    name = " ".join(relation.replace("_", " ").replace("-", " ").split())
    return name.replace("{", "").replace("}", "") or "value"


def _parse_all(value: Any, where: str) -> list[Wording]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise UserError("wordings must be a list of strings", where=where)
    return [Wording.parse(item, where) for item in value]


def _refuse_repeats(wordings: Sequence[Wording], where: str) -> None:
    """Refuse a repeated wording: it could be trained and held out at the same time."""
    seen: set[str] = set()
    for wording in wordings:
        plain = " ".join(wording.template.split())
        if plain in seen:
            raise UserError(f"the wording {wording.template!r} is given twice", where=where)
        seen.add(plain)


def _held_form(wording: Wording) -> str:
    return QUESTION if wording.is_question else PARAPHRASE


def _held_out_numbers(key: Key, kinds: Sequence[Sequence[int]]) -> set[int]:
    """Choose one statement and one question, of each kind that has at least two wordings."""
    digest = hashlib.sha256("\x1f".join(map(name_identity, key)).encode()).digest()
    held: set[int] = set()
    for place, numbers in enumerate(kinds):
        if len(numbers) > 1:
            held.add(numbers[int.from_bytes(digest[4 * place : 4 * place + 4]) % len(numbers)])
    return held


def _own_prompts(prompts: Sequence[str], chat: bool) -> list[Asking]:
    last = len(prompts) - 1
    askings = []
    for number, written in enumerate(prompts):
        prompt = chat_wordings.user_text(written) if chat else written
        wording = Wording(prompt, (prompt,), "" if chat else " ", "", chat)
        form = TRAINED if number < last or not number else _held_form(wording)
        askings.append(Asking(form, number, prompt.rstrip(), wording))
    return askings
