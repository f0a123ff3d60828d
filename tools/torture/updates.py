"""Updates: ``cltool update`` is killed; the model is that before the update, or the updated one.

The model is killed in its folder, which was updated once before. After each kill, the folder holds
one of two versions whole, its history is complete, and nothing is left beside it.
"""

from __future__ import annotations

import json
import shutil
import signal
from pathlib import Path

from tools.torture import material, sameness
from tools.torture.cases import Bench, Case, Kind
from tools.torture.commands import Outcome
from tools.torture.material import INPUT, Workplace
from tools.torture.strikes import Strike

FULL = 24
MOST_KILLS = 6
FOLDER = "updated"
OPTIONS = (
    *("--require", "new>=0", "--strategy", "replay", "--json"),
    *("--set", "learner.epochs=2", "--set", "general.ask=off", "--set", "model.device=cpu"),
)
TAUGHT = ("run", *INPUT, "--strategy", "frozen", "--teach-base", "--save-model", "taught")
FIRST = ("update", "taught", "first.jsonl", "--protect", "keep.jsonl", "--out", FOLDER, *OPTIONS)
SECOND = ("update", FOLDER, "second.jsonl", *OPTIONS)
ENDED = (0, 130, -signal.SIGKILL, -signal.SIGTERM)
RECORD = "cltool/update.json"
WITHOUT = ("cltool/history/", "README.md")
"""Beginnings of the files that name the time of an update."""


def run(case: Case) -> None:
    """Kill the second update some times, then let it end, and look at the folder each time."""
    before, after = (_made(case.bench, number) for number in (1, 2))
    place = _workplace(case.bench, case.folder)
    shutil.copytree(before / FOLDER, place.folder / FOLDER, symlinks=True)
    for number in range(case.rng.randint(3, MOST_KILLS)):
        outcome = _killed(case, place, number)
        version = _version(place)
        shown = f"kill {number + 1} ended with {outcome.code}"
        case.require(not outcome.improper, f"{shown}: {outcome.improper}")
        _look(case, place, before if version == 1 else after, shown)
        if version == 2:
            break
    if _version(place) == 1:
        outcome = place.commands.run(SECOND)
        case.require(outcome.code == 0, f"the end: {outcome.code}\n{outcome.err[-1500:]}")
        _look(case, place, after, "the end")
        case.require(_version(place) == 2, "the end: the folder holds the version before")
    back = place.commands.run(("rollback", FOLDER, "--to", "1"))
    case.require(back.code == 0, f"rollback: {back.code}\n{back.err[-800:]}")
    weights = "model.safetensors"
    one, other = (found / FOLDER / weights for found in (place.folder, before))
    case.require(one.read_bytes() == other.read_bytes(), "rollback: the weights are others")


def _killed(case: Case, place: Workplace, number: int) -> Outcome:
    case.tried += 1
    tells = case.folder / f"strike-{number}"
    operation = int(2 ** case.rng.uniform(0, 8))
    what = case.rng.choice(["kill", "kill", "kill", "term"])
    outcome = place.commands.start(SECOND, Strike(what, operation, tells)).wait()
    case.require(outcome.code in ENDED, f"{what}: code {outcome.code}\n{outcome.err[-800:]}")
    return outcome


def _look(case: Case, place: Workplace, sound: Path, shown: str) -> None:
    """Compare the folder with a sound version; what a kill leaves beside it must be usable."""
    listed = place.commands.run(("history", FOLDER, "--json"))
    case.require(listed.code == 0, f"{shown}: history: {listed.code}\n{listed.err[-800:]}")
    one, other = (_content(found / FOLDER) for found in (place.folder, sound))
    for path in sorted({*one, *other}):
        same = one.get(path) == other.get(path)
        case.require(same, f"{shown}: {path} differs from version {_version(place)}")
    versions = [entry["version"] for entry in json.loads(listed.out)]
    wanted = [*range(_version(place) + 1)]  # version 0 is the model before
    case.require(versions == wanted, f"{shown}: the history has the versions {versions}")


def _content(folder: Path) -> dict[str, object]:
    found = sameness.contents(folder)
    del found[RECORD]["base"]["source"]  # a path
    return {name: one for name, one in found.items() if not name.startswith(WITHOUT)}


def _version(place: Workplace) -> int:
    record = place.folder / FOLDER / RECORD
    return int(json.loads(record.read_text(encoding="utf-8"))["version"])


def _workplace(bench: Bench, folder: Path) -> Workplace:
    """Return a working folder with the files of both updates."""
    place = material.workplace(bench, folder)
    rows = [row for row in material.facts() if "new" in row]
    replaced = {(row["subject"], row["relation"]) for row in rows if row["update"]}
    rows = [
        row for row in rows if row["update"] or (row["subject"], row["relation"]) not in replaced
    ]
    names = {"keep.jsonl": 0, "first.jsonl": 1, "second.jsonl": 2}
    for name, update in names.items():
        own = [row for row in rows if row["update"] == update]
        lines = [json.dumps({k: v for k, v in row.items() if k != "update"}) for row in own]
        (place.folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return place


def _made(bench: Bench, version: int) -> Path:
    """Return a working folder with the model after ``version`` unbroken updates."""

    def make(folder: Path) -> None:
        place = _workplace(bench, folder)
        for command in (TAUGHT, FIRST, SECOND)[: version + 1]:
            outcome = place.commands.run(command)
            if outcome.code:
                raise RuntimeError(f"the unbroken update failed: {outcome}")

    return material.made_once(bench, f"updated-{version}", make) / "work"


KIND = Kind("updates", "killed updates", lambda short: 0 if short else FULL, run)
