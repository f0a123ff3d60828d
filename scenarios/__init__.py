"""The built-in scenarios, by name. Importing this package imports none of them."""

from __future__ import annotations

from cltool.core.registry import Entry, Registry

SCENARIOS = Registry(
    "scenario",
    "cltool.scenarios",
    (
        Entry(
            "leaders",
            "cltool.scenarios.leaders:Leaders",
            "real office holders around the world and how they changed, 2010 to 2024",
        ),
        Entry(
            "world",
            "cltool.scenarios.world:World",
            "synthetic facts for controlled experiments, up to a million and more",
        ),
        Entry(
            "file",
            "cltool.scenarios.own_facts:OwnFacts",
            "your own facts: a .jsonl, .json, .csv, .tsv or .parquet file",
        ),
        Entry(
            "documents",
            "cltool.scenarios.documents:Documents",
            "your own documents: texts that are trained, and questions about them",
        ),
    ),
)
