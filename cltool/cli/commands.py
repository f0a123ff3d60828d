"""What the commands do: results to stdout, progress and warnings to stderr."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.errors import UserError
from cltool.core.progress import Progress

if TYPE_CHECKING:
    from cltool.experiments.compare import Comparison
    from cltool.runs.run import Run

EVERY = "all"
"""What ``--keep-checkpoints`` stands for alone."""


def run(options: argparse.Namespace) -> int:
    """One strategy over one stream."""
    from cltool.experiments import resolve
    from cltool.experiments import run as experiment

    scenario, tables = _tables(options)
    stream = resolve.open_stream(scenario, tables.pop("scenario", {}))
    resolve.refuse_strangers(tables, [options.strategy])
    with Progress() as progress:
        progress.tell(options.strategy, 0, 1, "loading libraries")
        done = experiment.run(
            stream,
            strategy=options.strategy,
            seed=options.seed,
            out=options.out,
            settings=tables,
            fresh=options.fresh,
            keep_checkpoints=_kept(options.keep_checkpoints),
            purge_checkpoints=options.purge_checkpoints,
            save_model=options.save_model,
            report=lambda at, of, what: progress.tell(options.strategy, at, of, what),
        )
    for warning in done.record["warnings"]:
        print(f"cltool: {warning}", file=sys.stderr)
    back = _alarm([done])
    code = 3 if back and options.fail_on_resurface else 0
    steps = done.metrics()
    if options.json:
        rows = json.loads(steps.reset_index().to_json(orient="records"))
        summary = _plain(done.summary())
        told = {"folder": str(done.folder), "summary": summary, "steps": rows, "resurfaced": back}
        _print_json(told)
        return code
    shown = ["label", "new", "retained", "stale", "erased", "valid", "trained", "tokens", "seconds"]
    print(steps[shown].to_string(float_format=lambda value: f"{value:.3f}", na_rep="–"))
    print(f"\nThe run is in {done.folder}. One fact's life: cltool show {done.folder} SUBJECT")
    return code


def compare(options: argparse.Namespace) -> int:
    """Strategies × seeds, a table and a report."""
    from cltool.core.settings import merge
    from cltool.experiments import equal_budget
    from cltool.experiments.compare import compare as run_all
    from cltool.experiments.select import chosen

    scenario, tables = _tables(options)
    if options.seeds < 1:
        raise UserError("at least one seed is needed", where="--seeds")
    if options.workers is not None and options.workers < 1:
        raise UserError("at least one worker is needed", where="--workers")
    # Seconds are alike only where every run has the machine for itself.
    timed = bool(options.equal) and equal_budget.parse(options.equal)[0] == "seconds"
    out = Path(options.out) if options.out else Path("runs") / Path(scenario).stem
    kept = _kept(options.keep_checkpoints)
    names = chosen(options.strategies)
    _check_names(names)
    _check_stream(scenario, tables, kept)
    given = tables.pop("scenario", {})
    with Progress() as progress:

        def run_some(names: Sequence[str], seeds: int, tables: Any, out: Path) -> Comparison:
            return run_all(
                scenario,
                names,
                seeds=range(seeds),
                options=given,
                settings=tables,
                out=out,
                workers=1 if timed else options.workers,
                fresh=options.fresh,
                keep_checkpoints=kept,
                purge_checkpoints=options.purge_checkpoints,
                report=progress.tell,
            )

        progress.tell("model", 0, 1, "loading libraries")
        if options.equal:
            plain = {name: table for name, table in tables.items() if name != "strategy"}
            budget = equal_budget.budget(
                options.equal, tables, lambda: run_some(["naive"], 1, plain, out / "budget")
            )
            tables = merge(tables, {"learner": budget})
        result = run_some(names, options.seeds, tables, out)
    return _show_comparison(options, result, out)


def _show_comparison(options: argparse.Namespace, result: Comparison, out: Path) -> int:
    """Write the report, and print the table and what stands against it."""
    from cltool.reporting import table
    from cltool.reporting.doubts import doubts
    from cltool.reporting.page import write_report
    from cltool.runs.groups import group_runs

    failures = [
        {"strategy": one.strategy, "seed": one.seed, "error": one.error} for one in result.failures
    ]
    for one in failures:
        print(
            f"cltool: {one['strategy']} seed {one['seed']} failed: {one['error']}", file=sys.stderr
        )
    if not result.runs:
        return 1
    page = Path(options.report) if options.report else out / "report.html"
    write_report(result.runs, page, failed=failures, command=options.typed)
    back = _alarm(result.runs)
    frame = table.comparison(result.runs)
    doubted = doubts(group_runs(result.runs)[0])
    if options.json:
        rows = table.as_json(frame)
        told = {"report": str(page), "table": rows, "doubts": doubted, "failed": failures}
        _print_json({**told, "resurfaced": back})
    else:
        print(table.as_text(frame))
        if table.STAR[True] in table.as_text(frame):
            print("\n* best, or not told from the best by the 95% intervals over seeds")
        for text in doubted:
            print(f"\nDoubt: {text}")
        print(f"\nThe report is in {page}, the runs are in {out}.")
    return 1 if failures else 3 if back and options.fail_on_resurface else 0


def tune(options: argparse.Namespace) -> int:
    """Settings searched on the first updates, and the later updates' verdict."""
    from cltool.cli.tune import read
    from cltool.experiments.select import chosen
    from cltool.reporting import tuning

    scenario, tables = _tables(options)
    names = chosen(options.strategies)
    _check_names(names)
    with Progress() as progress:
        asked = read(options, scenario, tables, names, partial(progress.tell, "tune"))
        if asked.still:
            print(f"cltool: nothing to search in {', '.join(asked.still)}", file=sys.stderr)
        found = asked.run(options.workers, progress.tell)
    page = asked.page(found, Path(options.report)) if options.report else None
    search = asked.search
    if options.json:
        told = {"folder": str(search.out), "report": str(page) if page else None}
        _print_json(told | {"tunings": tuning.as_json(found)})
        return 0
    print(tuning.as_text(found, search.first, search.keep))
    if page is not None:
        print(f"\nThe report is in {page}, the runs are in {search.out}.")
    return 0


