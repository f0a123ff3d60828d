"""Counts the rooms of cltool, its floors, and the arrows between rooms.

``python -m tools.rooms`` counts this checkout, ``python -m tools.rooms FOLDER`` another one. A room
is a module or a package directly below ``cltool``; an arrow is an import from one room to another,
wherever in a file it is, imports for type checkers left out. The floors are the longest chain
of arrows, counted in rooms. An arrow points back up if it is part of a circle of arrows, or if
pyproject.toml lists the imported room as a higher layer than the importing one.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Arrow = tuple[str, str]


@dataclass(frozen=True)
class Plan:
    """The rooms of a package.

    Attributes:
        rooms: their names.
        arrows: (importing room, imported room) → number of imports.
        layers: room → its layer in the contract, 0 the highest; a room that is missing there
            is above all others.
    """

    rooms: frozenset[str]
    arrows: Mapping[Arrow, int]
    layers: Mapping[str, int]

    @property
    def back_up(self) -> list[Arrow]:
        """Arrows on a circle, or to a higher layer."""
        reached = {room: self._reached(room) for room in self.rooms}
        return sorted(
            (room, other)
            for room, other in self.arrows
            if room in reached[other] or self.layers.get(other, -1) < self.layers.get(room, -1)
        )

    @property
    def floors(self) -> dict[str, int]:
        """Room → its floor: 1 without imports, else one above its highest imported room.

        Rooms on a circle share a floor.
        """
        reached = {room: self._reached(room) for room in self.rooms}
        found: dict[str, int] = {}

        def floor(room: str) -> int:
            if room not in found:
                below = [other for other in reached[room] if room not in reached[other]]
                found[room] = 1 + max(map(floor, below), default=0)
            return found[room]

        for room in self.rooms:
            floor(room)
        return found

    def _reached(self, start: str) -> set[str]:
        """Return the rooms that a chain of arrows leads to from ``start``."""
        found: set[str] = set()
        waiting = [start]
        while waiting:
            room = waiting.pop()
            new = {other for one, other in self.arrows if one == room} - found
            found |= new
            waiting += new
        return found


def read_plan(root: Path, package: str = "cltool") -> Plan:
    """Return the plan of the package in the checkout ``root``."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import grimp\n"
        "settings = dict(exclude_type_checking_imports=True, cache_dir=None)\n"
        "graph = grimp.build_graph(sys.argv[2], **settings)\n"
        "for one in graph.modules:\n"
        "    print(one, *graph.find_modules_directly_imported_by(one))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, str(root.resolve()), package],
        capture_output=True,
        text=True,
        check=True,
        cwd=root,
    )
    rooms: set[str] = set()
    arrows: dict[Arrow, int] = {}
    for line in done.stdout.splitlines():
        room, *others = map(_room, line.split())
        rooms |= {room}
        for other in others:
            if other != room:
                arrows[room, other] = arrows.get((room, other), 0) + 1
    return Plan(frozenset(rooms), arrows, _layers(root / "pyproject.toml", package))


def _room(module: str) -> str:
    return ".".join(module.split(".")[:2])


def _layers(file: Path, package: str) -> dict[str, int]:
    """Return the layers of the first import-linter contract of that kind, if there is one."""
    tables = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {})
    contracts: list[dict[str, Any]] = tables.get("importlinter", {}).get("contracts", [])
    layers: list[str] = next((one["layers"] for one in contracts if one["type"] == "layers"), [])
    return {
        room.strip(): number
        for number, layer in enumerate(layers)
        for room in layer.replace(":", "|").split("|")
        if room.strip().startswith(package)
    }


def as_text(plan: Plan) -> str:
    """Return the counts, and a line for each room, the highest floor first."""
    floors = plan.floors
    lines = [
        f"{len(plan.rooms)} rooms, {max(floors.values())} floors, {len(plan.arrows)} arrows between"
        f" rooms ({sum(plan.arrows.values())} imports), {len(plan.back_up)} back up"
    ]
    for room in sorted(plan.rooms, key=lambda room: (-floors[room], room)):
        below = sorted(other.rpartition(".")[2] for one, other in plan.arrows if one == room)
        lines.append(f"{floors[room]:3d}  {room:24s} → {', '.join(below) or '(nothing)'}")
    return "\n".join(lines + [f"back up: {one} → {other}" for one, other in plan.back_up])


def main(arguments: list[str]) -> int:
    """Print the plan of the checkout in the folder that is given, or in this one."""
    print(as_text(read_plan(Path(arguments[0] if arguments else "."))))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
