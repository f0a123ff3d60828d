"""What comes from facts, settings, labels and errors is data, never markup; nothing is loaded."""

from __future__ import annotations

import re
from pathlib import Path

from cltool.reporting.page import write_report

from .conftest import Make, Tree

EVIL = "\"'><script>alert(1)</script><!-- </style>"


def _evil_page(make: Make, tmp_path: Path) -> str:
    labels = [f"{EVIL}{number}" for number in range(4)]
    settings = {EVIL: {EVIL: EVIL}, "learner": {"lr": EVIL}}
    stream = {"updates": [], "source": {EVIL: EVIL}, "skipped": [EVIL]}
    record = {"scenario": EVIL, "model": EVIL, "warnings": [EVIL], "stream": stream}
    record["versions"] = {EVIL: EVIL}
    shared = {"labels": labels, "subject": EVIL, "keep": 0.3, "record": record}
    runs = [
        make("a", strategy=EVIL, settings=settings, **shared),
        make("b", strategy="ewc", **shared),
        make("c'\"<i>", strategy="ewc", settings=settings, **shared),
    ]
    failed = [{"strategy": EVIL, "seed": EVIL, "error": EVIL}]
    path = write_report(runs, tmp_path / "r.html", EVIL, failed, EVIL)
    return path.read_text("utf-8")


def test_nothing_of_the_data_becomes_markup(make: Make, tmp_path: Path) -> None:
    page = _evil_page(make, tmp_path)
    tree = Tree(page)
    assert "<script>alert" not in page
    assert "<!--" not in page
    assert "<i>" not in page
    assert len(tree.all("script")) == 2
    assert len(tree.all("style")) == 1
    handlers = [n for _, attributes, _ in tree.seen for n in attributes if n.startswith("on")]
    assert not handlers


def test_the_data_is_shown_as_it_is(make: Make, tmp_path: Path) -> None:
    tree = Tree(_evil_page(make, tmp_path))
    for place in ("title", "h1", "li", "code", "pre", "dd"):
        assert any(EVIL in text for tag, text in tree.text if tag == place), place


def test_nothing_is_loaded_from_anywhere(make: Make, tmp_path: Path) -> None:
    page = _evil_page(make, tmp_path)
    tree = Tree(page)
    assert not re.search(r"https?:|//cdn|@import|url\(", page)
    for tag, attributes, _ in tree.seen:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base", "form", "use"}
        assert not {"src", "href", "srcset", "action"} & set(attributes)
    policies = [meta for meta in tree.all("meta") if meta.get("http-equiv")]
    assert policies[0]["content"] is not None
    assert policies[0]["content"].startswith("default-src 'none'")