def report(options: argparse.Namespace) -> int:
    """The report of runs on disk."""
    from cltool.reporting import table
    from cltool.reporting.doubts import doubts
    from cltool.reporting.page import write_report
    from cltool.runs.groups import group_runs
    from cltool.runs.run import Run, run_folders

    runs = [Run.open(folder) for name in options.runs for folder in run_folders(Path(name))]
    page = write_report(runs, Path(options.out), options.title, command=options.typed)
    back = _alarm(runs)
    if options.json:
        doubted = [text for group in group_runs(runs) for text in doubts(group)]
        rows = table.as_json(table.comparison(runs))
        told = {"report": str(page), "table": rows, "doubts": doubted, "failed": []}
        _print_json({**told, "resurfaced": back})
    else:
        print(f"The report is in {page}.")
    return 0


def audit(options: argparse.Namespace) -> int:
    """The battery of attacks on one model or on many, and a verdict on each."""
    from cltool.cli import audit as audit_command
    from cltool.cli import survey

    kind: Any = survey if survey.asked_for(options) else audit_command
    asked = kind.read(options)
    with Progress() as progress:
        found = asked.run(progress.tell)
    page, data = kind.page_of(found, options)
    if options.json:
        _print_json({"page": str(page), **data})
    else:
        print(kind.shown(found))
        for text in found.doubts:
            print(f"\nDoubt: {text}")
        print(f"\nThe page is in {page}.")
    if kind.incomplete(found):
        return 1
    return 3 if asked.fails_on & kind.words(found) else 0


def show(options: argparse.Namespace) -> int:
    """One fact's life."""
    from cltool.runs.run import Run
    from cltool.runs.timeline import lives

    run = Run.open(options.run)
    found = lives(run, options.subject, options.relation)
    if options.json:
        _print_json([life.as_json() for life in found])
        return 0
    for life in found:
        print(f"{life.subject}, {life.relation} ({run.strategy}, seed {run.seed})")
        width = max(len(moment.label) for moment in life.moments)
        for moment in life.moments:
            print(f"  {moment.label.ljust(width)}  {moment.in_words()}")
    return 0


def erasures(options: argparse.Namespace) -> int:
    """What a run was asked to forget, and whether it stayed erased."""
    from cltool.reporting.erased import as_text
    from cltool.runs import erasures as erased
    from cltool.runs import references
    from cltool.runs.run import Run

    run = Run.open(options.run)
    record = erased.open_record(run)
    if options.retrained:
        given = [Run.open(folder) for folder in options.retrained]
        for reference in given:
            references.refuse_unlike(run, reference)
        record = erased.with_reference(record, given)
    elif record["reference"] is None:
        record = erased.with_reference(record, references.beside(run))
    if options.json:
        _print_json(record)
    else:
        print(as_text(record, run.record["labels"]))
    return 0


