"""The attacks of a survey, in worker processes; findings are read back from disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cltool.audit import findings
from cltool.audit.attacks import findings_file
from cltool.audit.attacks.battery import Findings
from cltool.audit.findings import ModelState, Scope
from cltool.core.backend import HERE, LOCAL, Backend
from cltool.core.errors import UserError
from cltool.core.locks import HeldError
from cltool.core.progress import Progress
from cltool.core.remote.held import seen_by_all
from cltool.core.remote.place import Place
from cltool.core.workers import Failure, run_tasks, worker_progress
from cltool.experiments import restore
from cltool.experiments.unexpected import explained
from cltool.experiments.worker_setup import load_libraries


@dataclass(frozen=True)
class Job:
    """One model to attack.

    Attributes:
        state: the model.
        scope: the facts and the settings of the attacks.
        key: of the findings.
        place: a folder that the machine must see.
    """

    state: ModelState
    scope: Scope
    key: str
    place: Place | None = None

    @property
    def name(self) -> str:
        """Name in progress reports."""
        name = self.state.name
        return name if self.state.step == self.scope.step else f"{name}, for step {self.scope.step}"

    @property
    def error_file(self) -> Path:
        """File for the traceback of an unexpected error."""
        step = self.state.step
        what = "base" if step == findings.BASE else f"step-{step}"
        return self.state.home / findings.FOLDER / f"{what}-for-{self.scope.step}.error.txt"


class SurveyFindings:
    """The findings of each model, or the reason why there are none."""

    def __init__(self) -> None:
        self._keys: dict[tuple[Any, ...], str] = {}
        self._files: dict[str, list[Path]] = {}
        self._found: dict[str, Findings] = {}
        self._errors: dict[str, str] = {}
        self._attacked: set[str] = set()

    def __getitem__(self, what: tuple[ModelState, Scope]) -> Findings:
        return self._found[self.key(*what)]

    def error(self, state: ModelState, scope: Scope) -> str | None:
        """Return why there are no findings of ``state``, or None."""
        return self._errors.get(self.key(state, scope))

    def key(self, state: ModelState, scope: Scope) -> str:
        """Return the key of the findings; it is computed once, from all files of a checkpoint."""
        what = (state.run.folder, state.step, state.home, state.weights, scope.step)
        if what not in self._keys:
            self._keys[what] = key = state.key(scope)
            self._files.setdefault(key, []).append(state.file(key))
        return self._keys[what]

    def load(self, key: str) -> bool:
        """Read the findings of ``key`` from disk; return whether there are any."""
        for file in self._files[key]:
            found = findings_file.read(file, key)
            if found is not None:
                self._found[key] = found
                return True
        return False

    def finish(self, job: Job, error: str | None) -> None:
        """Read the findings of a job, or keep the reason why it has none."""
        self._attacked.add(job.key)
        if error is None and not self.load(job.key):
            error = f"the findings cannot be stored in {job.state.home}"
        if error is not None:
            self._errors[job.key] = error

    def share(self) -> None:
        """Write a model's findings to every folder in which an audit of one run looks for them."""
        for key, found in self._found.items():
            for file in dict.fromkeys(self._files[key]):
                if key in self._attacked or not file.is_file():
                    with suppress(OSError, HeldError), findings.reading_lock(file.parents[1]):
                        findings_file.write(file, found, key)


def attack_all(
    states: Iterable[tuple[ModelState, Scope]],
    fresh: bool,
    workers: int | None,
    progress: Progress,
    backend: Backend = HERE,
) -> SurveyFindings:
    """Attack every model once, unless its findings are stored; models of several runs come first.

    Args:
        states: the models, and the facts they are attacked for.
        fresh: attack models whose findings are stored as well.
        workers, backend: as for `cltool.core.workers.run_tasks`.
        progress: receives the progress of each attack.
    """
    found = SurveyFindings()
    wanted: dict[str, Job] = {}
    times: Counter[str] = Counter()
    for state, scope in states:
        key = found.key(state, scope)
        wanted.setdefault(key, Job(state, scope, key))
        times[key] += 1
    jobs = [job for key, job in wanted.items() if fresh or not found.load(key)]
    progress.task("attacks")(len(wanted) - len(jobs), len(wanted), "found on disk")
    jobs.sort(key=lambda job: times[job.key] < 2)
    if jobs:
        try:
            failures = _run(jobs, workers, progress, backend)
            errors = {one.task.key: one.error for one in failures}
        except UserError as error:
            # No job has run; models whose findings are on disk are still judged.
            errors = {job.key: str(error) for job in jobs}
        for job in jobs:
            found.finish(job, errors.get(job.key))
    found.share()
    return found


def _run(
    jobs: Sequence[Job], workers: int | None, progress: Progress, backend: Backend
) -> Sequence[Failure[Job]]:
    away = backend.name != LOCAL
    homes = dict.fromkeys(job.state.home.absolute() for job in jobs)
    with ExitStack() as stack:
        places = {home: stack.enter_context(seen_by_all(Place(str(home)), away)) for home in homes}
        return run_tasks(
            [replace(job, place=places[job.state.home.absolute()]) for job in jobs],
            _attack,
            prepare=_prepare,
            load=load_libraries,
            explain=explained,
            workers=workers,
            progress=progress,
            backend=backend,
        )


# -- in the worker process ---------------------------------------------------------------


def _prepare(job: Job) -> None:
    """Make the base model once if it is not in the cache."""
    progress = worker_progress("model")
    # If it cannot be made, each job fails with the reason.
    with suppress(Exception):
        restore.base_learner(job.state.run, job.scope.stream, progress)
    progress(1, 1, "ready")


def _attack(job: Job) -> None:
    if job.place is not None:
        job.place.refuse_other_folder()
    progress = worker_progress(job.name)
    findings.findings(job.state, job.scope, fresh=True, keep=True, progress=progress)
