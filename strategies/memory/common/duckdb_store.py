"""A store of facts in a DuckDB file, for as many facts as the disk has room for.

The file holds the facts with their aliases, the steps and the days between which they hold, and
what finds them: hashed grams of the names of subjects, or a vector for each key. Superseded facts
stay, with their end. Of an erased key nothing stays: DuckDB leaves deleted values in free blocks,
so the file is written again without them. The file is a copy of what the stream teaches: a run
that is resumed makes it again. All values are parameters of the statements, never parts of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from cltool.core.errors import UserError
from cltool.facts.facts import Fact
from cltool.facts.identity import name_identity
from cltool.strategies.memory.common.entries import Entry, after, taught
from cltool.strategies.memory.common.gram_index import GRAMS, bags
from cltool.strategies.memory.common.scratch import scratch_folder

if TYPE_CHECKING:
    from cltool.facts.facts import Belief, Key, Knowledge, Update
    from cltool.strategies.memory.common.sentence_encoder import SentenceEncoder

CHUNK = 50_000
"""Facts that are taken in at once."""

POSTINGS = 200_000
"""Most pairs of gram and subject that a prompt reads; its rarest grams are read first."""

CANDIDATES = 16
"""Subjects whose facts are compared with a prompt: those with the rarest grams of it."""

_TABLES = """
CREATE TABLE facts (number BIGINT, key BIGINT, subject BIGINT, name VARCHAR, relation VARCHAR,
                    place INTEGER, object VARCHAR, aliases VARCHAR[], learned INTEGER, since DATE,
                    ended INTEGER, until DATE);
CREATE TABLE grams (gram INTEGER, subject BIGINT);
CREATE TABLE vectors (key BIGINT, vector FLOAT[]);
"""

_HOLDS = """
((?::DATE IS NULL AND ended IS NULL) OR (?::DATE IS NOT NULL AND (since IS NULL OR since <= ?)
 AND (ended IS NULL OR (until IS NOT NULL AND ? < until))))