def list(options: argparse.Namespace) -> int:
    """Strategies, scenarios, models or metrics."""
    rows = _listed(options.what, options.family)
    if options.json:
        _print_json(rows)
        return 0
    width = max((len(row["name"]) for row in rows), default=0)
    for row in rows:
        family = f"  [{row['family']}]" if row.get("family") else ""
        print(f"{row['name'].ljust(width)}  {row['summary']}{family}")
    return 0


def _listed(what: str, family: str | None) -> Any:
    if what == "metrics":
        from cltool.evaluation.metrics import NAMES
        from cltool.runs.run import COSTS

        return [{"name": name, "summary": text} for name, text in (NAMES | COSTS).items()]
    if what == "models":
        return [
            {"name": "tiny", "summary": "the embedded model, made from the base knowledge"},
            {"name": "PATH", "summary": "a folder with a causal LM that transformers loads"},
            {"name": "ORG/NAME", "summary": "the hub name of a causal LM"},
        ]
    from cltool.scenarios import SCENARIOS
    from cltool.strategies import STRATEGIES

    entries = (STRATEGIES if what == "strategies" else SCENARIOS).entries()
    families = sorted({entry.family for entry in entries if entry.family})
    if family is not None and family not in families:
        raise UserError(
            f"no family {family!r}", where="--family", hint=f"There are: {', '.join(families)}."
        )
    return [
        {
            "name": entry.name,
            "summary": entry.summary,
            "family": entry.family,
            "source": entry.source,
        }
        for entry in entries
        if family is None or entry.family == family
    ]


def _tables(options: argparse.Namespace) -> tuple[str, dict[str, Any]]:
    """The scenario, and the tables of settings that file, ``--set`` and options make."""
    from cltool.core.settings import merge, parse_assignments, read_toml

    from_file = read_toml(Path(options.settings)) if options.settings else {}
    model = {"name": options.model, "device": options.device, "dtype": options.dtype}
    model["teach_base"] = options.teach_base or None
    scenario = {"where": options.where, "cut": options.cut, "wordings": options.wordings}
    scenario["skip_bad"] = options.skip_bad or None
    given = {
        "model": {name: value for name, value in model.items() if value is not None},
        "scenario": {name: value for name, value in scenario.items() if value is not None},
        "learner": {} if options.loss is None else {"loss": options.loss},
    }
    tables = merge(from_file, parse_assignments(options.set))
    plain = [name for name, value in tables.items() if not isinstance(value, dict)]
    if plain:
        raise UserError(
            f"{', '.join(plain)}: a table of settings is needed, not a plain value",
            where="settings",
            hint=f"Name the setting as well: --set {plain[0]}.NAME=VALUE.",
        )
    return options.scenario, merge(tables, given)


def _check_names(names: Sequence[str]) -> None:
    from cltool.experiments.resolve import strategy_names

    if not names:
        raise UserError("at least one strategy is needed", where="--strategies")
    for name in names:
        strategy_names(name)


def _check_stream(scenario: str, tables: dict[str, Any], kept: bool | Sequence[int]) -> None:
    """Refuse bad facts at once, before workers have loaded their libraries."""
    from cltool.experiments.resolve import open_stream
    from cltool.experiments.resume import steps_kept

    steps_kept(kept, len(open_stream(scenario, tables.get("scenario", {}))))


def _kept(text: str | None) -> bool | Sequence[int]:
    """Of which steps the checkpoints are kept: none but the last, all, or those named."""
    if text is None or text == EVERY:
        return text is not None
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise UserError(
            f"{text!r} names no steps", where="--keep-checkpoints", hint="Like: 5, or 5,10."
        )
    return [int(part) for part in parts]


def _alarm(runs: Sequence[Run]) -> Sequence[dict[str, Any]]:
    """Say on stderr which erased facts came back; the same, run by run, as plain values."""
    from cltool.reporting.erased import alarms

    found = []
    for run in runs:
        for text in alarms(run.answers, run.record["labels"]) if run.steps_done() else ():
            found.append({"run": str(run.folder), "text": text})
            print(f"cltool: resurfaced in {run.folder}: {text}", file=sys.stderr)
    return found


def _plain(values: dict[str, float]) -> dict[str, float | None]:
    return {name: None if value != value else value for name, value in values.items()}


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False))
