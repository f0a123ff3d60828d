"""Tasks on a Ray cluster: each is one task of Ray, with its needs.

A task whose process dies (it is killed, or its machine is lost) is started again, and reported as
a failure after `Backend.retries` new starts. A task that raises an error is not started again.
"""

from __future__ import annotations

import os
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from cltool.core import interrupts, threads, workers
from cltool.core.backend import Backend
from cltool.core.backends.ray_cluster import ClusterLostError, Watch, connected, refuse_too_much
from cltool.core.errors import UserError, in_words
from cltool.core.outcomes import DIED, Outcome, in_one_text, not_sent, outcome
from cltool.core.progress import Progress
from cltool.core.workers import AnyTask, Failure

PAUSE = 0.3
"""Seconds between two looks at the reports of tasks."""

AHEAD = 64
"""Most tasks that are given to the cluster at once, if it has no room for more."""

WAITING = 10.0
"""Seconds without any sign of a task after which that is said."""


def run_tasks(
    tasks: Sequence[AnyTask],
    work: Callable[[AnyTask], None],
    *,
    prepare: Callable[[AnyTask], None],
    explain: Callable[[BaseException], UserError],
    most: int | None,
    progress: Progress,
    backend: Backend,
) -> list[Failure[AnyTask]]:
    """Run ``work`` on every task on a Ray cluster; as `cltool.core.workers.run_tasks`.

    Args:
        tasks, work, prepare, explain, progress: as there.
        most: most tasks at once; None: as many as the cluster has room for.
        backend: the cluster, and what a task needs.

    Raises:
        UserError: the cluster cannot be used or was lost, or ``prepare`` failed.
        Unexpected: ``prepare`` raised another error.
    """
    with connected(backend):
        cluster = _Cluster(backend, explain, progress)
        prepared = cluster.run(prepare, tasks[:1], 1)[0]
        if prepared is not None:
            raise prepared
        found = cluster.run(work, tasks, most, cluster.show_end)
    errors = [
        (task, in_one_text(one, task.error_file)) for task, one in zip(tasks, found, strict=True)
    ]
    return [Failure(task, error) for task, error in errors if error]


