"""``cltool run``: one strategy over one stream."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cltool.cli import harness, launch, log
from cltool.cli import options as shared
from cltool.cli.output import message, one_place, print_json, tell_reused, warn_resurfaced
from cltool.cli.tables import Part, print_all, table
from cltool.core import exit_codes, team
from cltool.core.progress import stderr_progress
from cltool.evaluation import matchers
from cltool.reporting import formats
from cltool.runs.run import TRAINED
from cltool.runs.trained import in_words

if TYPE_CHECKING:
    import pandas as pd

SCORES = ("new", "retained", "stale", "erased", "valid", "trained")

BESIDE = ("kept_base", "kept_updates", "unlisted", "protected", "perplexity_ratio", "kl_text")
"""Further scores of a run that asks something beside its stream."""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "--strategy",
        help="a strategy, or several composed, such as replay+ewc [naive]",
    )
    parser.add_argument("--seed", type=int, help="random seed [0]")
    parser.set_defaults(fallback={"strategy": "naive", "seed": 0})
    parser.add_argument("--out", help="run folder [a folder under runs/]")
    parser.add_argument("--save-model", metavar="DIR", help="write the final model to this folder")
    shared.add_checkpoints(parser)
    parser.add_argument(
        launch.OPTION,
        metavar="FILE",
        help="train in the processes that this configuration file of Accelerate describes",
    )
    log.add(parser)
    shared.add_experiment(parser)
    shared.add_harness(parser.add_argument_group("evaluation by lm-eval"))
    shared.add_erasing(parser)


def run(options: argparse.Namespace) -> int:
    """Run the strategy and print its scores after each step."""
    if options.accelerate is not None:
        return launch.launch(options.typed, options.accelerate)
    launch.refuse_alone()
    return _run(options) if team.is_first() else launch.unheard(lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    from cltool.experiments import resolve
    from cltool.experiments import run as experiment

    tables = shared.read_tables(options)
    evaluation, trackers = shared.read_harness(options), log.read(options)
    stream = shared.open_stream(options.scenario, tables.pop("scenario", {}))
    resolve.refuse_unused_tables(tables, [options.strategy])
    with stderr_progress() as progress:
        task = progress.task(options.strategy)
        task(0, 1, "loading libraries")
        done = experiment.run(
            stream,
            strategy=options.strategy,
            seed=options.seed,
            out=options.out,
            settings=tables,
            fresh=options.fresh,
            accept_changed_code=options.accept_changed_code,
            keep_checkpoints=shared.read_checkpoints(options.keep_checkpoints),
            purge_checkpoints=options.purge_checkpoints,
            save_model=options.save_model,
            lm_eval=evaluation,
            log=trackers,
            progress=task,
        )
    tell_reused([done])
    if options.json or not one_place():
        for warning in done.record["warnings"]:
            message(warning)
    resurfaced = warn_resurfaced([done])
    steps = done.metrics()
    if options.json:
        rows = json.loads(steps.reset_index().to_json(orient="records"))
        scores = {name: None if value != value else value for name, value in done.summary().items()}
        found = {"folder": str(done.folder), "summary": scores, "steps": rows}
        found |= harness.as_json(done)
        print_json({**found, "warnings": done.record["warnings"], "resurfaced": resurfaced})
    else:
        print_all(
            [
                _table(steps),
                *harness.of_run(done),
                *[f"\nDoubt: {text}" for text in done.record["warnings"]],
                f"\n{matchers.in_words(done.match)}. The run is in {done.folder}."
                f" To see one subject after each update: cltool show {done.folder} SUBJECT",
            ]
        )
    if resurfaced and options.fail_on_resurface:
        return exit_codes.REFUSED
    return exit_codes.SOME_FAILED if harness.lacks(evaluation, [done]) else exit_codes.DONE


def _table(steps: pd.DataFrame) -> Part:
    """Return the scores and costs after each step."""
    from cltool.evaluation.scores import GENERAL, LOOKED_UP, installed_scores

    beside = BESIDE if any(name in steps for name in GENERAL) else ()
    further = (*LOOKED_UP, *beside)
    names = [*SCORES, *(name for name in further if name in steps), *installed_scores()]
    stopped = TRAINED + "stop" in steps and steps[TRAINED + "stop"].notna().any()
    rows = []
    for step, values in zip(steps.index, steps.to_dict("records"), strict=True):
        scores = [formats.shown(values[name], "{:.3f}".format) for name in names]
        costs = [f"{values['tokens']:.0f}", f"{values['seconds']:.1f}"]
        rows.append([str(step), str(values["label"]), *scores, *costs])
        if stopped:
            rows[-1].append(_stopped(values))
    header = ["step", "label", *names, "tokens", "seconds", *(["training"] if stopped else [])]
    return table(header, rows, text=["label", "training"])


def _stopped(values: Mapping[Any, Any]) -> str:
    """Return why and when training stopped, from a row of `cltool.runs.run.Run.metrics`."""
    stop, epochs = (values[TRAINED + name] for name in ("stop", "epochs"))
    return in_words({"stop": stop, "epochs": int(epochs)}) if isinstance(stop, str) else ""
