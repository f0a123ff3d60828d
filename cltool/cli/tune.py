"""``cltool tune``: search settings on the first updates and test them on the later ones."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.cli import backend
from cltool.cli import options as shared
from cltool.cli.output import message, print_json
from cltool.cli.tables import Part, print_all, table
from cltool.core import exit_codes
from cltool.core.backend import LOCAL
from cltool.core.errors import UserError
from cltool.core.progress import Progress, stderr_progress
from cltool.core.remote.held import held, refresh
from cltool.core.remote.place import Place
from cltool.facts.files.endings import table_name

if TYPE_CHECKING:
    from cltool.evaluation.requirements.bounds import Bound
    from cltool.experiments.tune import Search, Tuning

SCORES = ("new", "retained", "stale", "tokens")


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "--strategies",
        help="strategies or families, separated by commas [ewc]",
    )
    parser.set_defaults(fallback={"strategies": "ewc"})
    parser.add_argument(
        "--first",
        type=int,
        default=2,
        help="number of updates to search on; the others test the result [%(default)s]",
    )
    parser.add_argument(
        "--trials",
        type=int,
        default=12,
        help="settings to try for each strategy, its presets included [%(default)s]",
    )
    parser.add_argument(
        "--keep",
        action="append",
        metavar="BOUNDS",
        help="bounds that the chosen settings must meet, separated by commas, for example"
        " retained>=0.98 [new>=0.95]",
    )
    parser.add_argument(
        "--tokens", type=int, help="training tokens per update [until the update is learned]"
    )
    parser.add_argument(
        "--seeds", type=int, default=1, help="number of seeds for the later updates [%(default)s]"
    )
    parser.add_argument("--out", help="folder of the runs, or a URL of one [runs/tune/SCENARIO]")
    parser.add_argument(
        "--storage",
        metavar="FILE",
        help="Optuna's storage of the trials, so that several commands, also on several machines,"
        " search together: a file in a shared folder, or a database (sqlite:///FILE,"
        " postgresql://...); each command has its own --out",
    )
    parser.add_argument("--report", metavar="FILE", help="also write an HTML report")
    parser.add_argument("--workers", type=int, help="number of processes [one per core]")
    backend.add(parser)
    shared.add_experiment(parser)


def run(options: argparse.Namespace) -> int:
    """Search, and print the fronts and what the later updates say."""
    from cltool.reporting.templates import refuse_no_page
    from cltool.reporting.tuning_data import tuning_data
    from cltool.reporting.tuning_page import write_tuning

    if options.report:
        refuse_no_page(Path(options.report))
    tables = shared.read_tables(options)
    names = shared.read_strategies(options.strategies)
    where = backend.read(options)
    with stderr_progress() as progress, ExitStack() as locks:
        search = _search(options, names, tables, progress.task("tune"))
        place = Place.of(search.out)
        place = locks.enter_context(held(place, shared=where.name != LOCAL))
        search = replace(search, out=place)
        search.refuse_other_runs()
        fixed = [name for name in names if not search.ranges(name)]
        if len(fixed) == len(names):
            fixed = []  # the search itself says what is missing
        elif fixed:
            message(f"nothing to search in {', '.join(fixed)}")
        searched = [name for name in names if name not in fixed]
        away, several = where.name != LOCAL, len(searched) > 1 or bool(options.storage)
        if away or (several and options.workers != 1):
            from cltool.experiments.tune_workers import search_all

            search_all(search, searched, options.workers, progress, where)
            refresh(place)
            search = replace(search, fresh=False)  # the runs are on disk and are read from there
        found = [search.tune(name) for name in searched]
    data = tuning_data(search, found, options.typed)
    page = write_tuning(data, Path(options.report)) if options.report else None
    if options.json:
        summary = {"folder": str(search.out), "report": str(page) if page else None}
        print_json(summary | {"tunings": data["tunings"], "doubts": data["doubts"]})
        return exit_codes.DONE
    places = [f"\nThe report is in {page}, the runs are in {search.out}."] if page else []
    doubts = [f"\nDoubt: {text}" for text in data["doubts"]]
    print_all([*fronts(found, search.first, search.keep), *doubts, *places])
    return exit_codes.DONE


def fronts(tunings: Sequence[Tuning], first: int, keep: Sequence[Bound]) -> list[Part]:
    """Return a table of the front for each strategy, and one of the scores on later updates."""
    from cltool.reporting.formats import plural

    bounds = " and ".join(map(str, keep))
    parts: list[Part] = []
    for tuning in tunings:
        parts.append(
            f"{tuning.strategy}: {len(tuning.trials)} settings tried on the first"
            f" {plural(first, 'update')}; the front of new against retained"
            f" (* chosen for {bounds}, + the presets)"
        )
        parts.append(_front(tuning))
        if failed := sum(bool(trial.diverged) for trial in tuning.trials):
            parts.append(f"{plural(failed, 'setting')} diverged, so there are no scores of them.")
        if not tuning.kept:
            parts.append(f"No settings meet {bounds}; the ones that come closest are chosen.")
        parts.append("")
    tested = [tuning for tuning in tunings if tuning.verdict is not None]
    if not tested:
        return [*parts, "There are no later updates to test on: search on fewer updates."]
    return [*parts, "Scores on the later updates, chosen settings against presets:", _later(tested)]


def _front(tuning: Tuning) -> Part:
    from cltool.experiments.trials import best_first

    rows = []
    shown = {trial.number: trial for trial in (*tuning.front, tuning.chosen, tuning.trials[0])}
    for trial in best_first(list(shown.values())):
        mark = "*" * (trial.number == tuning.chosen.number) + "+" * (trial.number == 0)
        cells = ["–"] * len(SCORES) if trial.diverged else _cells(trial.scores)
        told = " (diverged)" * bool(trial.diverged) + " †" * bool(trial.warnings)
        rows.append([mark, *cells, assignments(trial.values) + told])
    return table(["", *SCORES, "settings"], rows, text=["", "settings"])


def assignments(values: Mapping[str, float]) -> str:
    """Return settings as ``--set`` takes them."""
    named = {
        name if name.startswith("learner.") else f"strategy.{name}": value
        for name, value in values.items()
    }
    return " ".join(f"{name}={value:g}" for name, value in named.items()) or "(presets)"


def _later(tunings: Sequence[Tuning]) -> Part:
    rows = []
    for tuning in tunings:
        if tuning.verdict is not None:
            rows.append([tuning.strategy, "chosen", *_cells(tuning.verdict.chosen)])
            rows.append(["", "presets", *_cells(tuning.verdict.presets)])
    return table(["strategy", "settings", *SCORES], rows, text=["strategy", "settings"])


def _cells(scores: Mapping[str, float]) -> list[str]:
    from cltool.reporting.formats import shown

    return [
        shown(scores[name], ("{:,.0f}" if name == "tokens" else "{:.3f}").format) for name in SCORES
    ]


def _search(
    options: argparse.Namespace, names: Sequence[str], tables: Mapping[str, Any], progress: Progress
) -> Search:
    """Read the options; raise a `UserError` before anything is trained."""
    from cltool.core.settings import merge
    from cltool.experiments.resolve import refuse_unused_tables
    from cltool.experiments.trials import MATCHED, read_bounds
    from cltool.experiments.tune import Search

    refuse_unused_tables(tables, names)
    keep = read_bounds(options.keep or [MATCHED])
    shared.refuse_below_one(options.seeds, "--seeds")
    shared.refuse_below_one(options.workers, "--workers")
    if options.storage:
        _refuse_no_storage(options)
    stream = shared.open_stream(options.scenario, tables.get("scenario", {}))
    settings = {name: table for name, table in tables.items() if name != "scenario"}
    if options.tokens is not None:
        settings = merge(settings, {"learner": {"tokens": options.tokens}})
    default = Path("runs") / "tune" / table_name(Path(options.scenario))
    return Search(
        stream,
        options.first,
        options.trials,
        keep,
        Place.of(options.out or default),
        settings,
        options.seeds,
        options.fresh,
        progress,
        names,
        options.accept_changed_code,
        options.storage or "",
    )


def _refuse_no_storage(options: argparse.Namespace) -> None:
    """Raise a `UserError` if the storage cannot be opened, or is to be forgotten."""
    from cltool.experiments.shared_study import open_storage

    if options.fresh:
        raise UserError(
            "cannot be combined with --storage, which other commands use",
            where="--fresh",
            hint="Name a new storage.",
        )
    open_storage(options.storage)
