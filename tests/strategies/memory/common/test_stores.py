"""Stores of facts: what both find, what they keep of the past, and what an erasure leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cltool.facts.facts import Fact, Knowledge, Update
from cltool.facts.stream import Stream
from cltool.strategies.memory.common.duckdb_store import DuckdbStore
from cltool.strategies.memory.common.entries import Store, catch_up
from cltool.strategies.memory.common.gram_index import GramIndex
from cltool.strategies.memory.common.list_store import ListStore
from cltool.strategies.memory.common.sentence_encoder import VectorIndex

from ....conftest import CHAIN, FORGOTTEN, make_stream

STORES = ("memory", "duckdb")
MakeStore = Callable[..., Store]


def text(fact: Fact) -> str:
    return f"{fact.relation} of {fact.subject}. What is the {fact.relation} of {fact.subject}?"


class Letters:
    """Stands for a sentence encoder: a text's vector counts its letters."""

    def encode(self, texts: list[str]) -> Any:
        vectors = np.array([[one.lower().count(c) + 1e-9 for c in "abcdefghijklmno 0123456789"]
                            for one in texts])  # fmt: skip
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(params=STORES)
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    if name == "duckdb":
        pytest.importorskip("duckdb", reason="the extra cltool[duckdb] is not installed")
    return name


@pytest.fixture
def make(
    kind: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> MakeStore:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path_factory.mktemp('it\'s "quoted"')))

    def store(
        days: dict[Any, date] | None = None, day: date | None = None, encoder: Any = None
    ) -> Store:
        if kind == "duckdb":
            return DuckdbStore(text, days or {}, day, True, encoder)
        index = GramIndex() if encoder is None else VectorIndex(encoder)
        return ListStore(text, days or {}, index, day)

    return store


def filled(store: Store, updates: Any) -> Knowledge:
    known = Knowledge()
    for update in updates:
        known.apply(update)
        store.apply(update, known)
    return known


def facts(store: Store) -> list[Fact]:
    return [entry.fact for entry in store.entries()]


def database(folder: Path) -> bytes:
    """The bytes of all files below a folder."""
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def test_it_holds_what_is_valid_and_finds_it(make: MakeStore, stream: Stream) -> None:
    store = make()
    known = filled(store, stream)
    assert sorted(facts(store), key=str) == sorted(known.valid(), key=str)
    learned = {belief.fact: belief.learned for belief in known.beliefs() if not belief.erased}
    assert {entry.fact: entry.learned for entry in store.entries()} == learned
    for fact in known.valid():
        ((found, cosine),) = store.nearest(text(fact), 1)
        assert found.fact == fact and cosine == pytest.approx(1.0)
        assert fact in [entry.fact for entry in store.about([fact.subject])]
        assert {entry.fact.subject for entry in store.about([fact.subject])} == {fact.subject}
    assert store.about(["Nowhere"]) == [] and store.about([]) == []
    assert make().nearest("Who rules Land 0?", 3) == []


def test_both_find_the_same(stream: Stream) -> None:
    pytest.importorskip("duckdb", reason="the extra cltool[duckdb] is not installed")
    for encoder in (None, Letters()):
        index: Any = GramIndex() if encoder is None else VectorIndex(encoder)  # type: ignore[arg-type]
        one: Store = ListStore(text, {}, index, None)
        other: Store = DuckdbStore(text, {}, None, True, encoder)  # type: ignore[arg-type]
        known = filled(one, stream)
        filled(other, stream)
        keys = [belief.fact for belief in known.beliefs()]
        for prompt in [*map(text, keys[::3]), "Who rules Land 7?", "Isle 1", "land 3's ruler?"]:
            near, also = one.nearest(prompt, 3), other.nearest(prompt, 3)
            assert [entry for entry, _ in near] == [entry for entry, _ in also]
            assert [c for _, c in near] == pytest.approx([c for _, c in also], abs=1e-5)


