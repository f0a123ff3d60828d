"""``cltool update``: teach a model some facts, and ship it only if nothing else broke."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.cli import options as shared
from cltool.cli.output import message, print_json
from cltool.cli.tables import Part, print_all
from cltool.cli.update_tables import estimate_parts, outcome_parts, screen_parts
from cltool.core import exit_codes
from cltool.core.progress import stderr_progress

if TYPE_CHECKING:
    from cltool.core.progress import Progress
    from cltool.experiments.update.gate import Gate
    from cltool.experiments.update.look import Look
    from cltool.experiments.update.request import Request
    from cltool.experiments.update.teach import Made
    from cltool.experiments.update.update import Outcome


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "model",
        metavar="MODEL",
        help="a name that `cltool list models` shows, the path or hub name of a causal LM, or the"
        " folder of an updated model, which is updated further",
    )
    parser.add_argument("facts", metavar="FACTS", nargs="?", help="a file of facts to teach")
    parser.add_argument("--protect", metavar="FILE", help="facts that must stay as they are")
    parser.add_argument("--forget", metavar="FILE", help="facts to erase")
    shared.add_format(parser, "FACTS")
    shared.add_wordings(parser)
    parser.add_argument(
        "--out", metavar="DIR", help="folder of the updated model [MODEL, if it was updated before]"
    )
    parser.add_argument(
        "--strategy", default="auto", help="a strategy, several composed, or auto [auto]"
    )
    parser.add_argument(
        "--no-stored-facts",
        action="store_true",
        help="auto: no strategy that stores facts to rehearse them later",
    )
    parser.add_argument(
        "--require",
        metavar="BOUNDS",
        help="what the updated model must meet (docs/updating.md) [new>=0.95, protected>=0.98,"
        " unlisted>=0.95, stale<=0.02, perplexity<=1.05x]",
    )
    parser.add_argument(
        "--accept-undecided",
        action="store_true",
        help="also ship if too few questions were asked to decide a requirement",
    )
    parser.add_argument(
        "--retry",
        type=int,
        default=0,
        metavar="N",
        help="if it is refused, try up to N other ways: a weaker one, then other strategies [0]",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="only ask the model what it says today"
    )
    parser.add_argument("--seed", type=int, default=0, help="random seed [0]")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.add_argument("--report", metavar="FILE", help="also write the HTML report of the update")
    parser.add_argument("--junit", metavar="FILE", help="also write the gate as JUnit XML")
    model = parser.add_argument_group("how the model is used")
    shared.add_device(model)
    shared.add_chat(model)
    general = parser.add_argument_group("questions that no update teaches")
    general.add_argument("--general", metavar="FILE", help="ask these questions, not cltool's")
    general.add_argument("--text", metavar="FILE", help="measure perplexity on this text")
    shared.add_settings(parser.add_argument_group("settings"), "learner.epochs=20")


def run(options: argparse.Namespace) -> int:
    """Update the model, or only ask it."""
    asked = read_request(options)
    _refuse_files(options)
    with stderr_progress() as progress:
        task = progress.task(options.model)
        task(0, 1, "loading libraries")
        outcome = None if options.dry_run else _update(options, asked, task)
        seen = _look(asked, task) if outcome is None else outcome.seen
    if outcome is None:
        tell(options, seen)
        return exit_codes.DONE
    for text in outcome.seen.taken:
        message(text)
    if options.json:
        for text in outcome.seen.warnings:
            message(text)
        print_json(outcome.as_json())
    else:
        print_all(outcome_parts(outcome))
    return exit_codes.DONE if outcome.shipped else exit_codes.REFUSED


def _look(asked: Request, progress: Progress) -> Look:
    from cltool.experiments.update.look import look

    return look(asked, progress)


def _refuse_files(options: argparse.Namespace) -> None:
    from cltool.core.files import refuse_to_replace
    from cltool.reporting.templates import refuse_no_page

    shared.refuse_below_one(None if options.retry == 0 else options.retry, "--retry")
    if options.report:
        refuse_no_page(Path(options.report))
    if options.junit:
        refuse_to_replace(Path(options.junit), "a file of JUnit", ["<"], "update.xml")


def _update(options: argparse.Namespace, asked: Request, progress: Progress) -> Outcome:
    """Update the model; write the page and the JUnit file of what was made last."""
    from cltool.audit.short import recovered
    from cltool.experiments.update.junit import write_junit
    from cltool.experiments.update.update import Hooks, update
    from cltool.reporting.report_page import write_report

    def judged(made: Made, gate: Gate) -> None:
        if options.report:
            write_report([made.run], Path(options.report), f"Update of {options.model}")
        if options.junit:
            write_junit(Path(options.junit), gate, options.accept_undecided)

    return update(asked, Hooks(recovered, judged), progress)


def read_request(options: argparse.Namespace) -> Request:
    """Return what the command asks for.

    Raises:
        UserError: a setting is wrong.
    """
    from cltool.core.settings import merge
    from cltool.experiments.update.request import ANY_SHAPE, REQUIRE, Request

    given = {
        "model": {"device": options.device, "dtype": options.dtype, "chat": options.chat},
        "general": {"file": options.general, "text": options.text},
    }
    tables = merge(
        shared.read_assignments(options),
        {name: shared.only_given(table) for name, table in given.items()},
    )
    return Request(
        options.model,
        facts=_path(options.facts),
        protect=_path(options.protect),
        forget=_path(options.forget),
        format=options.format or ANY_SHAPE,
        wordings=_path(options.wordings),
        out=_path(options.out),
        strategy=options.strategy,
        require=options.require or REQUIRE,
        accept_undecided=options.accept_undecided,
        retry=options.retry,
        keep_data=not options.no_stored_facts,
        seed=options.seed,
        settings={name: table for name, table in tables.items() if table},
        command=options.typed,
    )


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text).expanduser()


def tell(options: argparse.Namespace, seen: Look) -> None:
    """Print what the screen found."""
    from cltool.experiments.update.plan import plan

    chosen = plan(read_request(options), seen)
    for text in seen.taken:
        message(text)
    if options.json:
        for text in seen.warnings:
            message(text)
        data: dict[str, Any] = {
            "taken": [*seen.taken],
            "screen": seen.screen.as_json(),
            "strategy": chosen.choice.strategy,
            "why": chosen.choice.why,
            "estimate": chosen.estimate.as_json(),
            "asked": seen.asked,
            "warnings": [*seen.warnings],
        }
        print_json(data)
        return
    parts: list[Part] = [*screen_parts(seen.screen), *estimate_parts(chosen)]
    parts += [f"\nDoubt: {text}" for text in seen.warnings]
    print_all(parts)
