"""Facts, settings, labels and errors never become markup, and the page loads nothing."""

from __future__ import annotations

from pathlib import Path

from cltool.reporting.report_page import write_report

from .conftest import EVIL, Make, safe


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


def test_data_is_escaped_as_text(make: Make, tmp_path: Path) -> None:
    page = _evil_page(make, tmp_path)
    tree = safe(page)
    assert not tree.all("i")
    for place in ("title", "h1", "li", "code", "pre", "dd"):
        assert any(EVIL in text for tag, text in tree.text if tag == place), place
