"""Scripts that run an experiment on a cluster: a Slurm array, or a job of Ray."""

from __future__ import annotations

import math
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from cltool.core.backend import Backend
from cltool.core.remote.url import is_url
from cltool.experiments.experiment_plan import Plan

MOST = 1000
"""Most elements of an array: Slurm's default limit (``MaxArraySize``) is 1001."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What an element of a Slurm array asks for.

    Attributes:
        backend: cores, GPUs and memory of a run.
        time: limit of time, as Slurm writes it; None: that of the partition.
        partition: name; None: the default one.
    """

    backend: Backend
    time: str | None = None
    partition: str | None = None


def slurm_array(plan: Plan, out: str | None, needs: Needs, shares: int | None = None) -> str:
    """Return a script for ``sbatch``: each element of the array runs its share of the cells.

    Args:
        plan: the experiment.
        out: folder of the runs, or a URL; None: the default one.
        needs: of one element.
        shares: number of elements; by default one for each cell, at most `MOST`.
    """
    count = min(shares or MOST, len(plan.cells))
    backend = needs.backend
    name = re.sub(r"[^\w.-]+", "-", plan.name)
    asked = [
        f"--job-name=cltool-{name}",
        f"--array=1-{count}",
        f"--cpus-per-task={backend.cpus}",
        f"--output=slurm-{name}-%A-%a.txt",
        # An element whose machine was lost starts again, and goes on after its last steps.
        "--requeue",
    ]
    if backend.gpus:
        asked.append(f"--gres=gpu:{math.ceil(backend.gpus)}")
    if backend.memory is not None:
        asked.append(f"--mem={math.ceil(backend.memory / 2**20)}M")
    if needs.time:
        asked.append(f"--time={needs.time}")
    if needs.partition:
        asked.append(f"--partition={needs.partition}")
    again = reproduce(plan, out)
    folder = shlex.quote(str(Path.cwd()))
    report = f"--chdir={folder} --wrap {shlex.quote(shlex.join(again))}"
    return "\n".join(
        [
            "#!/bin/bash",
            *(f"#SBATCH {one}" for one in asked),
            "#",
            f"# {len(plan.cells)} cells of {plan.name} in {count} shares. The folder below must be"
            " the same on all machines.",
            "# Submit it, and let the report be written when all shares have ended:",
            "#   job=$(sbatch --parsable THIS_FILE)",
            f"#   sbatch --dependency=afterany:$job {report}",
            "",
            "set -euo pipefail",
            f"cd {folder}",
            f'exec {shlex.join(again)} --workers 1 --cells "$SLURM_ARRAY_TASK_ID/{count}"',
            "",
        ]
    )


def ray_job(plan: Plan, out: str | None, backend: Backend, dashboard: str) -> str:
    """Return a script that submits a job to a Ray cluster; the job runs all cells as tasks.

    Args:
        plan: the experiment.
        out: folder of the runs, or a URL; None: the default one. The job works in a copy of the
            working folder, so a relative path is made absolute.
        backend: what a run needs.
        dashboard: URL of the cluster's dashboard, which takes jobs.
    """
    out = out or str(Path("runs") / plan.name)
    out = out if is_url(out) else str(Path(out).absolute())
    command = [*reproduce(plan, out), "--backend", "ray", "--ray-address", "auto"]
    command += ["--cpus-per-run", str(backend.cpus), "--retries", str(backend.retries)]
    if backend.gpus is not None:
        command += ["--gpus-per-run", f"{backend.gpus:g}"]
    if backend.memory is not None:
        command += ["--memory-per-run", f"{math.ceil(backend.memory / 2**20)}M"]
    return "\n".join(
        [
            "#!/bin/bash",
            f"# {len(plan.cells)} cells of {plan.name} as tasks of a Ray cluster.",
            "# The working folder is sent with the job. The runs must be in a folder that all",
            "# machines share, or at a URL. When the job has ended, this takes over its results",
            f"# and writes the report here: {shlex.join(reproduce(plan, out))}",
            "",
            "set -euo pipefail",
            f"cd {shlex.quote(str(Path.cwd()))}",
            f"exec ray job submit --address {shlex.quote(dashboard)} --working-dir . --no-wait --"
            f" {shlex.join(command)}",
            "",
        ]
    )


def reproduce(plan: Plan, out: str | None) -> list[str]:
    """Return the command that reproduces an experiment, with the folder of its runs."""
    return [*shlex.split(plan.command), *(["--out", out] if out else [])]
