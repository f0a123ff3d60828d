"""What the processes of a run do that are not process 0: the same work, without writing anything.

Process 0 decides alone what is to be done, because it alone holds the lock of the run folder and
knows what is in it. It tells the others, and all of them do each step: they train on their shares
of each batch and ask their shares of the probes. Process 0 writes all files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from cltool.core.errors import Diverged, UserError
from cltool.core.team import ALONE, Team
from cltool.experiments import general, resolve
from cltool.experiments.asking import prober_judging
from cltool.experiments.build_learner import advance, build_watched
from cltool.experiments.probed_keys import probed_keys
from cltool.facts.stream import Stream

if TYPE_CHECKING:
    from cltool.training.learner import Learner

T = TypeVar("T")


class ToldByFirstError(UserError):
    """A process stops because of an error that process 0 tells."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What all processes have to do.

    Attributes:
        folder: the run folder, which all of them can read.
        done: number of finished steps.
    """

    folder: str
    done: int


class Lead:
    """Process 0: tells the others what to do, once."""

    def __init__(self, team: Team) -> None:
        self.team = team
        self._told = False

    def start(self, plan: Plan) -> None:
        """Let the others do ``plan``."""
        self._told = True
        self.team.from_first(plan)

    def failed(self) -> None:
        """Let the others do nothing, if they wait for a plan."""
        if not self._told:
            self.team.from_first(True)

    def ended(self) -> None:
        """Let the others end: there is nothing more to do."""
        self.team.from_first(False)


@contextmanager
def leading(team: Team) -> Iterator[Lead]:
    """Lead the other processes inside; at the end, let them end."""
    lead = Lead(team)
    try:
        yield lead
    except Exception:
        lead.failed()
        raise
    lead.ended()


def together(team: Team, work: Callable[[], T]) -> T:
    """Return what ``work`` returns, or raise what it raised in the first process where it failed.

    All processes must call it.
    """
    found: T | None = None
    told: tuple[str, str, str] | None = None
    try:
        found = work()
    except UserError as error:
        if team.size == 1:
            raise
        told = error.what, error.where, error.hint
    problems = team.gather(told)
    for rank, problem in enumerate(problems):
        if problem is not None:
            kind = UserError if team.first else ToldByFirstError
            what = problem[0] if rank == 0 else f"in process {rank}: {problem[0]}"
            raise kind(what, where=problem[1], hint=problem[2])
    return found  # type: ignore[return-value]


def follow(stream: Stream, settings: resolve.Settings, seed: int, team: Team) -> None:
    """Do what process 0 says, until the run is finished.

    Args:
        stream: as for process 0, and so are ``settings`` and ``seed``.
        settings: the settings of the run.
        seed: its seed.
        team: the processes.

    Raises:
        ToldByFirstError: process 0 says what went wrong.
    """
    plan: Plan | bool = team.from_first(True)
    if isinstance(plan, bool):
        if plan:
            raise ToldByFirstError("process 0 says what is wrong")
        return
    learner = together(team, lambda: build_watched(stream, settings, seed, team=team)[0])
    try:
        _do(plan, learner, settings)
    except Diverged as error:
        raise ToldByFirstError(error.what) from error
    if team.from_first(True):
        raise ToldByFirstError("process 0 says what is wrong")


def _do(plan: Plan, learner: Learner, settings: resolve.Settings) -> None:
    """Do the steps that are missing."""
    from cltool.experiments import checkpoints
    from cltool.experiments.step_work import work

    stream, team = learner.stream, learner.team
    prober = prober_judging(team.from_first(""), learner, settings.probe)
    keys = probed_keys(stream, settings.probe)
    if plan.done:
        advance(learner, Path(plan.folder), plan.done - 1, checked=True)
    for step in range(plan.done, len(stream)):
        work(learner, stream.updates[step], team.from_first(0.0), lambda phase: None)
        probes = list(stream.probes(learner.known, keys))
        prober.ask(step, probes, learner.strategies.frame, learner.strategies.given)
        checkpoints.give_parts(learner.model)


def refuse_unshared(settings: resolve.Settings, team: Team, after: list[str]) -> None:
    """Raise an error for what cannot be done where the weights are spread over the processes.

    Args:
        settings: the settings of the run.
        team: the processes.
        after: what process 0 is to do with the whole model after the last step, in words.

    Raises:
        UserError: something cannot be done.
    """
    if not team.sharded:
        return
    if general.is_on(settings):
        raise UserError(
            "general questions and drift need the whole model in one process, and the weights are"
            " spread over several",
            where=f"{team.size} processes",
            hint="Use --set general.ask=off, or a configuration of Accelerate without FSDP.",
        )
    if after:
        raise UserError(
            f"{' and '.join(after)} needs the whole model in one process, and the weights are"
            " spread over several",
            where=f"{team.size} processes",
            hint="Leave it out. Then give the command again with it, but in one process: it goes on"
            " from the run's last checkpoint, which holds the whole model.",
        )


def team_of(settings: resolve.Settings) -> Team:
    """Return the team of this process, which `cltool.core.team.join` opens."""
    from cltool.core import team

    if not team.launched():
        return ALONE
    from cltool.lm.precision import choose_device

    return team.join(on_cpu=choose_device(settings.model.device).type == "cpu")
