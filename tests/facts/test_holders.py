"""Holders of keys: from the update that taught them until another one took their place."""

from __future__ import annotations

from cltool.facts.facts import Fact, Update
from cltool.facts.holders import HeldKey, Rivals, held_keys
from cltool.facts.stream import Stream
from cltool.facts.wordings import Wordings


def holders(held: HeldKey) -> dict[str, tuple[int, ...]]:
    return {one.fact.object: one.steps for one in held.holders}


def of(*updates: tuple[list[Fact], list[Fact]]) -> list[HeldKey]:
    made = [Update(n, str(n), *both) for n, both in enumerate(updates)]
    return held_keys(Stream("own", made, Wordings({})))


def mayor(name: str, *aliases: str, of: str = "Alden") -> Fact:
    return Fact(of, "mayor", name, aliases)


def test_a_holder_holds_until_it_is_superseded_or_forgotten() -> None:
    base = [mayor("Ada"), mayor("Mia", of="Borley")]
    (alden, borley) = of((base, []), ([mayor("Sam")], []), ([], [base[1]]))
    assert holders(alden) == {"Ada": (0,), "Sam": (1, 2)}
    assert holders(borley) == {"Mia": (0, 1)}


def test_who_holds_again_is_one_holder_with_a_gap_and_all_spellings() -> None:
    (alden,) = of(([mayor("Ada")], []), ([mayor("Sam")], []), ([mayor("ada", "A. Brook")], []))
    assert holders(alden) == {"Ada": (0, 2), "Sam": (1,)}
    assert "A. Brook" in alden.holders[0].fact.accepted


def test_rivals_never_held_the_key_and_come_from_its_relation_first() -> None:
    base = [mayor("Ada"), mayor("Mia", "Sam", of="Borley"), mayor("Tom", of="Cresk")]
    judge = Fact("Alden", "judge", "Lee")
    keys = of(([*base, judge], []), ([mayor("Sam")], []))
    rivals = Rivals(keys)
    # Mia is also called Sam, who held the key.
    assert rivals.of(keys[0], 9) == ["Tom", "Lee"]
    assert rivals.of(keys[0], 1) == ["Tom"]
    assert rivals.of(keys[0], 9) == Rivals(keys).of(keys[0], 9)
