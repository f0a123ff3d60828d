"""The pages under ``docs/`` say what the code says."""

from __future__ import annotations

import calendar
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cltool.evaluation.scores import all_scores
from cltool.scenarios.own_facts import OwnFactsConfig
from cltool.strategies import STRATEGIES
from tools import docs

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs"
CITATION = re.compile(r"([A-Z][A-Za-z-]+)(?: et al\.| & [A-Z][a-z-]+)?,? \(?((?:19|20)\d\d)\b")
BUILT_IN = [entry.name for entry in STRATEGIES.entries() if entry.source == "built-in"]
NO_PAPER = {"frozen", "naive"}


def page(name: str) -> str:
    return (PAGES / name).read_text(encoding="utf-8")


def test_the_pages_of_strategies_are_what_the_code_says() -> None:
    for path, text in docs.pages(PAGES).items():
        assert path.read_text(encoding="utf-8") == text, "run python -m tools.docs"


def test_every_page_belongs_to_a_family() -> None:
    assert {*(PAGES / "strategies").glob("*")} < {*docs.pages(PAGES)}


def test_the_pages_are_written_to_the_given_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert docs.main([str(tmp_path / "docs")]) == 0
    printed = capsys.readouterr().out
    for path, text in docs.pages(tmp_path / "docs").items():
        assert path.read_text(encoding="utf-8") == text
        assert str(path) in printed


def test_every_strategy_has_its_settings_on_its_family_s_page() -> None:
    pages = docs.pages(PAGES)
    for entry in STRATEGIES.entries():
        if entry.source != "built-in":
            continue
        text = pages[PAGES / "strategies" / f"{entry.family}.md"]
        part = text.partition(f"## `{entry.name}`")[2].partition("\n## ")[0]
        assert part, entry.name
        assert f"`{entry.name}`" in pages[PAGES / docs.PAGE]
        for field, info in STRATEGIES.load(entry.name).Config.model_fields.items():
            assert info.description, f"{entry.name}.{field} has no description"
            assert f"| `{info.alias or field}` |" in part


def test_a_measured_table_shows_the_family_and_the_references(tmp_path: Path) -> None:
    folder = tmp_path / "reports" / docs.LIBRARY / "toy"
    folder.mkdir(parents=True)
    rows = [
        {"strategy": name, "new": 0.5 + number / 10, "new_half": 0.01}
        for number, name in enumerate(("naive", "ewc", "replay", "joint"))
    ]
    (folder / "report.json").write_text(json.dumps({"table": rows}), encoding="utf-8")
    pages = docs.pages(tmp_path / "docs")
    # A family of which none ran has no table of references alone.
    assert "## Measured" not in pages[tmp_path / "docs" / "strategies" / "unlearning.md"]
    page = pages[tmp_path / "docs" / "strategies" / "rehearsal.md"]
    table = page.partition("## Measured")[2].replace("\u2009", " ")
    assert "`toy`" in table
    assert "| `replay` | 0.70 ± 0.01 |" in table
    assert "| `naive` | 0.50 ± 0.01 |" in table and "`joint`" in table
    assert "`ewc`" not in table


def test_chosen_settings_are_shown_with_the_presets(tmp_path: Path) -> None:
    file = tmp_path / "reports" / docs.TUNING
    file.parent.mkdir(parents=True)
    scores = {"new": 0.91, "retained": 0.26}
    verdict = {"chosen": scores, "presets": {"new": 0.9, "retained": 0.11}}
    found = [
        {"strategy": "ewc", "chosen": {"settings": {"ewc.lambda": 0.14}}, "verdict": verdict},
        {"strategy": "kfac", "chosen": {"settings": {}}, "verdict": verdict},
        {"strategy": "si", "chosen": {"settings": {}}, "verdict": None},
    ]
    file.write_text(json.dumps({"tunings": found}), encoding="utf-8")
    pages = docs.pages(tmp_path / "docs")
    page = pages[tmp_path / "docs" / "strategies" / "regularisation.md"]
    table = page.partition("## What a search says")[2]
    assert "| `ewc` | `ewc.lambda = 0.14` | 0.91 | 0.26 | 0.90 | 0.11 |" in table
    assert "| `kfac` | the presets |" in table and "`si`" not in table
    assert "What a search says" not in pages[tmp_path / "docs" / "strategies" / "memory.md"]


@pytest.mark.parametrize("name", [*all_scores()])
def test_every_score_is_explained(name: str) -> None:
    assert len(re.findall(rf"^\| `{name}` \| .* \|$", page("scores.md"), re.M)) >= 1


def test_the_example_of_a_score_works() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", page("scores.md"), re.S)
    found: dict[str, Any] = {}
    exec(code, found)
    rows = pd.DataFrame({"step": [0, 1, 1], "answer": ["a", "b", "b c"]})
    score = found["SHORT"]
    assert score.compute(rows) == 0.5
    assert f'{score.name} = "my_package.metrics:SHORT"' in page("scores.md")


@pytest.mark.parametrize("name", [name for name in BUILT_IN if name not in NO_PAPER])
def test_every_strategy_has_its_paper(name: str) -> None:
    assert re.search(rf"^\| [^|]*`{name}`[^|]* \|", page("papers.md"), re.M)


def _cited() -> set[tuple[str, ...]]:
    places = [ROOT / "cltool", ROOT / "strategies", ROOT / "scenarios"]
    texts = [path.read_text("utf-8") for place in places for path in place.rglob("*.py")]
    found = {match.groups() for text in texts for match in CITATION.finditer(text)}
    dates = {*calendar.month_name, *calendar.month_abbr}
    return {one for one in found if one[0] not in dates} - {("CT-RSA", "2002")}


def test_every_paper_that_the_code_cites_is_in_the_index() -> None:
    cited = _cited()
    assert ("Kirkpatrick", "2017") in cited
    index = page("papers.md")
    missing = [
        f"{name} {year}"
        for name, year in sorted(cited)
        if not re.search(rf"{name}[^|]*\({year}\)", index)
    ]
    assert missing == []


def test_every_option_of_a_file_is_explained() -> None:
    text = page("facts.md")
    own = tuple(f"scenario.{name}" for name in ("max_chars", "forgotten", "forgetting", "updates"))
    for option in ("--cut", "--where", "--wordings", "--skip-bad", "--format", *own):
        assert option in text
    assert set(OwnFactsConfig.model_fields) == {
        "path", "cut", "where", "wordings", "skip_bad", "max_chars", "forgotten", "forgetting",
        "format", "updates",
    }  # fmt: skip