@pytest.mark.parametrize("done", [0, 2])
def test_catching_up_ends_where_step_by_step_does(
    make: MakeStore, stream: Stream, done: int
) -> None:
    slow, fast = make(), make()
    known = filled(slow, stream)
    filled(fast, stream.updates[:done])
    catch_up(fast, known, done - 1)
    assert fast.entries() == slow.entries()
    for fact in known.valid()[::5]:
        assert fast.nearest(text(fact), 4) == slow.nearest(text(fact), 4)


LAND = ("Land", "ruler")
DAYS = {
    (0, LAND): date(2001, 5, 7),
    (1, LAND): date(2010, 1, 20),
    (2, LAND): date(2012, 3, 4),
}
REIGNS = [
    Update(0, "base", (Fact(*LAND, "Ada"), Fact("Sea", "ruler", "Ole"))),
    Update(1, "one", (Fact(*LAND, "Bea"),)),
    Update(2, "two", (Fact(*LAND, "Cy"),)),
]


@pytest.mark.parametrize(
    ("day", "ruler"),
    [
        (None, "Cy"),
        ("2001-05-06", None),
        ("2001-05-07", "Ada"),
        ("2010-01-19", "Ada"),
        ("2010-01-20", "Bea"),
        ("2012-03-03", "Bea"),
        ("2012-03-04", "Cy"),
        ("2030-01-01", "Cy"),
    ],
)
def test_a_fact_holds_from_its_day_until_that_of_the_next(
    make: MakeStore, day: str | None, ruler: str | None
) -> None:
    store = make(DAYS, date.fromisoformat(day) if day else None)
    filled(store, REIGNS)
    about = [entry.fact.object for entry in store.about(["Land"])]
    assert about == ([ruler] if ruler else [])
    near = [entry.fact for entry, _ in store.nearest(text(Fact(*LAND, "")), 2)]
    assert [fact.object for fact in near if fact.key == LAND] == about
    # A fact without a day has always held.
    assert Fact("Sea", "ruler", "Ole") in facts(store)


def test_an_erased_key_does_not_hold_on_any_day(make: MakeStore) -> None:
    store = make(DAYS, date(2010, 6, 1))
    erasure = Update(3, "three", (), (Fact(*LAND, "Cy"),))
    filled(store, [*REIGNS, erasure])
    assert store.about(["Land"]) == [] and facts(store) == [Fact("Sea", "ruler", "Ole")]


def test_a_fact_that_is_taught_again_after_an_erasure_is_new(make: MakeStore) -> None:
    store = make()
    again = [Update(3, "three", (), (Fact(*LAND, "Cy"),)), Update(4, "four", (Fact(*LAND, "Dee"),))]
    filled(store, [*REIGNS, *again])
    (entry,) = store.about(["Land"])
    assert (entry.fact.object, entry.learned) == ("Dee", 4)
    ((found, _),) = store.nearest(text(entry.fact), 1)
    assert found == entry


def test_a_restated_fact_goes_on(make: MakeStore) -> None:
    store = make(DAYS, date(2011, 1, 1))
    updates = [
        *REIGNS[:2],
        Update(2, "two", (), restated=(Fact(*LAND, "Bea", ("Queen Bea",)),)),
        Update(3, "three", (Fact("La\u00adnd", "ruler", "bea"),)),
    ]
    known = filled(store, updates)
    (entry,) = store.about(["Land"])
    belief = known.belief(LAND)
    assert belief is not None and entry.fact == belief.fact and entry.learned == belief.learned == 3
    assert entry.since == date(2010, 1, 20) and "Queen Bea" in entry.fact.aliases


HOSTILE = [
    "Robert'); DROP TABLE facts; --",
    "x' OR '1'='1",
    '"; DELETE FROM grams; --',
    "? $1 :name {0} %s \\",
    "\u202eright to left",
    "東京",
    "tab\tand  spaces",
]


def test_names_are_data(make: MakeStore) -> None:
    store = make()
    learn = [Fact(name, other, name, (other,)) for name in HOSTILE for other in HOSTILE[:2]]
    known = filled(store, [Update(0, "base", learn), Update(1, "one", learn[:3], learn[-1:])])
    assert sorted(facts(store), key=str) == sorted(known.valid(), key=str)
    for fact in known.valid():
        found = [entry for entry, _ in store.nearest(text(fact), 1)]
        assert [entry.fact for entry in found] == [fact]


