"""How many threads a process computes with, and how its threads wait for each other.

OpenMP reads its environment variables when torch is loaded, so they are set before that. A thread
that has nothing to do spins by default. If other processes need the cores, this takes most of the
time of a small model; so threads sleep instead.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

COUNT = "OMP_NUM_THREADS"

CHOSEN = "CLTOOL_THREADS_CHOSEN"
"""Set where cltool chose the number of threads, not the user."""

SLEEP: Mapping[str, str] = {
    "OMP_WAIT_POLICY": "PASSIVE",
    "GOMP_SPINCOUNT": "0",
    "KMP_BLOCKTIME": "0",
}
"""Environment variables of OpenMP, with which threads that wait do not spin."""


def cores() -> int:
    """Return the number of cores that this process may use."""
    count = os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        return max(1, min(count, len(os.sched_getaffinity(0))))
    return count


def environment(workers: int) -> dict[str, str]:
    """Return the environment variables for each of ``workers`` processes.

    ``OMP_NUM_THREADS`` is kept if it is set. Otherwise the processes share the cores that are
    free; on a busy machine each has one thread.
    """
    found = {name: value for name, value in SLEEP.items() if name not in os.environ}
    if os.environ.get(COUNT):
        return {**found, COUNT: os.environ[COUNT]}
    share = min(cores(), max(1, round(cores() - _load()))) // workers
    return {**found, COUNT: str(max(1, share)), CHOSEN: "1"}


def let_threads_sleep() -> None:
    """Set the variables in `SLEEP` that are not set; of no effect once torch is loaded."""
    for name, value in SLEEP.items():
        os.environ.setdefault(name, value)


def chosen_by_cltool() -> bool:
    """Return whether cltool, not the user, chose the number of threads of this process."""
    return CHOSEN in os.environ


def _load() -> float:
    """Return how many processes wanted a core in the last minute, on average."""
    try:
        return os.getloadavg()[0]
    except OSError:
        return 0.0
