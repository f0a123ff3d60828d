"""The page of an audit: every verdict is there, and no data becomes markup."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from cltool.reporting.audit_page import render, write_audit
from cltool.reporting.templates import read_data
from cltool.reporting.verdicts import BAD, WORDS

from .conftest import EVIL, safe


def attack(verdict: str = "residue", text: str = "Loss", **more: Any) -> dict[str, Any]:
    return {
        "attack": "membership_loss",
        "family": text,
        "title": text,
        "meaning": text,
        "verdict": verdict,
        "figure": 0.91,
        "reference": 0.5,
        "before": None,
        "difference": 0.41,
        "low": 0.3,
        "high": 0.52,
        "within": 0.52,
        "n": 20,
        "tolerance": 0.03,
        "notes": {text: -12.5},
        **more,
    }


def page_data(text: str = "plain", *attacks: dict[str, Any]) -> dict[str, Any]:
    said = {"answer": text, "score": 1.0}
    columns = ("trained", "held out", "reversed", "drawn", "relearned", "int4")
    fact = {
        "subject": text,
        "relation": text,
        "object": text,
        "aliases": [text],
        "answers": dict.fromkeys(columns, said) | {"reversed": None},
        "probability": 0.25,
        "reference": None,
        "before": 0.75,
    }
    chosen = attacks or (attack(text=text),)
    counts: dict[str, int] = {}
    for one in chosen:
        counts[one["verdict"]] = counts.get(one["verdict"], 0) + 1
    return {
        "format": 1,
        "about": {"Scenario": text},
        "verdicts": counts,
        "attacks": list(chosen),
        "facts": [fact],
        "steps": [{"step": 1, "label": text, "growth": 0.1, "perplexity": 12.5}],
        "doubts": [text],
        "settings": {"k": 16, "text": text, "tolerances": {"greedy": 0.02}},
        "command": text,
    }


def test_data_is_escaped_as_text(tmp_path: Path) -> None:
    page = write_audit(page_data(EVIL), tmp_path / "a.html").read_text("utf-8")
    tree = safe(page)
    for place in ("title", "h1", "li", "code", "dd", "td"):
        assert any(EVIL in text for tag, text in tree.text if tag == place), place


def test_the_data_can_be_read_back(tmp_path: Path) -> None:
    data = page_data()
    assert read_data(write_audit(data, tmp_path / "a.html")) == data


@pytest.mark.parametrize("word", WORDS)
def test_every_verdict_is_counted_and_bad_ones_are_highlighted(word: str) -> None:
    page = render(page_data("x", attack(word), attack(word)))
    assert re.search(rf"<li><b>2</b> <span[^>]*>{word}</span></li>", page)
    assert (f'<span class="bad">{word}</span>' in page) == (word in BAD)


def test_missing_values_are_a_dash() -> None:
    missing = dict.fromkeys(("figure", "low", "high", "difference", "within"))
    page = render(page_data("x", attack("undecided", **missing)))
    page = re.sub(r"<script.*?</script>", "", page, flags=re.S)
    assert "None" not in page and "nan" not in page.lower().replace("finance", "")


def test_an_interval_beyond_the_chart_is_cut_at_its_edge() -> None:
    page = render(page_data("x", attack(low=-7.0, high=9.0)))
    assert 'd="M0 8H132"' in page
