"""The command line. It parses first and imports afterwards: ``--help`` never touches torch."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from typing import Any

from cltool.core.errors import UserError

STRATEGIES = "frozen,naive,replay,ewc,lora,joint"


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Returns:
        0 when it did what it was asked, 1 when a cell failed, 2 on bad input, and 3 when it was
        to fail on what came: an erased fact that is produced again (``--fail-on-resurface``), or
        a verdict of an audit (``--fail-on``).
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    options = parser().parse_args(arguments)
    options.typed = shlex.join(["cltool", *arguments])
    from cltool.cli import commands

    try:
        code: int = getattr(commands, options.command)(options)
    except UserError as error:
        print(f"cltool: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as error:
        if error.filename is None:
            raise
        print(f"cltool: {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("cltool: interrupted; the same command goes on from here", file=sys.stderr)
        return 130
    return code


def parser() -> argparse.ArgumentParser:
    """All commands and options."""
    top = argparse.ArgumentParser(
        prog="cltool",
        description="Continual learning for language models: run streams of facts through "
        "strategies, and see what was learned, what was forgotten and what is stale.",
        epilog="Start with: cltool compare",
    )
    top.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_run(commands)
    _add_compare(commands)
    _add_tune(commands)
    report = commands.add_parser("report", help="write the forgetting report of some runs")
    report.add_argument("runs", nargs="+", metavar="RUN", help="run folders, or folders of runs")
    report.add_argument("--out", default="forgetting.html", help="the HTML file [%(default)s]")
    report.add_argument("--title", help="the page's title")
    report.add_argument("--json", action="store_true", help="print the table as JSON")
    _add_audit(commands)
    show = commands.add_parser("show", help="one fact's life in a run, in words")
    show.add_argument("run", metavar="RUN", help="a run folder")
    show.add_argument("subject", help='for example "France"')
    show.add_argument("relation", nargs="?", help="for example president; all if not given")
    show.add_argument("--json", action="store_true", help="print as JSON")
    erasures = commands.add_parser(
        "erasures", help="what a run was asked to forget, and whether it stayed erased"
    )
    erasures.add_argument("run", metavar="RUN", help="a run folder")
    erasures.add_argument(
        "--retrained",
        action="append",
        metavar="RUN",
        help="a run of retrain to hold it to [those beside it]",
    )
    erasures.add_argument("--json", action="store_true", help="print as JSON")
    listing = commands.add_parser("list", help="what there is")
    listing.add_argument("what", choices=["strategies", "scenarios", "models", "metrics"])
    listing.add_argument("--family", help="of strategies: only this family")
    listing.add_argument("--json", action="store_true", help="print as JSON")
    return top


def _add_run(commands: Any) -> None:
    run = commands.add_parser("run", help="run one strategy over a stream")
    run.add_argument("--strategy", default="naive", help="a name, or a+b [%(default)s]")
    run.add_argument("--seed", type=int, default=0, help="of the run [%(default)s]")
    run.add_argument("--out", help="the run folder [one under runs/]")
    run.add_argument("--save-model", metavar="DIR", help="write the final model there")
    _add_keeping(run)
    _add_shared(run)
    _add_erasing(run)


def _add_compare(commands: Any) -> None:
    compare = commands.add_parser("compare", help="run strategies × seeds and compare them")
    compare.add_argument(
        "--strategies",
        default=STRATEGIES,
        help="names or families, separated by commas, or all; FAMILY+NAME composes each of it"
        " [%(default)s]",
    )
    compare.add_argument("--seeds", type=int, default=1, help="how many seeds [%(default)s]")
    compare.add_argument(
        "--equal",
        metavar="KIND[=N]",
        help="give every update as many tokens, steps or seconds: N, or what naive takes; what"
        " edits rather than trains may stop before, and takes no steps (seconds: one worker)",
    )
    compare.add_argument("--workers", type=int, help="processes [one a core]")
    compare.add_argument("--out", help="folder of the runs [runs/SCENARIO]")
    compare.add_argument("--report", metavar="FILE", help="the HTML report [OUT/report.html]")
    _add_keeping(compare)
    _add_shared(compare)
    _add_erasing(compare)


def _add_tune(commands: Any) -> None:
    tune = commands.add_parser(
        "tune", help="search strategies' settings on the first updates; the later ones judge"
    )
    tune.add_argument(
        "--strategies", default="ewc", help="names, or families, separated by commas [%(default)s]"
    )
    tune.add_argument(
        "--first", type=int, default=2, help="updates that are searched on [%(default)s]"
    )
    tune.add_argument(
        "--trials", type=int, default=12, help="settings tried of each strategy [%(default)s]"
    )
    tune.add_argument(
        "--keep",
        action="append",
        metavar="BOUND",
        help="what settings must keep, as retained>=0.98 [new>=0.95]",
    )
    tune.add_argument("--tokens", type=int, help="training tokens an update [as many as it takes]")
    tune.add_argument("--seeds", type=int, default=1, help="seeds of the judges [%(default)s]")
    tune.add_argument("--out", help="folder of the runs [runs/tune/SCENARIO]")
    tune.add_argument("--report", metavar="FILE", help="also an HTML report of the fronts")
    tune.add_argument("--workers", type=int, help="strategies searched at a time [one a core]")
    _add_shared(tune)


def _add_audit(commands: Any) -> None:
    audit = commands.add_parser(
        "audit", help="attack a model that erased facts, and judge it against a retrained one"
    )
    audit.add_argument(
        "run", nargs="*", metavar="RUN", help="run folders, or folders of runs, such as compare's"
    )
    audit.add_argument("--model", help="in place of RUN: a path or hub name of a causal LM")
    audit.add_argument(
        "--reference",
        metavar="RUN",
        help="a run, or a model, that never knew the facts [a retrain run beside RUN, or made]",
    )
    audit.add_argument(
        "--step", metavar="N,…", help="of RUN: after which step, or steps, as 5,last [last]"
    )
    audit.add_argument(
        "--forget", metavar="FILE", help="facts to forget [those that RUN's updates ask for]"
    )
    audit.add_argument(
        "--scenario", help="of --model: what is true, and its wordings; of RUN: where its file lies"
    )
    audit.add_argument("--cut", metavar="DATES", help="of dated lines: where updates begin")
    audit.add_argument("--wordings", metavar="FILE", help="TOML: relation → its wordings")
    audit.add_argument("--device", help="of models that are no runs: auto, cpu, cuda, mps [auto]")
    audit.add_argument("--dtype", help="of models that are no runs: auto, float32, bfloat16 [auto]")
    audit.add_argument(
        "--tolerance",
        action="append",
        default=[],
        metavar="[NAME=]VALUE",
        help="largest difference that does not count, of all scores or of one kind",
    )
    audit.add_argument("--settings", metavar="FILE", help="TOML tables of settings")
    audit.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="audit.k=16, …"
    )
    audit.add_argument(
        "--fresh", action="store_true", help="attack anew, whatever was found out of runs earlier"
    )
    audit.add_argument("--workers", type=int, help="of many runs: processes [one a core]")
    audit.add_argument(
        "--out", metavar="PAGE", help="the HTML file [RUN/audit.html, of many audits.html]"
    )
    audit.add_argument(
        "--fail-on",
        metavar="VERDICTS",
        help="end with code 3 where one of these is given: residue, over-forgotten, damaged,"
        " undecided",
    )
    audit.add_argument("--json", action="store_true", help="print the page's data as JSON")


def _add_keeping(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--keep-checkpoints",
        nargs="?",
        const="all",
        metavar="N,…",
        help="keep every step's, or those of these steps, beside the last",
    )


def _add_shared(command: argparse.ArgumentParser) -> None:
    facts = command.add_argument_group("facts")
    facts.add_argument(
        "--scenario", default="leaders", help="a name, or a .jsonl, .csv, .parquet [%(default)s]"
    )
    facts.add_argument(
        "--where", action="append", metavar="COLUMN=A,B", help="of a file: keep only such lines"
    )
    facts.add_argument(
        "--cut", metavar="DATES", help="of dated lines: year, month, or where updates begin"
    )
    facts.add_argument("--wordings", metavar="FILE", help="TOML: relation → its wordings")
    facts.add_argument(
        "--skip-bad", action="store_true", help="leave bad lines out rather than stop"
    )
    model = command.add_argument_group("model")
    model.add_argument("--model", help="tiny, or a path or hub name of a causal LM [tiny]")
    model.add_argument("--device", help="auto, cpu, cuda, mps [auto]")
    model.add_argument("--dtype", help="auto, float32, bfloat16 [auto]")
    model.add_argument(
        "--teach-base", action="store_true", help="train the base facts into the model first"
    )
    how = command.add_argument_group("settings")
    how.add_argument("--loss", help="tokens learned: answer or all [answer]")
    how.add_argument("--settings", metavar="FILE", help="TOML tables of settings")
    how.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="strategy.lambda=50, …"
    )
    how.add_argument("--fresh", action="store_true", help="begin anew, do not resume")
    how.add_argument("--json", action="store_true", help="print the result as JSON")


def _add_erasing(command: argparse.ArgumentParser) -> None:
    erasing = command.add_argument_group("erasing")
    erasing.add_argument(
        "--purge-checkpoints",
        action="store_true",
        help="when an update forgets something, remove the checkpoints of earlier steps",
    )
    erasing.add_argument(
        "--fail-on-resurface",
        action="store_true",
        help="end with code 3 when an erased fact is produced again after a later update",
    )


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *unused: Any, **more: Any) -> None:
        from importlib.metadata import version

        print(f"cltool {version('cltool')}")
        parser.exit()
