"""Measures what it costs to look a fact up: by store, index and number of facts.

``python -m tools.lookup_cost --facts 1000,100000,1000000 --store duckdb`` fills the stores of
`retrieval` with facts of a made-up world and asks for some of them in held-out wordings, once for
each index. It prints the seconds of filling, the size of the file, the milliseconds of a lookup
(the median), and the share of the facts that were found. Times are those of the CPU, so that other
programs on the machine matter little.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from cltool.cli.tables import print_all, table
from cltool.core.samples import fixed_sample
from cltool.facts.facts import Fact, Knowledge, Update
from cltool.facts.stream import Stream
from cltool.facts.wordings import TRAINED
from cltool.reporting import formats
from cltool.scenarios.world import World, WorldConfig
from cltool.strategies.memory.common.duckdb_store import DuckdbStore
from cltool.strategies.memory.common.entries import Store
from cltool.strategies.memory.common.fact_graph import FactGraph
from cltool.strategies.memory.common.gram_index import GramIndex
from cltool.strategies.memory.common.list_store import ListStore

RELATIONS = 4


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", default="1000,100000", help="numbers of facts [1000,100000]")
    parser.add_argument("--store", default="memory,duckdb", help="stores [memory,duckdb]")
    parser.add_argument("--index", default="vector,graph", help="indexes [vector,graph]")
    parser.add_argument("--lookups", type=int, default=40, help="lookups of each [40]")
    options = parser.parse_args()
    header = ["store", "index", "facts", "filled in s", "file", "ms a lookup", "found"]
    rows = [
        measured(store, index, count, options.lookups)
        for count in map(int, options.facts.split(","))
        for store in options.store.split(",")
        for index in options.index.split(",")
    ]
    print_all([table(header, rows, text=["store", "index"])])


def measured(kind: str, index: str, count: int, lookups: int) -> list[str]:
    """Return the row of one store with ``count`` facts."""
    stream = World(WorldConfig(entities=count // RELATIONS, updates=0)).stream(0)
    # A world makes its facts anew whenever they are read.
    base = Update(0, "base", tuple(stream.updates[0].learn))
    known = Knowledge()
    known.apply(base)
    store, find = lookup(kind, index, replace(stream, updates=[base]))
    begin = time.process_time()
    store.apply(base, known)
    filled = time.process_time() - begin
    times, found = [], 0
    for fact, prompt in asked(stream, known.valid(), lookups):
        begin = time.process_time()
        facts = find(prompt)
        times.append(time.process_time() - begin)
        found += facts == [fact]
    size = store.size()
    return [
        kind,
        index,
        f"{count:,}",
        f"{filled:.1f}",
        "–" if size is None else formats.size(size),
        f"{1000 * statistics.median(times):.1f}",
        f"{found / len(times):.2f}",
    ]


def lookup(kind: str, index: str, stream: Stream) -> tuple[Store, Callable[[str], Sequence[Fact]]]:
    """Return an empty store, and a function that finds the fact that a prompt asks about."""

    def text(fact: Fact) -> str:
        return " ".join(prompt for prompt, _ in stream.wordings.examples(fact))

    searched = index == "vector"
    store: Store
    if kind == "duckdb":
        store = DuckdbStore(text, {}, None, searched)
    else:
        store = ListStore(text, {}, GramIndex() if searched else None, None)
    if searched:
        return store, lambda prompt: [entry.fact for entry, _ in store.nearest(prompt, 1)]
    graph = FactGraph(store, stream.wordings)
    graph.note(stream.updates[0].learn)
    return store, lambda prompt: [
        entry.fact for path in graph.paths(prompt, 1, 0.3) for entry in path
    ]


def asked(stream: Stream, facts: Sequence[Fact], count: int) -> Iterator[tuple[Fact, str]]:
    """Iterate over facts with a prompt in a wording that is held out for each."""
    for fact in fixed_sample(facts, count, 0, "lookup_cost"):
        askings = stream.wordings.askings(fact.key)
        yield fact, next(asking.prompt for asking in askings if asking.form != TRAINED)


if __name__ == "__main__":
    main()
