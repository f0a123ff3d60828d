"""Errors of the system, of plugins and of odd names: one message, a code, no traceback."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cltool.cli import list as command
from cltool.cli import output
from cltool.cli.main import main
from cltool.cli.tables import as_text, table
from cltool.core.errors import UserError
from cltool.core.files import write_text
from cltool.core.progress import stderr_progress

HOSTILE = "a\x1b]0;owned\x07\x9b31m\u202eb"
RAW = ("\x1b", "\x07", "\x9b", "\u202e")

Fake = Callable[[Callable[[Any], int]], int]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    """Run ``cltool list models`` with another body."""

    def run(body: Callable[[Any], int]) -> int:
        monkeypatch.setattr(command, "run", body)
        return main(["list", "models"])

    return run


@pytest.mark.parametrize(
    ("error", "parts"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), ["No space left", "Make room"]),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), ["/x: Permission", "ask its"]),
        (OSError(errno.ENAMETOOLONG, "File name too long", "y"), ["y: File name", "shorter"]),
        (OSError("odd"), ["odd"]),
        (FileNotFoundError(errno.ENOENT, "No such file"), ["the working folder does not exist"]),
        (OSError(errno.ELOOP, "Too many levels", "z"), ["z: Too many", "leads to itself"]),
    ],
)
def test_an_error_of_the_system_is_a_message(
    error: OSError, parts: list[str], fake: Fake, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(options: Any) -> int:
        raise error

    assert fake(fail) == 2
    written = capsys.readouterr().err
    assert written.startswith("cltool: ")
    assert all(part in written for part in parts)


@pytest.mark.parametrize("error", [SystemExit(0), KeyboardInterrupt(), GeneratorExit("x")])
def test_code_that_would_end_the_process_is_named(
    error: BaseException, fake: Fake, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(options: Any) -> int:
        raise error

    assert fake(fail) == 2
    written = capsys.readouterr().err
    assert f"({type(error).__name__}" in written
    assert f"{__file__}:" in written


def test_a_word_that_is_not_utf8_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--out", "x\udcff"]) == 2
    assert "x\\udcff: this word of the command is not UTF-8" in capsys.readouterr().err


def test_a_full_disk_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: Any, **more: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space left") as caught:
        write_text(tmp_path / "run.json", "{}")
    assert caught.value.filename == str(tmp_path / "run.json")
    assert not list(tmp_path.iterdir())


def test_errors_of_writing_name_the_file_and_not_a_temporary_one(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "folder", tmp_path / ("a" * 255)):
        with pytest.raises(OSError, match=r"directory|too long") as caught:
            write_text(path, "{}")
        assert caught.value.filename == str(path)


def test_a_pipe_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    for path in (pipe, link):
        with pytest.raises(UserError, match="is a device or a pipe"):
            write_text(path, "{}")
    assert pipe.is_fifo() and link.is_symlink()
    assert sorted(tmp_path.iterdir()) == [link, pipe]


# Streams that cannot be written, and signals: each in a forked process of its own.


def in_fork(body: Callable[[Any], int], stdout: int, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the exit code and stderr of a command whose stdout is ``stdout``."""
    monkeypatch.setattr(command, "run", body)
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        os.dup2(stdout, 1)
        os.dup2(writer, 2)
        sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
        code = 99
        try:
            code = main(["list", "models"])
            sys.stdout.flush()
        finally:
            os._exit(code)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        written = pipe.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), written


@pytest.mark.parametrize("size", [10, 1_000_000])
def test_a_full_stdout_is_a_message(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    full = os.open("/dev/full", os.O_WRONLY)

    def body(options: Any) -> int:
        output.say("x" * size)
        return 0

    code, written = in_fork(body, full, monkeypatch)
    os.close(full)
    assert code == 2
    assert "cltool: standard output: No space left on device" in written


@pytest.mark.parametrize("size", [10, 1_000_000])
def test_a_closed_pipe_is_quiet(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.close(reader)

    def body(options: Any) -> int:
        output.say("x" * size)
        return 0

    assert in_fork(body, writer, monkeypatch) == (0, "")
    os.close(writer)


def test_a_second_interruption_ends_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def body(options: Any) -> int:
        try:
            os.kill(os.getpid(), signal.SIGINT)
            signal.pause()
        finally:
            os.kill(os.getpid(), signal.SIGINT)
            signal.pause()
        return 0

    code, written = in_fork(body, 1, monkeypatch)
    assert (code, written) == (
        130,
        "cltool: interrupted; run the same command again to continue\n",
    )


def test_closed_streams_are_no_error() -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f"exec {sys.executable} -m cltool list models >&- 2>&-"], check=False
    )
    assert done.returncode == 0


# Control characters.


def test_no_control_character_reaches_a_terminal(
    fake: Fake, capsys: pytest.CaptureFixture[str]
) -> None:
    def body(options: Any) -> int:
        output.say(HOSTILE)
        output.say(as_text([HOSTILE, table([HOSTILE], [[HOSTILE + "\n[red]x[/red]"]])]))
        output.print_json({HOSTILE: HOSTILE})
        with stderr_progress() as progress:
            progress.show(HOSTILE, 1, 2, HOSTILE)
        raise UserError(HOSTILE, where=HOSTILE, hint=HOSTILE, details=[HOSTILE])

    assert fake(body) == 2
    written = capsys.readouterr()
    for text in (written.out, written.err):
        assert not [raw for raw in RAW if raw in text]
    assert "\\x1b]0;owned\\x07\\x9b31m\\u202eb\\n[red]x[/red]" in written.out
