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
    """

    example: Encoded
    subject: tuple[int, ...]


def located(learner: Learner, fact: Fact) -> list[Located]:
    """Return the trained sentences of ``fact``, with the places of its subject."""
    coder = learner.lm.coder
    pairs = learner.stream.wordings.examples(fact)
    found = []
    for (prompt, target), example in zip(pairs, coder.pairs(pairs), strict=True):
        places = [
            _last_common(coder, example, prompt[:end], "") for end in _ends(prompt, fact.subject)
        ]
        places += [
            _last_common(coder, example, prompt, target[:end])
            for end in _ends(target, fact.subject)
        ]
        found.append(Located(example, tuple(sorted({n for n in places if n >= 0}))))
    return found


def _ends(text: str, subject: str) -> Iterator[int]:
    """Yield the index after each mention of ``subject`` in ``text``.

    A mention inside another word counts only if there is no other, as in a language that writes no
    spaces.
    """
    name = re.escape(subject)
    words = [*re.finditer(rf"(?<!\w){name}(?!\w)", text)]
    yield from (found.end() for found in words or re.finditer(name, text) if found.group())


def _last_common(coder: Coder, example: Encoded, prompt: str, said: str) -> int:
    """Return the index of the last token that ``example`` shares with its own beginning."""
    if said:
        whole = coder.pairs([(prompt, said)])[0]
        ids = whole.ids[:-1] if whole.end else whole.ids
    elif coder.chat is not None:
        ids = tuple(coder.texts([coder.chat.before + prompt])[0])
    else:
        ids = tuple(coder.documents([prompt])[0])
    shared = 0
    for ours, theirs in zip(example.ids, ids, strict=False):
        if ours != theirs:
            break
        shared += 1
    return shared - 1
