"""What ``cltool audit`` is told, and what it says of one model; of many: `survey_command`."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.errors import UserError
from cltool.facts.files.forget_list import read_forget_list
from cltool.runs.run import Run

if TYPE_CHECKING:
    from cltool.audit.attacks.settings import AuditSettings
    from cltool.audit.audit import Audit
    from cltool.audit.request import Asked

FAILURES = ("residue", "over-forgotten", "damaged", "undecided")
"""Verdicts that a command may be told to fail on."""

SECTIONS = ("audit", "scenario")

LAST = "last"
"""In place of a step."""

Report = Callable[[str, int, int, str], None]
"""Progress: (task, done, of, what)."""


@dataclass(frozen=True)
class Command:
    """An audit, ready to be made.

    Attributes:
        whom: the run that is audited, or the names of a model and of what it is held to.
        reference: of a run, what it is held to, as it was typed.
        settings: of the attacks.
        asked: what else was said.
        fails_on: verdicts at which the command fails.
    """

    whom: Run | tuple[str, str]
    reference: str | None
    settings: AuditSettings
    asked: Asked
    fails_on: frozenset[str]

    def run(self, report: Report) -> Audit:
        """Make it."""
        from cltool.audit.audit import audit_models, audit_run

        report("audit", 0, 1, "loading libraries")

        def tell(done: int, of: int, what: str) -> None:
            report("audit", done, of, what)

        if isinstance(self.whom, Run):
            return audit_run(self.whom, self.reference, self.settings, self.asked, tell)
        return audit_models(*self.whom, self.settings, self.asked, tell)


def read(options: argparse.Namespace) -> Command:
    """The command's options, checked before anything is loaded.

    Raises:
        UserError: they contradict each other, a setting is wrong, or there is no such run.
    """
    if bool(options.run) == (options.model is not None):
        raise UserError(
            "either a run folder or --model is audited",
            where="RUN",
            hint="Like: cltool audit runs/mine, or cltool audit --model DIR --reference DIR "
            "--forget FILE.",
        )
    settings, asked = told(options)
    if options.model is not None:
        whom: Run | tuple[str, str] = _models(options, asked)
    else:
        whom = Run.open(options.run[0])
        if asked.step is not None:
            whom.refuse_missing(asked.step)
    if options.workers is not None:
        raise UserError(
            "one model is audited in this process",
            where="--workers",
            hint="Name several runs, or a folder of runs.",
        )
    refuse_bad_list(asked)
    return Command(whom, options.reference, settings, asked, failures(options.fail_on))


def _models(options: argparse.Namespace, asked: Asked) -> tuple[str, str]:
    """The model and its reference, where someone lists the facts too."""
    if options.step is not None:
        raise UserError("a model has no steps", where="--step", hint="Audit a run folder.")
    if options.reference is None:
        raise UserError(
            "what the model is held to is not said",
            where="--reference",
            hint="Give a model, or a run, that never knew the facts.",
        )
    asked.listed()
    return options.model, options.reference


def refuse_bad_list(asked: Asked) -> None:
    """Raise a `UserError` for a list of facts that cannot be read, before anything is loaded."""
    if asked.forget is not None:
        read_forget_list(asked.forget)


def told(options: argparse.Namespace) -> tuple[AuditSettings, Asked]:
    """How models are attacked, and what else was said.

    Raises:
        UserError: a setting is wrong.
    """
    from cltool.audit.request import Asked
    from cltool.core.settings import merge, parse_assignments, read_toml

    from_file = read_toml(Path(options.settings)) if options.settings else {}
    tables = merge(from_file, parse_assignments(options.set))
    unknown = [name for name in tables if name not in SECTIONS]
    if unknown:
        raise UserError(
            f"unknown section: {', '.join(unknown)}",
            where="settings",
            hint=f"There are: {', '.join(SECTIONS)}. A run keeps the settings it was made with.",
        )
    scenario = {"cut": options.cut, "wordings": options.wordings}
    given = {name: value for name, value in scenario.items() if value is not None}
    asked = Asked(
        options.scenario,
        merge(tables.get("scenario", {}), given),
        None if options.forget is None else Path(options.forget),
        steps(options.step)[0],
        options.device or "auto",
        options.dtype or "auto",
        options.fresh,
    )
    return _settings(tables.get("audit", {}), options.tolerance), asked


def steps(text: str | None) -> list[int | None]:
    """``5,last`` as step numbers, in their order; None is the last one.

    Raises:
        UserError: it is none.
    """
    found: list[int | None] = []
    for part in (LAST if text is None else text).split(","):
        name = part.strip()
        if name != LAST and not (name.isascii() and name.isdigit()):
            raise UserError(
                f"{part!r} is no step", where="--step", hint=f"Like: --step 5, or 5,{LAST}."
            )
        found.append(None if name == LAST else int(name))
    return found


def _settings(table: Any, tolerances: Sequence[str]) -> AuditSettings:
    from cltool.audit.attacks.settings import AuditSettings, Tolerances
    from cltool.core.settings import field_names, merge, validate

    if not isinstance(table, Mapping):
        raise UserError(
            "audit is a table of settings", where="audit", hint="Like: --set audit.k=16."
        )
    given: dict[str, float] = {}
    for text in tolerances:
        name, named, value = text.rpartition("=")
        try:
            number = float(value)
        except ValueError as error:
            raise UserError(
                f"{text!r} is not a tolerance",
                where="--tolerance",
                hint="Like: --tolerance 0.05, or --tolerance membership=0.1.",
            ) from error
        kinds = field_names(Tolerances)
        if named and name.strip() not in kinds:
            raise UserError(
                f"there is no tolerance {name.strip()!r}",
                where="--tolerance",
                hint=f"There are: {', '.join(kinds)}.",
            )
        if not 0 < number < math.inf:
            raise UserError(
                f"{value.strip()} is no difference that two models may have",
                where="--tolerance",
                hint="Give a number above 0, like 0.05.",
            )
        names = [name.strip()] if named else kinds
        given |= dict.fromkeys(names, number)
    return validate(AuditSettings, merge(table, {"tolerances": given} if given else {}), "audit")


def failures(text: str | None) -> frozenset[str]:
    """The verdicts that a command is to fail on.

    Raises:
        UserError: there is no such verdict.
    """
    names = [name.strip() for name in (text or "").split(",") if name.strip()]
    wrong = [name for name in names if name not in FAILURES]
    if wrong or (text is not None and not names):
        raise UserError(
            f"{wrong[0] if wrong else text!r} is no verdict that can fail",
            where="--fail-on",
            hint=f"There are: {', '.join(FAILURES)}.",
        )
    return frozenset(names)


def page_of(found: Audit, options: argparse.Namespace) -> tuple[Path, dict[str, Any]]:
    """Write the page; where it lies, and its data."""
    from cltool.reporting.audit_data import audit_data
    from cltool.reporting.audit_page import write_audit

    data = audit_data(found, options.typed)
    folder = Path(options.run[0]) if options.run else Path()
    page = Path(options.out) if options.out else folder / "audit.html"
    return write_audit(data, page), data


def shown(found: Audit) -> str:
    """A table of the verdicts, for a terminal."""
    from cltool.reporting import formats

    rows = [["attack", "verdict", "before", "model", "reference", "interval", "agrees within", "n"]]
    for row in found.rows:
        low, high = row.difference.low, row.difference.high
        rows.append(
            [
                f"{row.attack.family}: {row.attack.title}",
                row.word,
                formats.DASH if row.before is None else f"{row.before:.3f}",
                f"{row.figure:.3f}",
                f"{row.reference:.3f}",
                f"{low:+.3f} … {high:+.3f}",
                f"±{row.within:.3f}",
                str(row.difference.n),
            ]
        )
    counts = ", ".join(f"{count} {word}" for word, count in found.tally.items())
    return "\n".join([*formats.aligned(rows), "", counts])


def words(found: Audit) -> set[str]:
    """Every verdict that was given."""
    return set(found.tally)


def incomplete(found: Audit) -> bool:
    """A single audit is whole, or an error."""
    return False
