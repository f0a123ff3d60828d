"""Requests to forget that are drawn for a stream."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cltool.core.errors import UserError
from cltool.facts.facts import Fact, Key, Knowledge, Update
from cltool.facts.forget_requests import requested, with_requests
from cltool.facts.stream import Stream
from cltool.facts.wordings import Wordings
from cltool.scenarios.leaders import Leaders, LeadersConfig


def fact(number: int, value: int = 0) -> Fact:
    return Fact(f"S{number}", "mayor", f"O{number}.{value}")


def make(*updates: tuple[list[Fact], list[Fact]]) -> Stream:
    steps = [Update(n, f"u{n}", learn, forget) for n, (learn, forget) in enumerate(updates)]
    return Stream("made", steps, Wordings({}), source={"scenario": "made"})


BASE = [fact(number) for number in range(10)]


@st.composite
def streams(draw: st.DrawFn) -> Stream:
    """Streams in which facts change, appear and are forgotten by requests of their own."""
    known = Knowledge()
    updates = [Update(0, "base", BASE)]
    known.apply(updates[0])
    for step in range(1, draw(st.integers(1, 5)) + 1):
        numbers = draw(st.lists(st.integers(0, 13), unique=True, max_size=4))
        learn = [fact(number, step) for number in numbers]
        there = [f for f in known.valid() if f.key not in {one.key for one in learn}]
        forget = draw(st.lists(st.sampled_from(there), unique=True, max_size=1)) if there else []
        updates.append(Update(step, f"u{step}", learn, forget))
        known.apply(updates[-1])
    return Stream("drawn", updates, Wordings({}))


@settings(max_examples=150, deadline=None)
@given(streams(), st.integers(0, 99), st.integers(0, 3), st.integers(0, 6) | st.none())
def test_requested_facts_are_valid_and_do_not_occur_later(
    stream: Stream, seed: int, forgotten: int, forgetting: int | None
) -> None:
    try:
        made = with_requests(stream, seed, forgotten, forgetting)
    except UserError as error:
        assert "but only" in error.what
        return
    known = Knowledge()
    erased: set[Key] = set()
    for update, before in zip(made, stream, strict=True):
        own = set(before.forget)
        drawn = [f for f in update.forget if f not in own]
        assert [*update.forget[: len(before.forget)]] == [*before.forget]
        quiet = update.step > (len(stream) if forgetting is None else forgetting)
        assert len(drawn) == (0 if quiet or not update.step else forgotten)
        for one in drawn:
            belief = known.belief(one.key)
            assert belief is not None
            assert (belief.fact, belief.erased) == (one, False)
        assert not erased & {f.key for f in (*update.learn, *update.forget)}
        erased |= {f.key for f in drawn}
        known.apply(update)
        assert not erased & {f.key for f in update.learn}
        assert replace(update, forget=()) == replace(before, forget=())


def test_without_requests_the_stream_is_unchanged() -> None:
    stream = make((BASE, []), ([fact(1, 1)], []))
    for forgotten, forgetting in ((0, None), (0, 5), (3, 0)):
        assert with_requests(stream, 0, forgotten, forgetting) is stream


def test_draws_depend_on_the_seed_and_not_on_later_updates() -> None:
    stream = make((BASE, []), *[([fact(20 + n)], []) for n in range(4)])

    def drawn(seed: int, **options: int) -> list[list[Key]]:
        made = with_requests(stream, seed, 2, **options)
        return [[f.key for f in update.forget] for update in made]

    assert drawn(3) == drawn(3)
    assert len({str(drawn(seed)) for seed in range(5)}) > 1
    assert drawn(3, forgetting=2) == [*drawn(3)[:3], [], []]


def test_facts_of_earlier_updates_are_drawn_too() -> None:
    stream = make((BASE, []), ([fact(n) for n in range(20, 30)], []), ([fact(1, 1)], []))
    taught = Counter(
        number < 20
        for seed in range(40)
        for f in with_requests(stream, seed, 1).updates[2].forget
        for number in [int(f.subject[1:])]
    )
    assert min(taught[True], taught[False]) >= 8


def test_too_few_facts_are_refused() -> None:
    # Of the ten, nine are taught again in update 2, so the first finds one and the second none.
    stream = make((BASE, []), ([], []), ([fact(n, 1) for n in range(9)], []))
    with pytest.raises(UserError, match=r"update 1 \(u1\) must ask .* 2 .* only 1 ") as caught:
        with_requests(stream, 0, 2)
    assert caught.value.hint
    with pytest.raises(UserError, match=r"update 2 \(u2\) must ask to forget 1 .* only 0 "):
        with_requests(stream, 0, 1)
    assert with_requests(stream, 0, 1, 1).updates[1].forget == (fact(9),)


def test_facts_that_the_stream_forgets_are_not_drawn() -> None:
    stream = make((BASE[:2], []), ([], []), ([], [BASE[0]]))
    made = with_requests(stream, 0, 1, 1)
    assert made.updates[1].forget == (BASE[1],)
    assert made.updates[2].forget == [BASE[0]]
    with pytest.raises(UserError, match="update 2"):
        with_requests(stream, 0, 1)


def test_the_source_contains_the_requests() -> None:
    made = with_requests(make((BASE, []), ([], [])), 7, 1)
    assert made.source == {"scenario": "made", "forgotten": 1, "forgetting": None, "seed": 7}


def test_number_of_requests() -> None:
    assert [requested(step, 3, None) for step in range(4)] == [0, 3, 6, 9]
    assert [requested(step, 3, 2) for step in range(4)] == [0, 3, 6, 6]
    assert [requested(step, 3, 0) for step in range(3)] == [0, 0, 0]


def test_leaders_can_be_asked_to_forget() -> None:
    plain = Leaders(LeadersConfig()).stream(0)
    made = Leaders(LeadersConfig(forgotten=4, forgetting=3)).stream(0)
    assert [len(update.forget) for update in made] == [0, 4, 4, 4, 0, 0, 0, 0]
    assert [update.learn for update in made] == [update.learn for update in plain]
    assert made.name == "leaders"
    assert made.knowledge(len(made) - 1).step == len(made) - 1
    assert made.digest() != Leaders(LeadersConfig(forgotten=4, forgetting=3)).stream(1).digest()
    assert plain.digest() == Leaders(LeadersConfig()).stream(1).digest()
    with pytest.raises(UserError, match="scenario leaders, forgotten"):
        Leaders(LeadersConfig(forgotten=1000)).stream(0)
