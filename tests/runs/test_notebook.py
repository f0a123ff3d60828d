"""What notebooks show of runs and comparisons."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

from cltool.experiments.compare import Comparison, Failure
from cltool.runs.run import Run

from ..reporting.conftest import EVIL, Recipe, write_run

ALLOWED = {
    "table", "caption", "thead", "tbody", "tr", "th", "td", "bdi", "p", "ul", "li", "pre",
}  # fmt: skip


class Shown(HTMLParser):
    """The tags, attributes and texts of a fragment."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.texts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def shown(one: Run | Comparison) -> Shown:
    found = Shown(one._repr_html_())
    assert {*found.tags} <= ALLOWED and found.attributes <= {"scope"}
    return found


def test_a_run_has_a_row_for_each_step_with_its_scores(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", Recipe(strategy="ewc", labels=("base", "2011", "2012")))
    found = shown(run)
    assert found.tags.count("tr") == 4
    assert any("ewc, seed 0: finished, 3 of 3 steps" in text for text in found.texts)
    assert f"{run.metrics()['new'].iloc[1]:.2f}" in found.texts and "2012" in found.texts


def test_hostile_text_does_not_become_markup(tmp_path: Path) -> None:
    labels = ("base", EVIL + "\u202e", "2012")
    run = write_run(tmp_path / "run", Recipe(labels=labels, record={"model": EVIL}))
    assert not any("\u202e" in text for text in shown(run).texts)
    compared = Comparison([run], [Failure(EVIL, 0, EVIL)])
    assert any(EVIL in text for text in shown(compared).texts)


def test_a_comparison_has_a_row_for_each_strategy(tmp_path: Path) -> None:
    runs = [
        write_run(tmp_path / f"{name}{seed}", Recipe(strategy=name, seed=seed, labels=("a", "b")))
        for name in ("naive", "ewc")
        for seed in range(3)
    ]
    compared = Comparison(runs, [])
    found = shown(compared)
    assert found.tags.count("tr") == 3 and "Failed:" not in found.texts
    row = compared.table().loc["ewc"]
    assert f"{row['new']:.2f} ± {row['new_half']:.2f}" in found.texts


def test_what_failed_is_listed(tmp_path: Path) -> None:
    found = shown(Comparison([], [Failure("ewc", 1, "out of memory")]))
    assert "ewc seed 1: out of memory" in found.texts


@pytest.mark.parametrize("damage", ["no run", "{"])
def test_a_damaged_run_says_what_is_wrong(tmp_path: Path, damage: str) -> None:
    (tmp_path / "run.json").write_text(damage, encoding="utf-8")
    assert "run.json" in "".join(shown(Run(tmp_path)).texts)
