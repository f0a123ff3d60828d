"""``cltool figure`` on the command line."""

from __future__ import annotations

import builtins
import importlib
from pathlib import Path
from typing import Any

import pytest

from .commands import Cltool, refused

REPORT = str(Path(__file__).parents[2] / "reports" / "demo_reference.html")


def test_a_figure_of_a_report_is_written(cltool: Cltool) -> None:
    pytest.importorskip("matplotlib")
    done = cltool("figure", REPORT, "--kind", "curve", "--out", "curve.svg")
    assert done.code == 0 and "curve.svg" in done.out
    assert Path("curve.svg").read_text().startswith("<?xml")


def test_without_matplotlib_one_message_says_what_to_install(
    cltool: Cltool, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importlib.import_module

    def without(name: str, *more: Any) -> Any:
        if name.partition(".")[0] == "matplotlib":
            raise ImportError(name)
        return real(name, *more)

    monkeypatch.setattr("cltool.reporting.figures.write.import_module", without)
    text = refused(cltool("figure", REPORT, "--kind", "front", "--out", "a.pdf"))
    assert "cltool[figure]" in text and not Path("a.pdf").exists()


def test_help_needs_no_matplotlib(cltool: Cltool, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *more: Any) -> Any:
        if name.partition(".")[0] == "matplotlib":
            raise ImportError(name)
        return real(name, *more)

    monkeypatch.setattr(builtins, "__import__", without)
    assert "front" in cltool("figure", "--help").out


def test_a_wrong_suffix_is_refused_before_runs_are_read(cltool: Cltool) -> None:
    text = refused(cltool("figure", "no-such-run", "--kind", "front", "--out", "a.jpg"))
    assert "a.jpg" in text


def test_a_report_stands_alone(cltool: Cltool) -> None:
    pytest.importorskip("matplotlib")
    text = refused(cltool("figure", "a.html", "b.html", "--kind", "front", "--out", "a.pdf"))
    assert "a.html" in text
