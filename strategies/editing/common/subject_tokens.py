"""Where a sentence names its subject: the places at which a fact is looked up in a model.

Meng et al. (2022), "Locating and editing factual associations in GPT", find that a model recalls
what it knows of a subject at the subject's last token.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cltool.facts.facts import Fact
    from cltool.lm.coder import Coder, Encoded
    from cltool.training.learner import Learner


@dataclass(frozen=True, slots=True)
class Located:
    """A trained sentence of a fact.

    Attributes:
        example: the sentence.
        subject: indices of the last token of each mention of the subject.
        loose: indices of the prompt's tokens that are no part of the subject, and of no turn of a
            chat.
    """

    example: Encoded
    subject: tuple[int, ...]
    loose: tuple[int, ...] = ()


def located(learner: Learner, fact: Fact) -> list[Located]:
    """Return the trained sentences of ``fact``, with the places of its subject."""
    coder = learner.lm.coder
    pairs = learner.stream.wordings.examples(fact)
    found = []
    for (prompt, target), example in zip(pairs, coder.pairs(pairs), strict=True):
        mentions = [
            (
                last_common(coder, example, prompt[:begin], ""),
                last_common(coder, example, prompt[:end], ""),
            )
            for begin, end in _mentions(prompt, fact.subject)
        ]
        places = [last for _, last in mentions] + [
            last_common(coder, example, prompt, target[:end])
            for _, end in _mentions(target, fact.subject)
        ]
        named = {n for before, last in mentions for n in range(before + 1, last + 1)}
        words = range(
            last_common(coder, example, "", "") + 1, last_common(coder, example, prompt, "") + 1
        )
        loose = tuple(n for n in words if n not in named and n < example.start)
        found.append(Located(example, tuple(sorted({n for n in places if n >= 0})), loose))
    return found


def _mentions(text: str, subject: str) -> Iterator[tuple[int, int]]:
    """Yield where each mention of ``subject`` in ``text`` begins and ends.

    A mention inside another word counts only if there is no other, as in a language that writes no
    spaces.
    """
    name = re.escape(subject)
    words = [*re.finditer(rf"(?<!\w){name}(?!\w)", text)]
    yield from (found.span() for found in words or re.finditer(name, text) if found.group())


def last_common(coder: Coder, example: Encoded, prompt: str, said: str) -> int:
    """Return the index of the last token that ``example`` shares with a beginning of its text.

    Args:
        coder: encodes the beginning.
        example: the sentence.
        prompt: the beginning of its prompt, or the whole of it.
        said: the beginning of its completion; empty: the beginning ends in the prompt.

    Returns:
        The index; −1 if no token is shared.
    """
    if said:
        whole = coder.pairs([(prompt, said)])[0]
        ids = whole.ids[:-1] if whole.end else whole.ids
    else:
        ids = tuple(coder.begun(prompt))
    shared = 0
    for ours, theirs in zip(example.ids, ids, strict=False):
        if ours != theirs:
            break
        shared += 1
    return shared - 1
