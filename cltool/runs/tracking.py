"""Logs a run to the trackers that the user named; one that fails is left, and the run goes on."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from cltool.core.errors import UserError, in_words
from cltool.core.files import write_json
from cltool.core.json_files import read_json
from cltool.core.printable import one_line
from cltool.runs.run import Run
from cltool.runs.step_values import StepValues
from cltool.runs.trackers import TRACKERS
from cltool.runs.trackers.tracker import Logged, Tracker

FILE = "trackers.json"
"""In a run folder: tracker → how the tool calls the run, by which it is continued."""


def trackers_of(names: Sequence[str] | str) -> tuple[str, ...]:
    """Return the names of trackers, after checking that each is installed; none is imported.

    Args:
        names: the names; or one text, with commas between them.

    Raises:
        UserError: a name is unknown or there twice, or a tool is not installed.
    """
    listed = names.split(",") if isinstance(names, str) and names else names
    found = [name.strip() for name in listed]
    for name in found:
        adapter = TRACKERS.load(name)
        if found.count(name) > 1:
            raise UserError(f"{name} is named twice", where="--log")
        if importlib.util.find_spec(adapter.package) is None:
            raise UserError(
                f"{name} is not installed",
                where="--log",
                hint=f"Install it with: {adapter.install}",
            )
    return tuple(found)


class Tracking:
    """The trackers of one run. Without names it does nothing.

    Args:
        names: names of trackers, each of them installed.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._trackers: dict[str, Tracker] = {}
        self._names = names
        self._values: StepValues | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._each(lambda name, tracker: tracker.end(kind is None))

    def begin(self, run: Run, done: int) -> None:
        """Begin to log a run whose record is written.

        Args:
            run: the run.
            done: number of its finished steps. If there are any, the runs that the tools have
                already are continued.
        """
        if not self._names:
            return
        known = _read(run) if done else {}
        config = {name: run.record.get(name) for name in ("scenario", "strategy", "seed", "model")}
        config |= {"settings": run.record.get("settings") or {}}

        def start(name: str, tracker: Tracker) -> None:
            known[name] = tracker.begin(
                Logged(
                    run.folder.resolve().name,
                    run.folder,
                    str(run.record["scenario"]),
                    config,
                    done,
                    known.get(name, ""),
                )
            )

        for name in self._names:
            with suppress(UserError):
                self._trackers[name] = TRACKERS.load(name)()
        self._each(start)
        with suppress(OSError):
            write_json(run.folder / FILE, known)
        self._values = StepValues(run, done)

    def step(
        self, step: int, answers: Sequence[Mapping[str, Any]], costs: Mapping[str, Any]
    ) -> None:
        """Log the scores and costs of a step, as `StepValues.of`."""
        if not self._trackers or self._values is None:
            return
        try:
            values = self._values.of(step, answers, costs)
        except UserError as error:  # a score of an installed package failed
            self._trackers.clear()
            _warn(f"the scores of step {step} cannot be logged: {error.what}")
            return
        self.log(step, values)

    def log(self, step: int, values: Mapping[str, float]) -> None:
        """Log finite numbers of a step."""
        self._each(lambda name, tracker: tracker.log(step, values))

    def _each(self, work: Callable[[str, Tracker], None]) -> None:
        """Call ``work`` with each tracker; leave those that fail, with a warning."""
        for name, tracker in list(self._trackers.items()):
            try:
                work(name, tracker)
            except Exception as error:  # whatever a tool raises, it is not the run's
                del self._trackers[name]
                _warn(f"{name} failed, and the run goes on without it: {in_words(error)}")


def _warn(text: str) -> None:
    with suppress(OSError, ValueError):
        print(one_line(f"cltool: {text}"), file=sys.stderr, flush=True)


def _read(run: Run) -> dict[str, str]:
    try:
        value = read_json(run.folder / FILE)
    except (UserError, OSError):
        return {}
    found = value if isinstance(value, dict) else {}
    return {name: text for name, text in found.items() if isinstance(text, str)}
