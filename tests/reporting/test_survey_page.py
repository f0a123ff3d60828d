"""The page of a survey: every strategy has its full row, and no data becomes markup."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from cltool.audit.survey_tables import RUN_SCORES
from cltool.reporting.survey_data import spread
from cltool.reporting.survey_page import CLASSES, SIGNS, render, write_survey
from cltool.reporting.templates import read_data
from cltool.reporting.verdicts import BAD, WORDS

from .conftest import EVIL, Tree, safe

ATTACKS = ("one", "two", "three")


def attack(verdict: str, **more: Any) -> dict[str, Any]:
    numbers = dict.fromkeys(("figure", "reference", "before", "difference", "low", "high"), 0.25)
    return {
        "verdict": verdict,
        **numbers,
        "within": 0.25,
        "n": 20,
        "tolerance": 0.03,
        "notes": {},
        **spread([0.2, 0.3]),
        **more,
    }


def strategy(name: str, *verdicts: str, **more: Any) -> dict[str, Any]:
    given = verdicts or ("residue",) * len(ATTACKS)
    return {
        "strategy": name,
        "seeds": [0, 1],
        "verdicts": {word: given.count(word) for word in given},
        "attacks": {one: attack(word, **more) for one, word in zip(ATTACKS, given, strict=False)},
        "scores": {score: spread([0.5, 0.75]) for score in RUN_SCORES},
    }


def page_data(*strategies: dict[str, Any], text: str = "plain") -> dict[str, Any]:
    scores = {score: spread([0.5, None]) for score in RUN_SCORES}
    return {
        "format": 1,
        "about": {"Scenario": text},
        "attacks": [
            {"attack": one, "family": f"{text}{place > 0}", "title": text, "meaning": text,
             "tolerance": 0.02}
            for place, one in enumerate(ATTACKS)
        ],
        "scores": [
            {"score": score.name, "title": score.title, "meaning": score.meaning}
            for score in RUN_SCORES.values()
        ],
        "steps": [
            {
                "step": 5,
                "label": text,
                "erased": 9,
                "reference": {"figures": dict.fromkeys(ATTACKS, 0.125), "scores": scores},
                "before": dict.fromkeys(ATTACKS[:2], 0.875),
                "strategies": list(strategies) or [strategy(text)],
            }
        ],
        "left_out": [{"run": text, "reason": text}],
        "doubts": [text],
        "settings": {"k": 16, "text": text, "tolerances": {"greedy": 0.02}},
        "command": text,
    }  # fmt: skip


def test_data_is_escaped_as_text(tmp_path: Path) -> None:
    page = write_survey(page_data(text=EVIL), tmp_path / "a.html").read_text("utf-8")
    tree = safe(page)
    for place in ("title", "h1", "h2", "th", "li", "code", "dd", "td"):
        assert any(EVIL in text for tag, text in tree.text if tag == place), place


def test_the_data_can_be_read_back(tmp_path: Path) -> None:
    data = page_data()
    assert read_data(write_survey(data, tmp_path / "a.html")) == data


@pytest.mark.parametrize("word", WORDS)
def test_a_verdict_has_a_sign_a_colour_and_a_label(word: str) -> None:
    page = render(page_data(strategy("npo", word)))
    cell = rf'<td class="{CLASSES[word]} first" title="{word}: [^"]*">'
    sign = rf'<span class="sign" aria-label="{word}" role="img">{re.escape(SIGNS[word])}</span>'
    assert re.search(cell + sign + "0.25</td>", page)


def test_every_verdict_has_a_distinct_sign_and_colour() -> None:
    assert set(SIGNS) == set(CLASSES) == set(WORDS)
    assert len(set(SIGNS.values())) == len(set(CLASSES.values())) == len(WORDS)


def test_every_row_is_complete_and_the_reference_is_first() -> None:
    names = [f"strategy {n}" for n in range(20)]
    page = render(page_data(*(strategy(name) for name in names)))
    body = page[page.index("<tbody>") : page.index("</tbody>")]
    rows = re.findall(r"<tr.*?</tr>", body, re.S)
    columns = 2 + len(ATTACKS) + len(RUN_SCORES)
    assert [len(re.findall(r"<t[dh]\b", row)) for row in rows] == [columns] * 22
    heads = [re.search(r'<th scope="row">([^<]*)', row)[1] for row in rows]  # type: ignore[index]
    assert heads == ["the reference", "the model before", *names]
    assert "0.12" in rows[0] and "0.88" in rows[1] and "–" in rows[1]
    second = page[page.index("</tr>") : page.index("</thead>")]
    assert len(re.findall(r"<th\b", second)) == columns - 2


def test_the_count_of_differing_measures_excludes_undecided_ones() -> None:
    page = render(page_data(strategy("npo", "damaged", "undecided", "indistinguishable")))
    assert '<td title="1 damaged, 1 undecided, 1 indistinguishable">1 of 3</td>' in page
    assert set(BAD) < set(WORDS)


def test_missing_values_are_a_dash() -> None:
    missing = dict.fromkeys(("figure", "low", "high", "difference"))
    page = render(page_data(strategy("npo", "undecided", **missing)))
    text = " ".join(text for tag, text in Tree(page).text if tag not in ("script", "style"))
    assert "None" not in text and "nan" not in text


def test_the_spread_over_seeds_ignores_missing_values() -> None:
    found = spread([0.5, None, float("nan"), 1.0])
    assert found == {"mean": 0.75, "min": 0.5, "max": 1.0, "by_seed": [0.5, None, None, 1.0]}
    assert spread([None])["mean"] is None
