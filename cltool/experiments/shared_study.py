"""One search that several processes, also on several machines, make together.

Optuna's storage holds the trials. Each process asks it for a trial, runs it, and tells it the
scores, until as many trials as wanted are finished. All that a search needs of a trial is in the
storage, so that no process reads the run folders of another one. A trial whose process has ended
is taken over.
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from cltool.core.errors import UserError, in_words
from cltool.core.processes import is_running
from cltool.core.progress import Progress
from cltool.core.remote.url import is_url
from cltool.experiments.trials import SOUGHT, STARTUP, Trial, Values, propose
from cltool.training.search_space import Range

if TYPE_CHECKING:
    import optuna

ALIVE = 20.0
"""Seconds between two signs of life of the process of a trial."""

STALE = 120.0
"""Seconds without a sign of life after which a trial is taken over."""

PAUSE = 1.0
"""Seconds between two looks at the trials of other processes."""

DOUBT = 1.0
"""Seconds after which a process looks whether another one has taken over the same trial."""


def open_storage(text: str) -> Any:
    """Return Optuna's storage: a database (``sqlite:///FILE``, ``postgresql://…``) or a file.

    Raises:
        UserError: it cannot be opened.
    """
    from optuna import storages
    from optuna.storages import journal

    try:
        if is_url(text):
            return storages.RDBStorage(text)
        return storages.JournalStorage(journal.JournalFileBackend(text))
    except Exception as error:  # of SQLAlchemy, its drivers, and the file system
        raise UserError(
            f"cannot be opened: {in_words(error).splitlines()[0]}",
            where=f"--storage {text}",
            hint="Give a file in a folder that all machines share, or the URL of a database:"
            " sqlite:///FILE, postgresql://USER@HOST/NAME. Nothing has run.",
        ) from error


class SharedStudy:
    """A study of Optuna that several processes search.

    Args:
        storage: as for `open_storage`.
        name: of the study; the same for the same search.
        wanted: how many trials are to be finished.
        progress: receives how many are.
    """

    def __init__(self, storage: str, name: str, wanted: int, progress: Progress) -> None:
        import optuna

        self.wanted, self.progress = wanted, progress
        directions = [optuna.study.StudyDirection.MAXIMIZE for _ in SOUGHT]
        self.study = optuna.create_study(
            storage=open_storage(storage), study_name=name, directions=directions,
            load_if_exists=True,
        )  # fmt: skip
        self.complete = optuna.trial.TrialState.COMPLETE
        self.running = optuna.trial.TrialState.RUNNING
        self.key = uuid4().hex
        self._unsigned: dict[int, float] = {}

    def search(
        self, ranges: Mapping[str, Range], run: Callable[[int, Values], Trial]
    ) -> list[Trial]:
        """Run trials until enough are finished, here or elsewhere; return them.

        Args:
            ranges: setting → range. Trial 0 has the presets.
            run: runs the trial with a number and settings.
        """
        while True:
            found = self.study.get_trials(deepcopy=False)
            finished = [one for one in found if one.state == self.complete]
            if len(finished) >= self.wanted:
                return [_as_trial(one) for one in finished[: self.wanted]]
            self.progress(len(finished), self.wanted + 2, f"{len(finished)} trials are finished")
            proposal = self._next(found)
            if proposal is None:
                time.sleep(PAUSE)
                continue
            with self._alive(proposal):
                self._run(proposal, ranges, run)

    def _next(self, found: Sequence[optuna.trial.FrozenTrial]) -> optuna.trial.Trial | None:
        """Return a trial that is to be run; None if others run all that are missing."""
        import optuna

        going = [one for one in found if one.state == self.running]
        for one in going:
            if self._ended(one):
                proposal = optuna.trial.Trial(self.study, one._trial_id)
                return proposal if self._taken_over(proposal) else None
        counted = len(going) + sum(one.state == self.complete for one in found)
        if counted >= self.wanted:
            return None
        asked = self.study.ask()
        before = [one for one in self.study.get_trials(deepcopy=False) if one.number < asked.number]
        if sum(one.state in (self.running, self.complete) for one in before) < self.wanted:
            return asked
        # Another process has asked for the last one at the same moment.
        self.study.tell(asked, state=optuna.trial.TrialState.FAIL)
        return None

    def _ended(self, trial: optuna.trial.FrozenTrial) -> bool:
        """Return whether the process of a trial has ended, perhaps before its first sign."""
        if "alive" in trial.user_attrs:
            return _ended(trial.user_attrs)
        now = time.monotonic()
        return now - self._unsigned.setdefault(trial.number, now) > STALE

    def _taken_over(self, proposal: optuna.trial.Trial) -> bool:
        """Return whether this process has taken over a trial, and no other one did."""
        with suppress(RuntimeError):  # of Optuna: the trial has just been finished
            self._sign(proposal)
        time.sleep(DOUBT)
        found = self.study.get_trials(deepcopy=False)[proposal.number]
        return found.state == self.running and found.user_attrs.get("key") == self.key

    def _sign(self, proposal: optuna.trial.Trial) -> None:
        """Say in the storage that this process works on a trial."""
        proposal.set_user_attr("owner", [os.uname().nodename, os.getpid()])
        proposal.set_user_attr("key", self.key)
        proposal.set_user_attr("alive", time.time())

    def _run(
        self,
        proposal: optuna.trial.Trial,
        ranges: Mapping[str, Range],
        run: Callable[[int, Values], Trial],
    ) -> None:
        import optuna

        number = proposal.number
        # A seed for each trial: processes must not propose the same settings.
        self.study.sampler = optuna.samplers.TPESampler(
            seed=number, n_startup_trials=STARTUP, constant_liar=True
        )
        named = ranges.items() if number else ()
        trial = run(number, {name: propose(proposal, name, range_) for name, range_ in named})
        for name, value in _as_attributes(trial).items():
            proposal.set_user_attr(name, value)
        values = [trial.scores[name] for name in SOUGHT]
        # Any constant stands for a score that is missing in all trials.
        told = [0.0 if math.isnan(one) else one for one in values]
        self.study.tell(proposal, told, skip_if_finished=True)

    @contextmanager
    def _alive(self, proposal: optuna.trial.Trial) -> Iterator[None]:
        """Say in the storage that a process works on the trial; afterwards, that none does."""
        ended = threading.Event()

        def sign(seconds: float) -> None:
            with suppress(Exception):  # the trial is finished, or the storage is away for a moment
                proposal.set_user_attr("alive", seconds)

        def signs() -> None:
            while not ended.wait(ALIVE):
                sign(time.time())

        self._sign(proposal)
        thread = threading.Thread(target=signs, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
            sign(0.0)


def _ended(attributes: Mapping[str, Any]) -> bool:
    """Return whether the process of a trial has ended."""
    host, pid = attributes.get("owner") or ("", 0)
    here = host == os.uname().nodename and pid != os.getpid()
    return bool(time.time() - attributes["alive"] > STALE or (here and not is_running(pid)))


def _as_attributes(trial: Trial) -> dict[str, Any]:
    """Return what the storage keeps of a trial, as JSON."""
    scores = {name: None if math.isnan(one) else one for name, one in trial.scores.items()}
    return {
        "values": trial.values,
        "scores": scores,
        "diverged": trial.diverged,
        "warnings": list(trial.warnings),
        "collapsed": trial.collapsed,
    }


def _as_trial(found: optuna.trial.FrozenTrial) -> Trial:
    kept = found.user_attrs
    scores = {name: math.nan if one is None else one for name, one in kept["scores"].items()}
    return Trial(
        found.number, dict(kept["values"]), scores, kept["diverged"], tuple(kept["warnings"]),
        kept["collapsed"],
    )  # fmt: skip
