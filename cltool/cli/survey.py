"""What ``cltool audit`` is told of many runs, and what it says of them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.cli import audit
from cltool.cli.audit import Report
from cltool.core.errors import UserError
from cltool.runs.run import Run, run_folders

if TYPE_CHECKING:
    from cltool.audit.attacks.settings import AuditSettings
    from cltool.audit.request import Asked
    from cltool.audit.survey import Survey

PAGE = "audits.html"


@dataclass(frozen=True)
class Command:
    """A survey, ready to be made.

    Attributes:
        runs: that are audited, references among them.
        reference: what they are held to, as it was typed.
        settings: of the attacks.
        asked: what else was said.
        steps: after which steps; None is the last.
        workers: processes, or None.
        fails_on: verdicts at which the command fails.
    """

    runs: Sequence[Run]
    reference: str | None
    settings: AuditSettings
    asked: Asked
    steps: Sequence[int | None]
    workers: int | None
    fails_on: frozenset[str]

    def run(self, report: Report) -> Survey:
        """Make it; what is left out is said on stderr."""
        report("survey", 0, 1, "loading libraries")
        from cltool.audit.survey import survey

        found = survey(
            self.runs,
            self.reference,
            self.settings,
            self.asked,
            self.steps,
            self.workers,
            report,
        )
        for name, reason in found.left_out:
            print(f"cltool: {name} is not audited: {reason}", file=sys.stderr)
        return found


def asked_for(options: argparse.Namespace) -> bool:
    """Whether it is about many runs, or steps: else `audit_command` is in charge."""
    if options.model is not None or not options.run:
        return False
    several = len(options.run) > 1 or run_folders(Path(options.run[0])) != [Path(options.run[0])]
    return several or len(audit.steps(options.step)) > 1


def read(options: argparse.Namespace) -> Command:
    """The command's options, checked before anything is loaded.

    Raises:
        UserError: a setting is wrong, or there is no such run.
    """
    if options.workers is not None and options.workers < 1:
        raise UserError("at least one worker is needed", where="--workers")
    settings, asked = audit.told(options)
    steps = audit.steps(options.step)
    runs = [Run.open(one) for name in options.run for one in run_folders(Path(name))]
    for step in steps:
        if step is not None:
            runs[0].refuse_missing(step)
    audit.refuse_bad_list(asked)
    return Command(
        runs,
        options.reference,
        settings,
        asked,
        steps,
        options.workers,
        audit.failures(options.fail_on),
    )


def page_of(found: Survey, options: argparse.Namespace) -> tuple[Path, dict[str, Any]]:
    """Write the page; where it lies, and its data."""
    from cltool.reporting.survey_data import survey_data
    from cltool.reporting.survey_page import write_survey

    data = survey_data(found, options.typed)
    first = Path(options.run[0])
    several = len(options.run) > 1 and (first / "run.json").is_file()
    folder = first.parent if several else first
    page = Path(options.out) if options.out else folder / PAGE
    return write_survey(data, page), data


def shown(found: Survey) -> str:
    """A table a step, for a terminal: how often each verdict was given, and the runs' scores."""
    from cltool.reporting.survey_text import as_text

    return as_text(found)


def words(found: Survey) -> set[str]:
    """Every verdict that was given."""
    return found.words


def incomplete(found: Survey) -> bool:
    """Whether a run was left out."""
    return bool(found.left_out)
