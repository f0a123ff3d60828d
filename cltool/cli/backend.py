"""The options that say where the runs of a command are made."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from cltool.core.backend import LOCAL, NAMES, RETRIES, Backend, read_memory
from cltool.core.errors import UserError
from cltool.core.remote.held import checkpoints_of, held
from cltool.core.remote.place import Place

_FOR_RAY = ("ray_address", "cpus_per_run", "gpus_per_run", "memory_per_run", "retries")


def add(parser: argparse.ArgumentParser) -> None:
    """Add ``--backend`` and what belongs to it."""
    group: Any = parser.add_argument_group("where runs are made")
    group.add_argument(
        "--backend", default=LOCAL, metavar="NAME", help=f"{' or '.join(NAMES)} [%(default)s]"
    )
    group.add_argument(
        "--ray-address",
        metavar="HOST:PORT",
        help="a Ray cluster, or auto for the one on this machine [$RAY_ADDRESS, or a new one on"
        " this machine]",
    )
    group.add_argument("--cpus-per-run", type=int, metavar="N", help="cores of a run on Ray [1]")
    group.add_argument(
        "--gpus-per-run",
        type=float,
        metavar="X",
        help="GPUs of a run on Ray, also a part of one, such as 0.25 [1 if the cluster has any]",
    )
    group.add_argument(
        "--memory-per-run", metavar="SIZE", help="main memory of a run on Ray, such as 16G"
    )
    group.add_argument(
        "--retries",
        type=int,
        metavar="N",
        help=f"how often a run on Ray whose process died is started again [{RETRIES}]",
    )


def read(options: argparse.Namespace) -> Backend:
    """Return the backend of the options.

    Raises:
        UserError: an option is wrong, Ray is not installed, or the cluster cannot be reached.
    """
    given = {name: value for name in _FOR_RAY if (value := getattr(options, name)) is not None}
    backend = Backend(
        options.backend,
        given.get("ray_address"),
        given.get("cpus_per_run", 1),
        given.get("gpus_per_run"),
        read_memory(given["memory_per_run"]) if "memory_per_run" in given else None,
        given.get("retries", RETRIES),
    )
    if backend.name == LOCAL:
        for name in given:
            raise UserError(
                "needs --backend ray",
                where=f"--{name.replace('_', '-')}",
                hint="Leave it out, or name the backend.",
            )
        return backend
    from cltool.core.backends.ray_cluster import refuse_unusable

    refuse_unusable(backend)
    return backend


@contextmanager
def runs_here(names: Sequence[str], backend: Backend) -> Iterator[list[str]]:
    """Yield folders of runs on this machine, with their checkpoints; those at URLs are fetched.

    What is written into them inside is sent.

    Args:
        names: paths and URLs.
        backend: where their models are to be used.

    Raises:
        UserError: a URL cannot be used, or not with this backend.
    """
    with ExitStack() as stack:
        folders = []
        for name in names:
            place = Place.of(name)
            if place.is_remote:
                if backend.name != LOCAL:
                    raise UserError(
                        "the machines of a cluster do not have the models of runs at a URL",
                        where=name,
                        hint="Name a folder that all machines share, or leave out --backend.",
                    )
                stack.enter_context(held(place))
                stack.enter_context(checkpoints_of(place))
            folders.append(str(place.folder) if place.is_remote else name)
        yield folders