class _Cluster:
    """A connected cluster, and the box in which running tasks put their reports."""

    def __init__(
        self, backend: Backend, explain: Callable[[BaseException], UserError], progress: Progress
    ) -> None:
        import ray
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        self.ray: Any = ray
        self.explain = explain
        self.progress = progress
        self.retries = backend.retries
        gpus = backend.gpus
        if gpus is None:
            gpus = 1 if ray.cluster_resources().get("GPU") else 0
        self.needs: dict[str, Any] = {"num_cpus": backend.cpus, "num_gpus": gpus}
        if backend.memory is not None:
            self.needs["memory"] = backend.memory
        refuse_too_much(ray, backend, self.needs)
        # Retries are counted here: those of Ray leave out deaths by lack of memory.
        self.remote: Any = ray.remote(max_retries=0, **self.needs)(_perform)
        # Beside this process: the box is lost only with it.
        here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=True)
        self.box: Any = self.ray.remote(num_cpus=0, scheduling_strategy=here)(_Box).remote()
        self.taken: Any = None
        self.watch = Watch(ray.get_runtime_context().gcs_address)
        self.ended: set[str] = set()
        self.begun = False
        self.environment = _environment(backend.cpus)

    def run(
        self,
        work: Callable[[AnyTask], None],
        tasks: Sequence[AnyTask],
        most: int | None,
        ended: Callable[[AnyTask, Outcome], None] = lambda task, found: None,
    ) -> list[Outcome]:
        """Run ``work`` on every task; return what became of each.

        Args:
            work: a module-level function, or a partial of one.
            tasks: the tasks.
            most: most tasks at once.
            ended: is told what became of a task as soon as it has ended.
        """
        waiting = deque(enumerate(tasks))
        running: dict[Any, int] = {}
        deaths: Counter[int] = Counter()
        found: dict[int, Outcome] = {}
        room = most or max(AHEAD, 2 * int(self.ray.cluster_resources().get("CPU", 0)))
        try:
            while waiting or running:
                while waiting and len(running) < room:
                    number, task = waiting.popleft()
                    try:
                        running[self._submit(work, task)] = number
                    except UserError as error:
                        found[number] = error
                        ended(task, error)
                for reference in self._wait(list(running)):
                    number = running.pop(reference)
                    task = tasks[number]
                    died, result = self._result(reference)
                    deaths[number] += died
                    if died and deaths[number] <= self.retries:
                        again = f"{DIED}; start {deaths[number] + 1} of {self.retries + 1}"
                        self.progress.task(task.name)(0, 1, again)
                        waiting.appendleft((number, task))
                        continue
                    found[number] = result
                    ended(task, result)
        except ClusterLostError:
            running.clear()  # nobody can be told to stop
            raise
        finally:
            for reference in running:
                self.ray.cancel(reference, force=True)
        return [found[number] for number in range(len(tasks))]

    def show_end(self, task: workers.Task, found: Outcome) -> None:
        """Show that a task has ended."""
        self.ended.add(task.name)
        self.progress.task(task.name)(1, 1, "failed" if found else "finished")

    def _submit(self, work: Callable[[AnyTask], None], task: AnyTask) -> Any:
        try:
            return self.remote.options(name=task.name).remote(
                work, task, self.explain, self.box, self.environment, str(Path.cwd())
            )
        except (TypeError, ValueError, AttributeError) as error:  # of pickling
            raise not_sent(task.name, in_words(error)) from error

    def _wait(self, references: Sequence[Any]) -> Sequence[Any]:
        """Show reports until a task has ended; return those that have."""
        begun = time.monotonic()
        while references:
            ready, _ = self.ray.wait(references, num_returns=1, timeout=PAUSE)
            self.watch.look()
            self._show_reports()
            if ready:
                self.begun = True
                return list(ready)
            if not self.begun and time.monotonic() - begun > WAITING:
                needs = ", ".join(f"{name} {value:g}" for name, value in self.needs.items())
                self.progress.task("ray")(0, 1, f"waiting for a worker process ({needs})")
        return []

    def _show_reports(self) -> None:
        if self.taken is None:
            self.taken = self.box.take.remote()
        ready, _ = self.ray.wait([self.taken], timeout=0)
        if not ready:
            return
        taken, self.taken = self.taken, None
        with suppress(self.ray.exceptions.RayError):  # then there is no progress to show
            for task, *report in self.ray.get(taken):
                self.begun = True
                if task not in self.ended:
                    self.progress.show(task, *report)

    def _result(self, reference: Any) -> tuple[bool, Outcome]:
        """Return whether the process of a task died, and what became of the task."""
        exceptions = self.ray.exceptions
        try:
            found: Outcome = self.ray.get(reference)
        except exceptions.RayTaskError as error:  # outside of the work, such as an import
            last = str(error).strip().splitlines()[-1]
            return False, UserError(
                f"the task could not begin: {last}",
                hint="Every machine of the cluster needs the same version of cltool, and what its"
                " strategies import.",
            )
        except exceptions.RayError as error:
            hint = f"Ray says: {in_words(error).splitlines()[0]}"
            return True, UserError(DIED, hint=hint)
        return False, found


class _Box:
    """Keeps reports of tasks until they are taken; an actor of Ray."""

    def __init__(self) -> None:
        self.reports: list[Any] = []

    def put(self, report: Any) -> None:
        self.reports.append(report)

    def take(self) -> list[Any]:
        taken, self.reports = self.reports, []
        return taken


def _environment(cpus: int) -> dict[str, str]:
    """Return the environment variables of a task: its threads, and cltool's own."""
    own = {name: value for name, value in os.environ.items() if name.startswith("CLTOOL_")}
    # Each machine has its own cache.
    own.pop("CLTOOL_CACHE", None)
    count = os.environ.get(threads.COUNT)
    chosen = {threads.COUNT: count} if count else {threads.COUNT: str(cpus), threads.CHOSEN: "1"}
    return {**threads.SLEEP, **own, **chosen}


# -- in the worker process ---------------------------------------------------------------


class _Sender:
    """Sends reports of a task to the box."""

    def __init__(self, box: Any) -> None:
        self.box = box

    def send(self, report: Any) -> None:
        """Send a report; nobody waits until it has arrived."""
        self.box.put.remote(report)


def _perform(
    work: Callable[[AnyTask], None],
    task: AnyTask,
    explain: Callable[[BaseException], UserError],
    box: Any,
    environment: Mapping[str, str],
    folder: str,
) -> Outcome:
    """Run ``work`` on a task, as a task of Ray; return what became of it."""
    os.environ.update(environment)
    # Relative paths mean the same as in the process that gave the command, where they can.
    if Path(folder).is_dir():
        os.chdir(folder)
    interrupts.expect_none()
    with workers.reporting_to(_Sender(box)):
        return outcome(explain, work, task)
