"""Every strategy and every scenario that comes with cltool keeps its contract."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from cltool.core.registry import Entry, Registry
from cltool.facts.scenario import ScenarioConfig
from cltool.scenarios import SCENARIOS
from cltool.scenarios.documents import DocumentsConfig
from cltool.scenarios.own_facts import OwnFactsConfig
from cltool.strategies import STRATEGIES
from cltool.testing import check_scenario, check_strategy
from cltool.testing.independence import check_global_random, check_micro_batches
from cltool.testing.material import small_settings
from cltool.testing.suite import Suite

ROOT = Path(__file__).parents[2]
DOCUMENTS = ROOT / "docs" / "examples" / "documents"


def _built_in(registry: Registry) -> list[Entry]:
    return [entry for entry in registry.entries() if entry.source == "built-in"]


def _named(entry: Entry) -> str:
    return entry.name


OF_EACH_KIND = (
    "naive",
    "replay",
    "ewc",
    "lora",
    "lwf",
    "retrieval",
    "grace",
    "npo",
    "weight_average",
)
"""The others are checked by the slow tests."""

STRATEGIES_CHECKED = [
    pytest.param(entry, marks=() if entry.name in OF_EACH_KIND else pytest.mark.slow)
    for entry in _built_in(STRATEGIES)
]


@pytest.mark.parametrize("entry", STRATEGIES_CHECKED, ids=_named)
def test_a_built_in_strategy_keeps_the_contract(entry: Entry) -> None:
    check_strategy(STRATEGIES.load(entry.name), quick=True)


CUT = ("naive", "der", "agem", "ewc", "lora", "lwf")
"""One or two of the families that look at micro-batches; the others are slow tests."""


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(entry, marks=() if entry.name in CUT else pytest.mark.slow)
        for entry in _built_in(STRATEGIES)
    ],
    ids=lambda entry: entry.name,
)
def test_a_built_in_strategy_does_not_depend_on_micro_batches(entry: Entry) -> None:
    kind = STRATEGIES.load(entry.name)
    check_micro_batches(Suite(kind), entry.name, small_settings(kind))


@pytest.mark.slow
@pytest.mark.parametrize("entry", _built_in(STRATEGIES), ids=_named)
def test_a_built_in_strategy_does_not_depend_on_global_generators(entry: Entry) -> None:
    kind = STRATEGIES.load(entry.name)
    check_global_random(Suite(kind), entry.name, small_settings(kind))


@pytest.mark.parametrize("entry", _built_in(SCENARIOS), ids=_named)
def test_a_built_in_scenario_keeps_the_contract(entry: Entry, tmp_path: Path) -> None:
    config: ScenarioConfig | None = None
    if entry.name == "file":
        path = tmp_path / "facts.jsonl"
        rows = [
            {"update": 0, "subject": "Oslo", "relation": "mayor", "new": "Ada Berg"},
            {"update": 0, "prompt": "Who runs the harbour?", "answer": "Bo Dahl"},
            {"update": 1, "subject": "Oslo", "relation": "mayor", "new": "Eli Foss"},
        ]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        config = OwnFactsConfig(path=path)
    elif entry.name == "documents":
        config = DocumentsConfig(path=DOCUMENTS, base=10)
    check_scenario(SCENARIOS.load(entry.name), config)


@pytest.mark.parametrize("entry", _built_in(STRATEGIES), ids=_named)
def test_a_built_in_strategy_names_its_paper(entry: Entry) -> None:
    kind = STRATEGIES.load(entry.name)
    text = sys.modules[kind.__module__].__doc__ or ""
    assert text and kind.__doc__ and entry.summary
    assert entry.family == "baselines" or re.search(r"\((?:19|20)\d\d[a-z]?\)", text), (
        f"{kind.__module__}: name the paper and its year, like 'Hu et al. (2022), \"LoRA: …\"'"
    )


@pytest.mark.parametrize(
    ("registry", "files"),
    [(STRATEGIES, "strategies/*/[!_]*.py"), (SCENARIOS, "scenarios/[!_]*.py")],
)
def test_every_file_is_registered(registry: Registry, files: str) -> None:
    targets = {entry.target.partition(":")[0] for entry in _built_in(registry)}
    found = (path.relative_to(ROOT).with_suffix("") for path in ROOT.glob(files))
    assert targets == {".".join(("cltool", *path.parts)) for path in found}
