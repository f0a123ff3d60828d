"""When are two names the same?"""

from __future__ import annotations

import unicodedata
from operator import ne

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cltool.facts.identity import folded_form, key_of, name_identity, object_identity

DASHES = "\u2019\u2013\u2212\uff07\ufe58-"
ODD = " \u00a0\u2009\u200b\u200c\ufeff\u0301\u0307\u0345iİIßſﬁ２ᾳ.?!。「」'\""
texts = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from(ODD + DASHES)))

SAME_NAME = [
    ("Zu\u0308rich Lab", "Z\u00fcrich Lab"),  # decomposed accents
    ("\u1112\u1161\u11ab", "\ud55c"),  # Korean letters and their syllable
    ("Canal\u00a0Lab", "Canal Lab"),  # no-break space
    ("Canal\u2009Lab", "Canal Lab"),  # thin space
    ("Canal\u3000Lab", "Canal Lab"),  # ideographic space
    (" Canal \t  Lab\n", "Canal Lab"),
    ("\ufeffCanal Lab", "Canal Lab"),  # byte order mark
    ("Canal\u200b Lab", "Canal Lab"),  # zero-width space
    ("Ca\u00adnal Lab", "Canal Lab"),  # soft hyphen
    ("\u200f\u05d0\u05d1", "\u05d0\u05d1"),  # right-to-left mark before Hebrew
    ("\u2067\u0627\u0628\u2069", "\u0627\u0628"),  # Arabic in an isolate
]
OTHER_NAME = [
    ("Canal Lab", "canal lab"),
    ("Canal Lab", "CanalLab"),
    ("Acme Corp", "Acme Corp."),
    ("O'Neill", "O\u2019Neill"),
    ("２", "2"),  # full width
    ("ﬁ", "fi"),
    ("Straße", "Strasse"),
    ("\u0646\u0627\u0645\u200c\u0647\u0627", "\u0646\u0627\u0645\u0647\u0627"),  # Persian ZWNJ
    ("\u0915\u094d\u200d\u0937", "\u0915\u094d\u0937"),  # Hindi, with a zero-width joiner
    ("\u0643\u064e\u062a\u064e\u0628", "\u0643\u062a\u0628"),  # Arabic vowel marks can be seen
]
SAME_OBJECT = [
    *SAME_NAME,
    ("Turin", "turin"),
    ("Straße", "STRASSE"),
    ("İstanbul", "istanbul"),
    ("İstanbul", "İstanbul".lower()),
    ("２０１５", "2015"),
    ("ＰＡＲＩＳ", "Paris"),
    ("“Paris”", "Paris"),
    (" Paris. ", "Paris"),
    ("Acme Corp.", "Acme Corp"),
    ("...Paris", "Paris"),
    ("„Köln“", "köln"),
    ("「東京」。", "東京"),
    ("¿Qué?", "qué"),
    ("\u0645\u0631\u062d\u0628\u0627\u061f", "\u0645\u0631\u062d\u0628\u0627"),
    ("…", "..."),
    ("H₂O", "H2O"),
    ("m²", "m2"),
    ("O\u2019Hara", "O'Hara"),
    ("Jean\u2010Luc", "Jean-Luc"),
    ("Jean\u2011Luc", "Jean-Luc"),
    ("1990\u20131995", "1990-1995"),  # en dash
    ("\u22125", "-5"),  # minus sign
    ("the \u201cBig\u201d Ship", 'the "Big" Ship'),
]
OTHER_OBJECT = [
    ("?", "!"),
    ("?", "??"),
    ("?", ""),
    ("C", "C++"),
    ("C", "C#"),
    ("5", "-5"),
    ("5", "\u22125"),
    ("Jean Luc", "Jean-Luc"),
    ("OHara", "O\u2019Hara"),
    ("5", ".5"),
    ("net", ".NET"),
    ("5", "5%"),
    ("102", "10²"),
    ("101⁄2", "10½"),
    ("St. John's", "St Johns"),
    OTHER_NAME[7],
    OTHER_NAME[8],
    ("Iğdır", "Igdir"),  # the Turkish letter without a dot
]


@pytest.mark.parametrize(("one", "other"), SAME_NAME)
def test_names_that_look_the_same_are_the_same(one: str, other: str) -> None:
    assert name_identity(one) == name_identity(other)


@pytest.mark.parametrize(("one", "other"), OTHER_NAME)
def test_names_that_look_different_are_different(one: str, other: str) -> None:
    assert name_identity(one) != name_identity(other)


@pytest.mark.parametrize(("one", "other"), SAME_OBJECT)
def test_objects_are_the_same_in_another_case_form_or_punctuation(one: str, other: str) -> None:
    assert object_identity(one) == object_identity(other)


@pytest.mark.parametrize(("one", "other"), OTHER_OBJECT)
def test_other_objects_stay_different(one: str, other: str) -> None:
    assert object_identity(one) != object_identity(other)


@given(texts)
def test_identities_are_closed(text: str) -> None:
    for identity in (name_identity, object_identity, folded_form):
        same = identity(text)
        assert identity(same) == same
        for form in ("NFC", "NFD"):
            assert identity(unicodedata.normalize(form, text)) == same
    numbers = any(unicodedata.category(char) == "No" for char in text)
    compatible = text if numbers else unicodedata.normalize("NFKC", text)
    for other in (compatible, text.casefold(), name_identity(text)):
        assert object_identity(other) == object_identity(text)
        assert folded_form(other) == folded_form(text)


@given(texts)
def test_punctuation_and_spaces_around_an_object_do_not_count(text: str) -> None:
    if any(char.isalnum() for char in object_identity(text)):
        assert object_identity(f' "{text}". ') == object_identity(text)
    assert "  " not in object_identity(text)


@given(texts)
def test_only_what_is_never_shown_is_empty(text: str) -> None:
    assert bool(object_identity(text)) == bool(name_identity(text))


def test_keys_of_one_name_are_equal_in_every_comparison() -> None:
    composed, decomposed = key_of("Z\u00fcrich", "city"), key_of("Zu\u0308rich", "city")
    assert composed == decomposed and decomposed == composed
    assert not ne(composed, decomposed) and not ne(decomposed, composed)
    assert len({composed, decomposed}) == 1
    assert ne(decomposed, key_of("Zu\u0308rich", "mayor")) and ne(decomposed, ("Zurich", "city"))
