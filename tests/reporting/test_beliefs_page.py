"""The page of beliefs: a bar for each step with its interval, and facts stay data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cltool.reporting.beliefs_page import height, render, write_beliefs
from cltool.reporting.templates import read_data

from .conftest import EVIL, Tree, safe


def share(keys: int, of: int) -> dict[str, Any]:
    value = keys / of if of else None
    ends = (0.25, 0.75) if of else (None, None)
    return {"keys": keys, "of": of, "share": value, "low": ends[0], "high": ends[1]}


def data(text: str = "Ada", *, known: bool = True) -> dict[str, Any]:
    of = 4 if known else 0
    counted = {
        "unknown": share(2, 4),
        "outdated": share(of // 2, of),
        "median": {"label": text, "low": text, "high": "2"} if known else None,
    }
    steps = [{"label": label, **share(of // 2, of)} for label in (text, "2")]
    both = {"probable": counted, "named": counted}
    return {
        "model": text,
        "scenario": text,
        "asked": text,
        "labels": [text, "2"],
        "keys": 4,
        "changing": 5,
        "single": 1,
        "by_chance": 0.05,
        "relations": [{"relation": text, **both}],
        "facts": [
            {
                "subject": text,
                "relation": text,
                "holders": [{"name": text, "labels": [text], "score": -1.0}],
                "probable": text,
                "named": None,
                "rivals": 3,
                "rival": {"name": text, "score": None},
                "answers": [{"prompt": text, "answer": text}],
            }
        ],
        "warnings": [text],
        "command": text,
        **{name: {**counted, "holders_of": steps} for name in both},
    }


def test_each_step_has_a_bar_with_its_interval() -> None:
    page = Tree(render(data()))
    bars = page.all("rect", "cell")
    assert len(bars) == 2
    assert bars[0]["y"] == f"{height(0.5):.1f}".removesuffix(".0")
    assert len(page.all("path", "ring")) == 2
    assert any("0.50 (0.25 to 0.75)" in text for tag, text in page.text if tag == "td")


def test_a_model_that_knows_nothing_has_no_intervals() -> None:
    page = Tree(render(data(known=False)))
    assert not page.all("path", "ring")
    assert any("There is no median step" in text for _, text in page.text)


def test_facts_stay_data(tmp_path: Path) -> None:
    given = data(EVIL)
    file = write_beliefs(given, tmp_path / "page.html")
    safe(file.read_text("utf-8"))
    assert read_data(file) == given
