"""Measures the CPU seconds of one cell in ``cltool run`` and in ``cltool compare``.

    python -m tools.threads

Each command builds the base model in a cache of its own, so that this is measured as well. The
ratio is near 1 if workers neither wait actively nor use more threads than there are cores.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

CELL = (
    "--scenario", "world", "--set", "scenario.entities=40", "--set", "scenario.updates=3",
    "--set", "scenario.changed=10", "--set", "scenario.new=10", "--set", "model.reading=false",
)  # fmt: skip
"""A small cell: about ten seconds."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the cell in both ways and print the seconds and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tools.threads")
    parser.add_argument("--seeds", type=int, default=1, help="cells in compare [%(default)s]")
    options = parser.parse_args(arguments)
    one = measure("run", "--strategy", "naive")
    seeds = str(options.seeds)
    several = measure("compare", "--strategies", "naive", "--seeds", seeds)
    print(f"cores {os.cpu_count()}, load {os.getloadavg()[0]:.1f}")
    for name, (cpu, wall) in {"run": one, "compare": several}.items():
        print(f"{name:8} {cpu:7.1f} CPU seconds {wall:7.1f} seconds")
    print(f"ratio of CPU seconds, compare to run: {several[0] / one[0]:.2f}")


def measure(command: str, *arguments: str) -> tuple[float, float]:
    """Run a command of cltool; return its CPU seconds, those of workers too, and its seconds."""
    with tempfile.TemporaryDirectory() as scratch:
        environment = {**os.environ, "CLTOOL_CACHE": str(Path(scratch) / "cache")}
        before, begun = _cpu(), time.perf_counter()
        program = [sys.executable, "-m", "cltool", command, *arguments, *CELL]
        subprocess.run(
            [*program, "--out", str(Path(scratch) / "out")],
            check=True,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return _cpu() - before, time.perf_counter() - begun


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
