"""What ``cltool tune`` is told, and what it says."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.errors import UserError

if TYPE_CHECKING:
    from cltool.experiments.tune import Search, Tuning

Report = Callable[[int, int, str], None]
"""Progress: (done, of, what)."""

Lines = Callable[[str, int, int, str], None]
"""Progress of several: (which, done, of, what)."""


@dataclass(frozen=True)
class Command:
    """A search, ready to be made.

    Attributes:
        search: of every strategy.
        scenario: what it is searched on, as it was typed.
        options: of the scenario.
        names: those that have something to search.
        still: those that have not.
        typed: what was typed.
    """

    search: Search
    scenario: str
    options: Mapping[str, Any]
    names: Sequence[str]
    still: Sequence[str]
    typed: str

    def run(self, workers: int | None, report: Lines) -> list[Tuning]:
        """Make it, several strategies at a time where there are several.

        Args:
            workers: processes; by default one a core, and one where there is a GPU.
            report: told of the progress of each.
        """
        search = self.search
        if len(self.names) > 1 and workers != 1:
            from cltool.experiments.tune_workers import Job, search_all

            parts = {one.name: getattr(search, one.name) for one in fields(search)}
            given = {n: part for n, part in parts.items() if n not in ("stream", "report")}
            jobs = [Job(name, self.scenario, self.options, given) for name in self.names]
            search_all(jobs, workers, report)
            # All runs lie on disk then, and are read from there.
            search = replace(search, fresh=False)
        return [search.tune(name) for name in self.names]

    def page(self, found: Sequence[Tuning], file: Path) -> Path:
        """Write the page; where it lies."""
        from cltool.reporting.tuning_page import write_tuning

        return write_tuning(self.data(found), file)

    def data(self, found: Sequence[Tuning]) -> dict[str, Any]:
        """All that was found, as plain JSON values."""
        from cltool.reporting import tuning

        search = self.search
        tokens = search.settings.get("learner", {}).get("tokens")
        about = {
            "Scenario": search.stream.name,
            "Searched on": f"the first {search.first} of {len(search.stream) - 1} updates",
            "Settings tried of each": str(search.trials),
            "Tokens an update": "until it is learned" if tokens is None else f"{tokens:,}",
            "Seeds of the judges": str(search.seeds),
        }
        return {
            "about": about,
            "keep": " and ".join(map(str, search.keep)),
            "tunings": tuning.as_json(found),
            "command": self.typed,
        }


def read(
    options: argparse.Namespace,
    scenario: str,
    tables: Mapping[str, Any],
    names: Sequence[str],
    report: Report,
) -> Command:
    """The command's options, checked before anything is trained.

    Args:
        options: as they were typed.
        scenario: what ``tables`` are for.
        tables: settings, those of the scenario among them.
        names: strategies.
        report: told of progress.

    Raises:
        UserError: a setting or a bound is wrong, or the facts are not clean.
    """
    from cltool.core.settings import merge
    from cltool.experiments.resolve import open_stream, refuse_strangers
    from cltool.experiments.tune import MATCHED, Bound, Search

    refuse_strangers(tables, names)
    keep = [Bound.parse(text) for text in options.keep or [MATCHED]]
    if options.seeds < 1:
        raise UserError("at least one seed is needed", where="--seeds")
    if options.workers is not None and options.workers < 1:
        raise UserError("at least one worker is needed", where="--workers")
    stream = open_stream(scenario, tables.get("scenario", {}))
    others = {name: table for name, table in tables.items() if name != "scenario"}
    if options.tokens is not None:
        others = merge(others, {"learner": {"tokens": options.tokens}})
    search = Search(
        stream,
        options.first,
        options.trials,
        keep,
        Path(options.out) if options.out else Path("runs") / "tune" / Path(scenario).stem,
        others,
        options.seeds,
        options.fresh,
        report,
        names,
    )
    still = [name for name in names if not search.ranges(name)]
    if len(still) == len(names):
        still = []  # the search itself says what is missing
    searched = [name for name in names if name not in still]
    asked = tables.get("scenario", {})
    return Command(search, scenario, asked, searched, still, options.typed)
