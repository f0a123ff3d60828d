"""The place where tasks run, and what each of them needs there."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from cltool.core.errors import UserError
from cltool.core.similar import guess

LOCAL = "local"
NAMES = (LOCAL, "ray")
"""Names of backends; each but the first is a module of `cltool.core.backends`."""

RETRIES = 2
"""How often a task whose process died is started again by default."""

_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


@dataclass(frozen=True, slots=True)
class Backend:
    """Where tasks run, and what each of them needs.

    Attributes:
        name: one of `NAMES`. The other attributes are for Ray.
        address: of the cluster (``HOST:PORT``, ``auto``); None: ``$RAY_ADDRESS``, or else a cluster
            of this machine alone that ends with the command.
        cpus: cores, and threads, of a task.
        gpus: GPUs of a task, also a part of one; None: one if the cluster has any.
        memory: bytes of main memory that a task needs; None: it is not counted.
        retries: how often a task whose process died is started again.

    Raises:
        UserError: the name is unknown, or a number is out of range.
    """

    name: str = LOCAL
    address: str | None = None
    cpus: int = 1
    gpus: float | None = None
    memory: int | None = None
    retries: int = RETRIES

    def __post_init__(self) -> None:
        if self.name not in NAMES:
            hint = guess(self.name, NAMES) or f"There are: {', '.join(NAMES)}."
            raise UserError(f"unknown backend {self.name!r}", where="--backend", hint=hint)
        if self.cpus < 1:
            raise UserError("a run needs at least one core", where="--cpus-per-run")
        if self.gpus is not None:
            _check_gpus(self.gpus)
        if self.retries < 0:
            raise UserError("cannot be negative", where="--retries")


def _check_gpus(gpus: float) -> None:
    # Ray refuses 1.5: a task has a part of one GPU, or whole ones.
    if not math.isfinite(gpus) or gpus < 0 or (gpus > 1 and gpus != int(gpus)):
        raise UserError(
            f"{gpus:g} is not a number of GPUs",
            where="--gpus-per-run",
            hint="Give a part of one GPU (0.25) or a whole number.",
        )


def read_memory(text: str) -> int:
    """Return the number of bytes that ``text`` names: ``16G``, ``500MB``, ``1.5GiB``; powers of 2.

    Raises:
        UserError: it is not a positive number with such a unit.
    """
    found = re.fullmatch(
        r"(\d{1,15}(?:\.\d{1,15})?) *([KMGT]?)(?:i?B)?", text.strip(), re.IGNORECASE
    )
    size = int(float(found[1]) * _UNITS[found[2].upper()]) if found else 0
    if size < 1:
        raise UserError(
            f"not an amount of memory: {text!r}",
            where="--memory-per-run",
            hint="For example: --memory-per-run 16G",
        )
    return size


HERE = Backend()
"""Processes of this machine."""
