"""Updates a model week by week, each time from the folder before: what is kept, and its price.

``python -m tools.weekly_updates --model smollm2 --out weeks`` teaches invented directors of
invented laboratories in twelve updates. From the second week on, some replace a director of an
earlier week. It prints, for each week, what was measured, the seconds, and the size of the folder
as a multiple of the model's. Weeks that are finished are not made again. The updates are shipped
whatever was measured, so that all are made.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

FIRST = (
    "Ada Bruno Clara Dario Elena Felix Greta Hugo Ines Jonas Karin Leo Mia Nora Oskar Petra "
    "Ravi Sara Tom Vera"
)
LAST = (
    "Archer Brook Conti Duarte Finch Grant Holm Jensen Keller Lund Marsh Novak Obi Pell Reyes "
    "Stone Tanaka Voss Whyte Young"
)
PLACES = (
    "Amber Birch Cedar Delta Ember Falcon Glacier Heather Ivory Juniper Kestrel Lagoon Maple "
    "Nectar Onyx Pebble Quartz Raven Sable Thistle Umber Violet Walnut Yarrow Zephyr"
)
KINDS = ("Laboratory", "Institute", "Observatory", "Archive")

REPLACED = 4
"""One in so many facts of a week replaces one of an earlier week."""

NONE = "new>=0, protected>=0, retained>=0, stale<=1, erased<=1, unlisted>=0, perplexity<=100x"

WORDINGS = Path(__file__).parents[1] / "docs" / "examples" / "laboratories.toml"


def weeks(count: int, facts: int, seed: int = 0) -> Iterator[list[dict[str, str]]]:
    """Yield the rows of each week: new laboratories, and some of earlier weeks."""
    rng = random.Random(seed)
    subjects = [f"{place} {kind}" for kind in KINDS for place in PLACES.split()]
    rng.shuffle(subjects)
    directors: dict[str, str] = {}
    for _ in range(count):
        rows = []
        earlier = rng.sample(list(directors), min(facts // REPLACED, len(directors)))
        new = [subjects.pop() for _ in range(facts - len(earlier))]
        for subject in (*earlier, *new):
            old = directors.get(subject, "")
            name = old
            while name == old:
                name = f"{rng.choice(FIRST.split())} {rng.choice(LAST.split())}"
            directors[subject] = name
            row = {"subject": subject, "relation": "director", "new": name}
            rows.append(row | ({"old": old} if old else {}))
        yield rows


def size(folder: Path) -> int:
    """Return the bytes of a folder's files; one with several names counts once."""
    files = {(one.stat().st_dev, one.stat().st_ino): one.stat().st_size
             for one in folder.rglob("*") if one.is_file()}  # fmt: skip
    return sum(files.values())


def run(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Make the weeks that are missing, and return a row for each."""
    import cltool
    from cltool.experiments.update.folder import is_updated, read_version
    from cltool.experiments.update.history import History

    home = Path(options.out)
    home.mkdir(parents=True, exist_ok=True)
    place, log = home / "model", home / "weeks.json"
    rows: list[dict[str, Any]] = json.loads(log.read_text()) if log.is_file() else []
    for number, facts in enumerate(weeks(options.weeks, options.facts), start=1):
        if number <= len(rows):
            continue
        file = home / f"week-{number:02d}.jsonl"
        file.write_text("".join(json.dumps(one) + "\n" for one in facts), encoding="utf-8")
        begun, cpu = time.perf_counter(), time.process_time()
        outcome = cltool.update(
            place if is_updated(place) else options.model,
            file,
            protect=options.protect if number == 1 else None,
            wordings=WORDINGS,
            out=place,
            require=NONE,
            strategy=options.strategy,
            accept_undecided=True,
        )
        first = History(place).version(0).files
        model = sum(
            History(place).store.bytes_of(name)
            for path, name in first.items()
            if path.endswith(".safetensors")
        )
        rows.append(
            {
                "week": number,
                "version": read_version(place)["version"],
                "strategy": outcome.attempts[-1].way.strategy,
                **outcome.record["gate"],
                "seconds": round(time.perf_counter() - begun, 1),
                "cpu_seconds": round(time.process_time() - cpu, 1),
                "size": round(size(place) / model, 3),
            }
        )
        log.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return rows


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Return the rows as a table in Markdown."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [f"| {' | '.join(names)} |", f"|{' --- |' * len(names)}"]
    lines += [f"| {' | '.join(_shown(row.get(name)) for name in names)} |" for row in rows]
    return "\n".join(lines)


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def main() -> None:
    """Make the weeks and print the table."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--model", default="smollm2")
    parser.add_argument("--out", default="weeks", help="folder of the model and the files [weeks]")
    parser.add_argument("--weeks", type=int, default=12)
    parser.add_argument("--facts", type=int, default=8, help="facts of a week [8]")
    parser.add_argument("--protect", help="facts to protect [60 general questions]")
    parser.add_argument("--strategy", default="auto")
    print(table(run(parser.parse_args())))


if __name__ == "__main__":
    main()
