"""Kills: a command is killed again and again until it ends; the result is that of an unbroken one.

Most kills come just before a file operation, the others at random moments. A kill is SIGKILL, at
times SIGTERM, one Ctrl-C or two of them. At random moments it also hits all processes of a command
at once, as a terminal, `timeout` or a scheduler of jobs does.
"""

from __future__ import annotations

import signal
import time

from tools.torture import material, sameness
from tools.torture.cases import Case, Kind
from tools.torture.commands import Outcome, Started
from tools.torture.material import COMMANDS, Command, Workplace
from tools.torture.strikes import Strike

CHAINS = (
    *("naive", "replay+ewc", "retrain", "purge", "lora", "keep", "keep-and-purge", "save"),
    *("save-lora", "save-taught", "retrieval", "grace", "compare", "compare-seeds"),
    *("compare-equal", "compare-keep", "tune", "tune-two", "audit", "survey", "report-all"),
    *("fresh", "fresh-compare", "tiny"),
)
"""The command of each chain, in turn."""

FULL = 72
SHORT = ("save", "purge")
MOST_KILLS = 6
FRESH_STARTS = {"naive": 24, "compare": 36, "tune-two": 41, "survey": 43}
"""Chains of new interpreters: command → number of the chain."""

ENDED = (0, 3)
ALLOWED = {
    "kill": (-signal.SIGKILL,),
    "term": (130, -signal.SIGTERM),
    "int": (130,),
    "two": (130, -signal.SIGINT),
}
"""Kind of kill → exit codes; also 1 if it hit a worker, and 2 if nothing is left to do then."""


def run(case: Case) -> None:
    """Run a chain: kill the command some times, then let it end, and look at the result."""
    name = SHORT[case.number] if case.bench.short else CHAINS[case.number % len(CHAINS)]
    command = COMMANDS[name]
    sound = material.reference(case.bench, name)
    place = material.workplace(case.bench, case.folder, command.needs)
    fresh = not case.bench.short and case.number in FRESH_STARTS.values()
    chain = _Chain(case, command, place, fresh)
    outcome = chain.run()
    case.require(
        outcome.code in ENDED,
        f"{name}: it does not end well: {outcome.code}\n{outcome.err[-1500:]}",
    )
    for text in outcome_problems(outcome, place, sound, command):
        case.problems.append(f"{name}: {text}")
    again = place.commands.run(command.argv)
    case.require(again.code in ENDED, f"{name} given once more: {again.code}\n{again.err[-800:]}")
    for text in sameness.differences(place.folder, sound, command.made):
        case.problems.append(f"{name} given once more: {text}")
    for started in chain.started:
        left = started.orphans()
        case.require(not left, f"{name}: left after the end: {', '.join(left)}")
    if case.problems:
        case.problems.insert(0, f"{name}: {'; '.join(chain.history)}")


def outcome_problems(
    outcome: Outcome, place: Workplace, sound: material.Path, command: Command
) -> list[str]:
    """Return how the end of a command differs from its unbroken end."""
    problems = sameness.differences(place.folder, sound, command.made)
    printed = (sound / "output").read_text(encoding="utf-8")
    one, other = sameness.output(outcome.out), sameness.output(printed)
    if one != other:
        problems.append(f"it prints something else{sameness._where(one, other)}")
    return problems


class _Chain:
    """One command, killed and given again."""

    def __init__(self, case: Case, command: Command, place: Workplace, fresh: bool) -> None:
        self.case = case
        self.command = command
        self.place = place
        self.fresh = fresh
        self.started: list[Started] = []
        self.history: list[str] = []

    def run(self) -> Outcome:
        """Kill it up to `MOST_KILLS` times; return its end."""
        wanted = self.case.rng.randint(4, MOST_KILLS) if not self.case.bench.short else 3
        for _ in range(wanted):
            outcome = self.attempt()
            if outcome is not None:
                return outcome
        return self.start(None).wait()

    def start(self, strike: Strike | None) -> Started:
        if self.fresh:
            started = self.place.commands.start_fresh(self.command.argv)
        else:
            started = self.place.commands.start(self.command.argv, strike)
        self.started.append(started)
        return started

    def attempt(self) -> Outcome | None:
        """Start the command and kill it; return its end if the kill came too late."""
        rng = self.case.rng
        what = rng.choices(["kill", "term", "int", "two"], [7, 1, 1, 1])[0]
        if what == "two" or self.fresh or rng.random() < 0.3:
            moment = rng.uniform(0.02, 12.0 if self.fresh else 2.0)
            to_all = self.command.workers and rng.random() < 0.5
            outcome = self._at(moment, what, to_all)
            shown = f"{what}{' of all' * to_all} after {moment:.2f} s"
        else:
            number = int(2 ** rng.uniform(0, 5.5))
            tells = self.case.folder / f"strike-{len(self.started)}"
            outcome = self.start(Strike(what, number, tells)).wait()
            shown = f"{what} at operation {number}"
            if not tells.exists():
                self.history.append(f"{shown}: too late")
                return outcome
            shown += f" ({tells.read_text().splitlines()[0].partition(' ')[2]})"
        self.case.tried += 1
        self.history.append(f"{shown}: {outcome.code}")
        if improper := outcome.improper:
            self.case.problems.append(f"{shown}: {improper}")
        if outcome.code in ENDED:
            return outcome
        allowed = {*ALLOWED[what], *([1, 2] if self.command.workers else [])}
        self.case.require(
            outcome.code in allowed,
            f"{shown}: code {outcome.code}\n{outcome.err[-800:]}",
        )
        return None

    def _at(self, moment: float, what: str, to_all: bool) -> Outcome:
        started = self.start(None)
        time.sleep(moment)
        number = {"kill": signal.SIGKILL, "term": signal.SIGTERM}.get(what, signal.SIGINT)
        started.send(number, to_all=to_all)
        if what == "two":
            time.sleep(self.case.rng.uniform(0, 0.3))
            started.send(number, to_all=to_all)
        return started.wait()


KIND = Kind("kills", "kills", lambda short: len(SHORT) if short else FULL, run)
