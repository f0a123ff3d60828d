"""One sentence in which facts are taught and asked: a template, split at its slots."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from cltool.core.errors import UserError


@dataclass(frozen=True, slots=True)
class Wording:
    """A template, split at its slots.

    Attributes:
        template: the text as written.
        before: the pieces of the prompt; the subject goes between them.
        gap: white space between prompt and object. In a chat: the beginning of the assistant's
            sentence.
        closing: the text after the object.
        chat: whether the prompt is the turn of a user, and the rest that of the assistant. Then
            the subject may occur in ``gap`` and ``closing``, too.
    """

    template: str
    before: tuple[str, ...]
    gap: str
    closing: str
    chat: bool = False

    @classmethod
    def parse(cls, template: str, where: str = "") -> Wording:
        """Split ``template`` at its slots.

        Raises:
            UserError: ``{object}`` does not occur exactly once, after ``{subject}``.
        """
        head, found, closing = template.partition("{object}")
        if not found or "{object}" in closing or "{subject}" in closing or not head.strip():
            raise UserError(
                f"the wording {template!r} needs exactly one {{object}}, after {{subject}}",
                where=where,
                hint='Write it like "The capital of {subject} is {object}."',
            )
        if "{subject}" not in head:
            raise UserError(f"the wording {template!r} has no {{subject}}", where=where)
        prompt = head.rstrip()
        return cls(template, tuple(prompt.split("{subject}")), head[len(prompt) :], closing)

    @property
    def is_question(self) -> bool:
        """Whether the wording asks: the text before the object has a question mark."""
        return "?" in "".join(self.before)

    def prompt(self, subject: str) -> str:
        """Return the text before the object, without trailing white space."""
        return subject.join(self.before)

    def about(self, subject: str) -> Wording:
        """Return the wording whose ``gap`` and ``closing`` name ``subject``."""
        if "{subject}" not in self.gap + self.closing:
            return self
        gap, closing = (text.replace("{subject}", subject) for text in (self.gap, self.closing))
        return replace(self, gap=gap, closing=closing)

    def read(self, text: str) -> tuple[str, str] | None:
        """Return (subject, object) if ``text`` is a fact in this wording, else None."""
        found = _pattern(self).fullmatch(text.strip())
        return None if found is None else (found["subject"], found["object"])

    def target(self, answer: str) -> str:
        """Return the text that completes the prompt."""
        return f"{self.gap}{answer}{self.closing}"


@lru_cache(maxsize=4096)
def _pattern(wording: Wording) -> re.Pattern[str]:
    first, *others = (re.escape(piece) for piece in wording.before)
    subject = r"(?P<subject>\S(?:.*?\S)??)"
    prompt = first.lstrip() + subject + r"(?P=subject)".join(others)
    gap, closing = (
        r"(?P=subject)".join(map(re.escape, text.split("{subject}")))
        for text in (wording.gap, wording.closing.rstrip())
    )
    turn = r"\s*" if wording.chat else ""
    pattern = rf"{prompt}{turn}{gap}(?P<object>\S(?:.*\S)?){closing}"
    return re.compile(pattern, re.DOTALL)
