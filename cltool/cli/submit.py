"""``cltool submit``: write a Slurm array or a Ray job that runs an experiment."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

from cltool.cli import options as shared
from cltool.cli.output import message, say
from cltool.core import exit_codes
from cltool.core.backend import RETRIES, Backend, read_memory
from cltool.core.errors import UserError
from cltool.core.files import refuse_to_replace, write_text

KINDS = ("slurm", "ray")


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "experiment", metavar="EXPERIMENT", help="folder with an experiment.toml, or that file"
    )
    parser.add_argument("--to", required=True, metavar="KIND", help="slurm or ray")
    parser.add_argument("--write", metavar="FILE", help="write the script, too")
    parser.add_argument(
        "--out", metavar="DIR", help="folder of the runs, or a URL of one [runs/GROUP/NAME]"
    )
    parser.add_argument(
        "--shares",
        type=int,
        metavar="N",
        help="elements of the Slurm array, which share the cells [one per cell, at most 1000]",
    )
    needs: Any = parser.add_argument_group("what a run needs")
    needs.add_argument("--cpus-per-run", type=int, default=1, metavar="N", help="cores [1]")
    needs.add_argument("--gpus-per-run", type=float, metavar="X", help="GPUs [none]")
    needs.add_argument("--memory-per-run", metavar="SIZE", help="main memory, such as 16G")
    needs.add_argument("--time", metavar="TIME", help="Slurm: limit of time, such as 12:00:00")
    needs.add_argument("--partition", metavar="NAME", help="Slurm: partition")
    ray: Any = parser.add_argument_group("Ray")
    ray.add_argument(
        "--ray-dashboard",
        default="http://127.0.0.1:8265",
        metavar="URL",
        help="where jobs are submitted [%(default)s]",
    )
    ray.add_argument(
        "--retries",
        type=int,
        default=RETRIES,
        metavar="N",
        help="how often a run whose process died is started again [%(default)s]",
    )


def run(options: argparse.Namespace) -> int:
    """Print the script, and write it if that is asked for; nothing is submitted."""
    from cltool.experiments.experiment_plan import plan
    from cltool.experiments.submit import Needs, ray_job, slurm_array

    if options.to not in KINDS:
        raise UserError(
            f"unknown kind {options.to!r}", where="--to", hint=f"There are: {', '.join(KINDS)}."
        )
    shared.refuse_below_one(options.shares, "--shares")
    if options.time is not None and not re.fullmatch(r"[\d:-]+", options.time):
        raise UserError(
            f"not a limit of time: {options.time!r}", where="--time", hint="Write HOURS:MIN:SEC."
        )
    memory = read_memory(options.memory_per_run) if options.memory_per_run else None
    backend = Backend(
        cpus=options.cpus_per_run, gpus=options.gpus_per_run, memory=memory,
        retries=options.retries,
    )  # fmt: skip
    if options.write:
        refuse_to_replace(Path(options.write), "a script", ["#!"], "job.sh")
    found = plan(Path(options.experiment))
    if options.to == "slurm":
        needs = Needs(backend, options.time, options.partition)
        text = slurm_array(found, options.out, needs, options.shares)
    else:
        text = ray_job(found, options.out, backend, options.ray_dashboard)
    say(text.rstrip("\n"))
    if options.write:
        write_text(Path(options.write), text)
        message(f"written: {options.write}")
    return exit_codes.DONE
