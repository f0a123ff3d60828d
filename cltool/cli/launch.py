"""Starts ``cltool run`` in several processes through Accelerate, and returns its exit code.

``accelerate launch -m cltool run …`` does the same. A launcher ends with a code of its own, so
process 0 writes that of cltool into a file.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from cltool.core import exit_codes, team
from cltool.core.errors import UserError

OPTION = "--accelerate"

CODE_FILE = "CLTOOL_EXIT_CODE_FILE"
"""Environment variable with the path of the file for the exit code of process 0."""

GRACE = 60.0
"""Seconds that the launcher has to end its processes."""

HINT = (
    "Write the file with: accelerate config --config_file FILE. For processes on the CPU, it needs"
    " distributed_type: MULTI_GPU and use_cpu: true."
)


def launch(typed: str, config: str) -> int:
    """Start the processes that a configuration describes, and return the exit code.

    Args:
        typed: the command, as it was typed.
        config: YAML or JSON file of Accelerate.

    Raises:
        UserError: there is no such file, or the processes could not be started.
    """
    if not Path(config).is_file():
        raise UserError("there is no such file", where=f"{OPTION} {config}", hint=HINT)
    arguments = _without_option(shlex.split(typed)[1:])
    command = [sys.executable, "-m", "accelerate.commands.accelerate_cli", "launch"]
    command += ["--config_file", config, "-m", "cltool", *arguments]
    with tempfile.TemporaryDirectory(prefix="cltool-") as folder:
        file = Path(folder) / "code"
        code = _wait(subprocess.Popen(command, env={**os.environ, CODE_FILE: str(file)}))
        if file.is_file():
            return int(file.read_text(encoding="utf-8"))
    raise UserError(
        f"the launcher of Accelerate failed (exit code {code})",
        where=f"{OPTION} {config}",
        hint=f"Its message is above. {HINT}",
    )


def _wait(launcher: subprocess.Popen[bytes]) -> int:
    """Return the exit code of the launcher; if this process is interrupted, end it first.

    The launcher passes SIGTERM on to the processes that it started. Killed, it would leave them.
    """
    try:
        return launcher.wait()
    except BaseException:
        launcher.terminate()
        try:
            launcher.wait(GRACE)
        except subprocess.TimeoutExpired:
            launcher.kill()
        raise


def refuse_alone() -> None:
    """Raise an error in a process that Accelerate started, if it started no other one.

    Raises:
        UserError: the configuration does not start several processes here.
    """
    if CODE_FILE in os.environ and not team.launched():
        raise UserError(
            "Accelerate started only one process with this configuration", where=OPTION, hint=HINT
        )


def told(code: int) -> int:
    """Write an exit code for the command that waits; return the one that the launcher sees."""
    file = os.environ.get(CODE_FILE)
    if file is None:
        return code
    if team.is_first():
        Path(file).write_text(str(code), encoding="utf-8")
    return exit_codes.DONE


def unheard(run: Callable[[], int]) -> int:
    """Call ``run`` without output in a process that is not process 0; process 0 prints the same.

    An error that only this process has is raised.
    """
    from cltool.experiments.follow import ToldByFirstError

    try:
        with (
            Path(os.devnull).open("w", encoding="utf-8") as nowhere,
            redirect_stdout(nowhere),
            redirect_stderr(nowhere),
        ):
            return run()
    except UserError as error:
        # Before the processes work together, each finds the same errors.
        if team.is_joined() and not isinstance(error, ToldByFirstError):
            raise
        return exit_codes.BAD_INPUT


def _without_option(arguments: Sequence[str]) -> list[str]:
    """Return the arguments without the option and its value."""
    kept: list[str] = []
    skips = False
    for word in arguments:
        if skips or word == OPTION:
            skips = not skips
        elif not word.startswith(f"{OPTION}="):
            kept.append(word)
    return kept
