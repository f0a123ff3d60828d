"""The scenarios that come with cltool, by name. Importing this imports none of them."""

from __future__ import annotations

from cltool.core.registry import Entry, Registry

SCENARIOS = Registry(
    "scenario",
    "cltool.scenarios",
    (
        Entry(
            "leaders",
            "cltool.scenarios.leaders:Leaders",
            "the world's changing office holders, 2010 to 2024",
        ),
        Entry(
            "world",
            "cltool.scenarios.world:World",
            "a generator for controlled experiments, to a million facts",
        ),
        Entry(
            "file",
            "cltool.scenarios.own_facts:OwnFacts",
            "your own facts: a .jsonl, .csv or .parquet file",
        ),
    ),
)
