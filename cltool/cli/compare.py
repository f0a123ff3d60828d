"""``cltool compare``: strategies x seeds over one stream, a table and a report."""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.cli import backend, comparison, harness, log, requirements
from cltool.cli import options as shared
from cltool.cli.output import message, print_json, tell_reused, warn_resurfaced
from cltool.cli.tables import print_all
from cltool.core import exit_codes
from cltool.core.progress import stderr_progress
from cltool.core.remote.held import held
from cltool.core.remote.place import Place
from cltool.facts.files.endings import table_name

if TYPE_CHECKING:
    from cltool.core.backend import Backend
    from cltool.evaluation.requirements.bounds import Bound
    from cltool.experiments.compare import Comparison
    from cltool.experiments.harness import Evaluation

STRATEGIES = "frozen,naive,replay,ewc,lora,joint"
"""Strategies that are compared by default."""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "--strategies",
        help="strategies or families, separated by commas, or all; FAMILY+NAME composes each"
        f" member of a family with NAME [{STRATEGIES}]",
    )
    parser.set_defaults(fallback={"strategies": STRATEGIES})
    parser.add_argument(
        "--seeds", type=int, default=1, help="number of seeds, from 0 [%(default)s]"
    )
    parser.add_argument(
        "--stream-seeds",
        type=int,
        metavar="N",
        help="number of streams of the scenario, with seeds from 0; every strategy runs on each of"
        " them with every seed, and the results are pooled [one stream]",
    )
    parser.add_argument(
        "--equal",
        metavar="KIND[=N]",
        help="give every update the same number of tokens, steps or seconds: N, or the number that"
        " naive needs. Strategies that edit weights may stop earlier and have no steps. With"
        " seconds, one run at a time",
    )
    parser.add_argument("--workers", type=int, help="number of processes [one per core]")
    parser.add_argument("--out", help="folder of the runs, or a URL of one [runs/SCENARIO]")
    parser.add_argument("--report", metavar="FILE", help="the HTML report [OUT/report.html]")
    backend.add(parser)
    comparison.add(parser)
    requirements.add(parser)
    shared.add_checkpoints(parser)
    log.add(parser)
    shared.add_experiment(parser)
    shared.add_harness(parser.add_argument_group("evaluation by lm-eval"))
    shared.add_erasing(parser)


def run(options: argparse.Namespace) -> int:
    """Run the cells that are not done yet, write the report and print the table."""
    from cltool.experiments import equal_budget
    from cltool.experiments.resume import steps_kept
    from cltool.reporting.templates import refuse_no_page

    tables = shared.read_tables(options)
    evaluation = shared.read_harness(options)
    log.read(options)
    shared.refuse_below_one(options.seeds, "--seeds")
    shared.refuse_below_one(options.stream_seeds, "--stream-seeds")
    shared.refuse_below_one(options.workers, "--workers")
    if options.equal:
        equal_budget.parse(options.equal)
    where = backend.read(options)
    keep = shared.read_checkpoints(options.keep_checkpoints)
    names = shared.read_strategies(options.strategies)
    comparison.refuse_unknown_reference(options, names)
    comparison.refuse_files(options)
    bounds = requirements.read(options)
    comparison.read_columns(options)
    if options.report:
        refuse_no_page(Path(options.report))
    # Bad facts are refused here, before the workers load their libraries.
    stream = shared.open_stream(options.scenario, tables.get("scenario", {}))
    steps_kept(keep, len(stream))
    out = Place.of(options.out or Path("runs") / table_name(Path(options.scenario)))
    with held(out):
        result = _run_cells(options, names, tables, keep, out, evaluation, where)
        return _print_comparison(options, result, out, evaluation, bounds)


