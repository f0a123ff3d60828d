"""Decides whether a name in a text is part of a longer one: *Paris* in *Paris Hilton*."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cltool.evaluation.dates import MONTHS
from cltool.evaluation.mentions import Mention, Question, possessive
from cltool.evaluation.words import Word

_FUNCTION = frozenset(
    re.findall(
        r"[\w'-]+",
        "a actually all also although an and any are as at because been before being both but"
        " by called can certainly clearly could currently definitely did do does during each"
        " even every finally first for former from generally had has have he her here his"
        " historically however i i'm if in indeed initially is it its just known may maybe might"
        " most my no not now of officially on only or originally our perhaps possibly presently"
        " probably rather she should simply since so some still surely than that the their then"
        " there therefore these they this those though thus to today under until usually very"
        " was we well were what when where whether which while who whose will with would yes yet"
        " you your dear question der die das den dem ein eine ist im und oder le la les un une"
        " est et ou el los las es y это",
    )
)
"""Words that are no part of a name even where they begin with a capital letter."""

_KINDS = frozenset(
    re.findall(
        r"\w+",
        "answer capital currency name president city country state town город страна столица"
        " hauptstadt stadt land ville pays ciudad",
    )
)
"""What a place or thing may be called before its name: “Die Stadt Wien”."""

_TITLES = frozenset(
    re.findall(
        r"[\w'-]+",
        "actor actress admiral ambassador archbishop archduke artist author baron bishop captain"
        " cardinal ceo chair chairman chairwoman chancellor chief colonel count countess crown dame"
        " deputy director don doña dr duchess duke emir emperor empress engineer executive father"
        " filmmaker frau general governor grand herr his her justice king lady lieutenant lord"
        " madame major mayor miss minister mister mlle mme monsieur mr mrs ms officer pope premier"
        " president prime prince princess prof professor queen rabbi rev reverend saint scientist"
        " secretary senator señor señora sergeant sheikh signor signora sir sister sultan tsar vice"
        " writer novelist poet playwright physicist chemist painter composer singer hrh präsident"
        " präsidentin direktor direktorin kanzler kanzlerin könig königin président présidente"
        " directeur roi reine presidente director directora rey reina"
        " majesty highness excellency honourable honorable hon президент директор король",
    )
)
"""Titles before the name of a person."""

_STATES = frozenset(
    re.findall(
        r"[\w'-]+",
        "city commonwealth county district duchy federation island islands kingdom municipality"
        " nation principality province region republic state sultanate territory town union"
        " village",
    )
)
"""Words before *of* in the name of a place: the Republic of …"""

_MODIFIERS = frozenset(
    re.findall(
        r"\w+",
        "east eastern el fort great greater inner la lake las little los lower mount new north"
        " northern old outer papua port saint san santa south southern st upper west western",
    )
)
"""Words before a name of several words that make it another name."""

_LARGER = frozenset(
    re.findall(
        r"[\w'-]+",
        "billion crore dozen hundred lakh million milliard milliarde millionen mio mrd thousand"
        " trillion tausend mille mil",
    )
)

_MONTHS = frozenset([*MONTHS, *(name[:3] for name in MONTHS), "sept"])

_JOINED = frozenset("-+#&@_‐‑–")
"""Marks that join what follows them directly to the word before."""

_WORDS_IN_ENGLISH = frozenset(
    re.findall(
        r"[\w'-]+",
        "a am an as at be by do go ha he hi ho i if in is it ma me my no of oh ok on or os pa pi po"
        " re so to up us we yes",
    )
)


def belongs_to_longer(words: Sequence[Word], one: Mention, text: str, asked: Question) -> bool:
    """Return whether a name in ``text`` is a part of a longer name, word or number.

    Args:
        words: the words of ``text``.
        one: the name.
        text: a line.
        asked: the question; its own words are no part of a name.
    """
    after = words[one.last + 1] if one.last + 1 < len(words) else None
    if possessive(words, one) or _joined(words, one, text):
        return True
    if words[one.last].number:
        return _other_number(words, one, after)
    upper = text.isupper() or not any(word.raw.islower() for word in words)
    if upper and len(words) > one.last - one.first + 2 and text.isupper():
        return False
    if not words[one.first].capital:
        return False
    return _follows(words[one.last], after, asked) or _precedes(words, one, asked)


def is_other_symbol(one: Mention, text: str) -> bool:
    """Return whether marks after a name make it another one: ``C`` and ``C++``."""
    return text[one.end : one.end + 1] in {"+", "#"}


def is_common_word(words: Sequence[Word], one: Mention, text: str) -> bool:
    """Return whether a name such as ``He`` (helium) is most likely a common word here."""
    word = words[one.first]
    if one.last > one.first or word.text not in _WORDS_IN_ENGLISH or len(words) == 1:
        return False
    after = text[one.end : one.end + 1]
    quoted = word.before.endswith(("'", '"', "“", "‘", "«", "*", "("))
    ends = after in {"", ".", ",", ";", ":", "!", ")"} and one.first > 0
    return not word.capital or not (quoted or ends)


def _joined(words: Sequence[Word], one: Mention, text: str) -> bool:
    """Return whether a mark joins the name to another word: ``Guinea-Bissau``, ``C++``."""
    after = text[one.end : one.end + 2]
    if after[:1] in _JOINED and after[:1]:
        adjective = after[:1] == "-" and after[1:].islower() and not words[one.last].number
        if not adjective and (after[0] in "+#" or after[1:].isalnum()):
            return True
    if after[:1] == "." and after[1:].isalnum():
        return True
    before = words[one.first].before
    if not one.first:
        return before.endswith(("-", "@", "_")) and not before.endswith(" -")
    apostrophe = before in {"'", "’"} and words[one.first - 1].raw in {"O", "D", "Mc"}
    return before in {"-", "‐", "‑", "–", "@", "&", ".", "_"} or apostrophe


def _other_number(words: Sequence[Word], one: Mention, after: Word | None) -> bool:
    if after is not None and not after.before.strip(" "):
        if after.text in _LARGER or after.text.rstrip("s") in _LARGER:
            return True
        if after.text in _MONTHS and len(one.name) == 1:
            return True
    before = words[one.first - 1].text if one.first else ""
    small = len(one.name) == 1 and len(one.name[0]) <= 2
    return small and before in _MONTHS


def _follows(last: Word, after: Word | None, asked: Question) -> bool:
    """Return whether the word after a name belongs to the same longer name."""
    if after is None or after.before.strip("\u00a0 ") or not after.before:
        return False
    if after.number:
        return len(after.text) <= 3 and last.raw[:1].isupper()
    return after.capital and after.text not in _FUNCTION and after.text not in asked.subject_words


def _precedes(words: Sequence[Word], one: Mention, asked: Question) -> bool:
    """Return whether the words before a name belong to the same longer name."""
    if not one.first or words[one.first].before.strip("\u00a0 ") or not asked.capitalised:
        return False
    before = words[one.first - 1]
    alone = one.first == one.last
    if before.text in {"of", "the"} and one.first > 1:
        return _of_another(words, one, asked)
    if not before.capital or before.text in _FUNCTION | _KINDS | asked.asked:
        return False
    if before.text in _TITLES:
        return alone and before.text not in {"dr", "prof", "professor", "mr", "mrs", "ms"}
    first = one.first == 1
    adverb = before.text.endswith("ly")
    return (alone and not (first and adverb)) or not (alone or first)


def _of_another(words: Sequence[Word], one: Mention, asked: Question) -> bool:
    """Return whether a name is the end of another one: ``University of Oxford``."""
    place = one.first - 1
    if words[place].text == "the":
        place -= 1
    if place < 1 or words[place].text != "of":
        return False
    head = words[place - 1]
    known = head.text in asked.asked or head.text in _STATES or head.text in _FUNCTION
    return head.capital and place > 1 and not known
