"""Connects to a Ray cluster, or starts one on this machine for the time of a command.

Ray is imported here only when it is used. It sends no usage statistics.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import secrets
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from cltool.core import threads
from cltool.core.backend import Backend
from cltool.core.errors import UserError, in_words

ADDRESS = "RAY_ADDRESS"
"""The environment variable that Ray sets for jobs on a cluster."""

OWN = "local"
"""Ray's name for a new cluster on this machine."""

PATIENCE = 5.0
"""Seconds in which the head of a cluster must answer."""

SETTINGS = b"\x04"
"""Kind of the frame with which both sides of HTTP/2 begin (RFC 9113, sections 3.4 and 6.5)."""

HELLO = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0" + SETTINGS + b"\0\0\0\0\0"
"""How a client of HTTP/2 begins: its preface, and a frame without settings."""

OBJECTS = 200_000_000
"""Bytes of shared memory for the objects of a cluster of this machine; more go to its disk."""


def address_of(backend: Backend) -> str:
    """Return the address of the cluster, as Ray takes it."""
    return backend.address or os.environ.get(ADDRESS) or OWN


def refuse_unusable(backend: Backend) -> None:
    """Raise a `UserError` if Ray is not installed, or no cluster answers within seconds."""
    if importlib.util.find_spec("ray") is None:
        raise UserError(
            "Ray is not installed",
            where="--backend ray",
            hint="Install it: pip install 'cltool[ray]'",
        )
    address = address_of(backend)
    if address in (OWN, "auto"):
        return
    _refuse_unreachable(address, "--ray-address" if backend.address else ADDRESS)


def _refuse_unreachable(address: str, where: str) -> None:
    example = "For example: --ray-address 10.0.0.1:6379, or auto for a cluster on this machine."
    try:
        parts = urlsplit(address if "://" in address else f"ray://{address}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or not port:
        raise UserError(f"not an address of a cluster: {address!r}", where=where, hint=example)
    if not answers(host, port):
        raise UserError(
            f"no Ray cluster answers at {address}",
            where=where,
            hint="Start one there (ray start --head), or check the address. Nothing has run.",
        )


class ClusterLostError(UserError):
    """The head of the cluster no longer answers."""


class Watch:
    """Looks now and then whether the head of the connected cluster is still there.

    Ray itself waits a minute for it, and ends the process then.
    """

    def __init__(self, address: str) -> None:
        self.host, _, self.port = address.rpartition(":")
        self.last = time.monotonic()

    def look(self) -> None:
        """Look, unless that was done a moment ago.

        Raises:
            ClusterLostError: the head does not answer.
        """
        now = time.monotonic()
        if now - self.last < PATIENCE:
            return
        self.last = now
        # It may be busy: one more try.
        if not answers(self.host, int(self.port)) and not answers(self.host, int(self.port)):
            raise ClusterLostError(
                "the Ray cluster is lost: its head no longer answers",
                where=f"{self.host}:{self.port}",
                hint="Finished steps are kept. To continue, start the cluster again, or name"
                " another one, and give the same command again.",
            )


def answers(host: str, port: int) -> bool:
    """Return whether a service listens at a port that speaks HTTP/2, as those of Ray do.

    To any other one, Ray would try to connect for minutes.
    """
    try:
        with socket.create_connection((host, port), timeout=PATIENCE) as found:
            if os.environ.get("RAY_USE_TLS", "0") != "0":
                return True
            found.sendall(HELLO)
            said = found.recv(4)
    except OSError:
        return False
    return said[3:] == SETTINGS


@contextmanager
def connected(backend: Backend) -> Iterator[None]:
    """Be connected to the cluster of ``backend`` inside.

    A connection that this process has already is used, and stays.

    Raises:
        UserError: Ray is not installed, the cluster cannot be reached, or it has another version.
    """
    refuse_unusable(backend)
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    # What concerns the user is said in cltool's words.
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    import ray

    if ray.is_initialized():
        yield
        return
    environment = dict(os.environ)
    address = address_of(backend)
    folder = tempfile.mkdtemp(prefix="cltool-ray-") if address == OWN else None
    try:
        with _signals_kept():
            _connect(ray, address, folder)
        yield
    finally:
        with _signals_kept():
            ray.shutdown()
        _restore(environment)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _connect(ray: Any, address: str, folder: str | None) -> None:
    given: dict[str, Any] = {}
    if folder is not None:
        # Ray protects a cluster of this machine by a token, which it would write into the user's
        # home.
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
        given = {
            "num_cpus": threads.cores(),
            "include_dashboard": False,
            "object_store_memory": OBJECTS,
            "_temp_dir": folder,
        }
    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR, **given)
    except (OSError, RuntimeError, ValueError) as error:
        raise UserError(
            f"cannot connect to the Ray cluster: {in_words(error)}",
            where=address,
            hint="Check the address, and that the cluster has the same versions of Ray and Python.",
        ) from error


def _restore(environment: Mapping[str, str]) -> None:
    """Undo what Ray and this module have set, so that another cluster can be named next."""
    for name in [name for name in os.environ if name.startswith("RAY_")]:
        if name not in environment:
            del os.environ[name]


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Undo what Ray does with SIGTERM: it would end the process without its messages."""
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)


def refuse_too_much(ray: Any, backend: Backend, needs: Mapping[str, float]) -> None:
    """Raise a `UserError` if a task needs more than a cluster of this machine alone has.

    Another cluster may grow, so there tasks wait.

    Args:
        ray: the module.
        backend: the cluster, which is connected.
        needs: ``num_cpus``, ``num_gpus`` and perhaps ``memory`` of a task.
    """
    if address_of(backend) != OWN:
        return
    has = ray.cluster_resources()
    options = {"num_cpus": ("CPU", "cores"), "num_gpus": ("GPU", "GPUs"), "memory": ("memory", "")}
    for name, (resource, what) in options.items():
        needed, there = needs.get(name, 0), has.get(resource, 0)
        if needed > there:
            raise UserError(
                f"a run needs {needed:g} {what or 'bytes of memory'}, but this machine has"
                f" {there:g}",
                where=f"--{name.removeprefix('num_')}-per-run",
                hint="Ask for less, or name a cluster with --ray-address.",
            )
