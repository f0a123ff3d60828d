"""Errors that nobody foresaw: one message that names the plugin, and the traceback on request."""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import Any

import pytest

from cltool.cli import list as command
from cltool.cli.main import main
from cltool.core.registry import Entry
from cltool.strategies import STRATEGIES
from cltool.training.strategy import Strategy, StrategyConfig


class SilentError(Exception):
    """Fails also when it is asked for its text."""

    def __str__(self) -> str:
        raise ValueError("no text")


class Failing(Strategy):
    """Raises what its test wants."""

    error: Exception = ValueError("one\x1b[31m two")

    def update(self, learner: Any, update: Any) -> None:
        def inner() -> None:
            raise self.error

        inner()


@pytest.fixture
def fail(monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception], int]:
    """Run a command in which the strategy ``mine`` raises an error; return the exit code."""

    def go(error: Exception) -> int:
        strategy = Failing(StrategyConfig())
        strategy.error = error
        monkeypatch.setattr(command, "run", lambda options: strategy.update(None, None))
        entry = Entry("mine", f"{__name__}:Failing", "a test", "test", "installed")
        with STRATEGIES.extended(entry):
            return main(["list", "models"])

    return go


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError("one\x1b[31m two"), "ValueError: one\\x1b[31m two"),
        (PermissionError(errno.EACCES, "denied", "/x"), "PermissionError: [Errno 13] denied: '/x'"),
        (KeyError("x"), "KeyError: 'x'"),
        (ZeroDivisionError(), "ZeroDivisionError"),
        (ExceptionGroup("many", [ValueError("a")]), "ExceptionGroup: many"),
        (SilentError(), "SilentError: its text cannot be shown"),
    ],
)
def test_an_error_of_a_plugin_is_one_message(
    error: Exception,
    text: str,
    fail: Callable[[Exception], int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert fail(error) == 2
    written = capsys.readouterr().err
    assert written.startswith(f"cltool: {__file__}:")
    assert f"strategy 'mine' failed: {text}" in written
    assert "CLTOOL_TRACEBACK=1" in written
    assert "Traceback" not in written


def test_a_plugin_of_cltool_is_not_blamed_for_the_system(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    strategy = Failing(StrategyConfig())
    strategy.error = OSError(errno.ENOSPC, "No space left on device", "run.json")
    monkeypatch.setattr(command, "run", lambda options: strategy.update(None, None))
    with STRATEGIES.extended(Entry("mine", f"{__name__}:Failing", "a test")):
        assert main(["list", "models"]) == 2
    assert capsys.readouterr().err.startswith("cltool: run.json: No space left on device")


def test_the_traceback_is_shown_on_request(
    fail: Callable[[Exception], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLTOOL_TRACEBACK", "1")
    with pytest.raises(ValueError, match="mine"):
        fail(ValueError("mine"))


def test_other_code_is_named_by_its_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def body(options: Any) -> int:
        raise RuntimeError("odd")

    monkeypatch.setattr(command, "run", body)
    assert main(["list", "models"]) == 2
    written = capsys.readouterr().err
    assert written.startswith(f"cltool: {__file__}:")
    assert "unexpected error: RuntimeError: odd" in written
