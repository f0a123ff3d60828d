"""Starts processes that train one model together, as a launcher does, but forked: that is quick."""

from __future__ import annotations

import json
import multiprocessing
import os
import socket
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

FSDP2 = {
    "ACCELERATE_USE_FSDP": "true",
    "FSDP_VERSION": "2",
    "FSDP_AUTO_WRAP_POLICY": "TRANSFORMER_BASED_WRAP",
    "FSDP_RESHARD_AFTER_FORWARD": "true",
}
"""What `accelerate launch` sets for a configuration that shards the weights (FSDP2)."""

PATIENCE = 100
"""Seconds until the processes are given up."""


class LostError(Exception):
    """A process ended without a result; what it printed says why."""


def launched(
    size: int, work: Callable[[], Any], folder: Path, more: Mapping[str, str] | None = None
) -> list[Any]:
    """Return what ``work`` returns in each process, as JSON; an error is its text.

    Args:
        size: number of processes.
        work: is called in each of them.
        folder: for the results.
        more: further environment variables.

    Raises:
        LostError: a process ended without a result.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    folder.mkdir(parents=True, exist_ok=True)
    context = multiprocessing.get_context("fork")
    processes = []
    for rank in range(size):
        variables = {
            "RANK": str(rank),
            "LOCAL_RANK": str(rank),
            "WORLD_SIZE": str(size),
            "LOCAL_WORLD_SIZE": str(size),
            "MASTER_ADDR": "127.0.0.1",
            "MASTER_PORT": port,
            "ACCELERATE_USE_CPU": "true",
            **(more or {}),
        }
        process = context.Process(target=_one, args=(work, folder / f"{rank}.json", variables))
        process.start()
        processes.append(process)
    try:
        for process in processes:
            process.join(PATIENCE)
    finally:
        for process in processes:
            process.kill()
    files = [folder / f"{rank}.json" for rank in range(size)]
    if missing := [file.name for file in files if not file.is_file()]:
        raise LostError(f"these processes left nothing: {missing}")
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]


def _one(work: Callable[[], Any], file: Path, variables: Mapping[str, str]) -> None:
    from cltool.core.errors import UserError

    os.environ.update(variables)
    try:
        found = work()
    except UserError as error:
        found = {"error": str(error), "kind": type(error).__name__}
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    file.write_text(json.dumps(found), encoding="utf-8")
