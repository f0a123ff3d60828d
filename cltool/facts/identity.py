"""One notion of "the same" for names: subjects, relations, and objects.

Two texts are the same name if their identities are equal. An identity is only for comparison:
what was written stays as it was written in prompts, ledgers and messages.

*Names* (subjects and relations) are compared after these changes, none of which can be seen:

- Unicode normal form NFC: ``ü`` as one character, or as ``u`` and a combining accent.
- White space of all kinds (also no-break and thin spaces) becomes one space, and none is left at
  the ends.
- Characters that are never shown are removed: the byte order mark, zero-width spaces, word joiners,
  soft hyphens, and the marks and controls of writing direction. The zero-width joiner and
  non-joiner stay, because they change the word in Persian, in the scripts of India, and in emoji.

*Objects* are compared as the scorer compares answers. In addition, these do not count:

- case: ``ß`` is ``ss``, and ``İ`` is ``i``
- the kind of hyphen, dash, minus sign, apostrophe and quotes: ``O’Hara`` is ``O'Hara``, and ``−5``
  with the minus sign is ``-5`` with the hyphen
- the compatibility form NFKC: ``２`` is ``2``, and ``ﬁ`` is ``fi``. A raised, lowered or enclosed
  number or a fraction after a digit stays what it is: ``10²`` is not ``102``
- sentence punctuation, quotes and brackets at both ends. A full stop directly before a letter or
  digit belongs to the object: ``.5`` is not ``5``. An object that is made of punctuation alone
  keeps it: ``?`` and ``!`` are different objects.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_INVISIBLE = dict.fromkeys(
    [
        0x00AD,  # soft hyphen
        0x061C,  # Arabic letter mark
        0x200B,  # zero-width space
        *(0x200E, 0x200F),  # left-to-right and right-to-left marks
        *range(0x202A, 0x202F),  # embeddings and overrides of direction
        *range(0x2060, 0x2065),  # word joiner, invisible operators
        *range(0x2066, 0x2070),  # isolates, deprecated format characters
        0xFEFF,  # byte order mark
    ]
)
_EDGES = (
    " \t\r\n.,;:!?\"'()[]“”‘’„‚‟‛«»‹›¡¿。、・「」『』【】〈〉《》〔〕〖〗〝〞〟،؛؟۔।॥՝՜՞։׃׀״׳።፣፤፧"
)
_TYPED = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛‹›ʹʻʼˈ׳′", "'"),
        **dict.fromkeys("“”„‟«»״″〝〞〟", '"'),
        **dict.fromkeys("‐‑‒–—―−֊־", "-"),
    }
)
"""What typists and programs write for one another: apostrophes, quotes, hyphens and dashes."""
_DOTTED = re.compile("i\u0307+")
_OTHER_NUMBER = re.compile(r"((?<=\d)(?:[⁺⁻]?[⁰¹²³⁴-⁹]+|[₊₋]?[₀-₉]+|[¼½¾⅐-⅟↉]+|[①-⒛⓪]+)+)")
"""What the form NFKC would change into further digits of a number."""


def name_identity(text: str) -> str:
    """Return the form of a subject or relation in which equal names are equal texts."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.translate(_INVISIBLE))
    return " ".join(text.split())


@lru_cache(maxsize=1 << 16)
def object_identity(text: str) -> str:
    """Return the form of an object, or of an answer, in which equal objects are equal texts.

    It is empty only if ``text`` has nothing but white space and characters that are never shown.
    """
    folded = folded_form(text)
    plain = folded.strip(_EDGES)
    if plain[:1].isalnum():
        # The full stop of ".5" stays; that of an ellipsis does not.
        before = folded[: folded.index(plain)]
        plain = f".{plain}" if before.endswith(".") and not before.endswith("..") else plain
    return plain or folded


def folded_form(text: str) -> str:
    """Return a name without white space, invisible characters, case and compatibility form.

    Unlike an object's identity, it keeps all punctuation, in its plainest form.
    """
    if text.isascii():
        return " ".join(text.casefold().split())
    # Compatibility caseless matching of the Unicode Standard (3.13, D146): folding the case of a
    # decomposed text can leave something to decompose, and the other way round.
    text = text.translate(_INVISIBLE).translate(_TYPED)
    text = unicodedata.normalize("NFD", text).casefold()
    text = _compatible(text).casefold()
    text = _DOTTED.sub("i", _compatible(text))
    return " ".join(unicodedata.normalize("NFC", text.translate(_TYPED)).split())


def _compatible(text: str) -> str:
    """Return the compatibility form NFKD, in which numbers keep their values."""
    parts = _OTHER_NUMBER.split(text)
    return "".join(
        part if number % 2 else unicodedata.normalize("NFKD", part)
        for number, part in enumerate(parts)
    )


def object_identities(names: Iterable[str]) -> set[str]:
    """Return the identity of each of ``names``."""
    return {object_identity(name) for name in names}


def names_object(name: str, accepted: Iterable[str]) -> bool:
    """Return whether ``name`` is the same object as one of ``accepted``."""
    own = object_identity(name)
    return any(own == object_identity(other) for other in accepted)


class SpelledKey(tuple[str, str]):
    """A key that has its names as they are written, and equals every key of the same names."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, tuple) or len(other) != 2:
            return False
        return all(
            isinstance(theirs, str) and name_identity(ours) == name_identity(theirs)
            for ours, theirs in zip(self, other, strict=True)
        )

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((name_identity(self[0]), name_identity(self[1])))


def key_of(subject: str, relation: str) -> tuple[str, str]:
    """Return the key of a fact: equal for facts whose subjects and relations are the same.

    Most names are their own identities, and their key is a plain tuple.
    """
    if name_identity(subject) == subject and name_identity(relation) == relation:
        return subject, relation
    return SpelledKey((subject, relation))
