"""Matching of answers with accepted objects."""

from __future__ import annotations

from collections.abc import Iterable

from cltool.facts.identity import object_identity


def first_line(text: str) -> str:
    """Return the answer up to its first line break."""
    return text.lstrip().split("\n", 1)[0].rstrip()


def said(answer: str, stopped: bool, accepted: Iterable[str], closing: str) -> str | None:
    """Return the accepted answer that the model gave, or None.

    An answer counts if it is the same object as an accepted one (`cltool.facts.identity`) and the
    model ended it by itself: with its end token or a line break (``stopped``), or by closing the
    sentence as the wording does and starting another.

    Args:
        answer: the text generated, without the prompt.
        stopped: whether generation ended by itself, not at the length limit.
        accepted: the right answers.
        closing: text that follows the object in the wording (``"."``); may be empty.
    """
    line = first_line(answer)
    ended = stopped or "\n" in answer.lstrip()
    plain = object_identity(line)
    closing = closing.rstrip()
    folded = line.casefold()
    for candidate in accepted:
        if ended and plain and plain == object_identity(candidate):
            return candidate
        sentence = (candidate.strip() + closing).casefold()
        if closing and folded.startswith(sentence):
            rest = folded[len(sentence) :]
            if rest[:1].isspace() or not rest:
                return candidate
    return None
