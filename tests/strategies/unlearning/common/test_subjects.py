"""Known and made-up subjects."""

from __future__ import annotations

import torch

from cltool.facts.facts import Fact
from cltool.strategies.unlearning.common.subjects import known_subjects, made_up_subjects

KNOWN = [Fact(f"{first} {last}", "born", "x") for first in "ABC" for last in ("Uno", "Dos")]
ERASED = Fact("A Uno", "born", "y")


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(3)


def test_known_subjects_have_the_same_relation() -> None:
    more = [*KNOWN, Fact("Zed", "died", "x")]
    found = known_subjects(ERASED, more, 10, generator())
    assert sorted(found) == sorted({f.subject for f in KNOWN} - {"A Uno"})
    assert len(known_subjects(ERASED, more, 2, generator())) == 2
    assert known_subjects(Fact("Q", "eats", "x"), more[-1:], 5, generator()) == ["Zed"]
    assert known_subjects(ERASED, KNOWN[:1], 5, generator()) == []


def test_invented_subjects_are_new_names_of_known_parts() -> None:
    known = [Fact(f"{a} {b}", "born", "x") for a, b in zip("ABCDEF", "uvwxyz", strict=True)]
    found = made_up_subjects(ERASED, known, 8, generator())
    assert len(found) == len({*found}) == 8
    assert not {*found} & {fact.subject for fact in known}
    for name in found:
        first, last = name.split()
        assert first in "ABCDEF" and last in "uvwxyz"


def test_names_of_one_word_are_split_within_the_word() -> None:
    known = [Fact(name, "born", "x") for name in ("Paris", "Tokyo", "Lagos")]
    found = made_up_subjects(ERASED, known, 4, generator())
    assert found and not {*found} & {"Paris", "Tokyo", "Lagos"}
    for name in found:
        assert name[:3] in ("Par", "Tok", "Lag") and name[3:] in ("ris", "kyo", "gos")


def test_without_possible_new_names_there_is_none() -> None:
    assert made_up_subjects(ERASED, [Fact("Rome", "born", "x")], 4, generator()) == []
    assert made_up_subjects(ERASED, [], 4, generator()) == []
    assert made_up_subjects(ERASED, KNOWN, 4, generator()) == []
