"""``cltool dashboard``: from the command line to the page, and its end."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

from cltool.cli.main import main

from ..conftest import Make


def test_it_serves_the_report_until_it_is_interrupted(make: Make, tmp_path: Path) -> None:
    make(done=2)
    runs = tmp_path / "runs"
    process = subprocess.Popen(
        [sys.executable, "-m", "cltool", "dashboard", str(runs), "--port=0", "--no-browser"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().split(" is at ")[1].split()[0]
        while True:
            with urlopen(f"{url}status.json", timeout=60) as answer:
                status = json.load(answer)
            if status["version"] is not None:
                break
            assert status["error"] is None
            time.sleep(0.1)
        with urlopen(url, timeout=60) as answer:
            page = answer.read().decode()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    finally:
        process.kill()

    assert "naive" in page and "connect-src 'self'" in page.replace("&#39;", "'")
    assert (process.returncode, out, err) == (0, "", "cltool: The dashboard has ended.\n")
    assert [path.name for path in runs.iterdir()] == ["naive-seed0"], "the folder is only read"


def test_a_port_in_use_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code = main(["dashboard", str(tmp_path), "--port", str(port), "--no-browser"])

    said = capfd.readouterr()
    assert (code, said.out) == (2, "")
    assert f"port {port} is in use" in said.err and "Traceback" not in said.err


def test_what_is_no_folder_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["dashboard", str(tmp_path / "nowhere"), "--no-browser"]) == 2
    assert "no such folder" in capfd.readouterr().err
