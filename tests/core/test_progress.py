"""Progress goes to stderr: bars on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import io
import sys

import pytest

from cltool.core import progress
from cltool.core.progress import Progress, late_progress, stderr_progress


class Clock:
    """Time that the test moves."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        patch.setattr(progress.time, "monotonic", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def test_the_first_line_is_written_immediately(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    with stderr_progress() as shown:
        shown.show("naive", 1, 3, "update 1")
    assert capsys.readouterr() == ("", "naive:  33% update 1\n")


def test_lines_of_a_task_are_seconds_apart(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    with stderr_progress() as shown:
        for done in range(100):
            shown.show("naive", done, 1000, "update 1")
            clock.now += progress.SECONDS / 10
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 10
    assert lines[:2] == ["naive:   0% update 1", "naive:   1% update 1"]


def test_tasks_do_not_silence_each_other(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with stderr_progress() as shown:
        for name in ("naive seed 0", "ewc seed 0", "naive seed 0"):
            shown.show(name, 0, 2, "update 1")
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["naive seed 0:   0% update 1", "ewc seed 0:   0% update 1"]


def test_the_end_is_written_immediately_and_once(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    with stderr_progress() as shown:
        for done, what in ((1, "update 1"), (2, "after 2"), (2, "after 2"), (2, "finished")):
            shown.show("naive", done, 2, what)
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["naive:  50% update 1", "naive: 100% after 2", "naive: 100% finished"]


def test_a_task_without_work_is_allowed(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with stderr_progress() as shown:
        shown.show("naive", 0, 0, "nothing")
    assert capsys.readouterr().err == "naive:   0% nothing\n"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_a_bar_for_each_task(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    with stderr_progress() as shown:
        shown.show("naive seed 0", 1, 3, "update 1")
        shown.show("[red]ewc", 0, 3, "asking [/] after base")
        shown.show("naive seed 0", 3, 3, "finished")
    text = terminal.getvalue()
    assert "naive seed 0" in text
    assert "100%" in text
    # What looks like markup is text.
    assert "[red]ewc" in text
    assert "asking [/] after base" in text
    assert "naive: " not in text


def test_bars_are_removed_after_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with pytest.raises(RuntimeError), stderr_progress() as shown:
        shown.show("naive", 1, 3, "update 1")
        raise RuntimeError
    # The cursor is shown again.
    assert terminal.getvalue().rstrip("\n").endswith("\x1b[?25h")


def test_a_part_reports_on_the_line_of_its_task() -> None:
    reports: list[tuple[str, int, int, str]] = []
    task = Progress(lambda *what: reports.append(what)).task("audit")
    part = task.part(1, 3, "the model")
    part(0, 8, "questions")
    part(8, 8)
    part(0, 0)
    assert reports == [
        ("audit", 100, 300, "the model: questions"),
        ("audit", 199, 300, "the model"),
        ("audit", 100, 300, "the model"),
    ]


def test_late_progress_is_one_display_from_the_first_report_on(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    with late_progress():
        pass
    assert capsys.readouterr().err == ""
    with late_progress() as shown:
        for done in range(4):
            shown.show("facts.csv", done, 3, f"{done} lines")
    assert capsys.readouterr().err.splitlines() == [
        "facts.csv:   0% 0 lines", "facts.csv: 100% 3 lines",
    ]  # fmt: skip
