"""Wordings as turns of a chat: a user asks, and the assistant answers in a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from cltool.core.errors import UserError
from cltool.facts.wording import Wording

SUBJECT, OBJECT = "{subject}", "{object}"

_LABELS = re.compile(r"^(?:question|q|user|prompt)\s*:\s*", re.IGNORECASE)
_ANSWER_LABEL = re.compile(r"\s*\b(?:answer|a|assistant|response)\s*:\s*$", re.IGNORECASE)


def chat_wording(user: str, assistant: str, where: str = "") -> Wording:
    """Return a wording of two turns.

    Args:
        user: what the user says, with ``{subject}``.
        assistant: the answer, with one ``{object}``; ``{subject}`` may stand anywhere in it.
        where: for errors.

    Raises:
        UserError: a slot is missing, or ``{object}`` does not occur once.
    """
    user, assistant = user.strip(), assistant.strip()
    if SUBJECT not in user or OBJECT in user:
        raise UserError(
            f"the user's turn {user!r} needs {SUBJECT}, and no {OBJECT}",
            where=where,
            hint='Write it like user = "What is the capital of {subject}?".',
        )
    gap, found, closing = assistant.partition(OBJECT)
    if not found or OBJECT in closing:
        raise UserError(
            f"the assistant's turn {assistant!r} needs exactly one {OBJECT}",
            where=where,
            hint='Write it like assistant = "The capital of {subject} is {object}.".',
        )
    return Wording(f"{user}\n{assistant}", tuple(user.split(SUBJECT)), gap, closing, chat=True)


def parse_all(value: Any, where: str) -> list[Wording]:
    """Return the chats of a relation in a wordings file.

    Args:
        value: a list of tables with ``user`` and ``assistant``.
        where: for errors.

    Raises:
        UserError: it is something else, is empty, or a slot is missing.
    """
    good = isinstance(value, list) and all(
        isinstance(one, dict)
        and set(one) == {"user", "assistant"}
        and all(isinstance(text, str) for text in one.values())
        for one in value
    )
    if not good or not value:
        raise UserError(
            "chat must be a list of tables with user and assistant",
            where=where,
            hint='Write it like chat = [{ user = "Who leads {subject}?", assistant ='
            ' "{object} leads {subject}." }].',
        )
    return [chat_wording(one["user"], one["assistant"], where) for one in value]


def as_chat(wordings: Sequence[Wording], statements: Sequence[Wording]) -> tuple[Wording, ...]:
    """Return each of ``wordings`` as a chat, in the same order.

    A question stays as it is, and the assistant answers with the first of ``statements``, or with
    the object alone if there is none. A statement becomes a request to complete it.

    Args:
        wordings: wordings of one relation.
        statements: its wordings that are statements.
    """
    sentence = next((w for w in statements if not w.is_question and _is_sentence(w)), None)
    return tuple(_as_chat(one, sentence) for one in wordings)


def _as_chat(wording: Wording, sentence: Wording | None) -> Wording:
    if wording.chat:
        return wording
    if not wording.is_question:
        head, _, closing = wording.template.partition(OBJECT)
        return chat_wording(completion_request(head, closing), wording.template)
    asked = user_text(SUBJECT.join(wording.before))
    return chat_wording(asked, OBJECT if sentence is None else sentence.template)


def completion_request(before: str, after: str = "") -> str:
    """Return a user's request to complete a sentence; a question stays as it is.

    Args:
        before: the sentence before the gap.
        after: the sentence after it.
    """
    if "?" in before:
        return user_text(before)
    return f'Complete this sentence: "{before.rstrip()} …{after.rstrip()}"'


def user_text(prompt: str) -> str:
    """Return a prompt as a user would write it: without "Question:" and "Answer:"."""
    text = _ANSWER_LABEL.sub("", prompt.strip())
    return _LABELS.sub("", text).strip() or prompt.strip()


def from_name(name: str) -> tuple[Wording, ...]:
    """Return chats for a relation whose only wording is its name.

    Args:
        name: the relation in words, such as ``head office``.
    """
    requests = (
        f"What is the {name} of {SUBJECT}?",
        f"Tell me the {name} of {SUBJECT}.",
        f"What is {SUBJECT}'s {name}?",
        f"Name the {name} of {SUBJECT}.",
        f"Can you tell me what the {name} of {SUBJECT} is?",
        f"Please give me {SUBJECT}'s {name}.",
        f"Regarding {SUBJECT}: what is the {name}?",
        f"I would like to know the {name} of {SUBJECT}.",
    )
    return tuple(chat_wording(one, f"The {name} of {SUBJECT} is {OBJECT}.") for one in requests)


def _is_sentence(wording: Wording) -> bool:
    """Return whether a statement ends like a sentence."""
    return wording.closing.strip().endswith((".", "!", "。", "।", "።"))
