"""``--require`` of ``cltool compare`` and ``cltool report``: bounds, verdicts and their files."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.cli.tables import Part, table
from cltool.core import exit_codes
from cltool.core.errors import UserError

if TYPE_CHECKING:
    from cltool.evaluation.requirements.bounds import Bound
    from cltool.runs.groups import Group

Rows = Sequence[Mapping[str, Any]]


def add(parser: Any) -> None:
    """Add the options for requirements."""
    group = parser.add_argument_group("requirements")
    group.add_argument(
        "--require",
        action="append",
        metavar="BOUNDS",
        help="bounds that every strategy must meet, separated by commas, for example"
        " 'retained>=0.95, stale<=0.02, perplexity<=1.05x' (1.05x: at most 1.05 times the value"
        " before). Each strategy gets PASS, FAIL or UNDECIDED; the exit code is 3 unless all pass",
    )
    group.add_argument("--junit", metavar="FILE", help="write the verdicts as JUnit XML")


def read(options: argparse.Namespace) -> tuple[Bound, ...]:
    """Return the bounds of ``--require``.

    This is done before anything runs.

    Raises:
        UserError: a bound is not valid, or ``--junit`` has nothing to say or names another file.
    """
    from cltool.reporting.junit import refuse_no_junit
    from cltool.runs.requirements import read_requirements

    if options.junit and not options.require:
        raise UserError(
            "there are no verdicts to write without requirements",
            where="--junit",
            hint="Give them too: --require 'retained>=0.95, stale<=0.02'.",
        )
    if options.junit:
        refuse_no_junit(Path(options.junit))
    return read_requirements(options.require or [])


def checked(groups: Sequence[Group]) -> list[dict[str, Any]]:
    """Return the verdicts on the strategies of all groups."""
    from cltool.reporting.checks import checked as check_group

    rows = []
    for group in groups:
        of = {"scenario": group.scenario, "model": group.model} if len(groups) > 1 else {}
        rows += [{**of, **row} for row in check_group(group)]
    return rows


def write(options: argparse.Namespace, rows: Rows) -> list[str]:
    """Write the file of ``--junit``; return its path."""
    from cltool.reporting.junit import write_junit

    if not options.junit:
        return []
    write_junit(rows, Path(options.junit))
    return [options.junit]


def parts(rows: Rows) -> list[Part]:
    """Return a table of the verdicts; nothing without requirements."""
    from cltool.reporting.checks import value_of

    cells = []
    for row in rows:
        where = f" ({row['scenario']} on {row['model']})" if "scenario" in row else ""
        for place, check in enumerate(row["checks"]):
            name = [f"{row['strategy']}{where}", row["verdict"].upper()] if not place else ["", ""]
            cells.append(
                [*name, check["bound"], value_of(check), check["verdict"], check["reason"]]
            )
    if not cells:
        return []
    header = ["strategy", "verdict", "required", "value", "", "why"]
    text = ["strategy", "verdict", "required", "", "why"]
    return ["\nRequirements:", table(header, cells, text=text)]


def exit_code(rows: Rows) -> int:
    """Return `exit_codes.DONE` if every strategy passes, else `exit_codes.REFUSED`."""
    from cltool.reporting.checks import all_pass

    return exit_codes.DONE if all_pass(rows) else exit_codes.REFUSED
