"""The attacks of a survey, spread over worker processes; what was found is read back from disk."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cltool.audit import findings
from cltool.audit.attacks import findings_file
from cltool.audit.attacks.battery import Findings
from cltool.audit.attacks.settings import AuditSettings
from cltool.audit.findings import Scope, Side
from cltool.audit.request import Asked
from cltool.core.progress import Progress
from cltool.core.workers import run_tasks, worker_progress
from cltool.experiments import restore
from cltool.experiments.worker_setup import load_libraries
from cltool.facts.stream import Stream
from cltool.runs.run import Run


@dataclass(frozen=True, slots=True)
class Job:
    """One model to be attacked; plain values only.

    Attributes:
        folder: of its run.
        step: after which of its steps, or `cltool.audit.findings.BASE`.
        home: the run folder in which the findings are kept.
        weights: whether its weights are attacked, too.
        audited: facts that were erased up to this step are attacked.
        settings: of the attacks.
        forget: a file of facts, in place of those.
        scenario: where the run's own cannot be found.
        options: of the scenario, as JSON.
        name: for people.
    """

    folder: str
    step: int
    home: str
    weights: bool
    audited: int
    settings: AuditSettings
    forget: str | None
    scenario: str | None
    options: str
    name: str

    @property
    def error_file(self) -> Path:
        """File for the traceback of an unexpected error."""
        what = "base" if self.step == findings.BASE else f"step-{self.step}"
        return Path(self.home) / findings.FOLDER / f"{what}-for-{self.audited}.error.txt"


class Attacks:
    """What was found out of each model, or why nothing was."""

    def __init__(self) -> None:
        self._keys: dict[tuple[Any, ...], str] = {}
        self._files: dict[str, list[Path]] = {}
        self._found: dict[str, Findings] = {}
        self._errors: dict[str, str] = {}
        self._attacked: set[str] = set()

    def __getitem__(self, what: tuple[Side, Scope]) -> Findings:
        return self._found[self.key(*what)]

    def error(self, side: Side, scope: Scope) -> str | None:
        """Why there is nothing of ``side``; None where there is."""
        return self._errors.get(self.key(side, scope))

    def key(self, side: Side, scope: Scope) -> str:
        """That of the findings, made once: it takes a look at every file of a checkpoint."""
        what = (side.run.folder, side.step, side.home, side.weights, scope.step)
        if what not in self._keys:
            self._keys[what] = key = side.key(scope)
            self._files.setdefault(key, []).append(side.file(key))
        return self._keys[what]

    def look(self, key: str) -> bool:
        """Whether there are findings of ``key`` on disk; they are taken from there."""
        for file in self._files[key]:
            found = findings_file.read(file, key)
            if found is not None:
                self._found[key] = found
                return True
        return False

    def share(self) -> None:
        """Keep what was found of a model everywhere an audit of a single run looks for it."""
        for key, found in self._found.items():
            for file in dict.fromkeys(self._files[key]):
                if key in self._attacked or not file.is_file():
                    with suppress(OSError):
                        findings_file.write(file, found, key)

    def attacked(self, key: str) -> bool:
        """Take what was just found; whether it is there."""
        self._attacked.add(key)
        return self.look(key)

    def fail(self, key: str, error: str) -> None:
        """There is nothing of ``key``."""
        self._errors[key] = error


def attack_all(
    sides: Iterable[tuple[Side, Scope]], asked: Asked, workers: int | None, progress: Progress
) -> Attacks:
    """Attack every model that was not attacked yet, once; those first that are asked for twice.

    Args:
        sides: the models, and the facts that they are attacked for.
        asked: where the stream is, and whether to attack anew.
        workers: processes; None: one a core, and one where there is a GPU.
        progress: receives the progress of each attack.
    """
    found = Attacks()
    wanted: dict[str, tuple[Side, Scope]] = {}
    times: Counter[str] = Counter()
    for side, scope in sides:
        key = found.key(side, scope)
        wanted.setdefault(key, (side, scope))
        times[key] += 1
    missing = [key for key in wanted if asked.fresh or not found.look(key)]
    progress.task("attacks")(len(wanted) - len(missing), len(wanted), "found on disk")
    missing.sort(key=lambda key: times[key] < 2)
    if missing:
        _spread({_job(*wanted[key], asked): key for key in missing}, found, workers, progress)
    found.share()
    return found


def _spread(
    jobs: Mapping[Job, str], found: Attacks, workers: int | None, progress: Progress
) -> None:
    """Hand the jobs out, and read what came of them."""
    failures = run_tasks(
        list(jobs),
        _attack,
        prepare=_prepare,
        load=load_libraries,
        workers=workers,
        progress=progress,
    )
    failed = {jobs[one.task]: one.error for one in failures}
    for job, key in jobs.items():
        if key in failed:
            found.fail(key, failed[key])
        elif not found.attacked(key):
            found.fail(key, f"what was found cannot be kept in {job.home}")


def _job(side: Side, scope: Scope, asked: Asked) -> Job:
    return Job(
        str(side.run.folder),
        side.step,
        str(side.home),
        side.weights,
        scope.step,
        scope.settings,
        None if scope.forget is None else str(scope.forget),
        asked.scenario,
        json.dumps(dict(asked.options), default=str),
        side.name if side.step == scope.step else f"{side.name}, for step {scope.step}",
    )


# -- in the worker process ---------------------------------------------------------------


_streams: dict[str, Stream] = {}
"""Those that this worker opened, by the digest in the runs' records."""


def _scope(job: Job) -> Scope:
    run = Run.open(job.folder)
    digest = str(run.record.get("stream", {}).get("digest"))
    if digest not in _streams:
        _streams[digest] = restore.stream_of(run, job.scenario, json.loads(job.options))
    forget = None if job.forget is None else Path(job.forget)
    return Scope(_streams[digest], job.audited, job.settings, forget)


def _prepare(job: Job) -> None:
    """Make the base model once if it is not in the cache."""
    progress = worker_progress("model")
    # If it cannot be made, each job fails with the reason.
    with suppress(Exception):
        restore.base_learner(Run.open(job.folder), _scope(job).stream, progress)
    progress(1, 1, "ready")


def _attack(job: Job) -> None:
    side = Side(Run.open(job.folder), job.step, Path(job.home), job.weights)
    findings.findings(side, _scope(job), fresh=True, keep=True, progress=worker_progress(job.name))