def _run_cells(
    options: argparse.Namespace,
    names: Sequence[str],
    tables: dict[str, Any],
    keep: bool | Sequence[int],
    out: Place,
    evaluation: Evaluation | None,
    where: Backend,
) -> Comparison:
    """Run every strategy with every seed; measure naive first where the budget needs it."""
    from cltool.core.settings import merge
    from cltool.experiments import equal_budget
    from cltool.experiments.compare import compare, folder_of
    from cltool.experiments.open_tasks import open_tasks

    scenario = tables.pop("scenario", {})
    streams = None if options.stream_seeds is None else range(options.stream_seeds)
    with stderr_progress() as progress:

        def run_some(
            names: Sequence[str],
            seeds: int,
            tables: Any,
            out: Place,
            streams: Sequence[int] | None = None,
            last: bool = False,
        ) -> Comparison:
            return compare(
                options.scenario,
                names,
                seeds=range(seeds),
                stream_seeds=streams,
                options=scenario,
                settings=tables,
                out=out,
                workers=_workers(options),
                backend=where,
                fresh=options.fresh,
                accept_changed_code=options.accept_changed_code,
                keep_checkpoints=keep,
                purge_checkpoints=options.purge_checkpoints,
                lm_eval=evaluation if last else None,
                log=log.read(options) if last else (),
                progress=progress,
            )

        progress.task("model")(0, 1, "loading libraries")
        if options.equal:
            plain = {name: table for name, table in tables.items() if name != "strategy"}

            def naive() -> Comparison:
                three = itertools.product(names, range(options.seeds), streams or (None,))
                folders = [out.folder / folder_of(*one) for one in three]
                open_tasks(evaluation, folders, options.fresh, progress)
                return run_some(["naive"], 1, plain, out / "budget")

            limit = equal_budget.budget(options.equal, tables, naive)
            tables = merge(tables, {"learner": limit})
        return run_some(names, options.seeds, tables, out, streams, last=True)


def _workers(options: argparse.Namespace) -> int | None:
    from cltool.experiments import equal_budget

    # Seconds are comparable only if each run has the machine for itself.
    timed = options.equal and equal_budget.parse(options.equal)[0] == "seconds"
    return 1 if timed else options.workers


def _print_comparison(
    options: argparse.Namespace,
    result: Comparison,
    out: Place,
    evaluation: Evaluation | None,
    bounds: Sequence[Bound],
) -> int:
    """Write the report, print the table, and return the exit code."""
    from cltool.evaluation.matchers import in_words
    from cltool.reporting.doubts import doubted, with_warnings
    from cltool.reporting.report_page import write_report
    from cltool.reporting.table import as_json
    from cltool.runs.groups import group_runs

    failed = [one.row() for one in result.failures]
    for one in result.failures:
        message(f"{one.name} failed: {one.error}")
    if not result.shown:
        if options.json:
            print_json({"report": None, "table": [], "doubts": [], "failed": failed})
        return exit_codes.SOME_FAILED
    if not result.failures:
        tell_reused(result.runs)
    file = Path(options.report) if options.report else out.folder / "report.html"
    page = out.shown(file)
    columns = comparison.read_columns(options)
    write_report(result.shown, file, None, failed, options.typed, bounds, columns)
    resurfaced = warn_resurfaced(result.runs)
    frame = result.table()
    group = group_runs(result.shown, bounds)[0]
    group.failed = [one.strategy for one in result.failures]
    verdicts = requirements.checked([group])
    doubts = with_warnings(group)
    files = comparison.write_files(options, result, verdicts, doubts)
    files += requirements.write(options, verdicts)
    if options.json:
        found = {"report": page, "table": as_json(frame), "doubts": doubts}
        found |= comparison.as_json(options, result) | harness.group_as_json(group)
        found |= {"requirements": verdicts} if bounds else {}
        print_json({**found, "failed": failed, "resurfaced": resurfaced})
    else:
        written = f" Tables are in {' and '.join(files)}." if files else ""
        lines = [
            *requirements.parts(verdicts),
            *comparison.differences(options, result),
            *[f"\nFailed: {one.name}: {one.error}" for one in result.failures],
            *[f"\nDoubt: {text}" for text in doubts],
            f"\n{in_words(group.match)}. The report is in {page}, the runs are in {out}.{written}",
        ]
        marked = doubted(group) | {one.strategy for one in result.failures}
        print_all(
            [*comparison.scores_table(frame, marked, columns), *harness.of_group(group), *lines]
        )
    if failed:
        return exit_codes.SOME_FAILED
    if resurfaced and options.fail_on_resurface:
        return exit_codes.REFUSED
    if harness.lacks(evaluation, result.runs):
        return exit_codes.SOME_FAILED
    return requirements.exit_code(verdicts)