def test_one_name_in_two_spellings_is_one_name(make: MakeStore) -> None:
    store = make()
    first, second = Fact("Zu\u0308rich", "ruler", "Ada"), Fact("Z\u00fcrich", "ruler", "Bea")
    filled(store, [Update(0, "base", (first,)), Update(1, "one", (second,))])
    (entry,) = store.entries()
    assert entry.fact.object == "Bea" and entry.fact.subject == "Zu\u0308rich"
    assert store.about(["Z\u00fcrich"]) == [entry]


# The file.


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    pytest.importorskip("duckdb", reason="the extra cltool[duckdb] is not installed")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    yield tmp_path


@pytest.mark.parametrize("encoder", [None, Letters()])
def test_nothing_of_an_erased_key_is_left_in_the_bytes_of_the_file(
    folder: Path, encoder: Any
) -> None:
    stream = make_stream(60)
    erased = Fact("Secret Place", "ruler", "Zyx Qwv", ("Zyxalias",))
    superseded = Fact("Secret Place", "ruler", "Earlierzyx")
    store = DuckdbStore(text, {}, None, True, encoder)
    known = Knowledge()
    base = Update(0, "base", (*stream.updates[0].learn, superseded))
    for update in (base, Update(1, "one", (erased,))):
        known.apply(update)
        store.apply(update, known)
    traces = [b"Secret Place", b"Zyx Qwv", b"Zyxalias", b"Earlierzyx"]
    if encoder is not None:
        traces.append(encoder.encode([text(erased)])[0].tobytes())
    before = database(folder)
    assert all(trace in before for trace in traces), "so that it can be missed later"
    update = Update(2, "two", (), (erased,))
    known.apply(update)
    store.apply(update, known)
    after = database(folder)
    assert not any(trace in after for trace in traces)
    assert b"Land 17" in after and len(store.entries()) == len(known.valid())
    assert store.about(["Secret Place"]) == []


def test_a_superseded_fact_stays_in_the_file_with_its_end(folder: Path) -> None:
    import duckdb

    store = DuckdbStore(text, DAYS, None, True)
    filled(store, REIGNS)
    (file,) = folder.rglob("facts.duckdb")
    copy = folder / "copy.duckdb"
    copy.write_bytes(file.read_bytes())
    rows = duckdb.connect(str(copy), read_only=True).execute(
        "SELECT object, learned, since, ended, until FROM facts WHERE name = 'Land' ORDER BY place"
    )
    assert rows.fetchall() == [
        ("Ada", 0, date(2001, 5, 7), 1, date(2010, 1, 20)),
        ("Bea", 1, date(2010, 1, 20), 2, date(2012, 3, 4)),
        ("Cy", 2, date(2012, 3, 4), None, None),
    ]
    assert store.size() >= file.stat().st_size > 0


def test_folders_of_killed_processes_and_of_unused_stores_are_removed(folder: Path) -> None:
    left, other = folder / "cltool-facts-999999999-abc", folder / "cltool-facts-x"
    for place in (left, other):
        place.mkdir()
        (place / "facts.duckdb").write_text("Ada", encoding="utf-8")
    store = DuckdbStore(text, {}, None, False)
    assert not left.exists() and other.exists()
    assert [*folder.rglob("facts.duckdb")] and store.size() > 0
    del store
    assert len([*folder.rglob("facts.duckdb")]) == 1, "that of the other one"


def test_facts_in_several_chunks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cltool.strategies.memory.common.duckdb_store.CHUNK", 7)
    stream = make_stream()
    store, whole = DuckdbStore(text, {}, None, True), ListStore(text, {}, GramIndex(), None)
    known = filled(store, stream)
    filled(whole, stream)
    assert facts(store) == facts(whole)
    for key in (CHAIN, FORGOTTEN, ("Isle 2", "ruler")):
        prompt = text(Fact(*key, ""))
        assert [e for e, _ in store.nearest(prompt, 2)] == [e for e, _ in whole.nearest(prompt, 2)]
    assert len(known) > 14
