"""``python -m tools.torture``: run cases of all kinds, and print what held and what did not."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from tools.torture.cases import Bench, Kind, Tally, run_all

KINDS = ("kills", "corruption", "fuzz", "pairs", "disk", "updates")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the cases; return 1 if one failed."""
    options = _parser().parse_args(argv)
    kinds: dict[str, Kind] = {name: import_module(f"tools.torture.{name}").KIND for name in KINDS}
    names = options.only or [name for name, kind in kinds.items() if kind.count(options.short)]
    if options.case and len(names) != 1:
        print("--case needs --only with one kind", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="torture-") as temporary:
        work = Path(options.work) if options.work else Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        tallies = [_run_kind(kinds[name], options, work) for name in names]
    print(table(tallies))
    for tally in tallies:
        for line in (*tally.failures, *tally.skipped):
            print(line)
    return 1 if any(tally.failed for tally in tallies) else 0


def _run_kind(kind: Kind, options: argparse.Namespace, work: Path) -> Tally:
    plan = options.case or range(kind.count(options.short))
    bench = Bench(work, options.seed, options.short)
    start = time.monotonic()
    tally = run_all(kind, plan, bench, options.workers)
    tally.seconds = time.monotonic() - start
    print(f"{kind.name}: {tally.tried} tried, {tally.failed} failed", file=sys.stderr)
    return tally


def table(tallies: Sequence[Tally]) -> str:
    """Return the table: kind, tried, passed, failed, skipped, seconds."""
    rows = [("kind", "tried", "passed", "failed", "skipped", "seconds")]
    for one in tallies:
        passed = one.tried - one.failed
        numbers = (one.tried, passed, one.failed, len(one.skipped), round(one.seconds))
        rows.append((one.unit, *map(str, numbers)))  # type: ignore[arg-type]
    width = max(len(row[0]) for row in rows)
    return "\n".join(
        f"{row[0].ljust(width)}  " + "  ".join(cell.rjust(7) for cell in row[1:]) for row in rows
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.torture", description=__doc__)
    parser.add_argument("--only", action="append", choices=KINDS, help="only this kind of case")
    parser.add_argument(
        "--case", action="append", type=int, help="only the case with this number; may be repeated"
    )
    parser.add_argument("--seed", type=int, default=0, help="seed of all cases [0]")
    parser.add_argument("--short", action="store_true", help="the few cases of `make test`")
    parser.add_argument(
        "--workers", type=int, default=os.cpu_count() or 1, help="cases at once [one per core]"
    )
    parser.add_argument("--work", help="folder to work in; it is kept [a temporary one]")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
