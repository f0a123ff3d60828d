"""What ``--backend`` and URLs refuse, before anything runs."""

from __future__ import annotations

import socket
import sys
import threading
from pathlib import Path

import pytest

from cltool.cli.main import main


def refusal(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    assert main(["compare", *options]) == 2
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--backend", "rey"), "--backend: unknown backend 'rey'\nDid you mean 'ray'?"),
        (("--retries", "2"), "--retries: needs --backend ray"),
        (("--backend", "ray", "--gpus-per-run", "1.5"), "1.5 is not a number of GPUs"),
        (("--backend", "ray", "--cpus-per-run", "0"), "a run needs at least one core"),
        (("--backend", "ray", "--retries", "-1"), "--retries: cannot be negative"),
        (("--backend", "ray", "--memory-per-run", "much"), "not an amount of memory: 'much'"),
        (("--backend", "ray", "--memory-per-run", "9" * 400), "not an amount of memory"),
        (("--out", "foo://bucket/runs"), "foo://bucket/runs: unknown protocol 'foo'"),
        (("--out", "memory://"), "memory://: names no folder"),
    ],
)
def test_wrong_options_are_refused(
    options: tuple[str, ...],
    says: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert says in refusal(capsys, *options)
    assert not [*tmp_path.iterdir()]


def test_a_cluster_that_does_not_answer_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("ray", reason="Ray is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for address in (f"127.0.0.1:{port}", f"ray://127.0.0.1:{port}"):
        said = refusal(capsys, "--backend", "ray", "--ray-address", address)
        assert f"--ray-address: no Ray cluster answers at {address}" in said
    with socket.socket() as other:
        # Something else listens there, and closes the connection.
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        threading.Thread(target=lambda: other.accept()[0].close(), daemon=True).start()
        said = refusal(capsys, "--backend", "ray", "--ray-address", f"127.0.0.1:{port}")
        assert f"no Ray cluster answers at 127.0.0.1:{port}" in said
    said = refusal(capsys, "--backend", "ray", "--ray-address", "nowhere")
    assert "not an address of a cluster: 'nowhere'" in said


def test_missing_packages_are_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name, package=None: None)
    assert "Ray is not installed" in refusal(capsys, "--backend", "ray")
    monkeypatch.undo()
    monkeypatch.setitem(sys.modules, "s3fs", None)
    said = refusal(capsys, "--out", "s3://bucket/runs")
    assert "s3://bucket/runs: the package for s3:// is missing: Install s3fs" in said
