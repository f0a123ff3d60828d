"""The option ``--log`` of the commands that run strategies."""

from __future__ import annotations

import argparse
from typing import Any


def add(group: Any) -> None:
    """Add ``--log`` to a parser or group."""
    group.add_argument(
        "--log",
        metavar="TOOLS",
        help="also log settings, and the scores and costs of each step, to tensorboard, wandb,"
        " mlflow or trackio; several by commas",
    )


def read(options: argparse.Namespace) -> tuple[str, ...]:
    """Return the trackers that ``--log`` names.

    Raises:
        UserError: one is unknown, or is not installed.
    """
    if options.log is None:
        return ()
    from cltool.runs.tracking import trackers_of

    return trackers_of(options.log)
