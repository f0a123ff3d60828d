"""``python -m tools.page_size``: how large the page of a report is, and what making it costs.

Writes synthetic run folders of three sizes and their reports. Each part is measured in a process of
its own: the seconds of processor time and the largest memory.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tools.synthetic_runs import write_runs

SIZES = {
    "demo": (208, 8, 6, 600_000),
    "10,000 × 10 × 2": (10_000, 10, 2, 1_200_000),
    "100,000 × 20 × 2": (100_000, 20, 2, 9_000_000),
}
"""Facts, steps, runs, and the most bytes that the page is to have."""

PARTS = {
    "start": "pass",
    "facts": "[collect(group) for group in groups]",
    "block": "told = [len(block(group)) for group in groups]",
    "numbers": "groups_data(groups)",
    "page": "told = [write_report(runs, Path(out)).stat().st_size]",
}
"""What is measured of each size: starting, reading the facts, encoding them, too, the numbers of
the views, and the whole page."""

CODE = """
import json, resource, sys, time
from pathlib import Path
from cltool.reporting.facts.block import block
from cltool.reporting.facts.collect import collect
from cltool.reporting.report_data import groups_data
from cltool.reporting.report_page import write_report
from cltool.runs.groups import group_runs
from cltool.runs.run import Run, run_folders
folder, out = sys.argv[1:]
runs = [Run.open(one) for one in run_folders(Path(folder))]
groups, told = group_runs(runs), []
begin = time.process_time()
{part}
seconds = time.process_time() - begin
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps([seconds, memory, *told]))
"""


def measure(part: str, runs: Path, page: Path) -> list[float]:
    """Return the seconds, the largest memory in bytes and perhaps the size of a part of `PARTS`."""
    code = CODE.replace("{part}", PARTS[part])
    command = [sys.executable, "-c", code, str(runs), str(page)]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    numbers: list[float] = json.loads(found.stdout)
    return numbers


def table(name: str, runs: Path, page: Path, most: int) -> list[list[Any]]:
    """Return the rows of one size."""
    rows = []
    for part in PARTS:
        seconds, memory, *size = measure(part, runs, page)
        of = f"{size[0] / 1e6:.2f} MB" if size else ""
        of += f" (at most {most / 1e6:.1f})" if part == "page" else ""
        rows.append([name, part, f"{seconds:.1f} s", f"{memory / 1e6:,.0f} MB", of])
    return rows


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 if a page is larger than it may be."""
    parser = argparse.ArgumentParser(prog="python -m tools.page_size", description=__doc__)
    parser.add_argument("--size", action="append", choices=list(SIZES), help="by default all")
    parser.add_argument("--keep", type=Path, help="write the run folders and pages here")
    options = parser.parse_args(arguments)
    rows, large = [["size", "part", "CPU", "memory", "written"]], False
    with TemporaryDirectory() as temporary:
        for name in options.size or SIZES:
            facts, steps, runs, most = SIZES[name]
            folder = (options.keep or Path(temporary)) / f"{facts}-{steps}-{runs}"
            if not folder.is_dir():
                write_runs(folder, facts, steps, runs)
            page = folder.with_suffix(".html")
            rows += table(name, folder, page, most)
            large |= page.stat().st_size > most
    widths = [max(len(str(row[place])) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        print("  ".join(str(cell).ljust(width) for cell, width in zip(row, widths, strict=True)))
    return int(large)


if __name__ == "__main__":
    sys.exit(main())
