"""What ``cltool tune`` is told, and what it says."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.errors import UserError

if TYPE_CHECKING:
    from cltool.tune import Search, Tuning

Report = Callable[[int, int, str], None]
"""Progress: (done, of, what)."""


@dataclass(frozen=True)
class Command:
    """A search, ready to be made.

    Attributes:
        search: of every strategy.
        names: those that have something to search.
        still: those that have not.
        typed: what was typed.
    """

    search: Search
    names: Sequence[str]
    still: Sequence[str]
    typed: str

    def run(self) -> list[Tuning]:
        """Make it."""
        return [self.search.tune(name) for name in self.names]

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
    from cltool.assemble import open_stream, refuse_strangers
    from cltool.settings import merge
    from cltool.tune import MATCHED, Bound, Search

    refuse_strangers(tables, names)
    keep = [Bound.parse(text) for text in options.keep or [MATCHED]]
    if options.seeds < 1:
        raise UserError("at least one seed is needed", where="--seeds")
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
    return Command(search, [n for n in names if n not in still], still, options.typed)
