"""Tables on stdout: whole and plain in a file or pipe, fitted to a terminal."""

from __future__ import annotations

import io
import re
import sys

import pytest

from cltool.cli.tables import print_all, table

WORDS = " ".join(["word"] * 60)


class Terminal(io.StringIO):
    """A terminal of 40 columns."""

    def isatty(self) -> bool:
        return True


def test_numbers_are_right_aligned_and_text_is_unchanged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = [["a [b]", "0.97 ± 0.01"], [":smile: ab", "*1.00"]]
    print_all([table(["name", "score"], rows, text=["name"]), "", "[c]"])
    assert capsys.readouterr().out.splitlines() == [
        "name              score",
        "a [b]       0.97 ± 0.01",
        ":smile: ab        *1.00",
        "",
        "[c]",
    ]


def test_without_a_terminal_nothing_is_shortened(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("FORCE_COLOR", "1")
    print_all([table(["name", "meaning"], [["x", WORDS]], text=["name", "meaning"])])
    assert capsys.readouterr().out.splitlines()[1] == f"x     {WORDS}"


def test_text_wraps_on_a_terminal_and_numbers_are_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(sys, "stdout", terminal := Terminal())
    print_all([table(["name", "meaning"], [["x", WORDS]], text=["name", "meaning"])])
    lines = re.sub(r"\x1b\[[0-9;]*m", "", terminal.getvalue()).splitlines()
    assert len(lines) > 5 and all(len(line) <= 40 for line in lines)
    numbers = [str(10**15 + place) for place in range(5)]
    print_all([table([str(place) for place in range(5)], [numbers])])
    assert all(number in terminal.getvalue() for number in numbers)
