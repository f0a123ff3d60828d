"""The tool that measures lookups finds what it asks for."""

from __future__ import annotations

import pytest

from tools.lookup_cost import measured


@pytest.mark.parametrize(("index", "least"), [("vector", 0.5), ("graph", 1.0)])
def test_facts_are_found(index: str, least: float) -> None:
    kind, name, count, _, file, _, found = measured("memory", index, 80, 6)
    assert (kind, name, count, file) == ("memory", index, "80", "–")
    assert float(found) >= least
