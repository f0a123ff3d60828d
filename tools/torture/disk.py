"""Full disks: a command that finds no space says so, and goes on when there is space again.

No space is: an error in a file operation and in all after it; a limit of the size of files; a
file system in memory that is too small; and output that cannot be written.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.torture import material, sameness
from tools.torture.cases import Case, Kind
from tools.torture.commands import Outcome
from tools.torture.material import COMMANDS, Workplace
from tools.torture.strikes import Strike

NAMES = (
    *("naive", "save", "replay+ewc", "purge", "lora", "keep", "compare", "tune", "audit"),
    *("survey", "report-all", "fresh", "save-taught", "compare-equal", "tune-two"),
)
WAYS = ("full", "small", "limit", "full-once", "stdout")
FULL = len(NAMES) * len(WAYS)
SHORT = (("save", "full"), ("save", "limit"), ("save", "stdout"))
DONE = (0, 3)
LARGE = 256 << 20
WORDS = ("no space left", "file too large", "disk", "space")


def run(case: Case) -> None:
    """Run a command without space, then with."""
    number = case.number
    name, way = (
        SHORT[number]
        if case.bench.short
        else (NAMES[number % len(NAMES)], WAYS[number // len(NAMES)])
    )
    command = COMMANDS[name]
    sound = material.reference(case.bench, name)
    if way != "small":
        place = material.workplace(case.bench, case.folder, command.needs)
        outcome = _hit(case, place, command.argv, way)
        _judge(case, name, way, place, sound, outcome)
        return
    with _small(case, command.needs) as small:
        if small is not None:
            place, grow = small
            outcome = place.commands.run(command.argv)
            _grow(place.folder, grow)
            _judge(case, name, way, place, sound, outcome)


def _hit(case: Case, place: Workplace, argv: tuple[str, ...], way: str) -> Outcome:
    case.tried += 1
    rng = case.rng
    if way == "stdout":
        return place.commands.start(argv, stdout="/dev/full").wait()
    at = int(2 ** rng.uniform(12, 17)) if way == "limit" else int(2 ** rng.uniform(0, 5))
    return place.commands.run(argv, Strike(way, at))


def _judge(
    case: Case, name: str, way: str, place: Workplace, sound: Path, outcome: Outcome
) -> None:
    shown = f"{name}, {way}: code {outcome.code}"
    improper = outcome.improper
    case.require(not improper, f"{name}, {way}: {improper}")
    tail = outcome.err[-700:]
    if way == "stdout":
        case.require(outcome.code == 2, f"{shown} though its output is lost\n{tail}")
    if outcome.code not in DONE:
        known = outcome.code == 2 or (outcome.code == 1 and COMMANDS[name].workers)
        case.require(known, f"{shown}\n{tail}")
        said = [line for line in outcome.err.splitlines() if line.startswith("cltool: ")]
        about = any(word in outcome.err.lower() for word in WORDS)
        case.require(said and about, f"{shown}: the message does not speak of space\n{tail}")
    again = place.commands.run(COMMANDS[name].argv)
    case.require(not again.improper, f"{name}, {way}, given again: {again.improper}")
    case.require(
        again.code in DONE, f"{name}, {way}, given again: code {again.code}\n{again.err[-700:]}"
    )
    for text in sameness.differences(place.folder, sound, COMMANDS[name].made):
        case.problems.append(f"{shown}, given again: {text}")


@contextmanager
def _small(case: Case, needs: tuple[str, ...]) -> Iterator[tuple[Workplace, int] | None]:
    """Mount a small file system in memory as the working folder; None if that is not allowed."""
    basis = material.workplace(case.bench, case.folder / "basis", needs).folder
    size = sum(file.stat().st_size + 4096 for file in basis.rglob("*")) + (128 << 10)
    size += int(2 ** case.rng.uniform(13, 19))
    place = case.folder / "work"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "torture", str(place)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        case.skipped.append(f"no small file system can be mounted: {mounted.stderr.strip()}")
        yield None
        return
    try:
        case.tried += 1
        shutil.copytree(basis, place, symlinks=True, dirs_exist_ok=True)
        yield Workplace(place), LARGE
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


def _grow(place: Path, size: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", str(place)], check=True)


KIND = Kind("disk", "full disks", lambda short: len(SHORT) if short else FULL, run)
