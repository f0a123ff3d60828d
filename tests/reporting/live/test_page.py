"""A page as it is served, and the page before there is a report."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cltool.reporting.live.folder import RunsFolder
from cltool.reporting.live.page import served, waiting
from cltool.reporting.report_page import write_report

from ..conftest import EVIL, Make, Tree
from .beats import KILLED, write_beat


def test_a_report_may_ask_its_own_server_and_nobody_else(make: Make, tmp_path: Path) -> None:
    page = write_report([make(done=2)], tmp_path / "page.html").read_text("utf-8")

    found = served(page)

    text = found.body.decode()
    Tree(text)
    (meta,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    assert "default-src &#39;none&#39;" in meta or "default-src 'none'" in meta
    assert re.findall(r"connect-src [^;]*", meta) == ["connect-src 'self'"]
    assert "connect-src 'self'" in found.policy and "frame-ancestors 'none'" in found.policy
    assert "&#39;" not in found.policy
    assert f'data-live="status.json" data-version="{found.version}"' in text
    assert "connect-src" not in page, "the file that is sent to others asks nobody"


def test_the_version_is_that_of_the_content() -> None:
    page = '<html><meta http-equiv="Content-Security-Policy" content="a">{}</html>'

    one, same, other = (served(page.format(text)) for text in ("x", "x", "y"))
    assert one == same and one.version != other.version


def test_what_is_no_page_of_cltool_is_refused() -> None:
    with pytest.raises(ValueError, match="not a page"):
        served("<html><p>no policy</p></html>")


def test_before_the_first_report_the_runs_in_progress_are_listed(tmp_path: Path) -> None:
    write_beat(tmp_path / "one", strategy=EVIL)
    write_beat(tmp_path / "two", strategy="gone", pid=KILLED)

    text = waiting(RunsFolder.open(tmp_path), None).body.decode()

    Tree(text.replace("<meta charset", "<meta a charset"))
    assert "No run has a report yet" in text
    assert "<script" not in text and "&lt;script&gt;" in text
    assert "step 2 of 7, training" in text and "gone" not in text


def test_it_says_why_there_is_no_report(tmp_path: Path) -> None:
    folder = RunsFolder.open(tmp_path)

    assert "no runs in this folder yet" in waiting(folder, None).body.decode()
    assert "cannot be made: a &lt;b&gt;" in waiting(folder, "a <b>").body.decode()