"""

_ENTRY = "name, relation, object, aliases, learned, since, ended, until"


class DuckdbStore:
    """Facts in a DuckDB file.

    Args:
        text: the text by which a fact is found; it depends on the key alone.
        days: (step, key) → the day from which a fact holds.
        day: the day as of which facts hold; None: now.
        searched: whether `nearest` is used; otherwise neither grams nor vectors are kept.
        encoder: makes the vectors of keys; None: grams find the facts.

    Raises:
        UserError: duckdb is not installed.
    """

    def __init__(
        self,
        text: Callable[[Fact], str],
        days: Mapping[tuple[int, Key], date],
        day: date | None,
        searched: bool,
        encoder: SentenceEncoder | None = None,
    ) -> None:
        self._text, self._days, self._day = text, days, day
        self._grams = searched and encoder is None
        self._encoder = encoder if searched else None
        self._duckdb = _duckdb()
        self._arrow: Any = import_module("pyarrow")
        self._file = scratch_folder(self) / "facts.duckdb"
        self._connection = self._connect()
        self._connection.execute(_TABLES)
        self._number = 0
        # The number of texts, and of texts and of subjects with each gram.
        self._texts = 0
        self._with_gram = np.zeros(GRAMS, dtype=np.int32)
        self._postings = np.zeros(GRAMS, dtype=np.int32)

    def apply(self, update: Update, known: Knowledge) -> None:
        """Take in the next update; ``known`` is the knowledge after it."""
        erased = self._erase(update.forget)
        number = self._number
        beliefs = iter(taught(update, known))
        while chunk := [*islice(beliefs, CHUNK)]:
            self._teach(chunk, update.step)
        if erased or self._number - number > CHUNK:
            self._write_again()
        else:
            self._connection.execute("CHECKPOINT")

    def entries(self) -> list[Entry]:
        """Return all facts that hold."""
        return self._select("FROM facts WHERE " + _HOLDS, self._when())

    def nearest(self, prompt: str, count: int) -> list[tuple[Entry, float]]:
        """Return the ``count`` facts that are most similar to ``prompt``, with their cosines.

        With grams, only facts whose subject shares a gram with the prompt are found.
        """
        if self._encoder is not None:
            return self._nearest_vectors(self._encoder, prompt, count)
        entries = self._of_subjects(self._candidates(prompt))
        cosines = self._cosines(prompt, [self._text(entry.fact) for entry in entries])
        order = np.argsort(-cosines, kind="stable")[:count]
        return [(entries[place], float(cosines[place])) for place in order]

    def about(self, subjects: Collection[str]) -> list[Entry]:
        """Return the facts that hold about ``subjects``, given as identities of names."""
        found = self._of_subjects([_hash(name) for name in subjects])
        order = {name: place for place, name in enumerate(subjects)}
        return sorted(
            (entry for entry in found if name_identity(entry.fact.subject) in order),
            key=lambda entry: order[name_identity(entry.fact.subject)],
        )

    def size(self) -> int:
        """Return the bytes of the file and of what is counted beside it."""
        beside = self._with_gram.nbytes + self._postings.nbytes if self._grams else 0
        return self._file.stat().st_size + beside

    # Looking up.

    def _when(self) -> list[Any]:
        return [self._day] * 4

    def _select(self, what: str, values: Sequence[Any]) -> list[Entry]:
        """Return the entries that a query finds, in the order in which their keys appeared."""
        query = f"SELECT {_ENTRY} {what} ORDER BY number, place"
        return [_entry(row) for row in self._connection.execute(query, [*values]).fetchall()]

    def _of_subjects(self, subjects: Sequence[int]) -> list[Entry]:
        what = "FROM facts WHERE subject IN (SELECT unnest(?::BIGINT[])) AND "
        return self._select(what + _HOLDS, [[*subjects], *self._when()]) if subjects else []

    def _candidates(self, prompt: str) -> list[int]:
        """Return the subjects that share the rarest grams with ``prompt``, the nearest first."""
        own = bags([prompt]).indices
        own = own[self._postings[own] > 0]
        own = own[np.lexsort((own, self._postings[own]))]
        chosen = own[np.cumsum(self._postings[own]) <= POSTINGS]
        # Whole numbers, so that a sum does not depend on the order of its terms.
        weights = np.round(1000 * self._rarity(chosen) ** 2).astype(np.int64)
        rows = self._connection.execute(
            "SELECT subject FROM grams JOIN (SELECT unnest(?::INTEGER[]) AS gram,"
            " unnest(?::BIGINT[]) AS weight) USING (gram) GROUP BY subject"
            " ORDER BY sum(weight) DESC, subject LIMIT ?",
            [chosen.tolist(), weights.tolist(), CANDIDATES],
        )
        return [row[0] for row in rows.fetchall()]

    def _rarity(self, grams: Any) -> Any:
        """Return (grams,): 1 + ln((1 + n) / (1 + df)), as in `GramIndex`."""
        return 1 + np.log((1 + self._texts) / (1 + self._with_gram[grams]))

    def _cosines(self, prompt: str, texts: Sequence[str]) -> Any:
        """Return (texts,): the cosine of each text with ``prompt``."""
        found = bags([prompt, *texts])
        found.data = found.data * self._rarity(found.indices)
        lengths = np.sqrt(np.asarray(found.multiply(found).sum(1)).ravel())
        lengths[lengths == 0] = 1
        products = np.asarray((found[1:] @ found[0].T).todense()).ravel()
        return products / lengths[1:] / lengths[0]

    def _nearest_vectors(
        self, encoder: SentenceEncoder, prompt: str, count: int
    ) -> list[tuple[Entry, float]]:
        vector = encoder.encode([prompt])[0].tolist()
        query = f"""
            SELECT {_ENTRY}, list_inner_product(vector, ?::FLOAT[]) AS cosine
            FROM vectors JOIN facts USING (key) WHERE {_HOLDS}
            ORDER BY cosine DESC, number LIMIT ?
        """  # noqa: S608
        rows = self._connection.execute(query, [vector, *self._when(), count]).fetchall()
        return [(_entry(row), float(row[-1])) for row in rows]

    # Changing.

    def _teach(self, beliefs: Sequence[Belief], step: int) -> None:
        """Take in what an update teaches or restates; each key occurs once."""
        by_key = {_key(belief.fact): belief for belief in beliefs}
        numbers: dict[int, int] = {}
        held: dict[int, list[Entry]] = {}
        rows = self._connection.execute(
            f"SELECT {_ENTRY}, number FROM facts"  # noqa: S608
            " WHERE key IN (SELECT unnest(?::BIGINT[])) ORDER BY number, place",
            [[*by_key]],
        )
        for row in rows.fetchall():
            entry = _entry(row)
            numbers[_key(entry.fact)] = row[-1]
            held.setdefault(_key(entry.fact), []).append(entry)
        self._add_keys([one.fact for key, one in by_key.items() if key not in held])
        for key in by_key:
            if key not in numbers:
                numbers[key] = self._number
                self._number += 1
        self._delete("facts", "key", held)
        changed = {
            key: after(held.get(key, ()), one, step, self._days.get((step, one.fact.key)))
            for key, one in by_key.items()
        }
        self._insert("facts", _fact_rows(changed, numbers))

    def _add_keys(self, facts: Sequence[Fact]) -> None:
        """Add what finds facts of keys that are not in the file yet."""
        if not facts:
            return
        subjects = {_hash(name_identity(fact.subject)): fact.subject for fact in facts}
        for number in self._held(subjects):
            del subjects[number]
        if self._grams:
            self._count(facts, subjects, 1)
            found = bags(subjects.values())
            numbers = np.repeat(np.array([*subjects], dtype=np.int64), np.diff(found.indptr))
            self._insert("grams", {"gram": found.indices, "subject": numbers})
        if self._encoder is not None:
            vectors = self._encoder.encode([self._text(fact) for fact in facts])
            self._insert("vectors", {
                "key": [_key(fact) for fact in facts], "vector": [*map(np.ravel, vectors)],
            })  # fmt: skip

    def _count(self, facts: Sequence[Fact], subjects: Mapping[int, str], sign: int) -> None:
        """Count (``sign`` 1) or no longer count (-1) the grams of keys and of subjects."""
        self._texts += sign * len(facts)
        for counts, texts in (
            (self._with_gram, [self._text(fact) for fact in facts]),
            (self._postings, [*subjects.values()]),
        ):
            if texts:
                found = bags(texts).indices
                counts += sign * np.bincount(found, minlength=GRAMS).astype(np.int32)

    def _erase(self, facts: Sequence[Fact]) -> bool:
        """Delete all that is held about the keys of ``facts``; return whether there was any."""
        keys = [_key(fact) for fact in facts]
        rows = self._connection.execute(
            "SELECT DISTINCT name, relation FROM facts WHERE key IN (SELECT unnest(?::BIGINT[]))",
            [keys],
        ).fetchall()
        if not rows:
            return False
        for table in ("facts", "vectors"):
            self._delete(table, "key", keys)
        subjects = {_hash(name_identity(name)): name for name, _ in rows}
        for number in self._held(subjects):
            del subjects[number]
        self._delete("grams", "subject", subjects)
        if self._grams:
            self._count([Fact(name, relation, "") for name, relation in rows], subjects, -1)
        return True

    def _held(self, subjects: Iterable[int]) -> list[int]:
        """Return those of ``subjects`` about which there are facts."""
        query = "SELECT DISTINCT subject FROM facts WHERE subject IN (SELECT unnest(?::BIGINT[]))"
        return [row[0] for row in self._connection.execute(query, [[*subjects]]).fetchall()]

    def _delete(self, table: str, column: str, values: Iterable[int]) -> None:
        if found := [*values]:
            self._connection.execute(
                f"DELETE FROM {table} WHERE {column} IN (SELECT unnest(?::BIGINT[]))",  # noqa: S608
                [found],
            )

    def _insert(self, table: str, columns: Mapping[str, Any]) -> None:
        rows = self._arrow.table({name: self._arrow.array(v) for name, v in columns.items()})
        self._connection.register("added", rows)
        self._connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM added")  # noqa: S608
        self._connection.unregister("added")

    # The file.

    def _connect(self) -> Any:
        # One thread: results do not depend on how the work is divided.
        return self._duckdb.connect(
            str(self._file),
            config={
                "threads": 1,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            },
        )

    def _write_again(self) -> None:
        """Write the file without what was deleted, and the grams in order."""
        fresh = self._file.with_name("fresh.duckdb")
        self._connection.execute(f"ATTACH '{str(fresh).replace(chr(39), 2 * chr(39))}' AS fresh")
        self._connection.execute("USE fresh")
        self._connection.execute(_TABLES)
        old = self._file.stem
        for table, order in (
            ("facts", "number, place"),
            ("grams", "gram, subject"),
            ("vectors", "key"),
        ):
            self._connection.execute(
                f"INSERT INTO {table} SELECT * FROM {old}.{table} ORDER BY {order}"  # noqa: S608
            )
        self._connection.execute(f"USE {old}")
        self._connection.execute("DETACH fresh")
        self._connection.close()
        for left in self._file.parent.glob(f"{self._file.name}*"):
            left.unlink()
        fresh.replace(self._file)
        self._connection = self._connect()


def _duckdb() -> Any:
    try:
        return import_module("duckdb")
    except ImportError as error:
        raise UserError(
            "duckdb is not installed",
            where="strategy.retrieval.store = 'duckdb'",
            hint="Install it (pip install 'cltool[duckdb]'), or set the store to 'memory'.",
        ) from error


def _hash(text: str) -> int:
    """Return a number of 63 bits; two of a million texts are the same once in 10⁷ cases."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) >> 1


def _key(fact: Fact) -> int:
    return _hash("\x1f".join(map(name_identity, (fact.subject, fact.relation))))


def _entry(row: Sequence[Any]) -> Entry:
    name, relation, value, aliases, learned, since, ended, until = row[:8]
    return Entry(Fact(name, relation, value, tuple(aliases)), learned, since, ended, until)


def _fact_rows(
    changed: Mapping[int, Sequence[Entry]], numbers: Mapping[int, int]
) -> dict[str, list[Any]]:
    """Return the columns of the table of facts.

    Args:
        changed: key → its entries.
        numbers: key → its place in the order in which keys appeared.
    """

    def rows() -> Iterator[tuple[Any, ...]]:
        for key, entries in changed.items():
            for place, one in enumerate(entries):
                fact = one.fact
                yield (
                    *(numbers[key], key, _hash(name_identity(fact.subject))),
                    *(fact.subject, fact.relation, place, fact.object, [*fact.aliases]),
                    *(one.learned, one.since, one.ended, one.until),
                )

    names = ("number", "key", "subject", "name", "relation", "place", "object", "aliases",
             "learned", "since", "ended", "until")  # fmt: skip
    return {name: [*column] for name, column in zip(names, zip(*rows(), strict=True), strict=True)}
