"""Atomic writing of files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from unittest.mock import Mock

import pytest

from cltool.core.files import write_text


def test_writing_a_file_removes_what_ended_processes_left_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left = tmp_path / f".page.html.{ended.pid}.partial"
    in_progress = tmp_path / f".page.html.{os.getppid()}.partial"
    of_another_file = tmp_path / f".other.html.{ended.pid}.partial"
    for file in (left, in_progress, of_another_file):
        file.touch()
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Path, "unlink", Mock(side_effect=KeyboardInterrupt))
        write_text(tmp_path / "page.html", "text")
    # Whoever writes the file only if it has changed writes it again, and removes the rest.
    assert not (tmp_path / "page.html").exists()
    write_text(tmp_path / "page.html", "text")
    assert {file.name for file in tmp_path.iterdir()} == {
        *("page.html", in_progress.name, of_another_file.name)
    }
