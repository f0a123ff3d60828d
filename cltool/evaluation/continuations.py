"""What follows an answer on its line: another sentence, more of the name, or a denial.

A full stop, an exclamation mark or a question mark does not always end an answer: it may belong to
an abbreviation (``Acme Corp. Japan``) or to a longer name (``Who? Weekly``). Where the text after
it may still be a part of the name, the answer does not count. A text that was cut off before its
first sentence ended counts as the beginning of a sentence: most are.
"""

from __future__ import annotations

import re

from cltool.facts.identity import folded_form, object_identity

_ABBREVIATIONS = frozenset(
    re.findall(
        r"\w+",
        # English, and what is written in many languages
        "ave bros capt co col corp dept dr ed etc fig fr ft gen gov hon hwy inc jr lt ltd messrs mr"
        " acad arch assn assoc bldg bp cmdr ctr dist intl lieut maj mfg natl pres prov supt"
        " mrs ms mt no nos pp prof rep rev sen sgt sr st str univ vol vs"
        # German, Dutch, Scandinavian
        " fa gebr kgl sint stn vgl"
        " abs bd bzw ca dipl geb hl hr hrsg ing mag nr sog tel verl"
        # French, Spanish, Portuguese, Italian
        " ctra dpto profa sto urb vda"
        " av avda cie cía cia dña dott ets gral hnos irmãos lda ltda mgr mlle mme pres sra srta ste"
        # Slavic languages
        " акад гг гор д др им обл пр просп проф род с св стр тов ул inż ks mgr np pl ul",
    )
)
"""Abbreviations that are written with a full stop; single letters and short words count anyway."""

_SUFFIXES = frozenset(
    re.findall(r"\w+", "ag bv esq gmbh ii iii iv inc jr jun kg llc llp ltd md nv oy phd plc sa sr")
)
"""What follows a name after a full stop and belongs to it."""

_INITIALS = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}")
"""Abbreviations with full stops inside, such as ``U.S.`` and ``Ph.D.``, without their last one."""

_ROMAN = re.compile(r"[IVXL]{2,7}")

_PARTICLES = frozenset(
    re.findall(
        r"\w+",
        "a al an and at d da de del der des di do dos du e el en et for für i im in la las le les"
        " los of on the und van vom von y zu zum",
    )
)
"""Words in small letters inside names."""

_DENIALS = (
    "no|nope|not|wrong|incorrect|false|sorry|correction|nein|falsch|non|faux|nee|nej|não|falso|"
    "нет|неверно|неправильно|不|不是|不对|いいえ|違います|아니요|لا|नहीं"
)
_DENIED = re.compile(rf"(?:{_DENIALS})\s*(?:$|[,;:!?。、،！–—]|-\s|\.(?!\s*\d))", re.IGNORECASE)
_NOT = re.compile(r"(?:not|nicht|pas|non|no|не)\s+(?P<name>.+)", re.IGNORECASE)

_EXCLAIMED = frozenset(
    re.findall(r"\w+", "yes yeah hurrah hooray indeed correct exactly right ok ja oui si sí sim да")
)
"""Sentences of one word that may follow an answer."""

_SENTENCE_END = re.compile(r"[.!?](?:\s|$)|[。．！？।۔؟]")

_MOST_SHORT = 3
"""Letters of a word that may be an abbreviation in some language."""

_MOST_NAME = 3
"""Words of a longer name, in scripts without capital letters."""


def may_belong(piece: str, rest: str, closing: str, *, ended: bool) -> bool:
    """Return whether the text after an answer may still belong to its name.

    Args:
        piece: the text that names the object.
        rest: the text after ``closing``, not empty.
        closing: the end of the wording.
        ended: whether the model ended ``rest`` itself.
    """
    mark = closing.strip()
    sentence, whole = _first_sentence(rest, ended=ended)
    if mark not in {".", "!", "?"} or (whole and _repeats(sentence, piece)):
        return False
    first, *_ = rest.split()
    fragment = not _is_sentence(sentence)
    cased = _has_case(rest)
    if mark != ".":
        exclaimed = {*re.findall(r"\w+", sentence.casefold())} & _EXCLAIMED
        return whole and cased and fragment and not first[0].islower() and not exclaimed
    last = piece.split()[-1].strip("\"'“”‘’«»()[]")
    abbreviated = is_abbreviation(last)
    if last[-1:].isdigit() or abbreviated:
        if rest[0].isdigit():
            return True
        # "3. Oktober": only days, kings and the like are counted with a full stop.
        ordinal = last.isdigit() and len(last) <= 2 and whole
        return (abbreviated or ordinal) and fragment
    if not fragment or not cased:
        return False
    if re.sub(r"\W", "", first).casefold() in _SUFFIXES:
        return True
    # A sentence does not begin with a particle in small letters: "Ludwig XIV. von Frankreich".
    if first[0].islower():
        return first in _PARTICLES
    letters = last.rstrip(".")
    short = letters.isalpha() and len(letters) <= _MOST_SHORT
    return whole and (short or _ROMAN.fullmatch(letters) is not None)


def takes_back(piece: str, rest: str) -> bool:
    """Return whether the text after an answer begins with a denial of it."""
    if _DENIED.match(rest):
        return True
    found = _NOT.match(_first_sentence(rest, ended=True)[0])
    return found is not None and _repeats(found["name"], piece)


def trails_off(piece: str) -> bool:
    """Return whether an answer whose closing is a full stop ends with an ellipsis."""
    return piece.endswith("..")


def is_abbreviation(word: str) -> bool:
    """Return whether a word before a full stop may be an abbreviation that is written with it."""
    plain = word.casefold().rstrip(".")
    one_letter = len(plain) == 1 and plain.isalpha()
    return (
        one_letter or plain in _ABBREVIATIONS or _INITIALS.fullmatch(word.rstrip(".")) is not None
    )


def _first_sentence(rest: str, *, ended: bool) -> tuple[str, bool]:
    """Return the first sentence of ``rest``, and whether it is complete."""
    end = _SENTENCE_END.search(rest)
    return (rest, ended) if end is None else (rest[: end.start()], True)


def _is_sentence(sentence: str) -> bool:
    """Return whether ``sentence`` has a word that no name has."""
    words = sentence.split()[1:]
    if not _has_case(sentence):
        return len(words) >= _MOST_NAME
    return any(word[0].islower() and word.casefold() not in _PARTICLES for word in words)


def _has_case(text: str) -> bool:
    """Return whether a text has letters of a script with capital letters."""
    return any(char.isupper() or char.islower() for char in text)


def _repeats(sentence: str, piece: str) -> bool:
    name = folded_form(piece).rstrip(".")
    # Without capital letters, particles may follow a name directly.
    begin = f"{name} " if _has_case(name) else name
    return object_identity(sentence) == object_identity(piece) or folded_form(sentence).startswith(
        begin
    )
