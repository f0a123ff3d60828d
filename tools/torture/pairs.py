"""Pairs: two processes in one folder at once; one works, the other says who holds it.

In half of the pairs the first process is stopped in the middle of its work (SIGSTOP) while the
second one runs, and continues afterwards; in the other half both run freely.
"""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from tools.torture import material, sameness
from tools.torture.cases import Case, Kind
from tools.torture.commands import Outcome, Started
from tools.torture.material import COMMANDS, INPUT, QUICK, TAUGHT, Workplace
from tools.torture.strikes import Strike

DONE = (0, 3)
NAIVE = COMMANDS["naive"].argv
OTHER_SEED = (*NAIVE, "--seed", "1")
CELL = ("run", *INPUT, *QUICK, *TAUGHT, "--out", "runs/naive-seed0", "--json")
ELSEWHERE = tuple("run-2" if part == "run" else part for part in COMMANDS["replay+ewc"].argv[1:])
OTHER_SAVED = tuple("run-2" if part == "run" else part for part in COMMANDS["save"].argv[1:])


@dataclass(frozen=True)
class Pair:
    """Two commands.

    Attributes:
        first: name of the first command, whose sound result is known.
        second: arguments of the second.
        stopped: at which file operation the first is stopped; None: both run freely.
        second_is: name of the command whose sound result the second has if it works.
        apart: whether they work in different folders, so that both must succeed.
        reads: whether the second only reads.
    """

    first: str
    second: tuple[str, ...]
    stopped: int | None = None
    second_is: str | None = None
    apart: bool = False
    reads: bool = False


def _same(name: str, stopped: int | None = None) -> Pair:
    return Pair(name, COMMANDS[name].argv, stopped, name)


PAIRS = (
    _same("naive", 12),
    Pair("naive", OTHER_SEED, 20, "naive-1"),
    Pair("naive", (*NAIVE, "--fresh"), 25, "naive"),
    _same("compare-seeds", 12),
    Pair("replay+ewc", ("run", *ELSEWHERE), 5, "replay+ewc", apart=True),
    _same("naive"),
    Pair("naive", OTHER_SEED, None, "naive-1"),
    Pair("naive", OTHER_SEED, 9, "naive-1"),
    Pair("naive", OTHER_SEED, None, "naive-1"),
    Pair("naive", (*NAIVE, "--fresh"), None, "naive"),
    Pair("naive", ("report", "run", "--out", "page.html", "--json"), 30, reads=True),
    Pair("naive", ("report", "run", "--out", "page.html", "--json"), None, reads=True),
    Pair("naive", ("show", "run", "Land 1"), None, reads=True),
    Pair("keep", ("erasures", "run", "--json"), None, reads=True),
    Pair("keep", ("audit", "run", "--set", "audit.k=2", "--json"), 40, reads=True),
    _same("compare"),
    _same("compare"),
    Pair("compare", CELL, None, None, reads=True),
    _same("tune", 20),
    _same("tune"),
    _same("tune-two"),
    _same("audit"),
    _same("audit"),
    _same("survey"),
    _same("save", 30),
    _same("save"),
    Pair("save", ("run", *OTHER_SAVED, "--seed", "1"), 30),
    Pair("replay+ewc", ("run", *ELSEWHERE), None, "replay+ewc", apart=True),
    Pair("replay+ewc", ("run", *ELSEWHERE), None, "replay+ewc", apart=True),
    _same("purge", 30),
    _same("tiny", 6),
)
SHORT = 2
AFTER = "the folder holds a run with other settings"


def run(case: Case) -> None:
    """Run the two commands, and look at their ends and at the result."""
    pair = PAIRS[case.number]
    command = COMMANDS[pair.first]
    place = material.workplace(case.bench, case.folder, command.needs)
    sound = material.reference(case.bench, pair.first)
    case.tried += 1
    if pair.stopped is None:
        one = place.commands.start(command.argv)
        time.sleep(case.rng.choice([0, 0.05, 0.2, 0.5, 1.0]))
        two = place.commands.start(pair.second)
        ends = one.wait(), two.wait()
    else:
        one, two, ends = _one_stopped(case, pair, place)
    shown = f"{pair.first} and {' '.join(pair.second)}"
    for number, end in enumerate(ends, start=1):
        case.require(not end.improper, f"{shown}: the {number}. is improper: {end.improper}")
    _judge(case, pair, place, sound, ends, (one, two), shown)
    for started in (one, two):
        left = started.orphans()
        case.require(not left, f"{shown}: left after the end: {', '.join(left)}")


def _one_stopped(
    case: Case, pair: Pair, place: Workplace
) -> tuple[Started, Started, tuple[Outcome, Outcome]]:
    """Stop the first command in its work, run the second, and let the first go on."""
    tells = case.folder / "stopped"
    one = place.commands.start(COMMANDS[pair.first].argv, Strike("stop", pair.stopped or 1, tells))
    until = time.monotonic() + 60
    told: list[str] = []
    # The file exists a moment before it is written.
    while not told and time.monotonic() < until:
        time.sleep(0.01)
        told = tells.read_text().split() if tells.exists() else []
    if not case.require(bool(told), "the first command never came so far"):
        return one, one, (one.wait(), one.wait())
    stopped = int(told[0])
    two = place.commands.start(pair.second)
    if pair.apart:
        time.sleep(2)  # it waits for what the first one makes
    else:
        two_end = two.wait()
    os.kill(stopped, signal.SIGCONT)
    one_end = one.wait()
    return one, two, (one_end, two.wait() if pair.apart else two_end)


def _judge(
    case: Case,
    pair: Pair,
    place: Workplace,
    sound: Path,
    ends: tuple[Outcome, Outcome],
    started: tuple[Started, Started],
    shown: str,
) -> None:
    codes = [end.code for end in ends]
    made = COMMANDS[pair.first].made
    if pair.apart or pair.reads:
        case.require(codes[0] in DONE, f"{shown}: the first ends with {codes[0]}\n{ends[0].err}")
    if pair.apart:
        case.require(codes[1] in DONE, f"{shown}: the second ends with {codes[1]}\n{ends[1].err}")
        one, two = (sameness.contents(place.folder / name) for name in ("run", "run-2"))
        case.require(one == two, f"{shown}: the two results differ")
    elif not pair.reads:
        case.require(set(codes) & set(DONE), f"{shown}: none works: {codes}\n{ends[1].err}")
        for end, other in zip(ends, started[::-1], strict=True):
            if end.code not in DONE:
                named = end.code == 2 and str(other.pid) in end.err
                # Both run freely: the other one may have ended before this one began.
                after = pair.stopped is None and end.code == 2 and AFTER in end.err
                text = f"{shown}: code {end.code} without the holder {other.pid}\n{end.err[-600:]}"
                case.require(named or after, text)
        if pair.stopped is not None:
            case.require(codes[0] in DONE, f"{shown}: the first ends with {codes[0]}")
            case.require(codes[1] == 2, f"{shown}: the second is not refused: {codes[1]}")
    second_won = codes[0] not in DONE and pair.second_is is not None
    if second_won:
        sound = material.reference(case.bench, pair.second_is or pair.first)
    if codes[1] in DONE and pair.second_is not in (None, pair.first) and not second_won:
        return  # the second replaced nothing: it ran before or after the first, or was refused
    for text in sameness.differences(place.folder, sound, made):
        case.problems.append(f"{shown}: {codes}: {text}")


KIND = Kind("pairs", "pairs", lambda short: SHORT if short else len(PAIRS), run)
