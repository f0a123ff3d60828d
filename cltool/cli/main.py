"""Entry point of the command line: the list of commands, errors and exit codes."""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
import textwrap
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from cltool.core import exit_codes, threads
from cltool.core.errors import Diverged, UserError

COMMANDS = {
    "run": "run one strategy over a stream of updates",
    "compare": "run several strategies with several seeds and compare them",
    "tune": "search a strategy's settings on the first updates and test them on the later ones",
    "report": "write the HTML report of finished runs",
    "reproduce": "run what is missing of a committed experiment and write its reports",
    "audit": "attack a model that erased facts and compare it with a retrained model",
    "show": "show what a run knew about one subject after each update",
    "erasures": "list the facts that a run had to forget, and whether they stayed erased",
    "list": "list strategies, scenarios, models or metrics",
}
"""Command -> summary. The module `cltool.cli.NAME` has its ``add`` and ``run``."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code (`cltool.core.exit_codes`)."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    options = parser().parse_args(arguments)
    threads.let_threads_sleep()
    options.typed = shlex.join(["cltool", *arguments])
    try:
        with _sigterm_as_interrupt():
            code: int = options.run_command(options)
    except UserError as error:
        print(f"cltool: {error}", file=sys.stderr)
        return exit_codes.SOME_FAILED if isinstance(error, Diverged) else exit_codes.BAD_INPUT
    except BrokenPipeError:
        sys.stderr.close()
        return exit_codes.DONE
    except OSError as error:
        if error.filename is None:
            raise
        print(f"cltool: {error.filename}: {error.strerror}", file=sys.stderr)
        return exit_codes.BAD_INPUT
    except KeyboardInterrupt:
        print("cltool: interrupted; run the same command again to continue", file=sys.stderr)
        return exit_codes.INTERRUPTED
    return code


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands and options."""
    top = argparse.ArgumentParser(
        prog="cltool",
        description="Continual learning for language models: run streams of facts through\n"
        "strategies, and see what was learned, what was forgotten and what is stale.",
        epilog=_epilog(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, summary in COMMANDS.items():
        module = import_module(f"cltool.cli.{name}")
        command = commands.add_parser(name, help=summary, description=f"{summary.capitalize()}.")
        module.add(command)
        command.set_defaults(run_command=module.run)
    return top


def _epilog() -> str:
    lines = ["Start with: cltool compare", "", "exit codes:"]
    for code, meaning in exit_codes.MEANINGS.items():
        first, *more = textwrap.wrap(meaning, 72)
        lines += [f"  {code:<5} {first}", *(f"{'':8}{line}" for line in more)]
    return "\n".join(lines)


@contextmanager
def _sigterm_as_interrupt() -> Iterator[None]:
    """Let SIGTERM raise KeyboardInterrupt, as Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may set signal handlers
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *unused: Any, **more: Any) -> None:
        from importlib.metadata import version

        print(f"cltool {version('cltool')}")
        parser.exit()
