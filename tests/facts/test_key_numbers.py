"""Keys get numbers in the order in which they are first added."""

from __future__ import annotations

from cltool.facts.identity import key_of
from cltool.facts.key_numbers import KeyNumbers


def test_keys_are_numbered_as_a_dictionary_would() -> None:
    numbers, known = KeyNumbers(), dict[tuple[str, str], int]()
    for place in range(5_000):
        key = (f"Person {place * 7 % 3_000}", "town")
        assert numbers.find(key) == known.get(key, -1)
        assert numbers.add(key) == known.setdefault(key, len(known))
    assert len(numbers) == len(known)
    assert all(numbers.find(key) == number for key, number in known.items())


def test_two_spellings_of_a_name_have_one_number() -> None:
    numbers = KeyNumbers()
    assert numbers.add(key_of("Cafe\u0301", "town")) == numbers.add(key_of("Caf\u00e9", "town"))


def test_no_character_in_a_name_makes_two_keys_one() -> None:
    numbers = KeyNumbers()
    for one in ("\x1f", " ", "1", "\x00", "\ud800"):
        assert numbers.add((f"a{one}b", "c")) != numbers.add(("a", f"b{one}c"))
        assert numbers.add((f"a{one}", "c")) != numbers.add(("a", f"{one}c"))
